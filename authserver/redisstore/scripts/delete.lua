-- Ends one session. With a user, only if it is the user's.
-- KEYS: token. ARGV: the beginning of the list's key, token, user or nothing, now.
local user = owner(text(KEYS[1]))
if not user or ARGV[3] ~= '' and ARGV[3] ~= user then return 0 end
redis.call('DEL', KEYS[1])
local list, now = ARGV[1] .. user, tonumber(ARGV[4])
keep(list, references(list, now, ARGV[2]), now)
return 1
