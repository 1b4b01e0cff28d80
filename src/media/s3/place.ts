import type { z } from "zod";
import type { Secret } from "../../core/secret.ts";
import { type ReadPlace, readBucketAddress } from "../module.ts";
import type { s3Environment } from "./config.ts";

/** Where the bucket is and who we are there. */
export interface S3Place {
  /** The bucket's URL: its name in the host (AWS) or in the path (every other service), without a slash at its end. */
  readonly bucketUrl: string;
  /** Empty, or with a slash at its end. */
  readonly prefix: string;
  readonly region: string | undefined;
  readonly accessKeyId: Secret;
  readonly secretAccessKey: Secret;
}

const AWS_REGION = "us-east-1";

/** `s3://<bucket>/<prefix>?endpoint=https://…`; without an endpoint it is AWS. */
export function readS3Place(url: string, settings: z.output<typeof s3Environment>): ReadPlace<S3Place> {
  const {
    S3_ACCESS_KEY_ID: accessKeyId,
    S3_SECRET_ACCESS_KEY: secretAccessKey,
    S3_REGION: region,
  } = settings;
  const address = readBucketAddress(url);
  const endpoint = address?.parameters.get("endpoint") ?? null;
  const others = [...(address?.parameters.keys() ?? [])].filter((name) => name !== "endpoint");
  const problems: string[] = [];
  if (address === null || others.length > 0)
    problems.push("MEDIA_URL: must be like s3://bucket/prefix?endpoint=https://…");
  if (endpoint !== null && !isEndpoint(endpoint))
    problems.push("MEDIA_URL: endpoint must be an http(s) URL without credentials and query");
  if (accessKeyId === undefined) problems.push("S3_ACCESS_KEY_ID: is needed for MEDIA_URL=s3://…");
  if (secretAccessKey === undefined) problems.push("S3_SECRET_ACCESS_KEY: is needed for MEDIA_URL=s3://…");
  if (address === null || accessKeyId === undefined || secretAccessKey === undefined || problems.length > 0)
    return { problems };
  return {
    place: {
      bucketUrl: bucketUrlOf(address.bucket, endpoint, region),
      prefix: address.prefix,
      region: endpoint === null ? awsRegion(region) : region,
      accessKeyId,
      secretAccessKey,
    },
  };
}

function isEndpoint(text: string): boolean {
  const url = URL.parse(text);
  return (
    url !== null &&
    /^https?:$/.test(url.protocol) &&
    `${url.username}${url.password}${url.search}${url.hash}` === ""
  );
}

function awsRegion(region: string | undefined): string {
  return region === undefined || region === "auto" ? AWS_REGION : region;
}

function bucketUrlOf(bucket: string, endpoint: string | null, region: string | undefined): string {
  if (endpoint !== null) return `${new URL(endpoint).href.replace(/\/+$/, "")}/${bucket}`;
  const host = `s3.${awsRegion(region)}.amazonaws.com`;
  // A dot in the name would need a certificate that nobody has; capitals are not possible in a host.
  return /^[a-z0-9-]+$/.test(bucket) ? `https://${bucket}.${host}` : `https://${host}/${bucket}`;
}
