CREATE TABLE caption_claims (
  asset_id text PRIMARY KEY NOT NULL,
  until bigint NOT NULL
);

CREATE TABLE caption_days (
  day text NOT NULL,
  owner text NOT NULL,
  calls integer NOT NULL,
  CONSTRAINT caption_days_day_owner_pk PRIMARY KEY(day,owner)
);
