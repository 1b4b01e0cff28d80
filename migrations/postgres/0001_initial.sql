CREATE TABLE attempts (
  id text PRIMARY KEY NOT NULL,
  asset_id text NOT NULL,
  provider text NOT NULL,
  number integer NOT NULL,
  callback_digest text NOT NULL,
  task_key text,
  started_at bigint NOT NULL,
  accepted_at bigint,
  ended_at bigint,
  detail text
);

CREATE TABLE audit_log (
  key text PRIMARY KEY NOT NULL,
  at bigint NOT NULL,
  actor_id text NOT NULL,
  user_id text NOT NULL,
  action text NOT NULL,
  before text NOT NULL,
  after text NOT NULL
);

CREATE TABLE deliveries (
  sequence bigserial PRIMARY KEY NOT NULL,
  id text NOT NULL,
  kind text NOT NULL,
  dedupe_key text NOT NULL,
  user_id text,
  batch_id text,
  asset_id text,
  platform text NOT NULL,
  chat_key text NOT NULL,
  target text NOT NULL,
  lane text NOT NULL,
  reply text,
  state text NOT NULL,
  epoch integer DEFAULT 0 NOT NULL,
  version integer DEFAULT 0 NOT NULL,
  due_at bigint NOT NULL,
  leased_by text,
  tries integer DEFAULT 0 NOT NULL,
  first_tried_at bigint,
  rung integer DEFAULT 0 NOT NULL,
  ref text,
  reason text,
  created_at bigint NOT NULL,
  sent_at bigint
);

CREATE TABLE drafts (
  id text PRIMARY KEY NOT NULL,
  user_id text NOT NULL,
  content text,
  created_at bigint NOT NULL,
  expires_at bigint NOT NULL,
  used_at bigint
);

CREATE TABLE identities (
  identity text PRIMARY KEY NOT NULL,
  user_id text NOT NULL,
  platform text NOT NULL,
  name text NOT NULL,
  locale text,
  username text,
  seen_at bigint NOT NULL
);

CREATE TABLE inbox (
  sequence bigserial PRIMARY KEY NOT NULL,
  key text NOT NULL,
  source text NOT NULL,
  state text NOT NULL,
  payload text,
  received_at bigint NOT NULL,
  handled_at bigint
);

CREATE TABLE instance_days (
  day text PRIMARY KEY NOT NULL,
  paid_submissions integer NOT NULL
);

CREATE TABLE media_assets (
  id text PRIMARY KEY NOT NULL,
  batch_id text NOT NULL,
  batch_index integer NOT NULL,
  batch_count integer NOT NULL,
  user_id text NOT NULL,
  platform text NOT NULL,
  receipt text NOT NULL,
  handle text NOT NULL,
  kind text NOT NULL,
  provider text NOT NULL,
  prompt text NOT NULL,
  search_text text NOT NULL,
  aspect text NOT NULL,
  style text,
  seed integer NOT NULL,
  state text NOT NULL,
  epoch integer DEFAULT 0 NOT NULL,
  due_at bigint,
  leased_by text,
  rank_at bigint,
  attempts integer DEFAULT 0 NOT NULL,
  attempt_id text,
  fetch_failures integer DEFAULT 0 NOT NULL,
  progress double precision,
  operation text,
  submitted_at bigint,
  accepted_at bigint,
  media text,
  end_reason text,
  end_code text,
  favourite boolean DEFAULT false NOT NULL,
  private boolean NOT NULL,
  period text NOT NULL,
  unit_source text NOT NULL,
  created_at bigint NOT NULL,
  ended_at bigint,
  deleted_at bigint,
  CONSTRAINT media_assets_state_check CHECK (state not in ('ready', 'failed', 'cancelled', 'expired') or due_at is null)
);

CREATE TABLE notes (
  name text PRIMARY KEY NOT NULL,
  value text NOT NULL
);

CREATE TABLE usage_ledger (
  id text PRIMARY KEY NOT NULL,
  user_id text NOT NULL,
  asset_id text,
  step integer NOT NULL,
  kind text NOT NULL,
  source text NOT NULL,
  period text,
  units integer NOT NULL,
  created_at bigint NOT NULL
);

CREATE TABLE user_usage (
  user_id text NOT NULL,
  period text NOT NULL,
  media_generations_created integer NOT NULL,
  CONSTRAINT user_usage_user_id_period_pk PRIMARY KEY(user_id,period),
  CONSTRAINT user_usage_check CHECK (media_generations_created >= 0)
);

CREATE TABLE users (
  id text PRIMARY KEY NOT NULL,
  plan text DEFAULT 'free' NOT NULL,
  plan_until bigint,
  limit_override integer,
  grants integer DEFAULT 0 NOT NULL,
  banned_at bigint,
  ban_reason text,
  settings text NOT NULL,
  created_at bigint NOT NULL,
  CONSTRAINT users_grants_check CHECK (grants >= 0)
);

ALTER TABLE attempts ADD CONSTRAINT attempts_asset_id_media_assets_id_fk FOREIGN KEY (asset_id) REFERENCES media_assets(id);
ALTER TABLE identities ADD CONSTRAINT identities_user_id_users_id_fk FOREIGN KEY (user_id) REFERENCES users(id);
ALTER TABLE media_assets ADD CONSTRAINT media_assets_user_id_users_id_fk FOREIGN KEY (user_id) REFERENCES users(id);
ALTER TABLE user_usage ADD CONSTRAINT user_usage_user_id_users_id_fk FOREIGN KEY (user_id) REFERENCES users(id);
CREATE INDEX attempts_asset_index ON attempts (asset_id);
CREATE UNIQUE INDEX attempts_task_index ON attempts (provider,task_key);
CREATE UNIQUE INDEX attempts_callback_index ON attempts (callback_digest);
CREATE INDEX audit_log_user_index ON audit_log (user_id,at);
CREATE UNIQUE INDEX deliveries_id_index ON deliveries (id);
CREATE UNIQUE INDEX deliveries_dedupe_index ON deliveries (dedupe_key);
CREATE INDEX deliveries_line_index ON deliveries (platform,chat_key,sequence,lane,state,due_at,sent_at,tries) WHERE state in ('new', 'sending');
CREATE INDEX deliveries_due_index ON deliveries (platform,due_at) WHERE state in ('new', 'sending');
CREATE INDEX deliveries_status_index ON deliveries (batch_id) WHERE kind = 'status';
CREATE INDEX deliveries_asset_index ON deliveries (asset_id) WHERE asset_id is not null;
CREATE INDEX deliveries_lease_index ON deliveries (leased_by) WHERE leased_by is not null;
CREATE INDEX drafts_expiry_index ON drafts (expires_at);
CREATE INDEX identities_user_index ON identities (user_id);
CREATE INDEX identities_username_index ON identities (platform,username);
CREATE UNIQUE INDEX inbox_key_index ON inbox (key);
CREATE INDEX inbox_waiting_index ON inbox (source,sequence) WHERE state = 'received';
CREATE INDEX inbox_handled_index ON inbox (handled_at) WHERE handled_at is not null;
CREATE UNIQUE INDEX media_assets_receipt_index ON media_assets (user_id,receipt);
CREATE UNIQUE INDEX media_assets_handle_index ON media_assets (handle);
CREATE INDEX media_assets_batch_index ON media_assets (batch_id);
CREATE INDEX media_assets_gallery_index ON media_assets (user_id,created_at,id) WHERE deleted_at is null;
CREATE INDEX media_assets_due_index ON media_assets (due_at) WHERE due_at is not null;
CREATE INDEX media_assets_create_index ON media_assets (created_at,id,provider,due_at) WHERE state in ('queued', 'preparing');
CREATE INDEX media_assets_read_index ON media_assets (rank_at,provider,due_at) WHERE state in ('submitted', 'storing');
CREATE INDEX media_assets_doubt_index ON media_assets (due_at,provider) WHERE state in ('submitting', 'unknown');
CREATE INDEX media_assets_late_index ON media_assets (ended_at) WHERE state = 'expired';
CREATE INDEX media_assets_unfinished_index ON media_assets (user_id,created_at,due_at) WHERE state in ('queued', 'preparing', 'submitting', 'submitted', 'storing', 'unknown');
CREATE INDEX media_assets_lease_index ON media_assets (leased_by) WHERE leased_by is not null;
CREATE UNIQUE INDEX usage_ledger_step_index ON usage_ledger (asset_id,step);
CREATE INDEX usage_ledger_user_index ON usage_ledger (user_id,period);
