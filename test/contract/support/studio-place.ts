/** The Studio page's server with the real core, for tests that talk HTTP to it. */
import { request } from "node:http";
import { type App, createApp, type Overrides } from "../../../src/app.ts";
import { loadConfig } from "../../../src/config.ts";
import type { Identity } from "../../../src/core/identifiers.ts";
import { createSignInLinks } from "../../../src/core/usage/sign-in.ts";
import { createStores } from "../../../src/db/stores.ts";
import { createIds, createSigner, loadSigningKey, systemClock } from "../../../src/system.ts";
import { openTestDatabase, silentLog } from "../../support/databases.ts";
import { newDataDirectory, removeDataDirectory } from "../../support/easel-process.ts";

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  readonly bytes: Buffer;
  readonly body: Record<string, unknown>;
}

interface Sending {
  /** Objects go as JSON, text and bytes as they are. */
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
}

export interface Place {
  readonly url: URL;
  readonly directory: string;
  ask(method: string, path: string, options?: Sending): Promise<Reply>;
}

export const PUBLIC_URL = "https://easel.example";
export const PUBLIC_HOST = "easel.example";

let app: App | null = null;
let directory = "";

export async function start(
  settings: Record<string, string> = {},
  overrides: Overrides = {},
): Promise<Place> {
  directory = newDataDirectory();
  const config = loadConfig({
    DATABASE_URL: `file:${directory}/easel.db`,
    MEDIA_URL: `file:${directory}/media`,
    PORT: "0",
    ...settings,
  });
  app = await createApp(config, { log: silentLog, ...overrides });
  const url = new URL((await app.start()).url);
  return { url, directory, ask: (method, path, options = {}) => send(url, method, path, options) };
}

export async function stop(): Promise<void> {
  await app?.stop();
  app = null;
  removeDataDirectory(directory);
}

function send(url: URL, method: string, path: string, { body, headers = {} }: Sending): Promise<Reply> {
  const isRaw = body === undefined || typeof body === "string" || body instanceof Uint8Array;
  const payload = isRaw ? body : JSON.stringify(body);
  const type = payload === undefined ? {} : { "Content-Type": "application/json" };
  return new Promise((resolve, reject) => {
    const sending = request(
      { host: url.hostname, port: url.port, method, path, headers: { ...type, ...headers } },
      (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("end", () => {
          const bytes = Buffer.concat(chunks);
          const text = bytes.toString("utf8");
          const isJson = response.headers["content-type"]?.includes("json");
          const parsed: unknown = isJson ? JSON.parse(text) : {};
          const fields = typeof parsed === "object" && parsed !== null ? Object.entries(parsed) : [];
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            text,
            bytes,
            body: Object.fromEntries<unknown>(fields),
          });
        });
      },
    );
    sending.on("error", reject);
    sending.end(payload);
  });
}

export const generate = (place: Place, body: unknown, headers: Record<string, string> = {}) =>
  place.ask("POST", "/api/ai/generate-media", { body, headers });

/** A link as the bots hand it out, for a member who has used the bot. */
export async function linkFor(place: Place, identity: Identity): Promise<URL> {
  const database = await openTestDatabase(`file:${place.directory}/easel.db`);
  const key = loadSigningKey(null, `${place.directory}/signing.key`);
  const ids = createIds(key);
  await createStores(database).users.resolve(identity, { name: "Ada", locale: "en" }, ids.create("usr"), 0);
  await database.close();
  const signer = createSigner(key);
  const links = createSignInLinks({ publicUrl: PUBLIC_URL, signer, clock: systemClock, ids });
  return new URL(links.create(identity) ?? "");
}

export const signIn = (place: Place, link: URL, headers: Record<string, string> = {}) =>
  place.ask("POST", "/ai-studio/sign-in", {
    body: new URLSearchParams({ token: link.searchParams.get("token") ?? "" }).toString(),
    headers: { Host: PUBLIC_HOST, "Content-Type": "application/x-www-form-urlencoded", ...headers },
  });

/** The headers of a browser that is signed in as a member. */
export async function session(place: Place, identity: Identity): Promise<{ Host: string; Cookie: string }> {
  const reply = await signIn(place, await linkFor(place, identity));
  return { Host: PUBLIC_HOST, Cookie: String(reply.headers["set-cookie"]?.[0]?.split(";")[0]) };
}
