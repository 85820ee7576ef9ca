-- Note: jwks.createdAt stay timestamp without time zone; their values are read and written as UTC.

-- 1. Add the column jwks.expiresAt.
-- Lock: ACCESS EXCLUSIVE on "public"."jwks", for a moment.
ALTER TABLE "public"."jwks" ADD COLUMN "expiresAt" timestamp with time zone;

-- 2. Add the column jwks.alg.
-- Lock: ACCESS EXCLUSIVE on "public"."jwks", for a moment.
ALTER TABLE "public"."jwks" ADD COLUMN "alg" text;

-- 3. Add the column jwks.crv.
-- Lock: ACCESS EXCLUSIVE on "public"."jwks", for a moment.
ALTER TABLE "public"."jwks" ADD COLUMN "crv" text;
