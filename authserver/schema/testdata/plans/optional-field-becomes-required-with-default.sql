-- Note: user.tier becomes required; servers that know it as optional fail sign-ups without a value for it, until they are replaced.

-- 1. New rows get the default of user.tier, also from servers that do not write it.
-- Lock: ACCESS EXCLUSIVE on "public"."user", for a moment.
ALTER TABLE "public"."user" ALTER COLUMN "tier" SET DEFAULT 'free';

-- 2. Fill the rows without a value.
-- Lock: ROW EXCLUSIVE on "public"."user"; reads and writes go on. Repeat until it changes no row.
UPDATE "public"."user" SET "tier" = 'free'
    WHERE id IN (SELECT id FROM "public"."user" WHERE "tier" IS NULL LIMIT 5000) AND "tier" IS NULL;

-- 3. New rows must have a user.tier.
-- Lock: ACCESS EXCLUSIVE on "public"."user", for a moment.
ALTER TABLE "public"."user" ADD CONSTRAINT "user_tier_not_null" CHECK ("tier" IS NOT NULL) NOT VALID;

-- 4. Fill the rows that were added without a value meanwhile.
-- Lock: ROW EXCLUSIVE on "public"."user"; reads and writes go on. Repeat until it changes no row.
UPDATE "public"."user" SET "tier" = 'free'
    WHERE id IN (SELECT id FROM "public"."user" WHERE "tier" IS NULL LIMIT 5000) AND "tier" IS NULL;

-- 5. Prove that all rows have a user.tier.
-- Lock: SHARE UPDATE EXCLUSIVE on "public"."user"; reads and writes go on.
ALTER TABLE "public"."user" VALIDATE CONSTRAINT "user_tier_not_null";

-- 6. Require user.tier; the proof saves the reading.
-- Lock: ACCESS EXCLUSIVE on "public"."user", for a moment.
ALTER TABLE "public"."user" ALTER COLUMN "tier" SET NOT NULL;

-- 7. The proof has served.
-- Lock: ACCESS EXCLUSIVE on "public"."user", for a moment.
ALTER TABLE "public"."user" DROP CONSTRAINT "user_tier_not_null";
