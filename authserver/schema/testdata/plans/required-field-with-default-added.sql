-- 1. Add the column user.level.
-- Lock: ACCESS EXCLUSIVE on "public"."user", for a moment.
ALTER TABLE "public"."user" ADD COLUMN "level" integer NOT NULL DEFAULT 1;

-- 2. Add the column user.active.
-- Lock: ACCESS EXCLUSIVE on "public"."user", for a moment.
ALTER TABLE "public"."user" ADD COLUMN "active" boolean NOT NULL DEFAULT true;
