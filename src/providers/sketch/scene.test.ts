import { describe, expect, test } from "vitest";
import { describeScene } from "./scene.ts";

const ids = (prompt: string) => describeScene(prompt, 1).subjects.map(({ id }) => id);

describe("what a prompt asks for", () => {
  test("its words choose place, weather, hour and subject", () => {
    const scene = describeScene("A red lighthouse by the stormy sea at night", 1);
    expect(scene.setting).toBe("sea");
    expect(scene.time).toBe("night");
    expect(scene.weather.has("storm")).toBe(true);
    expect(scene.subjects).toMatchObject([{ id: "lighthouse", count: 1 }]);
    expect(scene.subjects[0]?.colour).toBeDefined();
    expect(scene.unknown).toEqual([]);
  });

  test("a subject without a place is put where it is at home", () => {
    expect(describeScene("a goldfish", 1).setting).toBe("underwater");
    expect(describeScene("a rocket", 1).setting).toBe("space");
    expect(describeScene("a cup of coffee", 1).setting).toBe("room");
  });

  test("numbers and plurals draw more than one", () => {
    expect(describeScene("three penguins", 1).subjects).toMatchObject([{ id: "penguin", count: 3 }]);
    expect(describeScene("boats on a lake", 1).subjects[0]?.count).toBeGreaterThan(1);
  });

  test("everyday words of five more languages are known, with and without accents", () => {
    expect(ids("ein roter Fuchs im Schnee")).toEqual(["fox"]);
    expect(describeScene("ein roter Fuchs im Schnee", 1).weather.has("snow")).toBe(true);
    expect(ids("un château dans la forêt")).toEqual(["castle"]);
    expect(ids("una casa en la montaña")).toEqual(["house"]);
    expect(ids("una barca sul mare")).toEqual(["boat"]);
    expect(describeScene("uma baleia no oceano à noite", 1)).toMatchObject({ setting: "sea", time: "night" });
  });

  test("emoji are words, too", () => {
    expect(ids("🦊🌊")).toEqual(["fox"]);
    expect(describeScene("🦊🌊", 1).setting).toBe("sea");
    expect(ids("👩‍🚀")).toEqual(["astronaut"]);
  });

  test("a colour that belongs to no subject tints the picture", () => {
    expect(describeScene("a purple desert", 1).tint).toBeDefined();
    expect(describeScene("a purple cat", 1).tint).toBeUndefined();
  });

  test("words that name nothing become a composition of their own", () => {
    expect(describeScene("zxqv wobble frumious", 1)).toMatchObject({
      setting: "abstract",
      unknown: ["zxqv", "wobble", "frumious"],
    });
  });

  test("prompt and seed both change what is left open", () => {
    const seeds = new Set([1, 2, 3, 4].map((seed) => describeScene("a fox", seed).seed));
    expect(seeds.size).toBe(4);
    expect(describeScene("a fox", 1).seed).not.toBe(describeScene("a fox!", 1).seed);
  });
});
