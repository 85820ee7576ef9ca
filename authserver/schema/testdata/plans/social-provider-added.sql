-- 1. Index account.accountId.
-- Lock: SHARE UPDATE EXCLUSIVE on "public"."account"; reads and writes go on. Not in a transaction.
CREATE INDEX CONCURRENTLY "account_accountId_idx" ON "public"."account" ("accountId");
