-- 1. Create the table user.
-- Lock: none, the object is new.
CREATE TABLE "public"."user" (
    "id" text NOT NULL PRIMARY KEY,
    "name" text NOT NULL,
    "email" text NOT NULL UNIQUE,
    "emailVerified" boolean NOT NULL,
    "image" text,
    "createdAt" timestamp with time zone NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" timestamp with time zone NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "role" text NOT NULL,
    "tier" text NOT NULL,
    "order" integer,
    "flag" boolean,
    "tags" jsonb,
    "scores" jsonb,
    "extra" jsonb,
    "birthday" timestamp with time zone,
    "handle" text UNIQUE
);

-- 2. Index user.order.
-- Lock: none, the object is new.
CREATE INDEX "user_order_idx" ON "public"."user" ("order");

-- 3. Create the table session.
-- Lock: SHARE ROW EXCLUSIVE on "public"."user", for a moment.
CREATE TABLE "public"."session" (
    "id" text NOT NULL PRIMARY KEY,
    "expiresAt" timestamp with time zone NOT NULL,
    "token" text NOT NULL UNIQUE,
    "createdAt" timestamp with time zone NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" timestamp with time zone NOT NULL,
    "ipAddress" text,
    "userAgent" text,
    "userId" text NOT NULL REFERENCES "public"."user" (id) ON DELETE CASCADE,
    "device" text
);

-- 4. Index session.userId.
-- Lock: none, the object is new.
CREATE INDEX "session_userId_idx" ON "public"."session" ("userId");

-- 5. Create the table account.
-- Lock: SHARE ROW EXCLUSIVE on "public"."user", for a moment.
CREATE TABLE "public"."account" (
    "id" text NOT NULL PRIMARY KEY,
    "accountId" text NOT NULL,
    "providerId" text NOT NULL,
    "userId" text NOT NULL REFERENCES "public"."user" (id) ON DELETE CASCADE,
    "accessToken" text,
    "refreshToken" text,
    "idToken" text,
    "accessTokenExpiresAt" timestamp with time zone,
    "refreshTokenExpiresAt" timestamp with time zone,
    "scope" text,
    "password" text,
    "createdAt" timestamp with time zone NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" timestamp with time zone NOT NULL
);

-- 6. Index account.userId.
-- Lock: none, the object is new.
CREATE INDEX "account_userId_idx" ON "public"."account" ("userId");

-- 7. Create the table verification.
-- Lock: none, the object is new.
CREATE TABLE "public"."verification" (
    "id" text NOT NULL PRIMARY KEY,
    "identifier" text NOT NULL,
    "value" text NOT NULL,
    "expiresAt" timestamp with time zone NOT NULL,
    "createdAt" timestamp with time zone NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" timestamp with time zone NOT NULL DEFAULT CURRENT_TIMESTAMP
);

-- 8. Index verification.identifier.
-- Lock: none, the object is new.
CREATE INDEX "verification_identifier_idx" ON "public"."verification" ("identifier");

-- 9. Create the table rateLimit.
-- Lock: none, the object is new.
CREATE TABLE "public"."rateLimit" (
    "id" text NOT NULL PRIMARY KEY,
    "key" text NOT NULL UNIQUE,
    "count" integer NOT NULL,
    "lastRequest" bigint NOT NULL
);
