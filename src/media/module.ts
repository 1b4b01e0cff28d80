import type { z } from "zod";
import type { Clock } from "../core/ports/clock.ts";
import type { MediaStore } from "../core/ports/media.ts";
import type { Environment } from "../core/ports/module.ts";

export interface MediaStoreDependencies {
  readonly clock: Clock;
}

export interface OpenedMediaStore {
  readonly store: MediaStore;
  /** Where it is, the same text for the same place; no secret is in it. */
  readonly place: string;
  /** Ends its connections. */
  close(): Promise<void>;
}

/** One kind of store, known by the scheme of `MEDIA_URL`. */
export interface MediaStoreModule {
  /** `file` for `file:…`, `s3` for `s3://…` */
  readonly id: string;
  readonly env: z.ZodObject;
  /** An address for help texts. */
  readonly example: string;
  /** What is wrong with this address and these settings: names and rules, never values. */
  problems(url: string, environment: Environment): readonly string[];
  /** Connects to nothing yet. @throws Error where there are problems. */
  open(url: string, environment: Environment, dependencies: MediaStoreDependencies): OpenedMediaStore;
}

/** What a store reads from its address and its settings: either where it is or why not. */
export type ReadPlace<Place> = { readonly place: Place } | { readonly problems: readonly string[] };

/** Ties what a store reads from `MEDIA_URL` and its settings to its factory. */
export function defineMediaStore<Schema extends z.ZodObject, Place>(module: {
  readonly id: string;
  readonly env: Schema;
  readonly example: string;
  read(url: string, settings: z.output<Schema>): ReadPlace<Place>;
  create(place: Place, dependencies: MediaStoreDependencies): OpenedMediaStore;
}): MediaStoreModule {
  return {
    id: module.id,
    env: module.env,
    example: module.example,
    problems(url, environment) {
      const settings = module.env.safeParse(environment);
      // What is wrong with single settings is listed where all of them are read.
      if (!settings.success) return [];
      const read = module.read(url, settings.data);
      return "problems" in read ? read.problems : [];
    },
    open(url, environment, dependencies) {
      const read = module.read(url, module.env.parse(environment));
      if ("problems" in read) throw new Error(read.problems.join("; "));
      return module.create(read.place, dependencies);
    },
  };
}

/** A bucket's name and a folder in it, from `<scheme>://<bucket>/<prefix>`. */
export interface BucketAddress {
  readonly bucket: string;
  /** Empty, or with a slash at its end. */
  readonly prefix: string;
  readonly parameters: URLSearchParams;
}

const BUCKET = /^[A-Za-z0-9][A-Za-z0-9._-]{1,62}$/;
const FOLDERS = /^([A-Za-z0-9_-][A-Za-z0-9._-]{0,99}\/)*$/;

/** Null where it is no such address: empty parts, dots that lead elsewhere, signs that would need encoding. */
export function readBucketAddress(url: string): BucketAddress | null {
  const [, bucket = "", path = "", query = ""] =
    /^[a-z0-9]+:\/\/([^/?#]*)([^?#]*)(?:\?([^#]*))?$/.exec(url) ?? [];
  const folders = path.replace(/^\//, "").replace(/\/$/, "");
  const prefix = folders === "" ? "" : `${folders}/`;
  if (!BUCKET.test(bucket) || !FOLDERS.test(prefix)) return null;
  return { bucket, prefix, parameters: new URLSearchParams(query) };
}
