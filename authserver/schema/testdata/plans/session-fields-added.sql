-- 1. Add the column session.theme.
-- Lock: ACCESS EXCLUSIVE on "public"."session", for a moment.
ALTER TABLE "public"."session" ADD COLUMN "theme" text NOT NULL DEFAULT 'light';

-- 2. Add the column session.device.
-- Lock: ACCESS EXCLUSIVE on "public"."session", for a moment.
ALTER TABLE "public"."session" ADD COLUMN "device" text;

-- 3. Index session.device.
-- Lock: SHARE UPDATE EXCLUSIVE on "public"."session"; reads and writes go on. Not in a transaction.
CREATE INDEX CONCURRENTLY "session_device_idx" ON "public"."session" ("device");
