import { describe, expect, it } from "vitest";
import { readErrorCode, readListing } from "./xml.ts";

const page = (inside: string): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${inside}</ListBucketResult>`;

describe("a page of a listing", () => {
  it("gives its keys and where the next page begins", () => {
    const xml = page(
      "<Name>b</Name><Prefix>a/</Prefix><IsTruncated>true</IsTruncated><NextContinuationToken>1/&amp;=</NextContinuationToken>" +
        "<Contents>\n  <Key>a/one</Key><Size>1</Size></Contents><Contents><Size>2</Size><Key>a/two</Key></Contents>",
    );
    expect(readListing(xml)).toEqual({ keys: ["a/one", "a/two"], next: "1/&=" });
  });

  it("is the last one whatever token it carries when it is not truncated", () => {
    const xml = page("<IsTruncated>false</IsTruncated><NextContinuationToken>x</NextContinuationToken>");
    expect(readListing(xml)).toEqual({ keys: [], next: null });
  });

  it("decodes what XML escapes, once", () => {
    const xml = page(
      "<Contents><Key>&lt;a&gt; &amp;amp; &#38; &#x26; &quot;&apos; &other; &#x110000;</Key></Contents>",
    );
    expect(readListing(xml)?.keys).toEqual(["<a> &amp; & & \"' &other; &#x110000;"]);
  });

  it.each([
    ["a page of a proxy", "<html><body>Key</body></html>"],
    ["nothing", ""],
    ["half a page", page("<Contents><Key>a</Key></Contents>").slice(0, -10)],
    ["a page that goes on nowhere", page("<IsTruncated>true</IsTruncated>")],
  ])("is not %s", (_, xml) => {
    expect(readListing(xml)).toBeNull();
  });
});

describe("an error", () => {
  it("has a code word, or none that can be read", () => {
    expect(readErrorCode("<Error><Code>NoSuchKey</Code><Message>x</Message></Error>")).toBe("NoSuchKey");
    expect(readErrorCode("<Error></Error>")).toBeNull();
    expect(readErrorCode("<html>502 Bad Gateway</html>")).toBeNull();
  });
});
