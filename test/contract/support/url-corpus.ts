import { readFileSync } from "node:fs";

export type Expectation = "block" | "strict" | "allow" | "pin" | "body";

export interface UrlCase {
  readonly expect: Expectation;
  readonly reasons: readonly string[];
  readonly url: string;
  readonly section: string;
}

export interface HttpRecord {
  readonly url: string;
  readonly status: string;
  readonly header: string;
  readonly body: string;
}

export interface UrlCorpus {
  readonly cases: readonly UrlCase[];
  readonly http: ReadonlyMap<string, HttpRecord>;
  /** Answers of the first lookup and of the later ones. */
  readonly dns: ReadonlyMap<string, readonly (readonly string[])[]>;
}

const field = (text: string): string => (text.startsWith('"') ? String(JSON.parse(text)) : text);

/** Reads a file of `test/corpora`; the head of `urls.tsv` describes the records. */
export function readUrlCorpus(name: "urls.tsv" | "urls-more.tsv"): UrlCorpus {
  const text = readFileSync(new URL(`../../corpora/${name}`, import.meta.url), "utf8");
  const cases: UrlCase[] = [];
  const http = new Map<string, HttpRecord>();
  const dns = new Map<string, string[][]>();
  let section = "";
  for (const line of text.split("\n")) {
    if (line.startsWith("# ----")) section = line.slice(6).trim();
    if (line === "" || line.startsWith("#")) continue;
    const [kind, first = "", second = "", third = "", fourth = ""] = line.split("\t");
    if (kind === "DNS") {
      dns.set(
        first,
        second.split("|").map((answers) => answers.trim().split(",")),
      );
    }
    if (kind === "HTTP") http.set(first, { url: first, status: second, header: third, body: fourth });
    if (kind === "URL") {
      const expect = first as Expectation;
      cases.push({ expect, reasons: second.split(","), url: field(third), section });
    }
  }
  return { cases, http, dns };
}
