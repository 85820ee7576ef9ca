-- Begins a session (old is empty), or changes one that is still as it was read. It returns 1; 0 when the session is gone
-- or revoked, which it stays; -1 when it has changed meanwhile.
-- KEYS: token, list, marker. ARGV: old value, new value, seconds to live, token, end, beginning, now.
local old, now = ARGV[1], tonumber(ARGV[7])
if revoked(KEYS[3], tonumber(ARGV[6])) then return 0 end
if old ~= '' then
  local value = text(KEYS[1])
  if not value then return 0 end
  if value ~= old then return -1 end
end
redis.call('SET', KEYS[1], ARGV[2], 'EX', ARGV[3])
local kept = references(KEYS[2], now, ARGV[4])
kept[#kept + 1] = {token = ARGV[4], expiresAt = tonumber(ARGV[5])}
keep(KEYS[2], kept, now)
return 1
