ALTER TABLE media_assets ADD COLUMN requested_provider text;
ALTER TABLE media_assets ADD COLUMN tried text;
ALTER TABLE media_assets ADD COLUMN reference_media text;
ALTER TABLE attempts ADD COLUMN noted_task_key text;
DROP INDEX media_assets_late_index;
CREATE INDEX media_assets_late_index ON media_assets (ended_at) WHERE state in ('expired', 'failed');
CREATE INDEX attempts_task_key_index ON attempts (task_key);
