-- Note: user.tier becomes required; servers that know it as optional fail sign-ups without a value for it, until they are replaced.

-- 1. New rows must have a user.tier.
-- Lock: ACCESS EXCLUSIVE on "public"."user", for a moment.
ALTER TABLE "public"."user" ADD CONSTRAINT "user_tier_not_null" CHECK ("tier" IS NOT NULL) NOT VALID;

-- 2. Prove that all rows have a user.tier.
-- Lock: SHARE UPDATE EXCLUSIVE on "public"."user"; reads and writes go on.
ALTER TABLE "public"."user" VALIDATE CONSTRAINT "user_tier_not_null";

-- 3. Require user.tier; the proof saves the reading.
-- Lock: ACCESS EXCLUSIVE on "public"."user", for a moment.
ALTER TABLE "public"."user" ALTER COLUMN "tier" SET NOT NULL;

-- 4. The proof has served.
-- Lock: ACCESS EXCLUSIVE on "public"."user", for a moment.
ALTER TABLE "public"."user" DROP CONSTRAINT "user_tier_not_null";
