ALTER TABLE posts ADD COLUMN is_in_doubt integer NOT NULL DEFAULT 0;
ALTER TABLE posts ADD COLUMN cancel_asked_at integer;
ALTER TABLE posts ADD COLUMN wanted_text text;
ALTER TABLE posts ADD COLUMN wanted_scheduled_at integer;
ALTER TABLE posts ADD COLUMN former_ids text;
UPDATE posts SET is_in_doubt = 1 WHERE state = 'handing_over' AND tries > 0;
