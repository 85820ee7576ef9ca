-- The values of a user's sessions, in the order of the list, after the moment before which they are revoked.
-- KEYS: list, marker. ARGV: the beginning of all keys, now.
local values = {text(KEYS[2]) or ''}
for _, entry in ipairs(references(KEYS[1], tonumber(ARGV[2]))) do
  local value = text(ARGV[1] .. entry.token)
  if value then values[#values + 1] = value end
end
return values
