-- Replaces values that are still as they were read; a session that has ended stays so. It returns how many have changed
-- meanwhile.
-- KEYS: tokens. ARGV: an old and a new value for each.
local changed = 0
for i, key in ipairs(KEYS) do
  local value = text(key)
  if value == ARGV[2 * i - 1] then
    redis.call('SET', key, ARGV[2 * i], 'KEEPTTL')
  elseif value then
    changed = changed + 1
  end
end
return changed
