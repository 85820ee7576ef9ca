-- 1. Index user.handle.
-- Lock: SHARE UPDATE EXCLUSIVE on "public"."user"; reads and writes go on. Not in a transaction.
CREATE UNIQUE INDEX CONCURRENTLY "user_handle_key" ON "public"."user" ("handle");
