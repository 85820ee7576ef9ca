-- 1. Add the column user.handle.
-- Lock: ACCESS EXCLUSIVE on "public"."user", for a moment.
ALTER TABLE "public"."user" ADD COLUMN "handle" text;

-- 2. Add the column user.veryLongveryLongveryLongveryLongveryLongveryLongveryLongName.
-- Lock: ACCESS EXCLUSIVE on "public"."user", for a moment.
ALTER TABLE "public"."user" ADD COLUMN "veryLongveryLongveryLongveryLongveryLongveryLongveryLongName" integer;

-- 3. Index user.handle.
-- Lock: SHARE UPDATE EXCLUSIVE on "public"."user"; reads and writes go on. Not in a transaction.
CREATE UNIQUE INDEX CONCURRENTLY "user_handle_key" ON "public"."user" ("handle");

-- 4. Index user.veryLongveryLongveryLongveryLongveryLongveryLongveryLongName.
-- Lock: SHARE UPDATE EXCLUSIVE on "public"."user"; reads and writes go on. Not in a transaction.
CREATE INDEX CONCURRENTLY "user_veryLongveryLongveryLongveryLongveryLongveryL_a4bee067_idx" ON "public"."user" ("veryLongveryLongveryLongveryLongveryLongveryLongveryLongName");
