/** Captions and posts on the page's HTTP API, on the real core against stand-ins of the model and the service. */
import type { Overrides } from "../../../src/app.ts";
import { type OpenAiEmulator, startOpenAiEmulator } from "../../emulators/openai/index.ts";
import { startZernioEmulator, type ZernioEmulator } from "../../emulators/zernio/index.ts";
import { until } from "../../support/easel-process.ts";
import { generate, type Place, type Reply, start as startPlace, stop as stopPlace } from "./studio-place.ts";

export type PostingPlace = Place & { readonly zernio: ZernioEmulator };

const KEY = "sk_zernio";
let zernio: ZernioEmulator | null = null;
let openai: OpenAiEmulator | null = null;

/** Ends everything; gives back what the stand-ins complain of. */
export async function stop(): Promise<unknown[]> {
  await stopPlace();
  const complaints = [zernio?.violations, zernio?.errors, openai?.violations, openai?.errors];
  await zernio?.close();
  await openai?.close();
  zernio = null;
  openai = null;
  return complaints.flat().filter(Boolean);
}

export async function start(
  settings: Record<string, string> = {},
  overrides: Overrides = {},
): Promise<PostingPlace> {
  zernio = await startZernioEmulator({ keys: [KEY] });
  zernio.setDefaults({ publishMs: 100 });
  const place = await startPlace(
    {
      LATE_API_KEY: KEY,
      LATE_API_URL: zernio.apiUrl,
      ADMIN_IDS: "studio:local,discord:1",
      ...settings,
    },
    overrides,
  );
  return { ...place, zernio };
}

/** Settings with which a stand-in writes the captions. */
export async function withModel(): Promise<{
  readonly model: OpenAiEmulator;
  readonly settings: Record<string, string>;
}> {
  openai = await startOpenAiEmulator();
  return { model: openai, settings: { OPENAI_API_KEY: "key", OPENAI_BASE_URL: openai.baseUrl } };
}

export async function draw(
  place: Place,
  body: object = {},
  headers: Record<string, string> = {},
): Promise<string> {
  const made = await generate(
    place,
    { prompt: "a red fox in the snow", provider: "sketch", ...body },
    headers,
  );
  if (made.status !== 201) throw new Error(`it was not drawn: ${made.text}`);
  const id = String(made.body["id"]);
  await until("the picture", async () => {
    const asset = await place.ask("GET", `/api/ai/media/${id}`, { headers });
    return asset.body["status"] === "ready";
  });
  return id;
}

/** Signs in to a network as the page's visitor, by the link that the service hands out. */
export async function connect(
  place: PostingPlace,
  network = "instagram",
  headers: Record<string, string> = {},
): Promise<string> {
  const link = await place.ask("POST", "/api/ai/accounts/connect", { body: { network }, headers });
  if (link.status !== 200) throw new Error(`no link: ${link.text}`);
  place.zernio.signIn({ username: `atelier.${network}` });
  await fetch(String(link.body["url"]), { redirect: "manual" });
  const { accounts } = (await place.ask("GET", "/api/ai/accounts", { headers })).body;
  const found = list(accounts).find((one) => one["network"] === network);
  return String(found?.["id"]);
}

export function list(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? value.map((one: unknown) => Object(one)) : [];
}

export const first = (reply: Reply) => list(reply.body["posts"])[0] ?? {};

export const post = (place: Place, body: object, key?: string, headers: Record<string, string> = {}) =>
  place.ask("POST", "/api/ai/posts", {
    body,
    headers: { ...headers, ...(key === undefined ? {} : { "Idempotency-Key": key }) },
  });

export const stateOf = async (place: Place): Promise<unknown> =>
  first(await place.ask("GET", "/api/ai/posts"))["state"];
