DROP TABLE caption_days;
DROP TABLE caption_claims;
