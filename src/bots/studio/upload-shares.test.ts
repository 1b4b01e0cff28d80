import { describe, expect, test } from "vitest";
import {
  HELD_UPLOAD_BYTES,
  UPLOAD_BYTES,
  UPLOADED_BYTES_A_DAY,
  UPLOADS_AN_HOUR,
  UPLOADS_AT_ONCE,
} from "./limits.ts";
import { createUploadShares } from "./upload-shares.ts";

const HOUR_MS = 3_600_000;

function stand() {
  const time = { now: Date.parse("2026-11-22T12:00:00Z") };
  const shares = createUploadShares({ now: () => time.now });
  /** Begins one; gives back how to end it, or why it was not taken. */
  const take = (user: `usr_${string}`, announcedBytes = 1) => {
    const share = shares.take(user, announcedBytes);
    return share.status === "taken" ? share.done : share.status;
  };
  /** A whole one; whether it was taken. */
  const whole = (user: `usr_${string}`, announcedBytes: number, keptBytes: number): boolean => {
    const done = take(user, announcedBytes);
    if (typeof done === "string") return false;
    done(keptBytes);
    return true;
  };
  return { time, take, whole };
}

const end = (done: ReturnType<ReturnType<typeof stand>["take"]> | undefined): void => {
  if (typeof done === "function") done(0);
};

describe("what a member may upload", () => {
  test("is a few at once, and another one when one is through", () => {
    const { take } = stand();
    const under = Array.from({ length: UPLOADS_AT_ONCE }, () => take("usr_ada"));
    expect(under).not.toContain("spent");
    expect(take("usr_ada")).toBe("spent");
    expect(take("usr_bob")).toBeTypeOf("function");
    end(under[0]);
    expect(take("usr_ada")).toBeTypeOf("function");
  });

  test("ends for the hour, and begins anew with the next; what is still under way counts on", () => {
    const { take, time } = stand();
    const open = take("usr_ada");
    for (let count = 1; count < UPLOADS_AN_HOUR; count++) end(take("usr_ada"));
    expect(take("usr_ada")).toBe("spent");
    time.now += HOUR_MS;
    const under = Array.from({ length: UPLOADS_AT_ONCE }, () => take("usr_ada"));
    expect(under.filter((one) => one === "spent")).toHaveLength(1);
    end(open);
    expect(take("usr_ada")).toBeTypeOf("function");
  });

  test("is so much a day by what is kept, which may be more than came", () => {
    const { whole, time } = stand();
    const keptBytes = UPLOADED_BYTES_A_DAY / 50;
    for (let count = 0; count < 50; count++) expect(whole("usr_ada", 1_000, keptBytes)).toBe(true);
    expect(whole("usr_ada", 1_000, 0)).toBe(false);
    expect(whole("usr_bob", 1_000, 0)).toBe(true);
    time.now += 11 * HOUR_MS;
    expect(whole("usr_ada", 1_000, 0)).toBe(false);
    time.now += HOUR_MS;
    expect(whole("usr_ada", 1_000, 0)).toBe(true);
  });

  test("is not less for what was refused", () => {
    const { whole } = stand();
    for (let count = 0; count < UPLOADS_AN_HOUR; count++)
      expect(whole("usr_ada", UPLOAD_BYTES, 0)).toBe(true);
  });

  test("counts on the day on which it ends", () => {
    const { take, whole, time } = stand();
    const open = take("usr_ada", UPLOAD_BYTES);
    time.now += 12 * HOUR_MS;
    expect(whole("usr_ada", 1, 0)).toBe(true);
    if (typeof open === "function") open(UPLOADED_BYTES_A_DAY);
    expect(whole("usr_ada", 1, 0)).toBe(false);
  });
});

describe("what all members may upload", () => {
  test("is so much at once, however many they are", () => {
    const { take } = stand();
    const under = Array.from({ length: HELD_UPLOAD_BYTES / UPLOAD_BYTES }, (_, index) =>
      take(`usr_${index}`, UPLOAD_BYTES),
    );
    expect(under).not.toContain("busy");
    expect(take("usr_ada", 1)).toBe("busy");
    end(under[0]);
    expect(take("usr_ada", UPLOAD_BYTES)).toBeTypeOf("function");
    expect(take("usr_bob", 1)).toBe("busy");
  });
});
