-- A session's value, and the moment before which sessions of its user are revoked: two reads, one round trip.
-- KEYS: token. ARGV: the beginning of the marker's key.
local value = text(KEYS[1])
local user = owner(value)
if not user then return false end
return {value, text(ARGV[1] .. user) or ''}
