DROP INDEX attempts_task_key_index;
DROP INDEX media_assets_late_index;
CREATE INDEX media_assets_late_index ON media_assets (ended_at) WHERE state = 'expired';
ALTER TABLE attempts DROP COLUMN noted_task_key;
ALTER TABLE media_assets DROP COLUMN reference_media;
ALTER TABLE media_assets DROP COLUMN tried;
ALTER TABLE media_assets DROP COLUMN requested_provider;
