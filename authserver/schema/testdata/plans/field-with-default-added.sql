-- 1. Add the column user.tier.
-- Lock: ACCESS EXCLUSIVE on "public"."user", for a moment.
ALTER TABLE "public"."user" ADD COLUMN "tier" text DEFAULT 'it''s free';

-- 2. Add the column user.tags.
-- Lock: ACCESS EXCLUSIVE on "public"."user", for a moment.
ALTER TABLE "public"."user" ADD COLUMN "tags" jsonb DEFAULT '["a"]'::jsonb;

-- 3. Add the column user.since.
-- Lock: ACCESS EXCLUSIVE on "public"."user", for a moment.
ALTER TABLE "public"."user" ADD COLUMN "since" timestamp with time zone DEFAULT '2026-01-31T00:00:00Z'::timestamptz;
