import { describe, expect, it } from "vitest";
import { Secret } from "../../core/secret.ts";
import { readS3Place } from "./place.ts";

describe("the address of a bucket", () => {
  const settings = {
    S3_ACCESS_KEY_ID: new Secret("id"),
    S3_SECRET_ACCESS_KEY: new Secret("key"),
    S3_REGION: undefined,
  };

  it.each([
    ["s3://bucket", undefined, "https://bucket.s3.us-east-1.amazonaws.com", "", "us-east-1"],
    ["s3://bucket/media", "eu-west-1", "https://bucket.s3.eu-west-1.amazonaws.com", "media/", "eu-west-1"],
    ["s3://bucket", "auto", "https://bucket.s3.us-east-1.amazonaws.com", "", "us-east-1"],
    // Hosts that no certificate covers, or that cannot be.
    ["s3://my.bucket/", undefined, "https://s3.us-east-1.amazonaws.com/my.bucket", "", "us-east-1"],
    ["s3://Old_Bucket", undefined, "https://s3.us-east-1.amazonaws.com/Old_Bucket", "", "us-east-1"],
    [
      "s3://b-1/a/b/?endpoint=http://127.0.0.1:9000/",
      undefined,
      "http://127.0.0.1:9000/b-1",
      "a/b/",
      undefined,
    ],
    [
      "s3://b-1?endpoint=https%3A%2F%2Fa.r2.cloudflarestorage.com",
      "auto",
      "https://a.r2.cloudflarestorage.com/b-1",
      "",
      "auto",
    ],
    [
      "s3://b-1?endpoint=https://p.storage.supabase.co/storage/v1/s3",
      "eu-central-1",
      "https://p.storage.supabase.co/storage/v1/s3/b-1",
      "",
      "eu-central-1",
    ],
  ])("%s in %s", (url, region, bucketUrl, prefix, wanted) => {
    expect(readS3Place(url, { ...settings, S3_REGION: region })).toMatchObject({
      place: { bucketUrl, prefix, region: wanted },
    });
  });
});
