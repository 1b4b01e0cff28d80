import { describe, expect, it } from "vitest";
import { STANDARD_COMMUNITY } from "../../../src/core/posts/post.ts";
import { NOON } from "../../support/store-fixtures.ts";
import { TARGET } from "./post-fixtures.ts";
import { type MakeDatabase, openWith } from "./suite.ts";

export function communityStoreContract(make: MakeDatabase): void {
  describe("communities", () => {
    const open = openWith(make);

    it("have the standard settings until something was decided", async () => {
      const { communities } = (await open()).stores;
      expect(await communities.get("discord:1")).toEqual(STANDARD_COMMUNITY);
    });

    it("change only the settings that are named, and only their own", async () => {
      const { communities } = (await open()).stores;
      const moderators = { ...TARGET, community: "discord:1", place: [1, { thread: null }] };
      expect(await communities.change("discord:1", { moderators }, NOON)).toEqual({
        ...STANDARD_COMMUNITY,
        moderators,
      });
      const settings = await communities.change("discord:1", { approval: true }, NOON + 1);
      expect(settings).toEqual({ ...STANDARD_COMMUNITY, moderators, approval: true });
      expect(await communities.get("discord:1")).toEqual(settings);
      expect(await communities.get("discord:2")).toEqual(STANDARD_COMMUNITY);
      await communities.change("discord:1", { approval: false, moderators: null }, NOON + 2);
      expect(await communities.get("discord:1")).toEqual(STANDARD_COMMUNITY);
    });

    it("lose no setting when several are changed at once", async () => {
      const { communities } = (await open()).stores;
      await Promise.all([
        communities.change("discord:1", { accounts: "members" }, NOON),
        communities.change("discord:1", { approval: true }, NOON),
        communities.change("discord:1", { moderators: TARGET }, NOON),
      ]);
      expect(await communities.get("discord:1")).toEqual({
        accounts: "members",
        approval: true,
        moderators: TARGET,
      });
    });
  });
}
