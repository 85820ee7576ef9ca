-- Ends all sessions of a user but one, and with a moment also those that began before it and are in no list.
-- KEYS: list, marker. ARGV: the beginning of all keys, the token to spare or nothing, moment or nothing, the marker's
-- seconds to live, now.
local now, spared = tonumber(ARGV[5]), {}
for _, entry in ipairs(references(KEYS[1], 0)) do
  if entry.token == ARGV[2] then
    spared[1] = entry
  elseif owner(text(ARGV[1] .. entry.token)) then
    redis.call('DEL', ARGV[1] .. entry.token)
  end
end
keep(KEYS[1], spared, now)
if ARGV[3] ~= '' then
  local moment = math.max(tonumber(ARGV[3]), tonumber(text(KEYS[2]) or '') or 0)
  redis.call('SET', KEYS[2], string.format('%.0f', moment), 'EX', ARGV[4])
end
return 1
