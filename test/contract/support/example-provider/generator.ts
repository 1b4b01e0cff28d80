import type { Generator } from "../../../../src/core/ports/generator.ts";
import type { LanternClient } from "./client.ts";
import { certainFailure, createFailed, gone } from "./errors.ts";
import { bodyOf, LANTERN_MODELS } from "./models.ts";
import { createdSchema, operationSchema, pictureSchema } from "./schema.ts";

export function createLanternGenerator(client: LanternClient, trustedOrigins: readonly string[]): Generator {
  return {
    serviceName: "Lantern",
    models: LANTERN_MODELS,
    budget: { creates: { count: 10, perMs: 60_000 }, reads: { count: 5, perMs: 1_000 }, concurrency: 4 },
    resultHosts: { suffixes: [".lantern.example"], trustedOrigins },

    async start(request, { signal }) {
      const result = await client.create(bodyOf(request), signal);
      if (result.kind !== "answer" || result.status !== 201) return createFailed(result);
      const created = createdSchema.safeParse(result.json);
      if (!created.success) return { status: "unknown", detail: "lantern answer" };
      return { status: "started", operation: created.data, taskKey: created.data.id };
    },

    async poll(operation, { signal }) {
      const task = operationSchema.safeParse(operation);
      if (!task.success) return { status: "unreadable", detail: "lantern operation" };
      const result = await client.read(`pictures/${encodeURIComponent(task.data.id)}`, signal);
      const picture = pictureSchema.safeParse(result.kind === "answer" ? result.json : undefined);
      if (!picture.success) return { status: "unreadable", detail: "lantern picture" };
      const { state, reason, link } = picture.data;
      if (state === "ready") return link ? { status: "done", media: [{ url: link }] } : { status: "empty" };
      if (state !== "failed") return { status: "pending" };
      return reason === "refused_words"
        ? { status: "failed", failure: { kind: "content", code: "CONTENT_REFUSED", detail: "lantern words" } }
        : {
            status: "failed",
            failure: { kind: "transient", code: "PROVIDER_BAD_ANSWER", detail: "lantern failed" },
          };
    },

    async probe({ signal }) {
      const result = await client.read("account", signal);
      if (result.kind === "answer" && result.status === 200) return { status: "up" };
      return { status: "down", failure: (result.kind === "answer" ? certainFailure(result) : null) ?? gone };
    },
  };
}
