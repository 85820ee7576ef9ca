-- 1. Create the table rateLimit.
-- Lock: none, the object is new.
CREATE TABLE "public"."rateLimit" (
    "id" text NOT NULL PRIMARY KEY,
    "key" text NOT NULL UNIQUE,
    "count" integer NOT NULL,
    "lastRequest" bigint NOT NULL
);
