-- 1. Add the column user.companyId.
-- Lock: ACCESS EXCLUSIVE on "public"."user", for a moment.
ALTER TABLE "public"."user" ADD COLUMN "companyId" text;
