CREATE TABLE account_grants (
  account_id text NOT NULL,
  user_id text NOT NULL,
  granted_by text NOT NULL,
  created_at integer NOT NULL,
  PRIMARY KEY(account_id, user_id),
  FOREIGN KEY (account_id) REFERENCES social_accounts(id)
) STRICT;

CREATE INDEX account_grants_user_index ON account_grants (user_id);
CREATE TABLE captions (
  sequence integer PRIMARY KEY AUTOINCREMENT NOT NULL,
  id text NOT NULL,
  asset_id text NOT NULL,
  user_id text NOT NULL,
  network text,
  language text NOT NULL,
  text text NOT NULL,
  hashtags text NOT NULL,
  alt_text text NOT NULL,
  model text NOT NULL,
  created_at integer NOT NULL
) STRICT;

CREATE UNIQUE INDEX captions_id_index ON captions (id);
CREATE INDEX captions_asset_index ON captions (asset_id,created_at,sequence);
CREATE TABLE communities (
  id text PRIMARY KEY NOT NULL,
  accounts text NOT NULL,
  approval integer NOT NULL,
  moderators text,
  changed_at integer NOT NULL
) STRICT;

CREATE TABLE posts (
  id text PRIMARY KEY NOT NULL,
  handle text NOT NULL,
  "group" text NOT NULL,
  user_id text NOT NULL,
  asset_id text NOT NULL,
  account_id text NOT NULL,
  external_account_id text NOT NULL,
  account_name text NOT NULL,
  network text NOT NULL,
  text text NOT NULL,
  alt_text text NOT NULL,
  media text NOT NULL,
  story integer NOT NULL,
  is_ai_generated integer NOT NULL,
  scheduled_at integer,
  zone text NOT NULL,
  state text NOT NULL,
  epoch integer DEFAULT 0 NOT NULL,
  due_at integer,
  leased_by text,
  idempotency_key text NOT NULL,
  request_id text NOT NULL,
  tries integer DEFAULT 0 NOT NULL,
  first_tried_at integer,
  last_tried_at integer,
  upload_url text,
  external_id text,
  public_url text,
  failure text,
  target text NOT NULL,
  community text,
  created_at integer NOT NULL,
  ended_at integer,
  listed_at integer NOT NULL,
  FOREIGN KEY (account_id) REFERENCES social_accounts(id),
  CONSTRAINT posts_state_check CHECK(state not in ('waiting', 'published', 'failed', 'cancelled', 'rejected') or due_at is null)
) STRICT;

CREATE UNIQUE INDEX posts_group_index ON posts ("group",account_id);
CREATE UNIQUE INDEX posts_handle_index ON posts (handle);
CREATE INDEX posts_due_index ON posts (due_at,id) WHERE due_at is not null;
CREATE INDEX posts_lease_index ON posts (leased_by) WHERE leased_by is not null;
CREATE INDEX posts_list_index ON posts (user_id,listed_at,id);
CREATE INDEX posts_asset_index ON posts (asset_id);
CREATE INDEX posts_account_index ON posts (account_id,scheduled_at);
CREATE INDEX posts_external_index ON posts (external_id) WHERE external_id is not null;
CREATE TABLE social_accounts (
  id text PRIMARY KEY NOT NULL,
  owner text NOT NULL,
  profile_id text NOT NULL,
  external_id text NOT NULL,
  network text NOT NULL,
  name text NOT NULL,
  health text NOT NULL,
  created_at integer NOT NULL,
  checked_at integer NOT NULL
) STRICT;

CREATE UNIQUE INDEX social_accounts_external_index ON social_accounts (external_id);
CREATE INDEX social_accounts_owner_index ON social_accounts (owner);
CREATE TABLE social_profiles (
  owner text PRIMARY KEY NOT NULL,
  profile_id text NOT NULL,
  created_at integer NOT NULL
) STRICT;
CREATE INDEX media_assets_ready_index ON media_assets (ended_at) WHERE state = 'ready';
