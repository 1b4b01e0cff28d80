/** What a card of a post answers where something has changed around it. */
import { afterEach, describe, expect, it } from "vitest";
import { writeButtonData } from "../../src/core/conversation/actions.ts";
import type { Reply } from "../../src/core/conversation/text.ts";
import { type ChatDesk, labelsOf, openChatDesk, wordsOf } from "./support/chat-desk.ts";

let desk: ChatDesk;
afterEach(() => desk.close());

async function card(): Promise<Reply> {
  desk = await openChatDesk({ networks: ["instagram"] });
  await desk.autoCaption();
  return desk.command("post", { id: desk.asset.receipt });
}
const posts = async () =>
  (await desk.stores.posts.list({ userId: desk.user.id, limit: 20, offset: 0 })).posts;

describe("the card of a post", () => {
  it("answers the second click of a double one as done, never with a call to post again", async () => {
    const shown = await card();
    const data = desk.dataOf(shown, "Post it now");
    const answers = await Promise.all([desk.pressData(data), desk.pressData(data), desk.pressData(data)]);
    answers.push(await desk.pressData(data));
    expect(answers.filter(({ status }) => status === "replace")).toHaveLength(1);
    const others = answers.filter(({ status }) => status !== "replace");
    for (const answer of others)
      expect(answer).toEqual({
        status: "toast",
        text: expect.stringMatching(/^(It is confirmed already|That was started already)/),
      });
    expect(await posts()).toHaveLength(1);
  });

  it("is nobody else's, before and after it was confirmed", async () => {
    const shown = await card();
    const data = desk.dataOf(shown, "Post it now");
    const foreign = { status: "toast", text: expect.stringContaining("Only the person who asked") };
    expect(await desk.pressedBy("discord:666", data)).toEqual(foreign);
    await desk.pressData(data);
    expect(await desk.pressedBy("discord:666", data)).toEqual(foreign);
    expect(await posts()).toHaveLength(1);
  });

  it("posts nothing of a picture that was deleted meanwhile, and says so", async () => {
    const shown = await card();
    await desk.pressData(writeButtonData("delete-sure", desk.asset.handle));
    expect((await desk.stores.generation.get(desk.asset.id))?.deletedAt).not.toBeNull();
    const answer = await desk.press(shown, "Post it now");
    expect(wordsOf(answer)).toContain("That picture was deleted");
    expect(await posts()).toEqual([]);
  });

  it("cannot be confirmed for an account that has to be connected again, and says what to do", async () => {
    const shown = await card();
    const [account] = await desk.stores.accounts.ofOwners([desk.user.id]);
    if (!account) throw new Error("no account");
    await desk.stores.accounts.setHealth(account.id, "reconnect", desk.engine.now());
    const pressed = await desk.press(shown, "Post it now");
    expect(wordsOf(pressed)).toContain("connect it again with /accounts");
    expect(labelsOf(pressed)).not.toContain("Post it now");
    expect(await posts()).toEqual([]);
  });
});
