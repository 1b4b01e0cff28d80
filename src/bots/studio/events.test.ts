import { describe, expect, test } from "vitest";
import { createPages } from "./events.ts";
import { PAGES_A_MEMBER } from "./limits.ts";

const clock = { sleep: () => new Promise<void>(() => undefined) };

async function read(stream: ReadableStream<Uint8Array>, pages: { close(): void }): Promise<string> {
  pages.close();
  return new Response(stream).text();
}

describe("the open pages", () => {
  test("are told what concerns their member and nothing else", async () => {
    const pages = createPages(clock);
    const ada = pages.open("usr_ada", "discord:1");
    const bob = pages.open("usr_bob", "discord:2");
    pages.toMember("usr_ada", "gone", { id: "gen_1" });
    pages.toIdentity("discord:2", "notice", { title: "Hello", text: "two\nlines" });
    expect(await read(ada, pages)).toBe('retry: 2000\n\nevent: gone\ndata: {"id":"gen_1"}\n\n');
    expect(await read(bob, pages)).toBe(
      'retry: 2000\n\nevent: notice\ndata: {"title":"Hello","text":"two\\nlines"}\n\n',
    );
  });

  test("are forgotten when they are closed", async () => {
    const pages = createPages(clock);
    const page = pages.open("usr_ada", "discord:1");
    expect([pages.count(), pages.identityOf("usr_ada")]).toEqual([1, "discord:1"]);
    await page.cancel();
    expect([pages.count(), pages.identityOf("usr_ada")]).toEqual([0, null]);
  });

  test("are limited for one member: the oldest makes room", () => {
    const pages = createPages(clock);
    for (let index = 0; index < PAGES_A_MEMBER + 3; index++) pages.open("usr_ada", "discord:1");
    pages.open("usr_bob", "discord:2");
    expect(pages.count()).toBe(PAGES_A_MEMBER + 1);
  });

  test("are let go when they do not read", () => {
    const pages = createPages(clock);
    pages.open("usr_ada", "discord:1");
    for (let index = 0; index < 1_000; index++) pages.toMember("usr_ada", "gone", { id: "gen_1" });
    expect(pages.count()).toBe(0);
  });
});
