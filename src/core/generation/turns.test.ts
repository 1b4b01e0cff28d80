import { describe, expect, it } from "vitest";
import { createTurns } from "./turns.ts";

describe("turns", () => {
  function watch(most: number) {
    const turns = createTurns(most);
    const open = new Map<string, () => void>();
    const run = (key: string, name: string) =>
      turns.run(key, () => new Promise<void>((resolve) => open.set(name, resolve)));
    const settle = () => new Promise((resolve) => setImmediate(resolve));
    return { turns, open, run, settle };
  }

  it("let one in for each key, and so many for all", async () => {
    const { open, run, settle } = watch(2);
    void run("a", "a1");
    void run("a", "a2");
    void run("b", "b1");
    void run("c", "c1");
    await settle();
    expect([...open.keys()]).toEqual(["a1", "b1"]);
    open.get("b1")?.();
    await settle();
    expect([...open.keys()]).toEqual(["a1", "b1", "c1"]);
    open.get("a1")?.();
    await settle();
    expect([...open.keys()]).toEqual(["a1", "b1", "c1", "a2"]);
  });

  it("go on after work that failed", async () => {
    const { turns } = watch(1);
    await expect(turns.run("a", () => Promise.reject(new Error("broken")))).rejects.toThrow("broken");
    expect(await turns.run("a", () => Promise.resolve(7))).toBe(7);
  });
});
