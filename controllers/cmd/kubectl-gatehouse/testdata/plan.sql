-- Plan 3f9c21d07be4 of default/shop: Proposed, of 3 statements.
-- Note: the column "user"."legacy"
-- is left alone

-- custom field tier
-- Lock: ACCESS EXCLUSIVE on "user"
ALTER TABLE "user" ADD COLUMN "tier" text;

-- index of custom field tier
-- DROP TABLE x
CREATE INDEX CONCURRENTLY "user_tier_idx" ON "user" ("tier");

-- Left out of the status, because they do not fit: 1. kubectl gatehouse logs shop --migration shows all.
-- To run it: kubectl gatehouse approve shop 3f9c21d07be4 --namespace default
