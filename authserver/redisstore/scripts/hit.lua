-- Counts a request; the first one of a window begins it.
-- KEYS: counter. ARGV: window in milliseconds.
local count = redis.call('INCR', KEYS[1])
if count == 1 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
return count
