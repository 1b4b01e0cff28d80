import { afterEach } from "vitest";
import type { NewPost } from "../../../src/core/ports/post-stores.ts";
import type { PublishResult } from "../../../src/core/ports/publisher.ts";
import { createPostEngine, type PostEngine } from "../../support/post-engine.ts";
import { createScriptedPublisher } from "../../support/scripted-publisher.ts";

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
export const UNKNOWN: PublishResult = { status: "unknown", detail: "the answer was lost" };
export const AWAY = { status: "failed", detail: "503", operator: false } as const;

/** Gives a way to have an engine with its publisher and one confirmed post; they are closed after each test. */
export function postScenes() {
  let engines: PostEngine[] = [];
  afterEach(async () => {
    await Promise.all(engines.map((engine) => engine.close()));
    engines = [];
  });

  return async (changes: Partial<NewPost> = {}, aheadMs: number | null = null) => {
    const publisher = createScriptedPublisher();
    const made = await createPostEngine(publisher);
    engines.push(made);
    const scheduledAt = aheadMs === null ? null : made.now() + aheadMs;
    const { id } = await made.confirm({ scheduledAt, ...changes });
    const look = () => made.post(id);
    const told = async () => made.told(await look());
    const keys = { idempotencyKey: `again-${id}`, requestId: `again-req-${id}` };
    const retried = () => made.stores.posts.tryAgain(id, keys, made.now(), made.now() - 6 * DAY);
    return { made, publisher, id, look, told, retried };
  };
}
