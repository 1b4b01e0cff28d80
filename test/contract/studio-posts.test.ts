/** Posts on the page's HTTP API, on the real core against a stand-in of the service. */
import { afterEach, describe, expect, it } from "vitest";
import { until } from "../support/easel-process.ts";
import { PUBLIC_URL, session, start as startPlace } from "./support/studio-place.ts";
import { connect, draw, first, list, post, start, stateOf, stop } from "./support/studio-posting.ts";

afterEach(async () => {
  expect(await stop()).toEqual([]);
});

describe("a post from the page", () => {
  it("says what the operator has to set where posting is not set up", async () => {
    const place = await startPlace();
    const accounts = await place.ask("GET", "/api/ai/accounts");
    expect(accounts.body).toMatchObject({ isSetUp: false, accounts: [] });
    expect(accounts.text).toContain("LATE_API_KEY");
    const mediaId = await draw(place);
    const refused = await post(place, { mediaId, accountIds: [], text: "x" });
    expect([refused.status, refused.text]).toEqual([503, expect.stringContaining("LATE_API_KEY")]);
  });

  it("is made once for its key, published, and shown with its link", async () => {
    const place = await start();
    const account = await connect(place);
    const mediaId = await draw(place);
    const wish = { mediaId, accountIds: [account], text: "Snow at last #fox", when: null };
    const [one, two] = await Promise.all([post(place, wish, "k1"), post(place, wish, "k1")]);
    expect(new Set([one.status, two.status])).toEqual(new Set([200, 201]));
    const again = await post(place, { ...wish, text: "changed after the answer was lost" }, "k1");
    expect([again.status, first(again)["id"], again.body["already"]]).toEqual([200, first(one)["id"], true]);
    await until("it is published", async () => (await stateOf(place)) === "published");
    const listed = first(await place.ask("GET", "/api/ai/posts"));
    expect(listed).toMatchObject({
      mediaId,
      text: "Snow at last #fox",
      network: "instagram",
      publicUrl: expect.stringMatching(/^https?:/),
      can: { cancel: false, move: false, edit: false, retry: false },
    });
    expect(place.zernio.publications).toHaveLength(1);
    expect(place.zernio.publications[0]?.text).toBe("Snow at last #fox");
    expect(place.zernio.doubles()).toEqual([]);
  });

  it("shows before it is confirmed what the network would refuse, and what each fix makes of it", async () => {
    const place = await start();
    const account = await connect(place);
    const mediaId = await draw(place, { aspect: "9:16" });
    const wish = { mediaId, accountIds: [account], text: "word ".repeat(600) };
    const look = async (more: object = {}) =>
      (await place.ask("POST", "/api/ai/posts/preflight", { body: { ...wish, ...more } })).body;
    const bare = await look();
    expect(bare["isReady"]).toBe(false);
    const problems = list(bare["problems"]);
    expect(problems.map(({ code }) => code)).toEqual(["ratio", "text"]);
    const fixes = problems.flatMap(({ fixes: offered }) => list(offered));
    expect(fixes.map(({ kind }) => kind)).toEqual(
      expect.arrayContaining(["crop", "pad", "blur", "story", "shorter-text"]),
    );
    const text = String(fixes.find(({ kind }) => kind === "shorter-text")?.["text"]);
    expect(text.length).toBeLessThanOrEqual(2_200);
    expect((await post(place, wish)).status).toBe(400);

    const fitted = await look({ text, fit: "pad" });
    expect([fitted["isReady"], fitted["fit"], fitted["problems"]]).toEqual([true, "pad", []]);
    const preview: Record<string, unknown> = Object(fitted["preview"]);
    expect(Number(preview["width"]) / Number(preview["height"])).toBeCloseTo(0.8, 3);
    const shown = await place.ask("GET", String(preview["url"]));
    expect([shown.status, shown.headers["content-type"]]).toEqual([200, "image/jpeg"]);
    expect((await look({ text, story: true }))["isReady"]).toBe(true);

    await post(place, { ...wish, text, fit: "pad" });
    await until("it is published", async () => (await stateOf(place)) === "published");
    // Exactly what was shown is what became public.
    expect(Buffer.from(place.zernio.publications[0]?.media[0]?.bytes ?? []).equals(shown.bytes)).toBe(true);
  });

  it("is planned in words or as a moment, and moved, changed and cancelled", async () => {
    const place = await start();
    const account = await connect(place);
    const mediaId = await draw(place);
    const wish = { mediaId, accountIds: [account], text: "later", zone: "Europe/Berlin" };
    const look = async (more: object) =>
      (await place.ask("POST", "/api/ai/posts/preflight", { body: { ...wish, ...more } })).body;
    const tomorrow = await look({ when: "tomorrow 18:30" });
    expect(tomorrow).toMatchObject({ isReady: true, zone: "Europe/Berlin", isTimeRefused: false });
    expect(Object(tomorrow["scheduledAt"]).label).toMatch(/18:30 CES?T \(UTC\+[12]\) = 1[67]:30 UTC/);
    expect(list(tomorrow["quickTimes"]).length).toBeGreaterThanOrEqual(3);
    const past = await look({ when: "2020-01-01T10:00" });
    expect([past["isReady"], past["isTimeRefused"]]).toEqual([false, true]);
    expect((await post(place, { ...wish, when: "gibberish" })).status).toBe(400);

    const { at } = Object(tomorrow["scheduledAt"]);
    const made = await post(place, { ...wish, scheduledAt: at }, "plan");
    expect([made.status, Object(first(made)["scheduledAt"]).at]).toEqual([201, at]);
    const id = String(first(made)["id"]);
    await until("it is scheduled", async () => (await stateOf(place)) === "scheduled");
    const [kept] = place.zernio.posts.values();
    expect(kept?.content).toBe("later");

    const times = async (when: string) =>
      (await place.ask("POST", `/api/ai/posts/${id}/times`, { body: { when } })).body;
    expect(await times("friday")).toMatchObject({ scheduledAt: null, isTimeRefused: true });
    expect(Object((await times("in 5 hours"))["scheduledAt"]).label).toContain("= ");

    const moved = await place.ask("PATCH", `/api/ai/posts/${id}`, { body: { when: "in 5 hours" } });
    expect([moved.status, moved.text]).toEqual([200, expect.any(String)]);
    const edited = await place.ask("PATCH", `/api/ai/posts/${id}`, { body: { text: "much later" } });
    expect([edited.status, edited.body["text"]]).toEqual([200, "much later"]);
    expect([...place.zernio.posts.values()][0]?.content).toBe("much later");
    expect((await place.ask("PATCH", `/api/ai/posts/${id}`, { body: {} })).status).toBe(400);

    const day = 24 * 3_600_000;
    const from = new Date(Date.now() + 4 * 3_600_000).toISOString();
    const to = new Date(Date.now() + 30 * day).toISOString();
    expect((await place.ask("GET", `/api/ai/posts?from=${from}&to=${to}`)).body["total"]).toBe(1);
    expect((await place.ask("GET", `/api/ai/posts?to=${from}`)).body["total"]).toBe(0);

    expect((await place.ask("POST", `/api/ai/posts/${id}/cancel`, { body: {} })).status).toBe(200);
    await until("it is cancelled", async () => (await stateOf(place)) === "cancelled");
    expect((await place.ask("POST", `/api/ai/posts/${id}/cancel`, { body: {} })).status).toBe(200);
    expect((await place.ask("PATCH", `/api/ai/posts/${id}`, { body: { text: "no" } })).status).toBe(409);
    expect(place.zernio.publications).toEqual([]);
  });

  it("is tried again after the network refused it", async () => {
    const place = await start();
    const account = await connect(place);
    const mediaId = await draw(place);
    place.zernio.script({ outcome: "failed" });
    const made = await post(place, { mediaId, accountIds: [account], text: "once more" });
    const id = String(first(made)["id"]);
    await until("it has failed", async () => (await stateOf(place)) === "failed");
    const failed = first(await place.ask("GET", "/api/ai/posts"));
    expect([failed["failureText"], Object(failed["can"]).retry]).toEqual([
      expect.stringMatching(/\.$/),
      true,
    ]);
    expect((await place.ask("POST", `/api/ai/posts/${id}/retry`, { body: {} })).status).toBe(200);
    await until("it is published", async () => (await stateOf(place)) === "published");
    expect(place.zernio.doubles()).toEqual([]);
  });

  it("is its author's alone: nobody else sees, confirms, changes or cancels it", async () => {
    const place = await start({ PUBLIC_URL });
    const [ada, bob] = [await session(place, "discord:1"), await session(place, "discord:2")];
    const account = await connect(place, "instagram", ada);
    const mediaId = await draw(place, {}, ada);
    const wish = { mediaId, accountIds: [account], text: "mine", when: "in 3 days" };
    const made = await post(place, wish, "a", ada);
    const id = String(first(made)["id"]);
    expect((await post(place, wish, "a", bob)).status).toBe(404);
    const bobs = await draw(place, {}, bob);
    expect((await post(place, { ...wish, mediaId: bobs }, "b", bob)).status).toBe(404);
    expect((await place.ask("POST", "/api/ai/posts/preflight", { body: wish, headers: bob })).status).toBe(
      404,
    );
    expect((await place.ask("GET", "/api/ai/posts", { headers: bob })).body["total"]).toBe(0);
    for (const [method, path] of [
      ["POST", `/api/ai/posts/${id}/cancel`],
      ["POST", `/api/ai/posts/${id}/retry`],
      ["POST", `/api/ai/posts/${id}/times`],
      ["PATCH", `/api/ai/posts/${id}`],
    ] as const)
      expect((await place.ask(method, path, { body: { text: "x" }, headers: bob })).status, path).toBe(404);
    expect(
      (await place.ask("POST", "/api/ai/accounts/connect", { body: { network: "instagram" }, headers: bob }))
        .status,
    ).toBe(403);
    for (const headers of [{ Host: ada.Host }, { ...ada, Origin: "https://evil.example" }])
      for (const path of ["/api/ai/posts", "/api/ai/posts/preflight", `/api/ai/posts/${id}/cancel`])
        expect([401, 403]).toContain((await place.ask("POST", path, { body: wish, headers })).status);
    expect((await place.ask("GET", "/api/ai/posts", { headers: ada })).body["total"]).toBe(1);
  });

  it.each([
    ["words in place of a list", { accountIds: "x" }],
    ["a text that is a number", { text: 7 }],
    ["another kind of fit", { fit: "stretch" }],
    ["a zone that is none", { zone: "Mars/Olympus" }],
    ["a text beyond every network", { text: "x".repeat(10_001) }],
  ])("answers 400 for %s", async (_, given) => {
    const place = await start();
    const refused = await post(place, { mediaId: "gen_x", accountIds: [], text: "x", ...given });
    expect([refused.status, refused.body["error"]]).toEqual([400, "Invalid input"]);
  });

  it("has a text of its own for a network, counted as that network counts", async () => {
    const place = await start();
    const accountIds = [await connect(place, "instagram"), await connect(place, "twitter")];
    const mediaId = await draw(place);
    const wish = { mediaId, accountIds, text: `${"word ".repeat(60)} #a #b #c #d #e #f` };
    const look = async (more: object = {}) =>
      (await place.ask("POST", "/api/ai/posts/preflight", { body: { ...wish, ...more } })).body;
    const bare = await look();
    expect(list(bare["texts"])).toMatchObject([
      { network: "instagram", characters: 317, limit: 2_200, hashtags: 6, hashtagLimit: 5 },
      { network: "twitter", characters: 317, limit: 280, hashtagLimit: null },
    ]);
    const fixes = list(bare["problems"]).flatMap(({ fixes: offered }) => list(offered));
    const texts = Object.fromEntries(fixes.map(({ network, text }) => [String(network), String(text)]));
    expect(Object.keys(texts)).toEqual(["instagram", "twitter"]);
    const fixed = await look({ texts });
    expect([fixed["isReady"], fixed["problems"]]).toEqual([true, []]);
    await post(place, { ...wish, texts });
    await until("both are published", () => place.zernio.publications.length === 2);
    expect(new Set(place.zernio.publications.map(({ text }) => text))).toEqual(new Set(Object.values(texts)));
  });

  it("is told to an open page each time that it changes", async () => {
    const place = await start();
    const account = await connect(place);
    const mediaId = await draw(place);
    const events = await fetch(new URL("/api/ai/events", place.url));
    const made = await post(place, { mediaId, accountIds: [account], text: "heard", when: "in 3 days" });
    const id = String(first(made)["id"]);
    const decoder = new TextDecoder();
    let heard = "";
    let isCancelled = false;
    for await (const chunk of events.body ?? []) {
      heard += decoder.decode(chunk, { stream: true });
      if (heard.includes('"state":"scheduled"') && !isCancelled) {
        isCancelled = true;
        void place.ask("POST", `/api/ai/posts/${id}/cancel`, { body: {} });
      }
      if (heard.includes('"state":"cancelled"')) break;
    }
    const told = heard
      .matchAll(/^event: post\ndata: (.+)$/gm)
      .map(([, data = ""]) => Object(JSON.parse(data)).id);
    expect(new Set(told)).toEqual(new Set([id]));
  });

  it("keeps its file when the result is deleted, and says so", async () => {
    const place = await start();
    const account = await connect(place);
    const mediaId = await draw(place);
    const removal = async () => (await place.ask("GET", `/api/ai/media/${mediaId}/removal`)).body;
    expect(await removal()).toEqual({ posts: 0 });
    const made = await post(place, { mediaId, accountIds: [account], text: "later", when: "in 30 days" });
    expect([made.status, await removal()]).toEqual([201, { posts: 1 }]);
    const deleted = await place.ask("DELETE", `/api/ai/media/${mediaId}`);
    expect([deleted.status, deleted.body]).toEqual([200, { posts: 1 }]);
    expect((await place.ask("GET", `/api/ai/media/${mediaId}`)).status).toBe(404);
    expect((await place.ask("GET", String(first(made)["mediaUrl"]))).status).toBe(200);
  });
});
