DROP INDEX media_assets_ready_index;
DELETE FROM deliveries WHERE kind = 'amend';
DROP TABLE posts;
DROP TABLE account_grants;
DROP TABLE social_accounts;
DROP TABLE social_profiles;
DROP TABLE communities;
DROP TABLE captions;
