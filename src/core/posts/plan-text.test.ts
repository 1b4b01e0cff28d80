import { describe, expect, it } from "vitest";
import { markOf } from "./mark.ts";
import { type Plan, planSchema } from "./plan.ts";
import { networksOf, textFor, textsOf, withText } from "./plan-text.ts";

/** As it was kept before there were texts for single networks. */
const KEPT = {
  kind: "post",
  assetId: "gen_1",
  accounts: [],
  text: "A fox",
  hashtags: ["snow"],
  altText: "",
  fit: "as-is",
  story: false,
  media: {
    key: "gen_1/a.png",
    contentType: "image/png",
    sizeBytes: 1,
    width: 1,
    height: 1,
    durationMs: null,
    sha256: "a",
  },
  isTimed: false,
  scheduledAt: null,
  zone: "UTC",
};
const plan: Plan = planSchema.parse(KEPT);

describe("the texts of a plan", () => {
  it("are one for all where a plan was kept without others", () => {
    expect([plan.texts, plan.page]).toEqual([{}, 0]);
    expect(textFor(plan, "twitter")).toEqual({ text: "A fox", hashtags: ["snow"] });
    expect(textsOf(plan, ["instagram", "twitter"])).toEqual([
      { networks: ["instagram", "twitter"], text: "A fox\n\n#snow" },
    ]);
  });

  it("change for one network, and for all of them; then the card begins anew", () => {
    const own = withText({ ...plan, page: 2 }, "twitter", { text: "For X", hashtags: [] });
    expect(own.page).toBe(0);
    expect(textsOf(own, ["instagram", "twitter", "threads"])).toEqual([
      { networks: ["instagram", "threads"], text: "A fox\n\n#snow" },
      { networks: ["twitter"], text: "For X" },
    ]);
    const all = withText({ ...own, page: 1 }, null, { text: "For all", hashtags: [] });
    expect([all.texts, all.page, textFor(all, "twitter").text]).toEqual([{}, 0, "For all"]);
  });

  it("are of each network once, however many accounts it has", () => {
    const accounts = ["instagram", "twitter", "instagram"] as const;
    expect(networksOf(accounts.map((network) => ({ network })))).toEqual(["instagram", "twitter"]);
  });
});

describe("the mark of a card", () => {
  it("is of everything that it shows, and not of the order in which a database keeps it", () => {
    const words = { text: "For one", hashtags: ["a"] };
    const one = withText(withText(plan, "twitter", words), "instagram", words);
    const other = withText(withText(plan, "instagram", words), "twitter", words);
    expect(markOf(one)).toBe(markOf(other));
    expect(markOf(planSchema.parse(JSON.parse(JSON.stringify(one))))).toBe(markOf(one));
    const changes = [
      { page: 1 },
      { text: "Other" },
      { texts: { ...one.texts, twitter: { text: "For one", hashtags: ["b"] } } },
      { accounts: ["acc_1" as const] },
    ];
    const marks = [one, ...changes.map((change) => ({ ...one, ...change }))].map(markOf);
    expect(new Set(marks).size).toBe(marks.length);
  });
});
