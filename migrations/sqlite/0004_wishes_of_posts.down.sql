ALTER TABLE posts DROP COLUMN former_ids;
ALTER TABLE posts DROP COLUMN wanted_scheduled_at;
ALTER TABLE posts DROP COLUMN wanted_text;
ALTER TABLE posts DROP COLUMN cancel_asked_at;
ALTER TABLE posts DROP COLUMN is_in_doubt;
