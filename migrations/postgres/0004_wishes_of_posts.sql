ALTER TABLE posts ADD COLUMN is_in_doubt boolean NOT NULL DEFAULT false;
ALTER TABLE posts ADD COLUMN cancel_asked_at bigint;
ALTER TABLE posts ADD COLUMN wanted_text text;
ALTER TABLE posts ADD COLUMN wanted_scheduled_at bigint;
ALTER TABLE posts ADD COLUMN former_ids text;
UPDATE posts SET is_in_doubt = true WHERE state = 'handing_over' AND tries > 0;
