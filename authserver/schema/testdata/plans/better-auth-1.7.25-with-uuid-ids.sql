-- 1. Create the table rateLimit.
-- Lock: none, the object is new.
CREATE TABLE "public"."rateLimit" (
    "id" uuid NOT NULL DEFAULT gen_random_uuid() PRIMARY KEY,
    "key" text NOT NULL UNIQUE,
    "count" integer NOT NULL,
    "lastRequest" bigint NOT NULL
);

-- 2. Create the table gatehouse_outbox.
-- Lock: none, the object is new.
CREATE TABLE "public"."gatehouse_outbox" (
    "id" text NOT NULL PRIMARY KEY,
    "kind" text NOT NULL,
    "recipient" text NOT NULL,
    "name" text NOT NULL,
    "url" text NOT NULL,
    "attempts" integer NOT NULL,
    "dueAt" timestamp with time zone NOT NULL,
    "expiresAt" timestamp with time zone NOT NULL,
    "createdAt" timestamp with time zone NOT NULL DEFAULT CURRENT_TIMESTAMP
);

-- 3. Index gatehouse_outbox.dueAt.
-- Lock: none, the object is new.
CREATE INDEX "gatehouse_outbox_dueAt_idx" ON "public"."gatehouse_outbox" ("dueAt");
