-- 1. Create the table jwks.
-- Lock: none, the object is new.
CREATE TABLE "public"."jwks" (
    "id" text NOT NULL PRIMARY KEY,
    "publicKey" text NOT NULL,
    "privateKey" text NOT NULL,
    "createdAt" timestamp with time zone NOT NULL,
    "expiresAt" timestamp with time zone,
    "alg" text,
    "crv" text
);
