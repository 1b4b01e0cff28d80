import type { z } from "zod";
import type { Secret } from "../../core/secret.ts";
import { type ReadPlace, readBucketAddress } from "../module.ts";
import type { supabaseEnvironment } from "./config.ts";

export interface SupabasePlace {
  /** `https://<project>.supabase.co/storage/v1` */
  readonly storageUrl: string;
  readonly bucket: string;
  /** Empty, or with a slash at its end. */
  readonly prefix: string;
  readonly key: Secret;
}

/** `supabase://<bucket>/<prefix>` */
export function readSupabasePlace(
  url: string,
  settings: z.output<typeof supabaseEnvironment>,
): ReadPlace<SupabasePlace> {
  const { SUPABASE_URL: project, SUPABASE_SERVICE_KEY: key } = settings;
  const address = readBucketAddress(url);
  const problems: string[] = [];
  if (address === null || address.parameters.size > 0)
    problems.push("MEDIA_URL: must be like supabase://bucket/prefix");
  if (project === undefined) problems.push("SUPABASE_URL: is needed for MEDIA_URL=supabase://…");
  if (key === undefined) problems.push("SUPABASE_SERVICE_KEY: is needed for MEDIA_URL=supabase://…");
  if (address === null || project === undefined || key === undefined || problems.length > 0)
    return { problems };
  const storageUrl = `${project.replace(/\/storage\/v1$/, "")}/storage/v1`;
  return { place: { storageUrl, bucket: address.bucket, prefix: address.prefix, key } };
}
