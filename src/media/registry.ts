import type { Environment } from "../core/ports/module.ts";
import { disk } from "./disk/index.ts";
import type { MediaStoreDependencies, MediaStoreModule, OpenedMediaStore } from "./module.ts";
import { s3 } from "./s3/index.ts";
import { supabase } from "./supabase/index.ts";

/** Every media store, one line each. */
export const mediaStores: readonly MediaStoreModule[] = [disk, s3, supabase];

function moduleOf(url: string): MediaStoreModule | null {
  const [, scheme] = /^([a-z0-9]+):/.exec(url) ?? [];
  return mediaStores.find((module) => module.id === scheme) ?? null;
}

/** What is wrong with a media address and the settings that its store needs: names and rules, never values. */
export function mediaProblems(url: string, environment: Environment): readonly string[] {
  const known = mediaStores.map(({ example }) => example).join(" or ");
  return moduleOf(url)?.problems(url, environment) ?? [`MEDIA_URL: must be like ${known}`];
}

/** Names of the settings on which a store depends. */
export function mediaSettings(url: string): readonly string[] {
  return ["MEDIA_URL", ...Object.keys(moduleOf(url)?.env.shape ?? {})];
}

/** @throws Error for an address that has problems. */
export function openMediaStore(
  url: string,
  environment: Environment,
  dependencies: MediaStoreDependencies,
): OpenedMediaStore {
  const module = moduleOf(url);
  if (module === null) throw new Error(mediaProblems(url, environment).join("; "));
  return module.open(url, environment, dependencies);
}
