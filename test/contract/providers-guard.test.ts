import { connect } from "node:net";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { cleanPicture } from "../../src/media/clean-picture.ts";
import { createImageWork } from "../../src/media/image-work.ts";
import { inspect } from "../../src/media/inspect.ts";
import type { AllowedHosts } from "../../src/providers/shared/foreign-url.ts";
import { createSafeFetch } from "../../src/providers/shared/safe-fetch.ts";
import { createManualClock } from "./support/manual-clock.ts";
import { readUrlCorpus, type UrlCase, type UrlCorpus } from "./support/url-corpus.ts";
import { type FixtureServer, fixtureBodies, startFixtureServer } from "./support/url-fixtures.ts";

const corpus = readUrlCorpus("urls.tsv");
const more = readUrlCorpus("urls-more.tsv");
const http = new Map([...corpus.http, ...more.http]);
const dns = new Map([...more.dns, ...corpus.dns]);
const images = createImageWork();
const schemeOf = new Map<number, "http" | "https">();
let wait: (delayMs: number) => void = () => undefined;
let server: FixtureServer;

beforeAll(async () => {
  server = await startFixtureServer({
    records: http,
    bodies: await fixtureBodies(),
    urlOf: (socket, host, path) => `${schemeOf.get(socket.remotePort ?? 0) ?? "http"}://${host}${path}`,
    wait: (delayMs) => wait(delayMs),
  });
});
afterAll(() => server.close());

/** Public addresses of the corpus, written out here so that the guard's own rule is not what checks it. */
const isPublic = (address: string): boolean =>
  address.startsWith("93.184.216.") || address.startsWith("2606:2800:220:");

async function decide(url: string, options: { allowIpLiterals?: boolean; hosts?: AllowedHosts } = {}) {
  const clock = createManualClock();
  wait = (delayMs) => clock.advance(delayMs);
  const dialled: string[] = [];
  const lookups = new Map<string, number>();
  const fetchSafely = createSafeFetch({
    policy: {
      schemes: ["http", "https"],
      allowIpLiterals: options.allowIpLiterals ?? false,
      refusedHosts: ["bot.self.test", "discord.com", "api.telegram.org", "api.kie.ai"],
    },
    clock,
    resolve: (host) => {
      const seen = lookups.get(host) ?? 0;
      lookups.set(host, seen + 1);
      const answers = dns.get(host) ?? [["NXDOMAIN"]];
      const answer = answers[Math.min(seen, answers.length - 1)] ?? [];
      if (answer[0] === "NXDOMAIN") return Promise.reject(new Error("ENOTFOUND"));
      if (answer[0] === "EMPTY") return Promise.resolve([]);
      if (answer[0] !== "TIMEOUT") return Promise.resolve(answer);
      queueMicrotask(() => clock.advance(2_000));
      return new Promise(() => undefined);
    },
    dial: ({ address, secure }) => {
      dialled.push(address);
      return new Promise((resolve, reject) => {
        const socket = connect(server.port, "127.0.0.1", () => {
          schemeOf.set(socket.localPort ?? 0, secure ? "https" : "http");
          resolve(socket);
        });
        socket.once("error", reject);
      });
    },
  });
  const request = { url, maxBytes: 20 * 1024 * 1024, ...(options.hosts ? { hosts: options.hosts } : {}) };
  const fetched = await fetchSafely(request);
  let reason = fetched.ok ? "-" : fetched.reason;
  if (fetched.ok) {
    const inspection = await inspect(fetched.bytes, "image", images);
    const isType =
      inspection.status === "page" || ("detail" in inspection && inspection.detail === "unknown type");
    if (inspection.status !== "fine")
      return { reason: isType ? "type" : "image", dialled, lookups, isPrivate: undefined, bytes: null };
    reason = "-";
  }
  const isPrivate = fetched.ok ? undefined : fetched.isPrivate;
  return { reason, dialled, lookups, isPrivate, bytes: fetched.ok ? fetched.bytes : null };
}

function expectedReasons(entry: UrlCase, allowIpLiterals: boolean): readonly string[] {
  return entry.expect === "strict" && allowIpLiterals ? ["-"] : entry.reasons;
}

/** Block cases run under https as well, except where the fixture servers speak for themselves. */
const casesOf = ({ cases }: UrlCorpus) =>
  cases.flatMap((entry) => {
    const ownScheme = /^(Redirects|Response bodies)/.test(entry.section);
    const twin = { ...entry, url: entry.url.replace(/^http:/, "https:") };
    return entry.expect === "block" && !ownScheme && twin.url !== entry.url ? [entry, twin] : [entry];
  });

describe("the guard for foreign URLs", () => {
  it("reads a corpus that holds something of every kind", () => {
    expect(new Set(corpus.cases.map((entry) => entry.expect))).toEqual(
      new Set(["block", "strict", "allow", "pin", "body"]),
    );
    expect(corpus.cases.length).toBeGreaterThanOrEqual(100);
  });

  it("reads more that is as hostile", () => {
    expect(more.cases.length).toBeGreaterThanOrEqual(150);
    const known = new Set(corpus.cases.map(({ url }) => url));
    expect(
      more.cases.filter(({ expect: kind, url }) => kind === "block" && known.has(url)).length,
    ).toBeLessThan(25);
  });

  describe.each([false, true])("with addresses instead of names allowed: %s", (allowIpLiterals) => {
    it.each([...casesOf(corpus), ...casesOf(more)])("$expect $reasons: $url", async (entry) => {
      const decided = await decide(entry.url, { allowIpLiterals });
      expect(expectedReasons(entry, allowIpLiterals)).toContain(decided.reason);
      expect(decided.dialled.filter((address) => !isPublic(address))).toEqual([]);
    });
  });

  it("keeps to public addresses whatever is changed in a URL", async () => {
    const urls = [...corpus.cases, ...more.cases].map(({ url }) => url);
    const piece = fc.oneof(
      fc.constantFrom(..."@:/\\\\?#%[].,;-_0123456789xXaf \t\n\0".split("")),
      fc.constantFrom(
        "127.0.0.1",
        "[::1]",
        "localhost",
        "%00",
        "%2e",
        "%40",
        "。",
        "．",
        "１",
        "ⓛ",
        "\u00ad",
        "\u200b",
      ),
      fc.constantFrom(
        "0x7f",
        "0177",
        "2130706433",
        "169.254.169.254",
        "::ffff:",
        "a:b@",
        "//",
        "http://",
        ":80",
      ),
    );
    const change = fc.record({ at: fc.nat(40), remove: fc.nat(3), piece });
    const changes = fc.array(change, { minLength: 1, maxLength: 3 });
    const reasons = new Map<string, number>();
    const attempt = fc.asyncProperty(fc.constantFrom(...urls), changes, async (url, list) => {
      const changed = list.reduce(
        (text, { at, remove, piece }) => text.slice(0, at) + piece + text.slice(at + remove),
        url,
      );
      const { reason, dialled } = await decide(changed);
      expect(dialled.filter((address) => !isPublic(address))).toEqual([]);
      reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
    });
    await fc.assert(attempt, { numRuns: 1_000 });
    expect(reasons.size).toBeGreaterThan(5);
  });

  it("dials only the address that was judged when the name changes its answer", async () => {
    for (const name of ["rebind", "rebind2", "rebind6"]) {
      const decided = await decide(`http://${name}.evil.test/a.png`);
      expect([decided.reason, decided.dialled]).toEqual(["-", ["93.184.216.34"]]);
      expect([...decided.lookups.values()]).toEqual([1]);
    }
  });

  it.each([
    "any",
    "any6",
    "mapped",
    "nat64",
    "cgnat",
    "azure",
    "mcast",
    "mixed",
    "mixed6",
    "mixedmany",
    "loop6",
  ])("refuses %s.evil.test, whose answers are not all public", async (name) => {
    const decided = await decide(`https://${name}.evil.test/a.png`);
    expect([decided.reason, decided.dialled]).toEqual(["dns", []]);
  });

  it("says of a name without an answer something else than of one that leads inside", async () => {
    for (const name of ["loop", "mixed", "mapped", "rebindback"]) {
      expect([name, (await decide(`https://${name}.evil.test/`)).isPrivate]).toEqual([name, true]);
    }
    for (const name of ["slowdns", "empty", "nx"]) {
      expect([name, (await decide(`https://${name}.evil.test/`)).isPrivate]).toEqual([name, undefined]);
    }
    expect((await decide("http://redir.evil.test/name")).isPrivate).toBe(true);
  });

  it.each(["slowdns", "empty", "nx"])("gives up on %s.evil.test, which has no answer", async (name) => {
    expect((await decide(`https://${name}.evil.test/a.png`)).reason).toBe("dns");
  });

  it.each([...corpus.http.values()].filter((record) => record.status.startsWith("3")))(
    "judges the redirect of $url ($header) anew",
    async (record) => {
      const isGood = /\/(ok|okrel|many[123])$/.test(record.url);
      const decided = await decide(record.url);
      expect(decided.reason).toBe(isGood ? "-" : "redirect");
      expect(decided.dialled.filter((address) => !isPublic(address))).toEqual([]);
      expect(decided.dialled.length).toBeLessThanOrEqual(4);
    },
  );

  it.each([
    ["html.png", "type"],
    ["svg.png", "type"],
    ["xxe.svg", "type"],
    ["pdf.jpg", "type"],
    ["elf", "type"],
    ["empty.png", "type"],
    ["bomb.png", "image"],
    ["gz.png", "size"],
    ["br.png", "size"],
    ["zstd.png", "size"],
    ["biglen.png", "size"],
    ["lielen.png", "size"],
    ["endless.png", "size"],
    ["slow.png", "time"],
    ["slowhdr", "time"],
    ["hang", "time"],
    ["rst", "network"],
    ["hugehdr", "network"],
    ["status204", "type"],
    ["status206", "type"],
    ["status500", "type"],
    ["cookie", "-"],
    ["gifar.gif", "-"],
  ])("decides the body of %s: %s", async (path, reason) => {
    expect((await decide(`http://body.evil.test/${path}`)).reason).toBe(reason);
  });

  it.each(["phar.jpg", "gifar.gif"])("leaves nothing foreign in %s once it is drawn anew", async (path) => {
    const { bytes } = await decide(`http://body.evil.test/${path}`);
    const foreign = /<\?php|hidden archive/;
    expect(Buffer.from(bytes ?? []).toString("latin1")).toMatch(foreign);
    const clean = await cleanPicture(bytes ?? new Uint8Array(), "picture");
    expect(clean).toMatchObject({ status: "clean", picture: { width: 40, height: 30 } });
    const drawn = clean.status === "clean" ? clean.picture.bytes : [];
    expect(Buffer.from(drawn).toString("latin1")).not.toMatch(foreign);
  });

  it("sends no cookies, no credentials and takes nothing compressed", async () => {
    await decide("https://cdn.good.test/plain.png");
    const head = server.requests.findLast((request) => request.includes("/plain.png")) ?? "";
    expect(head).toMatch(/accept-encoding: identity/i);
    expect(head).toMatch(/^GET \/plain\.png HTTP\/1\.1\r\n/);
    expect(head).not.toMatch(/cookie|authorization|referer/i);
  });

  describe("for the links of a service", () => {
    const hosts = { suffixes: [".good.test"], trustedOrigins: [] };
    it("fetches what its hosts hand out and nothing else", async () => {
      expect((await decide("https://cdn.good.test/a.png", { hosts })).reason).toBe("-");
      expect((await decide("https://redir.evil.test/okfinal", { hosts })).reason).toBe("host");
      expect((await decide("https://evilgood.test/a.png", { hosts })).reason).toBe("host");
    });

    it("trusts an origin that the operator configured, on any network, and only exactly it", async () => {
      const trusting = { suffixes: [], trustedOrigins: ["http://127.0.0.1:9000", "http://db:8080"] };
      const direct = await decide("http://127.0.0.1:9000/a.png", { hosts: trusting });
      expect([direct.reason, direct.dialled]).toEqual(["-", ["127.0.0.1"]]);
      const byName = await decide("http://db:8080/a.png", { hosts: trusting });
      expect([byName.reason, byName.dialled]).toEqual(["-", ["172.18.0.2"]]);
      expect((await decide("http://localhost:9000/a.png", { hosts: trusting })).reason).toBe("-");
      for (const url of ["http://127.0.0.1:9001/a.png", "https://127.0.0.1:9000/a.png", "http://db/a.png"]) {
        const other = await decide(url, { hosts: trusting });
        expect([url, other.dialled]).toEqual([url, []]);
      }
      expect((await decide("http://127.0.0.1:9000/a.png")).reason).toBe("literal");
    });

    it("judges where a trusted origin redirects to like any other URL", async () => {
      const trusting = { suffixes: [".good.test"], trustedOrigins: ["http://redir.evil.test"] };
      expect((await decide("http://redir.evil.test/loop", { hosts: trusting })).reason).toBe("redirect");
      expect((await decide("http://redir.evil.test/ok", { hosts: trusting })).reason).toBe("-");
    });
  });
});
