-- Note: the foreign key of session.userId does not cascade and stays so; delete sessions and accounts before their user.
-- Note: the foreign key of account.userId does not cascade and stays so; delete sessions and accounts before their user.
-- Note: verification.createdAt is nullable and stays so; this server always writes it.
-- Note: verification.updatedAt is nullable and stays so; this server always writes it.
-- Note: rateLimit.key is not unique and stays so; this server counts exactly without.
-- Note: user.createdAt, user.updatedAt, session.expiresAt, session.createdAt, session.updatedAt, account.accessTokenExpiresAt, account.refreshTokenExpiresAt, account.createdAt, account.updatedAt, verification.expiresAt, verification.createdAt, verification.updatedAt stay timestamp without time zone; their values are read and written as UTC.

-- 1. Index session.userId.
-- Lock: SHARE UPDATE EXCLUSIVE on "public"."session"; reads and writes go on. Not in a transaction.
CREATE INDEX CONCURRENTLY "session_userId_idx" ON "public"."session" ("userId");

-- 2. Index account.userId.
-- Lock: SHARE UPDATE EXCLUSIVE on "public"."account"; reads and writes go on. Not in a transaction.
CREATE INDEX CONCURRENTLY "account_userId_idx" ON "public"."account" ("userId");

-- 3. Index verification.identifier.
-- Lock: SHARE UPDATE EXCLUSIVE on "public"."verification"; reads and writes go on. Not in a transaction.
CREATE INDEX CONCURRENTLY "verification_identifier_idx" ON "public"."verification" ("identifier");

-- 4. Index rateLimit.key.
-- Lock: SHARE UPDATE EXCLUSIVE on "public"."rateLimit"; reads and writes go on. Not in a transaction.
CREATE INDEX CONCURRENTLY "rateLimit_key_idx" ON "public"."rateLimit" ("key");
