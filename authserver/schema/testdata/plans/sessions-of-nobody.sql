-- Note: the foreign key of session.userId is not validated, some rows belong to nobody; once they are deleted, the next migration validates it.

-- 1. New rows of session must belong to a user.
-- Lock: SHARE ROW EXCLUSIVE on "public"."session" and "public"."user", for a moment.
ALTER TABLE "public"."session" ADD CONSTRAINT "session_userId_fkey" FOREIGN KEY ("userId") REFERENCES "public"."user" (id) ON DELETE CASCADE NOT VALID;
