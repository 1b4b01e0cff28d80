import { createHmac } from "node:crypto";
import { request } from "undici";
import { callbackOf, phaseOf } from "./records.ts";
import type { KieCallback } from "./types.ts";
import type { KieWorld } from "./world.ts";

/** Posts the callbacks of tasks that have ended, with the documented headers when a key is set. */
export function createKieCallbacks(deps: {
  world: KieWorld;
  now: () => number;
  origin: () => string;
  hmacKey: string | undefined;
  history: KieCallback[];
}) {
  const { world, now } = deps;

  async function post(taskId: string, url: string, body: unknown): Promise<void> {
    const timestamp = String(Math.floor(now() / 1000));
    const headers: Record<string, string> = { "content-type": "application/json" };
    if (deps.hmacKey !== undefined) {
      headers["x-webhook-timestamp"] = timestamp;
      headers["x-webhook-signature"] = createHmac("sha256", deps.hmacKey)
        .update(`${taskId}.${timestamp}`)
        .digest("base64");
    }
    let httpStatus: number | null = null;
    try {
      const answer = await request(url, {
        method: "POST",
        headers,
        body: JSON.stringify(body),
        headersTimeout: 15_000,
        bodyTimeout: 15_000,
      });
      httpStatus = answer.statusCode;
      await answer.body.dump();
    } catch {
      // Unreachable: the entry keeps a null status, as the service keeps its failed delivery.
    }
    deps.history.push({ at: now(), taskId, url, body, httpStatus });
  }

  return {
    /** Sends what is due and answers when every receiver has answered. */
    async deliverDue(): Promise<void> {
      const sending: Promise<void>[] = [];
      for (const task of world.tasks.values()) {
        const url = task.body["callBackUrl"];
        const wanted = task.script.callbacks ?? 1;
        if (typeof url !== "string" || task.callbacksSent >= wanted) continue;
        if (phaseOf(task, now()).phase === "running") continue;
        const links = world.links(task).map((path) => deps.origin() + path);
        const body = task.script.callbackBody ?? callbackOf(task, now(), links);
        for (; task.callbacksSent < wanted; task.callbacksSent += 1)
          sending.push(post(task.taskId, url, body));
      }
      await Promise.all(sending);
    },
  };
}
