/** The card of a post that goes to several networks: what each of them gets, how it is changed, and what is confirmed. */
import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import { renderReply } from "../../src/bots/discord/render.ts";
import { renderCard } from "../../src/bots/telegram/render.ts";
import type { Reply } from "../../src/core/conversation/text.ts";
import { NETWORKS } from "../../src/core/ports/publisher.ts";
import { pagesOf } from "../../src/core/posts/pages.ts";
import type { Post } from "../../src/core/posts/post.ts";
import { type ChatDesk, labelsOf, openChatDesk, WRITTEN, wordsOf } from "./support/chat-desk.ts";

let desk: ChatDesk;
afterEach(() => desk.close());

const CAPTION = `${WRITTEN.text}\n\n#fox`;
const LONG = "The fox keeps warm in the first snow of a long winter. ".repeat(8).trim();

/** A card on which these accounts are chosen. */
async function cardOf(options: Parameters<typeof openChatDesk>[0]): Promise<Reply> {
  desk = await openChatDesk(options);
  if (options?.write === null) await desk.deliverAll();
  else await desk.autoCaption();
  let card = await desk.command("post", { id: desk.asset.receipt });
  for (const label of labelsOf(card).filter((one) => / @/.test(one) && !one.startsWith("✓")))
    card = await desk.press(card, label);
  return card;
}
const both = (options: Parameters<typeof openChatDesk>[0] = {}) =>
  cardOf({ networks: ["instagram", "twitter"], ...options });

const posts = async (): Promise<readonly Post[]> =>
  (await desk.stores.posts.list({ userId: desk.user.id, limit: 20, offset: 0 })).posts;
const textsByNetwork = async () =>
  Object.fromEntries((await posts()).map(({ network, text }) => [network, text]));

describe("the texts on the card of a post", () => {
  it("are one where all networks get the same, and each under its name where they do not", async () => {
    const card = await both();
    expect(card.quote).toBe(CAPTION);
    expect(labelsOf(card)).toEqual([
      "✓ Instagram @instagram",
      "✓ X @twitter",
      "Text for all",
      "Instagram text",
      "X text",
      "Post it now",
      "Write for each network",
    ]);
    const own = await desk.fill(card, "X text", "Only for X #short");
    expect(own.quote).toBe(`— Instagram —\n${CAPTION}\n\n— X —\nOnly for X #short`);
    await desk.press(own, "Post it now");
    expect(await textsByNetwork()).toEqual({ instagram: CAPTION, twitter: "Only for X #short" });
  });

  it("stand in the forms that change them", async () => {
    const card = await both();
    await desk.fill(card, "X text", "Only for X");
    const { conversation } = desk.core;
    const actor = {
      identity: desk.user.identity,
      platform: "discord",
      name: "Ada",
      locale: "en",
      isBot: false,
      isChatIdentity: false,
      context: "private",
      managesCommunity: false,
      governsCommunity: false,
    } as const;
    const [all, x] = ["Text for all", "X text"].map((label) => desk.dataOf(card, label));
    expect(await conversation.prefill(x ?? "", actor)).toBe("Only for X");
    expect(await conversation.prefill(all ?? "", actor)).toBe(CAPTION);
    expect(conversation.form(x ?? "", "en")).toMatchObject({ title: "Text for X", data: x });
    expect(conversation.form(`${all}myspace`, "en")).toBeNull();
    expect(wordsOf(await desk.press(card, "X text"))).toContain("What should the post on X say?");
    // One network left: its text is the text, and becomes the text for all.
    const alone = await desk.press(card, "Instagram @instagram");
    expect(labelsOf(alone)).toContain("Edit text");
    expect(alone.quote).toBe("Only for X");
    expect(await conversation.prefill(desk.dataOf(alone, "Edit text"), actor)).toBe("Only for X");
    await desk.fill(alone, "Edit text", "For whoever comes");
    expect((await desk.press(alone, "Instagram @instagram")).quote).toBe("For whoever comes");
  });

  it("are all replaced by a text for all", async () => {
    const card = await both();
    await desk.fill(card, "X text", "Only for X");
    expect((await desk.fill(card, "Text for all", "For everybody")).quote).toBe("For everybody");
  });

  it("are put right for the one network that refuses them", async () => {
    const card = await both({ write: () => ({ text: LONG, hashtags: [] }) });
    expect(wordsOf(card)).toContain(`The text has ${LONG.length} characters and X takes 280`);
    expect(labelsOf(card)).not.toContain("Post it now");
    const short = await desk.press(card, "Shorten to 280 characters");
    const [instagram, x] = (short.quote ?? "").split("\n\n— X —\n");
    expect(instagram).toBe(`— Instagram —\n${LONG}`);
    expect(x).toMatch(/^The fox keeps warm .*…$/);
    expect(x?.length).toBeLessThanOrEqual(280);
    await desk.press(short, "Post it now");
    expect(await textsByNetwork()).toEqual({ instagram: LONG, twitter: x });
  });

  it("lose hashtags only where there are too many", async () => {
    const tagged = "Snow #a #b #c #d #e #f #g";
    const card = await both();
    const many = await desk.fill(card, "Text for all", tagged);
    expect(wordsOf(many)).toContain("7 hashtags, and Instagram takes 5.");
    const fewer = await desk.press(many, "Keep 5 hashtags");
    expect(fewer.quote).toBe(`— Instagram —\nSnow #a #b #c #d #e f g\n\n— X —\n${tagged}`);
  });

  it("are written by the model for each network, within its limits", async () => {
    const card = await both({
      write: ({ network, limits }) => ({ text: `For ${network ?? "none"}, ${limits.characters} at most.` }),
    });
    const before = desk.requests.length;
    const written = await desk.press(card, "Write for each network");
    expect(written.quote).toBe(
      "— Instagram —\nFor Instagram, 2200 at most.\n\n#fox\n\n— X —\nFor X, 280 at most.\n\n#fox",
    );
    expect(desk.requests.slice(before).map(({ network, previous }) => [network, previous])).toEqual(
      ["Instagram", "X"].map((network) => [network, "For none, 2200 at most.\n\n#fox"]),
    );
    // What is written for a post is no caption of the picture.
    expect((await desk.stores.captions.latest(desk.asset.id))?.text).toBe("For none, 2200 at most.");
    await desk.press(written, "Post it now");
    expect(await textsByNetwork()).toEqual({
      instagram: "For Instagram, 2200 at most.\n\n#fox",
      twitter: "For X, 280 at most.\n\n#fox",
    });
  });

  it("stay as they were where the model fails, which is said", async () => {
    const card = await both({ write: ({ network }) => (network === "X" ? "away" : {}) });
    const written = await desk.press(card, "Write for each network");
    expect(wordsOf(written)).toContain(
      "The caption model gave nothing usable for X: that text is as it was.",
    );
    expect(written.quote).toBe(CAPTION);
  });

  it("are not offered to be written where no model is", async () => {
    expect(labelsOf(await both({ write: null }))).not.toContain("Write for each network");
  });

  it("are confirmed as that very card shows them", async () => {
    const card = await both();
    await desk.fill(card, "X text", "Only for X");
    const stale = await desk.press(card, "Post it now");
    expect(wordsOf(stale)).toContain("This has changed since that card was sent.");
    expect(stale.quote).toContain("— X —\nOnly for X");
    expect(await posts()).toEqual([]);
    await desk.press(stale, "Post it now");
    expect(await textsByNetwork()).toEqual({ instagram: CAPTION, twitter: "Only for X" });
  });
});

describe("the accounts on the card of a post", () => {
  it("are chosen with the text in sight, which nothing can confirm before", async () => {
    desk = await openChatDesk({ networks: ["instagram", "twitter"] });
    await desk.autoCaption();
    const card = await desk.command("post", { id: desk.asset.receipt });
    expect(card.title).toBe("Post it: choose an account");
    expect(card.quote).toBe(CAPTION);
    expect(labelsOf(card)).toEqual(["Instagram @instagram", "X @twitter", "Edit text"]);
  });

  it("can all be chosen, and are all named, however many there are", async () => {
    desk = await openChatDesk({ networks: NETWORKS.filter((network) => network !== "youtube") });
    await desk.autoCaption();
    let card = await desk.command("post", { id: desk.asset.receipt });
    expect(card.buttons?.[0]?.length).toBe(5);
    const names = ["Bluesky @bluesky", "Facebook @facebook", "Instagram @instagram", "LinkedIn @linkedin"];
    for (const label of names) card = await desk.press(card, label);
    expect(labelsOf(card).slice(0, 5)).toEqual([...names.map((name) => `✓ ${name}`), "More accounts"]);
    card = await desk.press(card, "More accounts");
    const others = ["Pinterest @pinterest", "Threads @threads", "TikTok @tiktok", "X @twitter"];
    expect(labelsOf(card).slice(0, 5)).toEqual([...others, "More accounts"]);
    for (const label of others) card = await desk.press(card, label);
    expect(labelsOf(card).slice(0, 5)).toEqual([...others.map((name) => `✓ ${name}`), "More accounts"]);
    for (const name of [...names, ...others]) expect(card.title).toContain(name);
    expect(labelsOf(await desk.press(card, "More accounts")).slice(0, 4)).toEqual(
      names.map((name) => `✓ ${name}`),
    );
    expect(card.buttons?.length).toBeLessThanOrEqual(5);
    for (const row of card.buttons ?? []) expect(row.length).toBeLessThanOrEqual(5);
  });
});

describe("texts that are too long for one card", () => {
  it("stand behind the names of the accounts where those are too long for the title", async () => {
    const nameEnd = "-of-the-atelier-at-the-northern-end-of-the-long-road-to-the-lighthouse-on-the-cliff";
    const card = await cardOf({ networks: ["bluesky", "instagram", "twitter"], nameEnd });
    expect(card.title).toBe("Post to 3 accounts");
    const names = ["Bluesky @bluesky", "Instagram @instagram", "X @twitter"].map((name) => name + nameEnd);
    expect(card.quote).toBe(`${names.join(", ")}\n\n— Bluesky, Instagram, X —\n${CAPTION}`);
  });

  it("stand whole on every page of it, on both platforms", async () => {
    // The longest title that is shown, and more than the longest sentences of a card.
    const title = "w".repeat(300);
    const words = "w".repeat(530);
    const heavy = fc.string({
      unit: fc.constantFrom("a", " ", "\n", "*", "@", "_", "#", "1", ".", "ä", "🦊"),
      maxLength: 3_000,
    });
    const visible = (words: string) => words.replaceAll(/[\s>\\\u200b]/g, "");
    fc.assert(
      fc.property(heavy, (text) => {
        const pages = pagesOf([{ heading: "— Instagram —", text }]);
        for (const quote of pages) {
          const reply: Reply = { title, text: [words], quote, buttons: [], private: true };
          expect(visible(renderReply(reply).content)).toBe(visible(`**${title}**${quote}${words}`));
          const { before, caption } = renderCard(reply, { language: "en", zone: "UTC" });
          const told = [...before, caption.html].join("").replaceAll(/<[^>]+>/g, "");
          expect(visible(told)).toContain(visible(quote));
        }
      }),
      { numRuns: 100 },
    );
  });

  const words = Array.from({ length: 380 }, (_, at) => `w${at}`).join("\n");

  it("are read to their end before they can be confirmed", async () => {
    const card = await both();
    let page = await desk.fill(card, "Instagram text", words);
    const seen: string[] = [];
    for (let at = 0; labelsOf(page).includes("Read on"); at += 1) {
      expect(labelsOf(page)).not.toContain("Post it now");
      expect(wordsOf(page)).toContain(`Part ${at + 1} of 3 of the text.`);
      seen.push(page.quote ?? "");
      page = await desk.press(page, "Read on");
    }
    seen.push(page.quote ?? "");
    expect(seen).toHaveLength(3);
    expect(seen.every((part) => part.startsWith("— Instagram —\n") || part.startsWith("— X —\n"))).toBe(true);
    const [last = "", x] = (seen.pop() ?? "").split("\n\n— X —\n");
    expect([...seen, last].map((part) => part.replace("— Instagram —\n", "")).join("")).toBe(words);
    expect(x).toBe(CAPTION);
    await desk.press(page, "Post it now");
    expect(await textsByNetwork()).toEqual({ instagram: words, twitter: CAPTION });
  });

  it("begin anew when they change, and nothing is skipped", async () => {
    const card = await both();
    const first = await desk.fill(card, "Instagram text", words);
    const forged = desk.dataOf(first, "Read on").replace("page=1", "page=2");
    expect(await desk.pressData(forged)).toMatchObject({ reply: { quote: first.quote } });
    const last = await desk.press(await desk.press(first, "Read on"), "Read on");
    expect(labelsOf(last)).toEqual(expect.arrayContaining(["Post it now", "From the start"]));
    expect((await desk.press(last, "From the start")).quote).toBe(first.quote);
    // A card of before the way back was pressed confirms nothing either.
    expect(wordsOf(await desk.press(last, "Post it now"))).toContain("This has changed");
    const again = await desk.press(await desk.press(first, "Read on"), "Read on");
    const changed = await desk.fill(again, "X text", "Other words");
    expect(changed.quote).toBe(first.quote);
    expect(await posts()).toEqual([]);
  });
});
