-- 1. user.tier is optional.
-- Lock: ACCESS EXCLUSIVE on "public"."user", for a moment.
ALTER TABLE "public"."user" ALTER COLUMN "tier" DROP NOT NULL;
