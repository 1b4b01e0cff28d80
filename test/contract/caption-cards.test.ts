/** The card of a caption: languages, and what becomes of the words under the result. */
import { afterEach, describe, expect, it } from "vitest";
import { resultCaption } from "../../src/core/captions/caption.ts";
import type { Reply } from "../../src/core/conversation/text.ts";
import type { Outgoing } from "../../src/core/ports/messenger.ts";
import { type ChatDesk, labelsOf, openChatDesk, WRITTEN, wordsOf } from "./support/chat-desk.ts";

let desk: ChatDesk;
afterEach(() => desk.close());

const open = async (...options: Parameters<typeof openChatDesk>): Promise<Reply> => {
  desk = await openChatDesk(...options);
  await desk.autoCaption();
  return card();
};
const card = (): Promise<Reply> => desk.command("caption", { id: desk.asset.receipt });
const amendments = () =>
  desk.sent.filter((one): one is Extract<Outgoing, { kind: "amend" }> => one.kind === "amend");

describe("words for one network", () => {
  it("never take the place of those under the result", async () => {
    await open();
    const { captioning } = desk.core;
    const made = await captioning.write(desk.user, desk.asset, { change: "new", network: "instagram" });
    expect(made.caption.network).toBe("instagram");
    const { captions } = desk.stores;
    expect((await captions.latest(desk.asset.id))?.network).toBe("instagram");
    expect((await resultCaption(captions, desk.asset.id))?.network).toBeNull();
  });
});

describe("the languages of a caption", () => {
  it("are the member's own first, then the widely used ones, as their speakers call them", async () => {
    const first = await open({ locale: "pt-BR" });
    expect(labelsOf(first)).toEqual(["New", "Shorter", "Longer", "Edit", "Language", "Post now", "Schedule"]);
    const choice = await desk.press(first, "Language");
    expect(labelsOf(choice).join(", ")).toBe(
      "✓ Português (Brasil), English, Español, Français, Deutsch, Italiano, Polski, Türkçe, Русский, " +
        "العربية, हिन्दी, 中文, 日本語, 한국어, Back",
    );
    expect(choice.buttons?.length).toBeLessThanOrEqual(5);
    for (const row of choice.buttons ?? []) expect(row.length).toBeLessThanOrEqual(5);
    for (const button of choice.buttons?.flat() ?? [])
      expect(Buffer.byteLength("data" in button ? button.data : "")).toBeLessThanOrEqual(64);
    expect(choice.quote).toBe(first.quote);
    expect(await desk.press(choice, "Back")).toEqual(first);
  });

  it("are asked of the model for that caption, and kept for its changes", async () => {
    const first = await open({
      write: ({ language }) => (language === "de" ? { text: "Ein Fuchs wärmt sich." } : {}),
    });
    expect(desk.requests.map(({ language }) => language)).toEqual(["en"]);
    const german = await desk.press(await desk.press(first, "Language"), "Deutsch");
    expect(german.quote).toBe("Ein Fuchs wärmt sich.\n\n#fox");
    expect(wordsOf(german)).toBe("");
    expect(desk.requests.at(-1)).toMatchObject({
      language: "de",
      change: "repair",
      previous: "A fox keeps warm.",
    });
    await desk.press(german, "Shorter");
    expect(desk.requests.at(-1)).toMatchObject({ language: "de", change: "shorter" });
    expect(labelsOf(await desk.press(german, "Language"))).toContain("✓ Deutsch");
  });

  it("are not claimed where the model wrote in another one", async () => {
    const first = await open({ write: () => ({ language: "en" }) });
    const choice = await desk.press(first, "Language");
    const still = await desk.press(choice, "Deutsch");
    expect(wordsOf(still)).toBe("The model wrote it in English, not in German.");
    expect(labelsOf(await desk.press(still, "Language"))).toContain("✓ English");
  });

  it("are only those that were offered", async () => {
    await open();
    const data = `v1|caption|${desk.asset.handle}|language=`;
    for (const tag of ["tlh", "", "../..", "de-x-very-long-tag"])
      expect(await desk.pressData(data + tag)).toMatchObject({ status: "toast" });
    expect(desk.requests).toHaveLength(1);
  });
});

describe("a changed caption", () => {
  it("changes the words and the description under the result, each time", async () => {
    let count = 0;
    const first = await open({
      write: () => ({ text: `Words ${(count += 1)}.`, altText: `Seen ${count}.` }),
    });
    expect(amendments()).toHaveLength(0);
    expect(desk.sent.at(-1)).toMatchObject({ kind: "result", media: { altText: "Seen 1." } });
    let shown = first;
    for (const label of ["New", "Shorter", "Longer"]) {
      shown = await desk.press(shown, label);
      await desk.deliverAll();
      const last = amendments().at(-1);
      expect(wordsOf(last?.reply ?? shown)).toContain(`Words ${count}.\n\n#fox`);
      expect(last?.altText).toBe(`Seen ${count}.`);
    }
    await desk.fill(shown, "Edit", "My own words #mine");
    await desk.deliverAll();
    expect(amendments()).toHaveLength(4);
    expect(wordsOf(amendments().at(-1)?.reply ?? shown)).toContain("My own words #mine\n");
    // Each one begins where the one before ended.
    expect(amendments().map(({ resultRef }) => resultRef)).toEqual(
      [0, 1, 2, 3].map((at) => ({ message: desk.sent.length - 4 + at })),
    );
  });

  it("is told once where several come before one is sent, and the last one wins", async () => {
    let count = 0;
    let shown = await open({ write: () => ({ text: `Words ${(count += 1)}.` }) });
    for (const label of ["New", "Shorter"]) shown = await desk.press(shown, label);
    await desk.deliverAll();
    expect(amendments()).toHaveLength(1);
    expect(wordsOf(amendments()[0]?.reply ?? shown)).toContain("Words 3.");
  });

  it("stays on its card where captions are off and the result carries none", async () => {
    desk = await openChatDesk();
    await desk.command("settings", { captions: "off" });
    await desk.deliverAll();
    desk.engine.skip(1_000);
    await desk.press(await card(), "New");
    await desk.deliverAll();
    expect(amendments()).toEqual([]);
  });

  it("follows under a result that carries one although captions are off now", async () => {
    await open();
    await desk.command("settings", { captions: "off" });
    await desk.press(await card(), "New");
    await desk.deliverAll();
    expect(amendments()).toHaveLength(1);
  });

  it("is never a template that nobody chose, but the member's own words", async () => {
    desk = await openChatDesk({ write: null });
    await desk.deliverAll();
    const template = await card();
    expect(labelsOf(template)).toEqual(["Edit", "Post now", "Schedule"]);
    await desk.deliverAll();
    expect(amendments()).toEqual([]);
    await desk.fill(template, "Edit", "My own words");
    await desk.deliverAll();
    expect(amendments().map(({ reply }) => wordsOf(reply).startsWith("My own words\n"))).toEqual([true]);
  });

  it("that came to nothing is said, and leaves the words as they were", async () => {
    let isAway = false;
    const first = await open({
      write: () => (isAway ? "away" : {}),
    });
    isAway = true;
    const same = await desk.press(first, "New");
    expect(wordsOf(same)).toBe("The caption model gave nothing usable, so the caption is as it was.");
    expect(same.quote).toBe(`${WRITTEN.text}\n\n#fox`);
    await desk.deliverAll();
    expect(amendments()).toEqual([]);
  });
});
