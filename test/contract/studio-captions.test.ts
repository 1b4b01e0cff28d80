/** Captions on the page's HTTP API, on the real core against a stand-in of the model. */
import { afterEach, describe, expect, it } from "vitest";
import { until } from "../support/easel-process.ts";
import { PUBLIC_URL, session, start as startPlace } from "./support/studio-place.ts";
import { draw, stop, withModel } from "./support/studio-posting.ts";

afterEach(async () => {
  expect(await stop()).toEqual([]);
});

describe("a caption on the page", () => {
  it("is a template that says so where no model is set up, and the member's own words are kept", async () => {
    const place = await startPlace();
    const mediaId = await draw(place);
    expect((await place.ask("GET", `/api/ai/media/${mediaId}/caption`)).status).toBe(404);
    const made = await place.ask("POST", "/api/caption/generate-from-media", { body: { mediaId } });
    expect([made.status, made.body]).toEqual([
      200,
      {
        success: true,
        caption: expect.stringContaining("red fox"),
        metadata: {
          model: "template",
          language: "en",
          hashtags: expect.any(Array),
          altText: expect.any(String),
          template: true,
        },
      },
    ]);
    const own = await place.ask("POST", `/api/ai/media/${mediaId}/caption`, {
      body: { text: "  My own words @you #fox\nand more " },
    });
    expect(own.body).toMatchObject({
      success: true,
      caption: "My own words @you #fox\nand more",
      metadata: { model: "member", template: false },
    });
    expect((await place.ask("GET", `/api/ai/media/${mediaId}/caption`)).body).toEqual(own.body);
    for (const text of ["", "   ", "x".repeat(5_001), 7])
      expect((await place.ask("POST", `/api/ai/media/${mediaId}/caption`, { body: { text } })).status).toBe(
        400,
      );
  });

  it("is written by the model, with words for this one as data", async () => {
    const { model, settings } = await withModel();
    const place = await startPlace(settings);
    const mediaId = await draw(place);
    const made = await place.ask("POST", "/api/caption/generate-from-media", {
      body: { mediaId, prompt: "mention the northern wind" },
    });
    expect([made.status, made.body["success"], Object(made.body["metadata"]).template]).toEqual([
      200,
      true,
      false,
    ]);
    const asked = model.chat.calls.at(-1);
    expect(`${asked?.system}${asked?.user}`).toContain("mention the northern wind");
    const shorter = await place.ask("POST", "/api/caption/generate-from-media", {
      body: { mediaId, change: "shorter" },
    });
    expect([shorter.status, shorter.body["success"]]).toEqual([200, true]);
  });

  it("is for its owner, with a session, from our own page", async () => {
    const place = await startPlace({ PUBLIC_URL });
    const [ada, bob] = [await session(place, "discord:1"), await session(place, "discord:2")];
    const mediaId = await draw(place, {}, ada);
    const ask = (headers: Record<string, string>) =>
      place.ask("POST", "/api/caption/generate-from-media", { body: { mediaId }, headers });
    expect((await ask({ Host: ada.Host })).status).toBe(401);
    expect((await ask(bob)).status).toBe(404);
    expect((await ask({ ...ada, Origin: "https://evil.example" })).status).toBe(403);
    expect((await ask({ ...ada, "Content-Type": "text/plain" })).status).toBe(415);
    expect((await ask({ ...ada, Origin: PUBLIC_URL })).status).toBe(200);
    expect(
      (await place.ask("POST", `/api/ai/media/${mediaId}/caption`, { body: { text: "x" }, headers: bob }))
        .status,
    ).toBe(404);
    expect((await place.ask("GET", `/api/ai/media/${mediaId}/caption`, { headers: bob })).status).toBe(404);
  });

  it("is written in the language and for the network that are asked for", async () => {
    const { model, settings } = await withModel();
    const place = await startPlace(settings);
    const mediaId = await draw(place);
    const ask = (body: object) =>
      place.ask("POST", "/api/caption/generate-from-media", { body: { mediaId, ...body } });
    expect((await ask({ language: "pt-BR", network: "twitter" })).status).toBe(200);
    const asked = String(model.chat.calls.at(-1)?.user);
    expect(asked).toContain("pt-BR");
    expect(asked).toMatch(/\bX\b/);
    expect(asked).toContain("280");
    const variants = await place.ask("POST", `/api/ai/media/${mediaId}/caption/variants`, {
      body: { text: "Snow at last", networks: ["instagram", "twitter"] },
    });
    expect([variants.status, variants.body]).toEqual([
      200,
      { success: true, texts: { instagram: expect.any(String), twitter: expect.any(String) }, unwritten: [] },
    ]);
  });

  it("says in every refusal that it did not succeed, and why", async () => {
    const place = await startPlace({ PUBLIC_URL });
    const ada = await session(place, "discord:1");
    const mediaId = await draw(place, {}, ada);
    const ask = (body: unknown, headers: Record<string, string> = ada) =>
      place.ask("POST", "/api/caption/generate-from-media", { body, headers });
    const refusals = await Promise.all([
      ask({}),
      ask("no json"),
      ask({ mediaId, language: "in the language of birds" }),
      ask({ mediaId, network: "myspace" }),
      ask({ mediaId, prompt: "x".repeat(2_001) }),
      ask({ mediaId }, { Host: ada.Host }),
      ask({ mediaId }, { ...ada, Origin: "https://evil.example" }),
      ask({ mediaId: "gen_nothing" }),
      ask({ mediaId, prompt: "x".repeat(70_000) }),
    ]);
    expect(refusals.map(({ status }) => status)).toEqual([400, 400, 400, 400, 400, 401, 403, 404, 413]);
    for (const { body } of refusals)
      expect(body).toMatchObject({ success: false, error: expect.any(String) });
    expect((await ask({ mediaId })).body).toMatchObject({ success: true });
    expect(
      (
        await place.ask("POST", `/api/ai/media/${mediaId}/caption/variants`, {
          body: { text: "x", networks: ["twitter"] },
          headers: ada,
        })
      ).body,
    ).toMatchObject({ success: false, error: "Not set up", message: expect.stringContaining("by hand") });
  });

  it("says when the model may not be asked any more today, and keeps what was there", async () => {
    const { model, settings } = await withModel();
    const place = await startPlace({ ...settings, CAPTION_DAILY_LIMIT: "1" });
    const mediaId = await draw(place);
    const known = () => place.ask("GET", `/api/ai/media/${mediaId}/caption`);
    await until("the caption by default", async () => (await known()).status === 200);
    const first = await known();
    const over = expect.stringMatching(/used up the caption model for today.*UTC/);
    const asked = await place.ask("POST", "/api/caption/generate-from-media", { body: { mediaId } });
    expect([asked.status, asked.body]).toEqual([200, { ...first.body, note: over }]);
    const variants = await place.ask("POST", `/api/ai/media/${mediaId}/caption/variants`, {
      body: { text: "Snow at last", networks: ["instagram", "twitter"] },
    });
    expect(variants.body).toEqual({
      success: true,
      texts: {},
      unwritten: ["Instagram", "X"],
      note: over,
    });
    expect(model.chat.calls).toHaveLength(1);
  });
});
