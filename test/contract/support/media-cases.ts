/** The one job of this file: the list of hostile and odd media files, each with what is to become of it. */
import { deflateSync, gzipSync } from "node:zlib";
import sharp from "sharp";
import {
  apng,
  box,
  corners,
  flatPng,
  latin,
  noise,
  PNG_END,
  PNG_MARK,
  plain,
  pngChunk,
  pngHead,
  smallGif,
  turned,
  withChunks,
  withJpegSize,
  withSegment,
  withWebpChunk,
} from "./picture-bytes.ts";

/**
 * Files that members may send, made by code: bombs weigh nothing here. `expected` is the one answer that is right;
 * a few may be read either way, and say so.
 */
export interface MediaCase {
  readonly name: string;
  readonly make: () => Uint8Array | Promise<Uint8Array>;
  readonly expected: readonly ("jpg" | "png" | "too-large" | "not-a-picture" | "broken")[];
  readonly role?: "mask";
  /** Width and height of what is kept. */
  readonly size?: readonly [number, number];
}

type Make = MediaCase["make"];
type Expected = MediaCase["expected"][number];
const file = (
  name: string,
  expected: Expected | Expected[],
  make: Make,
  more: Partial<MediaCase> = {},
): MediaCase => ({
  name,
  make,
  expected: [expected].flat(),
  ...more,
});

/** In no output, whatever it was written into. */
export const CANARY = "cAnArY-7f3a";
const canary = latin(CANARY);
const png = () => plain().png().toBuffer();
const jpeg = () => plain().jpeg().toBuffer();
const webp = () => plain().webp().toBuffer();
const gif = () => plain().gif().toBuffer();
const size = [60, 40] as const;
const text = (name: string, content: string): MediaCase => file(name, "not-a-picture", () => latin(content));

const formats: MediaCase[] = [
  file("PNG", "jpg", png, { size }),
  file("JPEG", "jpg", jpeg, { size }),
  file("WebP", "jpg", webp, { size }),
  file("GIF", "jpg", gif, { size }),
  file("PNG with transparency", "png", () => plain(60, 40, 0.5).png().toBuffer(), { size }),
  file("PNG with alpha and nothing transparent", "jpg", () => plain(60, 40, 1).png().toBuffer(), { size }),
  file("WebP with transparency", "png", () => plain(60, 40, 0.5).webp().toBuffer(), { size }),
  file("WebP without loss", "jpg", () => plain().webp({ lossless: true }).toBuffer(), { size }),
  file("GIF with transparency", "png", () => plain(60, 40, 0).gif().toBuffer(), { size }),
  file("JPEG in CMYK", "jpg", () => plain().toColourspace("cmyk").jpeg().toBuffer(), { size }),
  file("JPEG in grey", "jpg", () => plain().greyscale().jpeg().toBuffer(), { size }),
  file("JPEG in scans", "jpg", () => plain().jpeg({ progressive: true }).toBuffer(), { size }),
  file("JPEG without subsampling", "jpg", () => plain().jpeg({ chromaSubsampling: "4:4:4" }).toBuffer(), {
    size,
  }),
  file("PNG of 16 bits", "jpg", () => plain().toColourspace("rgb16").png().toBuffer(), { size }),
  file("PNG of 16 bits with transparency", "png", () =>
    plain(60, 40, 0.5).toColourspace("rgb16").png().toBuffer(),
  ),
  file("PNG of 1 bit", "jpg", () => flatPng(60, 40), { size }),
  file("PNG interlaced", "jpg", () => noise(60, 40).png({ progressive: true }).toBuffer(), { size }),
  file("PNG with a palette and transparent entries", "png", () =>
    plain(60, 40, 0.5).png({ palette: true }).toBuffer(),
  ),
  file("PNG in grey with transparency", "png", () =>
    plain(60, 40, 0.5).toColourspace("b-w").png().toBuffer(),
  ),
  file("GIF interlaced", "jpg", () => corners().gif({ progressive: true }).toBuffer(), { size }),
  file("animated GIF", "jpg", () => smallGif({ width: 2, height: 2, frames: 3 }), {
    expected: ["jpg", "png"],
  }),
  file(
    "animated WebP",
    "jpg",
    async () =>
      sharp(await Promise.all([plain().png().toBuffer(), corners().png().toBuffer()]), {
        join: { animated: true },
      })
        .webp()
        .toBuffer(),
    { size },
  ),
  file("animated PNG", "jpg", async () => apng(await png(), 3), { size }),
  file("one pixel", "jpg", () => plain(1, 1).png().toBuffer(), { size: [1, 1] }),
  file("1 by 40,000", "jpg", () => plain(1, 40_000).png().toBuffer(), { size: [1, 2_048] }),
  file("40,000 by 1", "jpg", () => plain(40_000, 1).png().toBuffer(), { size: [2_048, 1] }),
  file("3,000 by 1,500 is made smaller", "jpg", () => flatPng(3_000, 1_500), { size: [2_048, 1_024] }),
  file("39 megapixels", "jpg", () => flatPng(6_500, 6_000), { size: [2_048, 1_890] }),
  ...[1, 2, 3, 4, 5, 6, 7, 8].map((orientation) =>
    file(`orientation ${orientation}`, "jpg", () => turned(orientation), { size }),
  ),
];

const masks: MediaCase[] = [
  file("mask with transparency", "png", () => plain(60, 40, 0).png().toBuffer(), { role: "mask", size }),
  file("mask in black and white", "png", () => corners().png().toBuffer(), { role: "mask", size }),
  file("mask as a JPEG", "png", () => corners().jpeg().toBuffer(), { role: "mask", size }),
  file("mask with alpha and nothing transparent", "png", () => plain(60, 40, 1).png().toBuffer(), {
    role: "mask",
  }),
  file("mask too large", "too-large", () => flatPng(15_000, 15_000), { role: "mask" }),
  text("mask as SVG", "<svg xmlns='http://www.w3.org/2000/svg'/>"),
];

const bombs: MediaCase[] = [
  file("PNG of 225 megapixels in 27 KB", "too-large", () => flatPng(15_000, 15_000)),
  file("PNG of 41 megapixels", "too-large", () => flatPng(6_500, 6_400)),
  file("PNG that says 50,000 by 50,000", "too-large", () => flatPng(50_000, 50_000, 1)),
  file("PNG that says 2 billion by 2 billion", ["too-large", "broken"], () =>
    flatPng(0x7fffffff, 0x7fffffff, 0),
  ),
  file("PNG that says 4 billion by 4 billion", "broken", () => flatPng(0xffffffff, 0xffffffff, 0)),
  file("PNG with less in it than it says", "broken", () => flatPng(6_000, 6_000, 10)),
  file("JPEG that says 65,500 by 65,500", "too-large", async () =>
    withJpegSize(await jpeg(), 65_500, 65_500),
  ),
  // Cameras and servers end a JPEG early often enough; what is missing is grey.
  file("JPEG that says 6,000 by 6,000 and ends", ["jpg", "broken"], async () =>
    withJpegSize(await jpeg(), 6_000, 6_000),
  ),
  file("WebP that says 16,384 by 16,384", ["too-large", "broken"], async () => {
    const extended = Buffer.from(await plain(60, 40, 0.5).webp().toBuffer());
    extended.fill(0, 24, 30);
    extended.writeUIntLE(16_383, 24, 3);
    extended.writeUIntLE(16_383, 27, 3);
    return extended;
  }),
  file("GIF with a canvas of 65,535 by 65,535", "too-large", () =>
    smallGif({ width: 65_535, height: 65_535, frames: 1, isFull: true }),
  ),
  file("GIF of 50,000 frames", ["jpg", "png"], () => smallGif({ width: 1, height: 1, frames: 50_000 }), {
    size: [1, 1],
  }),
  file("GIF with a canvas of 65,535 by 65,535 and a frame of one pixel", ["jpg", "png", "too-large"], () =>
    smallGif({ width: 65_535, height: 65_535, frames: 1 }),
  ),
  file("GIF of 2,000 frames of a large canvas", ["jpg", "png", "broken"], () =>
    smallGif({ width: 4_000, height: 4_000, frames: 2_000, isFull: true }),
  ),
  file("animated PNG that says 4 billion frames", "jpg", async () => {
    const control = pngChunk("acTL", Buffer.from([255, 255, 255, 255, 0, 0, 0, 0]));
    return withChunks(await png(), control);
  }),
  file("PNG with a colour profile of 100 MB", ["jpg", "broken"], async () => {
    const bomb = deflateSync(Buffer.alloc(100 * 1024 * 1024), { level: 9 });
    return withChunks(await png(), pngChunk("iCCP", Buffer.concat([latin("x\0\0"), bomb])));
  }),
  file("PNG with a text of 100 MB", ["jpg", "broken"], async () => {
    const bomb = deflateSync(Buffer.alloc(100 * 1024 * 1024), { level: 9 });
    return withChunks(await png(), pngChunk("zTXt", Buffer.concat([latin("Comment\0\0"), bomb])));
  }),
  file("PNG with 10,000 texts", ["jpg", "broken"], async () =>
    withChunks(await png(), ...Array.from({ length: 10_000 }, () => pngChunk("tEXt", latin("a\0b")))),
  ),
  file("JPEG of 1,000 scans", ["jpg", "broken"], async () => {
    const whole = await noise(256, 256).jpeg({ progressive: true }).toBuffer();
    const last = whole.lastIndexOf(Buffer.from([0xff, 0xda]));
    const scan = whole.subarray(last, whole.length - 2);
    return Buffer.concat([
      whole.subarray(0, last),
      ...Array.from({ length: 1_000 }, () => scan),
      whole.subarray(-2),
    ]);
  }),
  file("gzip in gzip", "not-a-picture", () => gzipSync(gzipSync(Buffer.alloc(10 * 1024 * 1024)))),
  file("one byte above 20 MB", "too-large", () =>
    Buffer.concat([PNG_MARK, Buffer.alloc(20 * 1024 * 1024 - 7)]),
  ),
  file("20 MB of nothing behind a PNG", "jpg", async () => {
    const picture = await png();
    return Buffer.concat([picture, Buffer.alloc(20 * 1024 * 1024 - picture.length)]);
  }),
];

const xmp = `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="${CANARY}"/></rdf:RDF></x:xmpmeta>`;
const tagged = () =>
  plain()
    .withExif({ IFD0: { Copyright: CANARY }, IFD3: { GPSAreaInformation: CANARY } })
    .withXmp(xmp);
/** A real profile, with the canary where the maker of the device stands. */
const withProfile = async (): Promise<Buffer> => {
  const profiled = await plain().withIccProfile("p3").jpeg().toBuffer();
  canary.copy(profiled, profiled.indexOf("sawsctrl"));
  return profiled;
};

const canaries: MediaCase[] = [
  file("canary in EXIF, GPS and XMP of a JPEG", "jpg", () => tagged().jpeg().toBuffer(), { size }),
  file("canary in EXIF, GPS and XMP of a WebP", "jpg", () => tagged().webp().toBuffer(), { size }),
  file("canary in EXIF, GPS and XMP of a PNG", "jpg", () => tagged().png().toBuffer(), { size }),
  file("canary in EXIF of a PNG that stays one", "png", () =>
    plain(60, 40, 0.5)
      .withExif({ IFD0: { Copyright: CANARY } })
      .withXmp(xmp)
      .png()
      .toBuffer(),
  ),
  file("canary in a comment of a JPEG", "jpg", async () => withSegment(await jpeg(), 0xfe, canary), { size }),
  file("canary in IPTC of a JPEG", "jpg", async () =>
    withSegment(
      await jpeg(),
      0xed,
      Buffer.concat([latin("Photoshop 3.0\x008BIM\x04\x04\0\0\0\0\0\x10\x1c\x02\x78\0\x0b"), canary]),
    ),
  ),
  file("canary in the colour profile of a JPEG", "jpg", withProfile, { size }),
  file("canary in APP2, APP7 and APP11 of a JPEG", "jpg", async () =>
    [0xe2, 0xe7, 0xeb].reduce(
      (whole: Uint8Array, marker) => withSegment(whole, marker, canary),
      await jpeg(),
    ),
  ),
  file("canary behind the end of a JPEG", "jpg", async () => Buffer.concat([await jpeg(), canary])),
  file("canary in a second JPEG behind the first", "jpg", async () =>
    Buffer.concat([await jpeg(), withSegment(await jpeg(), 0xfe, canary)]),
  ),
  file("canary in texts of a PNG", "png", async () =>
    withChunks(
      await plain(60, 40, 0.5).png().toBuffer(),
      pngChunk("tEXt", Buffer.concat([latin("Author\0"), canary])),
      pngChunk("zTXt", Buffer.concat([latin("Comment\0\0"), deflateSync(canary)])),
      pngChunk("iTXt", Buffer.concat([latin("Title\0\0\0en\0\0"), canary])),
    ),
  ),
  file("canary in a chunk of its own of a PNG", "png", async () =>
    withChunks(await plain(60, 40, 0.5).png().toBuffer(), pngChunk("caNv", canary)),
  ),
  file("canary behind the end of a PNG", "png", async () =>
    Buffer.concat([await plain(60, 40, 0.5).png().toBuffer(), canary]),
  ),
  file("canary under transparent pixels of a PNG", "png", () => {
    const colours = Buffer.alloc(8 * 8 * 3, canary);
    const pixels = Buffer.from(
      [...colours].flatMap((value, index) => (index % 3 === 2 ? [value, 0] : [value])),
    );
    return sharp(pixels, { raw: { width: 8, height: 8, channels: 4 } })
      .png()
      .toBuffer();
  }),
  file("canary in a comment of a GIF", ["jpg", "png"], () =>
    smallGif({ width: 1, height: 1, frames: 1, comment: CANARY }),
  ),
  file("canary in the second frame of a GIF", ["jpg", "png"], () =>
    Buffer.concat([
      smallGif({ width: 1, height: 1, frames: 1 }).subarray(0, -1),
      smallGif({ width: 1, height: 1, frames: 1, comment: CANARY }).subarray(19),
    ]),
  ),
  file("canary in a chunk of its own of a WebP", "png", async () =>
    withWebpChunk(await plain(60, 40, 0.5).webp().toBuffer(), "caNv", canary),
  ),
  file("canary behind the end of a WebP", "jpg", async () => Buffer.concat([await webp(), canary])),
];

const php = `<?php system('${CANARY}'); ?>`;
const html = `<html><script>alert("${CANARY}")</script></html>`;
const polyglots: MediaCase[] = [
  file("GIF and ZIP", "jpg", async () => Buffer.concat([await gif(), latin(`PK\x03\x04${CANARY}`)])),
  file("GIF and JAR with its index", "jpg", async () =>
    Buffer.concat([await gif(), latin(`PK\x03\x04META-INF/${CANARY}PK\x05\x06`), Buffer.alloc(18)]),
  ),
  file("GIF and JavaScript", ["jpg", "png", "too-large", "broken"], () => {
    const script = Buffer.from(smallGif({ width: 0x2a2f, height: 1, frames: 1 }));
    return Buffer.concat([script, latin(`*/=1;alert("${CANARY}")`)]);
  }),
  file("JPEG and PHP in EXIF", "jpg", () =>
    plain()
      .withExif({ IFD0: { ImageDescription: php } })
      .jpeg()
      .toBuffer(),
  ),
  file("JPEG and PHP in a comment", "jpg", async () => withSegment(await jpeg(), 0xfe, latin(php))),
  file("JPEG and PDF", "jpg", async () => Buffer.concat([await jpeg(), latin(`%PDF-1.7 ${CANARY} %%EOF`)])),
  file("JPEG and ZIP", "jpg", async () => Buffer.concat([await jpeg(), latin(`PK\x03\x04${CANARY}`)])),
  file("PNG and HTML", "jpg", async () => Buffer.concat([await png(), latin(html)])),
  file("PNG and HTML in a text", "jpg", async () =>
    withChunks(await png(), pngChunk("tEXt", latin(`a\0${html}`))),
  ),
  file("WebP and HTML", "jpg", async () => Buffer.concat([await webp(), latin(html)])),
  file("PDF and JPEG", "not-a-picture", async () => Buffer.concat([latin("%PDF-1.7\n"), await jpeg()])),
  file("HTML and PNG", "not-a-picture", async () => Buffer.concat([latin(html), await png()])),
  file("ZIP and PNG", "not-a-picture", async () => Buffer.concat([latin("PK\x03\x04"), await png()])),
  file("MP4 and JPEG", "not-a-picture", async () =>
    Buffer.concat([box("ftyp", latin("isom\0\0\0\0")), await jpeg()]),
  ),
  file("the mark of a PNG and SVG", "broken", () => Buffer.concat([PNG_MARK, latin("<svg onload='x'/>")])),
  file("the mark of a JPEG and HTML", "broken", () =>
    Buffer.concat([Buffer.from([255, 216, 255, 224]), latin(html)]),
  ),
  file("the mark of a GIF and PHP", "broken", () => latin(`GIF89a${php}`)),
  file("the mark of a WebP and HTML", "broken", () => latin(`RIFF\x20\0\0\0WEBP${html}`)),
];

const others: MediaCase[] = [
  text("nothing", ""),
  text("one byte", "\x89"),
  text("SVG", "<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"),
  text("SVG with a byte order mark", "\xef\xbb\xbf<svg xmlns='http://www.w3.org/2000/svg'/>"),
  text(
    "SVG with a document type",
    "<?xml version='1.0'?><!DOCTYPE svg [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><svg>&x;</svg>",
  ),
  text("SVG in a page", "<!DOCTYPE html><body><svg><image href='http://127.0.0.1/'/></svg>"),
  file("SVG in gzip", "not-a-picture", () => gzipSync(latin("<svg xmlns='http://www.w3.org/2000/svg'/>"))),
  file("SVG in UTF-16", "not-a-picture", () =>
    Buffer.from("\ufeff<svg xmlns='http://www.w3.org/2000/svg'/>", "utf16le"),
  ),
  text("a page", "<!DOCTYPE html><html>sign in</html>"),
  text("JSON", '{"error":"busy"}'),
  text("PDF", "%PDF-1.7\n1 0 obj"),
  text("PostScript", "%!PS-Adobe-3.0 EPSF-3.0"),
  text("ZIP", "PK\x03\x04"),
  text("BMP", "BM\x46\0\0\0\0\0\0\0\x36\0\0\0"),
  text("ICO", "\0\0\x01\0\x01\0\x10\x10\0\0"),
  text("PSD", "8BPS\0\x01"),
  text("MVG", "push graphic-context\nimage over 0,0 0,0 'https://127.0.0.1/x'"),
  text("ELF", "\x7fELF\x02\x01\x01"),
  text("a program for Windows", "MZ\x90\0"),
  text("sound", "RIFF\x24\0\0\0WAVEfmt "),
  text("a GIF of no known kind", "GIF90a\x01\0\x01\0"),
  text("MNG", "\x8aMNG\r\n\x1a\n"),
  text("JPEG 2000", "\0\0\0\x0cjP  \r\n\x87\n"),
  text("JPEG XL", "\xff\x0a\xfa\x7f"),
  file("TIFF", "not-a-picture", () => plain().tiff().toBuffer()),
  file("AVIF", "not-a-picture", () => plain().avif({ effort: 0 }).toBuffer()),
  file("HEIC", "not-a-picture", () =>
    Buffer.concat([box("ftyp", latin("heic\0\0\0\0mif1heic")), box("meta")]),
  ),
  file("MP4", "not-a-picture", () => Buffer.concat([box("ftyp", latin("isom\0\0\0\0isom")), box("moov")])),
  file("QuickTime", "not-a-picture", () =>
    Buffer.concat([box("ftyp", latin("qt  \0\0\0\0qt  ")), box("mdat")]),
  ),
];

const damaged: MediaCase[] = [
  file("PNG with a wrong checksum of its header", "broken", async () => {
    const copy = Buffer.from(await png());
    copy.writeUInt32BE(0, 29);
    return copy;
  }),
  file("PNG with a wrong checksum of its pixels", "broken", async () => {
    const pixels = deflateSync(Buffer.alloc(40 * 9));
    return Buffer.concat([PNG_MARK, pngHead(60, 40), pngChunk("IDAT", pixels, 1), PNG_END]);
  }),
  file("PNG without pixels", "broken", () => Buffer.concat([PNG_MARK, pngHead(60, 40), PNG_END])),
  file("PNG without a header", "broken", () =>
    Buffer.concat([PNG_MARK, pngChunk("IDAT", deflateSync(Buffer.alloc(9))), PNG_END]),
  ),
  file("PNG with a chunk longer than the file", "broken", () =>
    Buffer.concat([PNG_MARK, pngHead(60, 40), Buffer.from([127, 255, 255, 255]), latin("IDAT")]),
  ),
  file("PNG of width 0", "broken", () => flatPng(0, 10, 1)),
  file("PNG of height 0", "broken", () => flatPng(10, 0, 1)),
  file("PNG of 3 bits", "broken", () =>
    Buffer.concat([PNG_MARK, pngHead(8, 8, 3), pngChunk("IDAT", deflateSync(Buffer.alloc(99))), PNG_END]),
  ),
  file("JPEG of height 0", "broken", async () => withJpegSize(await jpeg(), 60, 0)),
  file("JPEG without a scan", "broken", async () => {
    const whole = await jpeg();
    return whole.subarray(0, whole.indexOf(Buffer.from([0xff, 0xda])));
  }),
  file("JPEG of only its mark", "broken", () => Buffer.from([255, 216, 255, 217])),
  file("GIF without a frame", "broken", () => smallGif({ width: 4, height: 4, frames: 0 })),
  file("GIF of width 0", ["broken", "jpg", "png"], () => smallGif({ width: 0, height: 0, frames: 1 })),
  file("WebP with a length of 0", "broken", async () => {
    const copy = Buffer.from(await webp());
    copy.writeUInt32LE(0, 4);
    return copy;
  }),
];

/** A picture of each format whose pixels fill the file, cut at ten places. */
const cut: MediaCase[] = (["png", "jpeg", "webp", "gif"] as const).flatMap((format) =>
  Array.from({ length: 10 }, (_, index) => {
    const share = (index + 1) / 11;
    return file(`${format} cut at ${Math.round(share * 100)} %`, "broken", async () => {
      const whole = await noise(120, 80).toFormat(format).toBuffer();
      return whole.subarray(0, Math.round(whole.length * share));
    });
  }),
);

export const mediaCases: readonly MediaCase[] = [
  ...formats,
  ...masks,
  ...bombs,
  ...canaries,
  ...polyglots,
  ...others,
  ...damaged,
  ...cut,
];
