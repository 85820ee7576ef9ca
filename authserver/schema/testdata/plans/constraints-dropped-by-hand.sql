-- 1. New rows must have a user.name.
-- Lock: ACCESS EXCLUSIVE on "public"."user", for a moment.
ALTER TABLE "public"."user" ADD CONSTRAINT "user_name_not_null" CHECK ("name" IS NOT NULL) NOT VALID;

-- 2. Prove that all rows have a user.name.
-- Lock: SHARE UPDATE EXCLUSIVE on "public"."user"; reads and writes go on.
ALTER TABLE "public"."user" VALIDATE CONSTRAINT "user_name_not_null";

-- 3. Require user.name; the proof saves the reading.
-- Lock: ACCESS EXCLUSIVE on "public"."user", for a moment.
ALTER TABLE "public"."user" ALTER COLUMN "name" SET NOT NULL;

-- 4. The proof has served.
-- Lock: ACCESS EXCLUSIVE on "public"."user", for a moment.
ALTER TABLE "public"."user" DROP CONSTRAINT "user_name_not_null";

-- 5. Index user.email.
-- Lock: SHARE UPDATE EXCLUSIVE on "public"."user"; reads and writes go on. Not in a transaction.
CREATE UNIQUE INDEX CONCURRENTLY "user_email_key" ON "public"."user" ("email");

-- 6. Index session.token.
-- Lock: SHARE UPDATE EXCLUSIVE on "public"."session"; reads and writes go on. Not in a transaction.
CREATE UNIQUE INDEX CONCURRENTLY "session_token_key" ON "public"."session" ("token");

-- 7. New rows of session must belong to a user.
-- Lock: SHARE ROW EXCLUSIVE on "public"."session" and "public"."user", for a moment.
ALTER TABLE "public"."session" ADD CONSTRAINT "session_userId_fkey" FOREIGN KEY ("userId") REFERENCES "public"."user" (id) ON DELETE CASCADE NOT VALID;

-- 8. Prove that all rows of session belong to a user.
-- Lock: SHARE UPDATE EXCLUSIVE on "public"."session"; reads and writes go on.
ALTER TABLE "public"."session" VALIDATE CONSTRAINT "session_userId_fkey";
