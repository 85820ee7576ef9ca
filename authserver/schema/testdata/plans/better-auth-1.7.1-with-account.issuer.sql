-- 1. Better-Auth 1.7.0 to 1.7.2 required account.issuer, newer versions do not write it.
-- Lock: ACCESS EXCLUSIVE on "public"."account", for a moment.
ALTER TABLE "public"."account" ALTER COLUMN "issuer" DROP NOT NULL;
