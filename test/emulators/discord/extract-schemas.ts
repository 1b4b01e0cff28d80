/**
 * Cuts the request schemas that the emulator checks out of Discord's OpenAPI file (about 1.2 MB) into
 * `request-schemas.ndjson` (about 60 KB, one schema a line), so that tests need only the repository.
 *
 *   node test/emulators/discord/extract-schemas.ts path/to/discord-openapi.json
 */
import { readFileSync, writeFileSync } from "node:fs";
import { asObject, asString } from "./json.ts";

const operations: Record<string, string> = {
  "PUT /applications/{application_id}/commands": "bulk_set_application_commands",
  "POST /interactions/{interaction_id}/{interaction_token}/callback": "create_interaction_response",
  "POST /webhooks/{webhook_id}/{webhook_token}": "execute_webhook",
  "PATCH /webhooks/{webhook_id}/{webhook_token}/messages/@original": "update_original_webhook_message",
  "PATCH /webhooks/{webhook_id}/{webhook_token}/messages/{message_id}": "update_webhook_message",
  "POST /channels/{channel_id}/messages": "create_message",
  "PATCH /channels/{channel_id}/messages/{message_id}": "update_message",
  "POST /channels/{channel_id}/messages/{message_id}/threads": "create_thread_from_message",
  "PATCH /channels/{channel_id}": "update_channel",
  "POST /users/@me/channels": "create_dm",
};

/** Drops what a checker does not read. */
function reduced(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(reduced);
  if (typeof schema !== "object" || schema === null) return schema;
  const dropped = new Set(["title", "description", "x-discord-union"]);
  return Object.fromEntries(
    Object.entries(schema)
      .filter(([key, value]) => !(dropped.has(key) && typeof value === "string"))
      .map(([key, value]) => [key, reduced(value)]),
  );
}

/** Lines of `{request|schema: name, body}`. */
function extract(openApi: unknown): string[] {
  const all = asObject(asObject(asObject(openApi)["components"])["schemas"]);
  const used: Record<string, unknown> = {};
  const follow = (schema: unknown): void => {
    if (typeof schema !== "object" || schema === null) return;
    for (const [key, value] of Object.entries(schema)) {
      if (key === "$ref") {
        const name = asString(value).split("/").at(-1) ?? "";
        if (name in used) continue;
        used[name] = reduced(all[name]);
        follow(used[name]);
      } else follow(value);
    }
  };
  const requests: Record<string, unknown> = {};
  for (const [route, operationId] of Object.entries(operations)) {
    const [method = "", path = ""] = route.split(" ");
    const operation = asObject(asObject(asObject(asObject(openApi)["paths"])[path])[method.toLowerCase()]);
    if (operation["operationId"] !== operationId) throw new Error(`${route} is not ${operationId} any more`);
    const content = asObject(asObject(operation["requestBody"])["content"]);
    requests[operationId] = reduced(asObject(content["application/json"])["schema"]);
    follow(requests[operationId]);
  }
  const lines = (kind: string, entries: Record<string, unknown>): string[] =>
    Object.keys(entries)
      .sort()
      .map((name) => JSON.stringify({ [kind]: name, body: entries[name] }));
  return [...lines("request", requests), ...lines("schema", used)];
}

const [input] = process.argv.slice(2);
if (input === undefined) throw new Error("give the path of discord-openapi.json");
const output = new URL("request-schemas.ndjson", import.meta.url);
writeFileSync(output, `${extract(JSON.parse(readFileSync(input, "utf8"))).join("\n")}\n`);
