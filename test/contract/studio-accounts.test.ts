/** Social accounts on the page's HTTP API, on the real core against a stand-in of the service. */
import { afterEach, describe, expect, it } from "vitest";
import type { Stores } from "../../src/core/ports/stores.ts";
import { PUBLIC_URL, session } from "./support/studio-place.ts";
import { connect, draw, list, post, start, stop } from "./support/studio-posting.ts";
import { failing } from "./support/work-bench.ts";

afterEach(async () => {
  expect(await stop()).toEqual([]);
});

describe("social accounts on the page", () => {
  it("are connected, listed with what is still to go out there, and disconnected", async () => {
    const place = await start();
    const none = (await place.ask("GET", "/api/ai/accounts")).body;
    expect(none).toMatchObject({ isSetUp: true, accounts: [], message: null });
    expect(list(none["networks"])).toContainEqual({ id: "instagram", label: "Instagram" });
    const account = await connect(place);
    const mediaId = await draw(place);
    await post(place, { mediaId, accountIds: [account], text: "later", when: "in 3 days" });
    const [shown] = list((await place.ask("GET", "/api/ai/accounts")).body["accounts"]);
    expect(shown).toEqual({
      id: account,
      network: "instagram",
      networkLabel: "Instagram",
      name: "@atelier.instagram",
      health: "fine",
      isOwn: true,
      postsAhead: 1,
    });
    const gone = await place.ask("DELETE", `/api/ai/accounts/${account}`);
    expect([gone.status, gone.body["accounts"]]).toEqual([200, []]);
    const unknown = await place.ask("DELETE", "/api/ai/accounts/acc_nothing");
    expect([unknown.status, unknown.body["message"]]).toEqual([403, expect.any(String)]);
    expect((await place.ask("DELETE", "/api/ai/accounts/nothing")).status).toBe(404);
    expect((await place.ask("POST", "/api/ai/accounts/connect", { body: { network: "fax" } })).status).toBe(
      400,
    );
  });

  it("of others are neither seen nor disconnected, and who may not connect one is told whom to ask", async () => {
    const place = await start({ PUBLIC_URL });
    const [ada, bob] = [await session(place, "discord:1"), await session(place, "discord:2")];
    const account = await connect(place, "instagram", ada);
    const offered = (await place.ask("GET", "/api/ai/accounts", { headers: bob })).body;
    expect(offered).toMatchObject({ accounts: [], networks: [], message: expect.stringContaining("admin") });
    const refused = await place.ask("DELETE", `/api/ai/accounts/${account}`, { headers: bob });
    expect(refused.status).toBe(403);
    const evil = { ...ada, Origin: "https://evil.example" };
    expect((await place.ask("DELETE", `/api/ai/accounts/${account}`, { headers: evil })).status).toBe(403);
    expect(
      list((await place.ask("GET", "/api/ai/accounts", { headers: ada })).body["accounts"]),
    ).toHaveLength(1);
  });
});

describe("a failure behind the page", () => {
  it("is told by what it means for the member, and the same request goes through once it is over", async () => {
    let isBroken = false;
    const broken = (stores: Stores): Stores => {
      const listed = stores.posts.list;
      const refuse = failing(listed, Number.POSITIVE_INFINITY);
      return {
        ...stores,
        posts: { ...stores.posts, list: (query) => (isBroken ? refuse(query) : listed(query)) },
      };
    };
    const place = await start({}, { stores: broken });
    isBroken = true;
    const refused = await place.ask("GET", "/api/ai/posts");
    expect([refused.status, refused.body]).toEqual([
      503,
      {
        error: "Storage away",
        message: expect.stringMatching(/cannot be reached right now\..+Try again in a minute\./),
        details: expect.any(String),
      },
    ]);
    isBroken = false;
    expect((await place.ask("GET", "/api/ai/posts")).status).toBe(200);
  });
});
