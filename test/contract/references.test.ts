import { afterAll, describe, expect, it } from "vitest";
import type { FetchMedia } from "../../src/media/intake.ts";
import { createPictureWorker } from "../../src/media/picture-process.ts";
import { createReferenceIntake } from "../../src/media/references.ts";
import { createSafeFetch } from "../../src/providers/shared/safe-fetch.ts";
import { createManualClock } from "./support/manual-clock.ts";
import { createMemoryMedia } from "./support/memory-media.ts";
import { plain } from "./support/picture-bytes.ts";

const pictures = createPictureWorker();
afterAll(() => pictures.close());
const { signal } = new AbortController();
const hosts = { suffixes: [".files.test"], trustedOrigins: [] };

type Fetched = Awaited<ReturnType<FetchMedia>>;
function setUp(fetched: Fetched, worker = pictures) {
  const asked: Parameters<FetchMedia>[0][] = [];
  const { store, files } = createMemoryMedia();
  const fetch: FetchMedia = (request) => {
    asked.push(request);
    return Promise.resolve(fetched);
  };
  return { intake: createReferenceIntake({ store, fetch, pictures: worker }), asked, files };
}
const whyOf = async (fetched: Fetched) => {
  const result = await setUp(fetched).intake.fromUrl(
    "ref_1",
    "picture",
    "https://a.test/",
    undefined,
    signal,
  );
  return result.status === "refused" ? [result.why, result.detail] : [result.status];
};

describe("a picture by its link", () => {
  it("is fetched through the guard, drawn anew and stored", async () => {
    const { intake, asked, files } = setUp({ ok: true, bytes: await plain().webp().toBuffer() });
    const result = await intake.fromUrl("ref_1", "picture", "https://files.test/a.webp", hosts, signal);
    expect(result).toMatchObject({
      status: "stored",
      reference: { contentType: "image/jpeg", role: "picture" },
    });
    expect(asked).toEqual([
      { url: "https://files.test/a.webp", hosts, signal, maxBytes: 20 * 1024 * 1024, totalMs: 20_000 },
    ]);
    expect([...files.keys()]).toEqual([result.status === "stored" ? result.reference.key : ""]);
  });

  it("may stand on any public host where no hosts are given", async () => {
    const { intake, asked } = setUp({ ok: false, reason: "network" });
    await intake.fromUrl("ref_1", "picture", "https://a.test/", undefined, signal);
    expect(asked.map((request) => "hosts" in request)).toEqual([false]);
  });

  it.each([
    ...["parse", "scheme", "chars", "userinfo", "host", "literal", "port", "self", "redirect"].map(
      (reason) => [reason, undefined, "not-allowed", reason] as const,
    ),
    ["redirect", "literal", "not-allowed", "redirect literal"],
    ["redirect", "dns", "unreachable", "redirect dns"],
    ["dns", undefined, "unreachable", "dns"],
    ["time", undefined, "unreachable", "time"],
    ["network", undefined, "unreachable", "network"],
    ["size", undefined, "too-large", "size"],
  ] as const)("is refused after %s (%s) as %s", async (reason, because, why, detail) => {
    expect(await whyOf({ ok: false, reason, ...(because ? { because } : {}) })).toEqual([why, detail]);
  });

  it("is as little there for a member where its name leads into a private network", async () => {
    expect(await whyOf({ ok: false, reason: "dns", isPrivate: true })).toEqual([
      "unreachable",
      "dns private",
    ]);
    expect(await whyOf({ ok: false, reason: "redirect", because: "dns", isPrivate: true })).toEqual([
      "unreachable",
      "redirect dns private",
    ]);
  });

  it.each([
    [401, "gone"],
    [403, "gone"],
    [404, "gone"],
    [410, "gone"],
    [204, "unreachable"],
    [206, "unreachable"],
    [400, "unreachable"],
    [429, "unreachable"],
    [500, "unreachable"],
    [503, "unreachable"],
  ] as const)("is, after HTTP %i, %s", async (httpStatus, why) => {
    expect(await whyOf({ ok: false, reason: "type", httpStatus })).toEqual([why, `http ${httpStatus}`]);
  });

  it("is no picture when a page comes", async () => {
    const bytes = Buffer.from("<html>sign in</html>");
    expect(await whyOf({ ok: true, bytes })).toEqual(["not-a-picture", "unknown type"]);
  });

  it("waits for another day when too many wait already", async () => {
    const busy = {
      redraw: async () => ({ status: "busy", detail: "busy" }) as const,
      close: async () => undefined,
    };
    const bytes = await plain().png().toBuffer();
    const result = await setUp({ ok: true, bytes }, busy).intake.fromBytes("ref_1", "picture", bytes);
    expect(result).toEqual({ status: "refused", why: "unreachable", detail: "busy" });
  });

  it("is refused by the real guard in the same words whether a name is private or none", async () => {
    const dialled: string[] = [];
    const fetch = createSafeFetch({
      policy: { schemes: ["https"], allowIpLiterals: false, refusedHosts: ["bot.test"] },
      clock: createManualClock(),
      resolve: (host) => {
        if (host === "none.test") return Promise.reject(new Error("ENOTFOUND"));
        return Promise.resolve(host === "private.test" ? ["10.0.0.1"] : []);
      },
      dial: ({ address }) => {
        dialled.push(address);
        return Promise.reject(new Error("no network here"));
      },
    });
    const { store } = createMemoryMedia();
    const intake = createReferenceIntake({ store, fetch, pictures });
    const ask = async (url: string) => {
      const result = await intake.fromUrl("ref_1", "picture", url, undefined, signal);
      return result.status === "refused" ? result.why : result.status;
    };
    expect(await ask("https://private.test/a.png")).toBe("unreachable");
    expect(await ask("https://10.0.0.1/a.png")).toBe("not-allowed");
    expect(await ask("https://none.test/a.png")).toBe("unreachable");
    expect(await ask("https://empty.test/a.png")).toBe("unreachable");
    expect(await ask("http://plain.test/a.png")).toBe("not-allowed");
    expect(await ask("https://bot.test/media/x")).toBe("not-allowed");
    expect(dialled).toEqual([]);
  });
});
