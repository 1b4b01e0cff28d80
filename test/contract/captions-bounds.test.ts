/** What captions may cost, and who is told when they may cost no more. */
import { afterEach, describe, expect, it } from "vitest";
import type { Reply } from "../../src/core/conversation/text.ts";
import { CAPTIONS_KEPT } from "../../src/core/ports/post-stores.ts";
import { type ChatDesk, openChatDesk, WRITTEN, wordsOf } from "./support/chat-desk.ts";

let desk: ChatDesk;
afterEach(() => desk.close());

const open = async (...options: Parameters<typeof openChatDesk>): Promise<void> => {
  desk = await openChatDesk(...options);
};
const card = (): Promise<Reply> => desk.command("caption", { id: desk.asset.receipt });
const momentOf = (shown: Reply): number | undefined =>
  shown.text.flatMap((part) => (typeof part === "string" ? [] : [part.at]))[0];
const MIDNIGHT = Date.UTC(2026, 10, 23);

describe("the calls of a day", () => {
  it.each([
    ["member", { member: 3 }, "You have used up the caption model for today"],
    ["everybody", { everybody: 3 }, "This bot has used up the caption model for today"],
  ])("of a %s end, and the card says so and until when, until the next day", async (_, calls, sentence) => {
    await open({ calls, write: () => ({ text: `Words ${desk.requests.length}.` }) });
    let shown = await card();
    for (const label of ["New", "Shorter"]) shown = await desk.press(shown, label);
    expect([wordsOf(shown), desk.requests.length]).toEqual(["", 3]);
    for (const label of ["New", "Shorter", "Longer"]) shown = await desk.press(shown, label);
    expect(desk.requests).toHaveLength(3);
    expect(wordsOf(shown)).toContain(sentence);
    expect(wordsOf(shown)).toContain("The caption is as it was.");
    expect(momentOf(shown)).toBe(MIDNIGHT);
    expect(shown.quote).toBe("Words 3.\n\n#fox");
    desk.engine.skip(MIDNIGHT - desk.engine.now());
    shown = await desk.press(shown, "New");
    expect([wordsOf(shown), desk.requests.length]).toEqual(["", 4]);
  });

  it("count the second try of a caption, and failures", async () => {
    await open({ calls: { member: 2 }, write: () => ({ text: "" }) });
    const first = await card();
    expect(desk.requests).toHaveLength(2);
    expect(wordsOf(await desk.press(first, "New"))).toContain("You have used up");
    expect(desk.requests).toHaveLength(2);
  });

  it("that are used up leave the template, which says why", async () => {
    await open({ calls: { member: 1 } });
    await desk.core.captioning.variant(desk.user, desk.asset, "instagram", "words");
    const shown = await card();
    expect(wordsOf(shown)).toContain("You have used up the caption model for today");
    expect(wordsOf(shown)).toContain("Until then captions come from your prompt.");
    expect(shown.quote).toContain("a red fox in the snow");
    expect(desk.requests).toHaveLength(1);
  });

  it("count the texts for single networks, and their card says when there are no more", async () => {
    await open({ calls: { member: 1 }, networks: ["instagram", "bluesky"] });
    await desk.fill(await card(), "Edit", "My own words");
    let shown = await desk.command("post", { id: desk.asset.receipt });
    for (const label of ["Instagram", "Bluesky"]) shown = await desk.press(shown, label);
    shown = await desk.press(shown, "Write");
    expect(desk.requests).toHaveLength(1);
    expect(wordsOf(shown)).toContain("You have used up the caption model for today");
  });
});

describe("presses at the same time", () => {
  it("for the same are one call, and all of them show what came of it", async () => {
    await open();
    const shown = await card();
    const all = await Promise.all(["New", "New", "New"].map((label) => desk.press(shown, label)));
    expect(desk.requests).toHaveLength(2);
    expect(all.map(({ quote }) => quote)).toEqual(Array(3).fill(`${WRITTEN.text}\n\n#fox`));
    await desk.press(shown, "New");
    expect(desk.requests).toHaveLength(3);
  });

  it("for something else are calls of their own", async () => {
    await open();
    const shown = await card();
    await Promise.all(["New", "Shorter"].map((label) => desk.press(shown, label)));
    expect(desk.requests.slice(1).map(({ change }) => change)).toEqual(["new", "shorter"]);
  });
});

describe("what is kept", () => {
  it("is what the member wrote while the model was at work", async () => {
    await open();
    const written = desk.core.captioning.write(desk.user, desk.asset, { change: "new" });
    await desk.core.captioning.own(desk.user, desk.asset, "My own words");
    expect((await written).caption.text).toBe("My own words");
    expect((await desk.stores.captions.latest(desk.asset.id))?.text).toBe("My own words");
  });

  it("is the newest captions of a result", async () => {
    await open();
    const first = await desk.core.captioning.own(desk.user, desk.asset, "Words 0");
    for (let round = 1; round <= CAPTIONS_KEPT; round += 1)
      await desk.core.captioning.own(desk.user, desk.asset, `Words ${round}`);
    expect(await desk.stores.captions.byId(first.id)).toBeNull();
    expect((await desk.stores.captions.latest(desk.asset.id))?.text).toBe(`Words ${CAPTIONS_KEPT}`);
  });
});

describe("a result whose caption no model wrote", () => {
  it("says so in a line", async () => {
    await open({ write: () => "away" });
    await desk.autoCaption();
    const result = desk.sent.find(({ kind }) => kind === "result");
    const words = result?.kind === "result" ? wordsOf(result.reply) : "";
    expect(words).toContain("a red fox in the snow");
    expect(words).toContain("The caption comes from your prompt; no model wrote it.");
  });

  it("does not where one did", async () => {
    await open();
    await desk.autoCaption();
    expect(JSON.stringify(desk.sent)).toContain(WRITTEN.text);
    expect(JSON.stringify(desk.sent)).not.toContain("no model wrote it");
  });
});

describe.each(["caption", "post"])("/%s without a receipt", (name) => {
  it("says what to write", async () => {
    await open();
    for (const given of [{}, { id: "  " }]) {
      const words = wordsOf(await desk.command(name, given));
      expect(words).toContain(`/${name} K7Q`);
      expect(words).not.toContain("“”");
    }
    expect(wordsOf(await desk.command(name, { id: "ZZZ" }))).toContain("ZZZ");
  });
});
