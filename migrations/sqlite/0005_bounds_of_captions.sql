CREATE TABLE caption_claims (
  asset_id text PRIMARY KEY NOT NULL,
  until integer NOT NULL
) STRICT;

CREATE TABLE caption_days (
  day text NOT NULL,
  owner text NOT NULL,
  calls integer NOT NULL,
  PRIMARY KEY(day, owner)
) STRICT;
