/** Pictures that members hand in on the page's HTTP API, on the real core against stand-ins of providers. */
import { type IncomingMessage, request } from "node:http";
import sharp from "sharp";
import { afterEach, describe, expect, it } from "vitest";
import { systemClock } from "../../src/system.ts";
import { type KieEmulator, startKieEmulator } from "../emulators/kie/index.ts";
import { type ImageCall, type OpenAiEmulator, startOpenAiEmulator } from "../emulators/openai/index.ts";
import { makePng } from "../emulators/shared/png.ts";
import { until } from "../support/easel-process.ts";
import {
  generate,
  type Place,
  PUBLIC_HOST,
  PUBLIC_URL,
  type Reply,
  session,
  start as startPlace,
  stop,
} from "./support/studio-place.ts";

const PATH = "/api/ai/references";
const MEBIBYTE = 1024 * 1024;
const edit = { prompt: "make it night", type: "image" };
const picture = (seed: string, width = 40, height = 30): Buffer => makePng({ width, height, seed });

let kie: KieEmulator | null = null;
let openai: OpenAiEmulator | null = null;

afterEach(async () => {
  await stop();
  await kie?.close();
  await openai?.close();
  kie = null;
  openai = null;
});

async function withKie(settings: Record<string, string> = {}): Promise<Place> {
  kie ??= await startKieEmulator({ callbacks: "manual" });
  kie.setDefaults({ durationMs: 300 });
  return startPlace({ KIE_API_KEY: "kie-key", KIE_API_URL: kie.url, KIE_UPLOAD_URL: kie.url, ...settings });
}

async function withOpenAi(
  settings: Record<string, string> = {},
): Promise<Place & { readonly openai: OpenAiEmulator }> {
  openai = await startOpenAiEmulator();
  const env = { OPENAI_IMAGE_BASE_URL: openai.baseUrl, OPENAI_IMAGE_API_KEY: "key", ...settings };
  return { ...(await startPlace(env)), openai };
}

const upload = (place: Place, body: Uint8Array, headers: Record<string, string> = {}, role = "picture") =>
  place.ask("POST", `${PATH}?role=${role}`, { body, headers: { "Content-Type": "image/png", ...headers } });

async function idOf(place: Place, body: Uint8Array, headers: Record<string, string> = {}, role = "picture") {
  const kept = await upload(place, body, headers, role);
  expect([kept.status, kept.text]).toEqual([201, expect.any(String)]);
  return String(kept.body["id"]);
}

async function readyOf(place: Place, id: unknown, headers: Record<string, string> = {}): Promise<Reply> {
  return until("the picture", async () => {
    const asset = await place.ask("GET", `/api/ai/media/${String(id)}`, { headers });
    expect(asset.body["status"], asset.text).not.toBe("error");
    return asset.body["status"] === "ready" && asset;
  });
}

const used = async (place: Place, headers: Record<string, string> = {}): Promise<unknown> => {
  const { body } = await place.ask("GET", "/api/ai/options", { headers });
  return Object(body["quota"]).used;
};

/** The addresses of our copies that an asset was made from, by role. */
function madeFrom({ body }: Reply): [role: string, url: string][] {
  const references: unknown = body["references"];
  if (!Array.isArray(references)) return [];
  return references.map((one: unknown) => [String(Object(one).role), String(Object(one).url)]);
}

/** Of the pictures that were sent, and of the mask after them. */
async function widthsOf(call: ImageCall | undefined): Promise<(number | undefined)[]> {
  const sent = [...(call?.pictures ?? []), ...(call?.mask ? [call.mask] : [])];
  return Promise.all(sent.map(async (bytes) => (await sharp(bytes).metadata()).width));
}

function sentence(reply: Reply, path: string): string {
  expect(reply.body["error"]).toBe("Invalid input");
  const [detail] = Array.isArray(reply.body["details"]) ? reply.body["details"] : [];
  expect(Object(detail)).toMatchObject({ path });
  return String(Object(detail).message);
}

describe("a picture that is handed in", () => {
  it("is kept as our own copy, without what stood in it, and can be looked at", async () => {
    const place = await startPlace();
    const secret = "taken at home";
    const kept = await upload(place, makePng({ width: 320, height: 200, seed: "a", comment: secret }));
    expect(kept.status).toBe(201);
    expect(kept.body).toEqual({
      id: expect.any(String),
      width: 320,
      height: 200,
      url: expect.stringMatching(/^\/media\//),
    });
    const shown = await place.ask("GET", String(kept.body["url"]));
    expect(shown.status).toBe(200);
    const facts = await sharp(shown.bytes).metadata();
    expect([facts.width, facts.height]).toEqual([320, 200]);
    expect(shown.bytes.includes(secret)).toBe(false);
  });

  it("may come as bytes of no named type, and turned upright by what its camera wrote", async () => {
    const place = await startPlace();
    const lying = await sharp(picture("b", 60, 20))
      .jpeg()
      .withMetadata({ orientation: 6 })
      .toBuffer();
    const kept = await upload(place, lying, { "Content-Type": "application/octet-stream" });
    expect([kept.status, kept.body["width"], kept.body["height"]]).toEqual([201, 20, 60]);
  });

  it("keeps its transparency as a mask", async () => {
    const place = await startPlace();
    const mask = await sharp({
      create: { width: 16, height: 8, channels: 4, background: { r: 0, g: 0, b: 0, alpha: 0 } },
    })
      .png()
      .toBuffer();
    const kept = await upload(place, mask, {}, "mask");
    const shown = await place.ask("GET", String(kept.body["url"]));
    expect(
      [...(await sharp(shown.bytes).ensureAlpha().raw().toBuffer())].filter((_, index) => index % 4 === 3),
    ).toEqual(Array.from({ length: 128 }, () => 0));
  });

  it.each([
    ["nothing", "", "picture", "referenceImageUrl"],
    ["a page", "<!doctype html><title>x</title>", "picture", "referenceImageUrl"],
    ["SVG", '<svg xmlns="http://www.w3.org/2000/svg"/>', "picture", "referenceImageUrl"],
    ["the first half of a picture", picture("c", 200, 200).subarray(0, 300), "picture", "referenceImageUrl"],
    ["words as a mask", "mask", "mask", "mask"],
    ["another role", picture("d"), "poster", "role"],
  ])("is refused with the reason when it is %s", async (_, body, role, path) => {
    const place = await startPlace();
    const refused = await upload(place, Buffer.from(body), {}, role);
    expect(refused.status).toBe(400);
    expect(sentence(refused, path)).toMatch(/^[A-Z].+\.$/);
  });

  it("is refused by its length before it is read, with the reason", async () => {
    const place = await startPlace();
    const one = await upload(place, Buffer.alloc(20 * MEBIBYTE + 1));
    expect([one.status, one.body["error"]]).toEqual([413, "Too large"]);
    expect(one.text).toContain("at most 20 MB");
    expect((await upload(place, Buffer.alloc(22 * MEBIBYTE))).status).toBe(413);
    // Up to the limit it is read, and judged by what it is.
    expect((await upload(place, Buffer.alloc(20 * MEBIBYTE))).status).toBe(400);
    expect(
      (await place.ask("POST", "/api/ai/generate-media", { body: { prompt: "x".repeat(70_000) } })).status,
    ).toBe(413);
  });

  it("comes from our own page, with a session, as a file", async () => {
    const place = await startPlace({ PUBLIC_URL });
    const Host = PUBLIC_HOST;
    expect((await upload(place, picture("e"), { Host })).status).toBe(401);
    const ada = await session(place, "discord:1");
    expect((await upload(place, picture("e"), { ...ada, Origin: "https://evil.example" })).status).toBe(403);
    expect((await upload(place, picture("e"), { ...ada, "Sec-Fetch-Site": "cross-site" })).status).toBe(403);
    for (const type of ["text/plain", "application/json", "multipart/form-data; boundary=x", "video/mp4"])
      expect((await upload(place, picture("e"), { ...ada, "Content-Type": type })).status, type).toBe(415);
    expect((await upload(place, picture("e"), { ...ada, Origin: PUBLIC_URL })).status).toBe(201);
  });

  /** Says how long its body is and sends its first byte; what is answered to that. */
  function begin(place: Place, lengthBytes: number, more: Record<string, string> = {}) {
    const headers = { "Content-Type": "image/png", "Content-Length": String(lengthBytes), ...more };
    const { hostname: host, port } = place.url;
    const sending = request({ host, port, method: "POST", path: PATH, headers });
    sending.on("error", () => undefined);
    const answer = new Promise<IncomingMessage>((resolve) => sending.on("response", resolve));
    sending.write("b");
    return { answer, end: () => sending.destroy() };
  }

  it("is refused before it is read where nobody is signed in", async () => {
    const place = await startPlace({ PUBLIC_URL });
    const { answer, end } = begin(place, 20 * MEBIBYTE, { Host: PUBLIC_HOST });
    expect((await answer).statusCode).toBe(401);
    end();
  });

  it("waits for those of all members: only so much is held at once", async () => {
    const place = await startPlace({ PUBLIC_URL });
    const [ada, bob, cleo] = [
      await session(place, "discord:1"),
      await session(place, "discord:2"),
      await session(place, "discord:3"),
    ];
    const slow = [ada, bob].flatMap((who) =>
      Array.from({ length: 4 }, () => begin(place, 20 * MEBIBYTE, who)),
    );
    const refused = await until("the ninth is refused", async () => {
      const reply = await upload(place, picture("f"), cleo);
      return reply.status === 503 && reply;
    });
    expect([refused.headers["retry-after"], refused.body["error"]]).toEqual(["10", "Busy"]);
    slow[0]?.end();
    await until("it is taken", async () => (await upload(place, picture("f"), cleo)).status === 201);
    for (const { end } of slow) end();
  });

  it("waits for others of the same member: a few at once are taken", async () => {
    const place = await startPlace();
    const slow = Array.from({ length: 4 }, () => begin(place, 1_000));
    await until("the fifth is refused", async () => (await upload(place, picture("f"))).status === 429);
    for (const { end } of slow) end();
    await until("the next is taken", async () => (await upload(place, picture("f"))).status === 201);
  });
});

describe("a request that works from pictures", () => {
  it("sends them in order with the mask, shows them, and takes them along again", async () => {
    const { openai, ...place } = await withOpenAi();
    const own = await generate(place, { prompt: "a red fox in the snow", provider: "openai-image" });
    await readyOf(place, own.body["id"]);
    const [first, second] = [await idOf(place, picture("one")), await idOf(place, picture("two"))];
    const mask = await idOf(
      place,
      await sharp(picture("mask")).ensureAlpha(0.5).png().toBuffer(),
      {},
      "mask",
    );
    const made = await generate(place, {
      ...edit,
      prompt: "hat",
      references: [{ id: second }, first, { assetId: own.body["id"] }],
      mask,
    });
    expect([made.status, made.text]).toEqual([201, expect.any(String)]);
    const ready = await readyOf(place, made.body["id"]);
    expect(madeFrom(ready).map(([role]) => role)).toEqual(["picture", "picture", "picture", "mask"]);
    const copies = await Promise.all(
      madeFrom(ready).map(async ([, url]) => (await place.ask("GET", url)).bytes),
    );
    const call = openai.calls.at(-1);
    expect(call?.route).toBe("edits");
    expect(
      [...(call?.pictures ?? []), call?.mask].map((sent, index) =>
        sent?.equals(copies[index] ?? Buffer.of()),
      ),
    ).toEqual([true, true, true, true]);
    expect(await widthsOf(call)).toEqual([40, 40, 64, 40]);

    const again = await place.ask("POST", `/api/ai/media/${String(made.body["id"])}/again`, { body: {} });
    expect(again.status).toBe(201);
    await readyOf(place, again.body["id"]);
    expect(openai.calls).toHaveLength(3);
    expect(await widthsOf(openai.calls.at(-1))).toEqual([40, 40, 64, 40]);
    expect(openai.calls.at(-1)?.mask).toEqual(call?.mask);
    expect([openai.violations, openai.errors]).toEqual([[], []]);
  });

  it("makes a film from an own result", async () => {
    const place = await withKie();
    const own = await generate(place, { prompt: "a red fox in the snow", provider: "sketch" });
    await readyOf(place, own.body["id"]);
    const film = await generate(place, {
      prompt: "it runs",
      type: "video",
      provider: "kie-veo3",
      referenceAssetIds: [own.body["id"]],
    });
    expect([film.status, film.text]).toEqual([201, expect.any(String)]);
    const create = await until("the order at the provider", () => kie?.creates[0]);
    expect(JSON.stringify(create)).toContain("imageUrls");
    expect([kie?.violations, kie?.errors]).toEqual([[], []]);
  });

  it("takes nothing of another member, and charges nothing for it", async () => {
    const place = await withKie({ PUBLIC_URL });
    const [ada, bob] = [await session(place, "discord:1"), await session(place, "discord:2")];
    const asset = await generate(place, { prompt: "a red fox in the snow", provider: "sketch" }, ada);
    await readyOf(place, asset.body["id"], ada);
    const foreign = await idOf(place, picture("hers"), ada);
    for (const given of [
      { references: [{ id: foreign }] },
      { references: [{ assetId: asset.body["id"] }] },
      { referenceAssetIds: [asset.body["id"]] },
      { references: ["nothing-like-it"] },
      { referenceAssetIds: ["gen_00000000000000000000000000"] },
    ]) {
      const refused = await generate(place, { ...edit, ...given }, bob);
      expect([refused.status, sentence(refused, "referenceImageUrl")], JSON.stringify(given)).toEqual([
        400,
        expect.stringContaining("not there any more"),
      ]);
    }
    expect(await used(place, bob)).toBe(0);
    expect((await place.ask("GET", "/api/ai/media", { headers: bob })).body["total"]).toBe(0);
    expect(kie?.creates).toEqual([]);
  });

  it("finds an upload for a day", async () => {
    const time = { laterMs: 0 };
    kie = await startKieEmulator({ callbacks: "manual" });
    const clock = { ...systemClock, now: () => systemClock.now() + time.laterMs };
    const place = await startPlace(
      { KIE_API_KEY: "kie-key", KIE_API_URL: kie.url, KIE_UPLOAD_URL: kie.url },
      { clock },
    );
    const id = await idOf(place, picture("old"));
    time.laterMs = 25 * 3_600_000;
    const refused = await generate(place, { ...edit, references: [{ id }] });
    expect([refused.status, sentence(refused, "referenceImageUrl")]).toEqual([
      400,
      expect.stringContaining("any more"),
    ]);
    expect(await used(place)).toBe(0);
  });

  it.each([
    "http://example.com/a.png",
    "https://127.0.0.1/a.png",
    "https://[::1]/a.png",
    "https://169.254.169.254/latest/meta-data/",
    "https://localhost/a.png",
    "https://user:secret@example.com/a.png",
    "https://example.com:8443/a.png",
    "https://0x7f000001/a.png",
    "file:///etc/passwd",
    "data:image/png;base64,AAAA",
    "//example.com/a.png",
    "javascript:alert(1)",
  ])("refuses the link %s with the reason, and charges nothing", async (referenceImageUrl) => {
    const place = await withKie();
    for (const body of [
      { ...edit, referenceImageUrl },
      { ...edit, references: [{ url: referenceImageUrl }] },
    ]) {
      const refused = await generate(place, body);
      expect([refused.status, refused.body["nearest"]]).toEqual([400, null]);
      expect(sentence(refused, "referenceImageUrl")).toContain("That link cannot be used");
    }
    expect(await used(place)).toBe(0);
    expect(kie?.requests.filter(({ path }) => !path.includes("credit"))).toEqual([]);
  });

  it.each([
    ["a list in place of a name", { references: [[]] }],
    ["too many to look at", { references: Array.from({ length: 21 }, () => "x") }],
    ["a result by a name that is none", { referenceAssetIds: ["../x"] }],
    ["words in place of a list", { references: "x" }],
    ["a mask that is a number", { mask: 7 }],
  ])("answers 400 for %s", async (_, given) => {
    const place = await startPlace();
    const refused = await generate(place, { ...edit, ...given });
    expect([refused.status, refused.body["error"]]).toEqual([400, "Invalid input"]);
  });

  it("names the nearest that would go where the provider takes no picture, no mask, or not so many", async () => {
    const place = await withKie();
    const [first, second] = [await idOf(place, picture("one")), await idOf(place, picture("two"))];
    const sketch = await generate(place, {
      ...edit,
      provider: "sketch",
      style: "ink",
      count: 2,
      references: [first],
    });
    expect([sketch.status, sentence(sketch, "referenceImageUrl")]).toEqual([
      400,
      "Sketch takes no reference image.",
    ]);
    expect(sketch.body["nearest"]).toEqual({
      type: "image",
      provider: expect.stringMatching(/^kie-/),
      label: expect.stringMatching(/^KIE /),
      aspect: expect.stringMatching(/^\d+:\d+$/),
      style: "ink",
      count: 2,
      keepsReferences: true,
    });
    const many = await generate(place, {
      ...edit,
      provider: "kie-flux-kontext",
      references: [first, second],
    });
    expect(Object(many.body["nearest"]).keepsReferences).toBe(true);
    const mask = await idOf(place, picture("mask"), {}, "mask");
    const masked = await generate(place, { ...edit, provider: "kie-4o-image", references: [first], mask });
    expect(sentence(masked, "mask")).toBe("KIE 4o Image takes no mask.");
    expect(Object(masked.body["nearest"]).keepsReferences).toBe(false);
    const short = await generate(place, { ...edit, prompt: "no", references: [first] });
    expect([sentence(short, "prompt"), short.body["nearest"]]).toEqual([expect.stringContaining("3"), null]);
    expect(await used(place)).toBe(0);
  });
});

describe("what the page is told of providers", () => {
  const providersOf = ({ body }: Reply): Record<string, unknown>[] =>
    (Array.isArray(body["providers"]) ? body["providers"] : []).map((one: unknown) => ({ ...Object(one) }));
  const find = (reply: Reply, id: string) => providersOf(reply).find((one) => one["id"] === id);

  it("is what each takes, and its credits for admins only", async () => {
    const place = await withKie({ PUBLIC_URL, ADMIN_IDS: "discord:1" });
    const [ada, bob] = [await session(place, "discord:1"), await session(place, "discord:2")];
    const told = await until("the credits", async () => {
      const one = find(await place.ask("GET", "/api/ai/options", { headers: ada }), "kie-4o-image");
      return typeof one?.["credits"] === "number" && one;
    });
    expect(told).toMatchObject({
      maxReferences: 5,
      takesReference: true,
      takesMask: false,
      isUp: true,
      state: "up",
    });
    expect(told["credits"]).toBe(100_000);
    const options = await place.ask("GET", "/api/ai/options", { headers: bob });
    expect(options.body).toMatchObject({
      prompt: { minimum: 10, editMinimum: 3 },
      uploadBytes: 20 * MEBIBYTE,
    });
    expect(providersOf(options).filter((one) => "credits" in one)).toEqual([]);
    expect(find(options, "sketch")).toMatchObject({ maxReferences: 0, takesReference: false });
  });

  it("is who is set aside, and of a result who made it in place of whom", async () => {
    kie = await startKieEmulator({ callbacks: "manual" });
    for (let times = 0; times < 3; times++) kie.fault({ on: "create", code: 401, message: "Unauthorized" });
    openai = await startOpenAiEmulator();
    const place = await withKie({ OPENAI_IMAGE_BASE_URL: openai.baseUrl, OPENAI_IMAGE_API_KEY: "key" });
    const created = await generate(place, {
      prompt: "a red fox in the snow",
      provider: "kie-nano-banana-2",
      references: [await idOf(place, picture("kept"))],
    });
    expect(created.body["requestedProviderLabel"]).toBeUndefined();
    const ready = await readyOf(place, created.body["id"]);
    expect(ready.body).toMatchObject({
      provider: "openai-image",
      requestedProviderLabel: "KIE Nano Banana 2",
      note: expect.stringMatching(/^KIE Nano Banana 2 could not make it, so \S.+ did\.$/),
    });
    expect(openai.calls[0]?.pictures).toHaveLength(1);
    const told = find(await place.ask("GET", "/api/ai/options"), "kie-nano-banana-2");
    expect(told).toMatchObject({ isUp: false, state: "set-aside" });
    expect(await used(place)).toBe(1);
  });
});
