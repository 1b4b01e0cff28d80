/** Stories of a member who works from pictures on the Studio page, in a real browser against the real process. */
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import sharp from "sharp";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type KieEmulator, startKieEmulator } from "../emulators/kie/index.ts";
import { type OpenAiEmulator, startOpenAiEmulator } from "../emulators/openai/index.ts";
import { makePng } from "../emulators/shared/png.ts";
import { type EaselProcess, removeDataDirectory, startEasel } from "../support/easel-process.ts";

const CHROMIUM = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(
  existsSync,
);
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const WAIT = { timeout: 25_000 };

const file = (name: string, width = 300, height = 200) => ({
  name,
  mimeType: "image/png",
  buffer: makePng({ width, height, seed: name }),
});

// Only where no browser is installed at all; the project's own check installs one and fails on a skip.
describe.skipIf(CHROMIUM === undefined)("a member who works from pictures", () => {
  let browser: Browser;
  let easel: EaselProcess;
  let kie: KieEmulator;
  let openai: OpenAiEmulator;
  let page: Page;
  /** Everything the console complained of. */
  let complaints: string[];

  beforeAll(async () => {
    if (CHROMIUM === undefined) return;
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox"] });
  });
  afterAll(async () => browser.close());
  afterEach(async () => {
    await Promise.all(browser.contexts().map((context) => context.close()));
    await easel.stop();
    await Promise.all([kie.close(), openai.close()]);
    removeDataDirectory(easel.dataDirectory);
    expect([kie.violations, kie.errors, openai.violations, openai.errors]).toEqual([[], [], [], []]);
    expect(complaints.filter((text) => !text.includes("400"))).toEqual([]);
  });

  async function visit(options: BrowserContextOptions = {}): Promise<void> {
    kie = await startKieEmulator();
    kie.setDefaults({ durationMs: 500 });
    openai = await startOpenAiEmulator();
    easel = await startEasel({
      env: {
        KIE_API_KEY: "kie-key",
        KIE_API_URL: kie.url,
        KIE_UPLOAD_URL: kie.url,
        OPENAI_IMAGE_BASE_URL: openai.baseUrl,
        OPENAI_IMAGE_API_KEY: "key",
        POLL_INTERVAL_SECONDS: "2",
      },
    });
    page = await (await browser.newContext(options)).newPage();
    complaints = [];
    page.on("console", (message) => {
      if (message.type() === "error" || message.type() === "warning") complaints.push(message.text());
    });
    page.on("pageerror", (error) => complaints.push(error.message));
    await page.goto(`${easel.url}/`);
    await page.getByText("left this month").waitFor();
  }

  const prompt = () => page.getByLabel("Prompt", { exact: true });
  const thumbnails = () => page.locator("#reference-list img");
  const choose = (provider: string) => page.locator("#provider").selectOption(provider);
  const isFocused = (selector: string) =>
    page.locator(selector).evaluate((element) => element === document.activeElement);

  /** A picture that was drawn here, as the first card. */
  async function draw(): Promise<void> {
    await choose("sketch");
    await prompt().fill("a lighthouse on a cliff at dawn");
    await page.locator("#make").click();
    await page.locator(".card .media img").waitFor(WAIT);
  }

  /** What a browser hands over when a file is dropped or pasted. */
  const carried = ({ name, mimeType, buffer }: ReturnType<typeof file>) =>
    page.evaluateHandle(
      ([title, type, base64]) => {
        const transfer = new DataTransfer();
        const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
        transfer.items.add(new File([bytes], title, { type }));
        return transfer;
      },
      [name, mimeType, buffer.toString("base64")] as const,
    );

  async function seriousProblems(): Promise<string[]> {
    await page.evaluate(axe);
    const serious: unknown = await page.evaluate(
      `axe.run().then(({ violations }) => violations
        .filter(({ impact }) => impact === "serious" || impact === "critical")
        .map(({ id, nodes }) => id + ": " + nodes.map((node) => node.target.join(" ")).join(", ")))`,
    );
    return Array.isArray(serious) ? serious.map(String) : ["axe gave no answer"];
  }

  it("hands pictures in by file, drop and clipboard, sees what is wrong with others, and makes one of them", async () => {
    await visit();
    await choose("openai-image");
    await page.locator("#files").setInputFiles([file("first.png", 300, 200)]);
    await expect.poll(() => thumbnails().count(), WAIT).toBe(1);
    await page
      .locator("#references")
      .dispatchEvent("drop", { dataTransfer: await carried(file("second.png", 90, 160)) });
    await expect.poll(() => thumbnails().count(), WAIT).toBe(2);
    const pasted = await carried(file("third.png", 64, 64));
    await page.evaluate(
      (clipboardData) => document.dispatchEvent(new ClipboardEvent("paste", { clipboardData })),
      pasted,
    );
    await expect.poll(() => thumbnails().count(), WAIT).toBe(3);
    expect(await thumbnails().first().getAttribute("alt")).toBe("Reference 1: first.png");

    const problem = page.locator("#referenceImageUrl-error");
    await page
      .locator("#files")
      .setInputFiles({ name: "notes.png", mimeType: "image/png", buffer: Buffer.from("no") });
    await expect.poll(() => problem.innerText(), WAIT).toContain("notes.png: That is no picture");
    await page
      .locator("#files")
      .setInputFiles({ ...file("big.png"), buffer: Buffer.alloc(20 * 1024 * 1024 + 1) });
    await expect.poll(() => problem.innerText()).toContain("big.png: The file is larger than 20 MB");
    expect(await thumbnails().count()).toBe(3);

    await page.getByRole("button", { name: "Remove reference 2" }).click();
    await expect.poll(() => thumbnails().count()).toBe(2);
    expect(await page.locator("#prompt-hint").innerText()).toBe("At least 3 characters");
    expect(await page.locator("input[name=aspect]:checked").getAttribute("value")).toBe("");
    await prompt().fill("hat");
    await page.locator("#make").click();
    await page.locator(".card .media img").waitFor(WAIT);
    const sizes = await Promise.all(
      (openai.calls[0]?.pictures ?? []).map(async (bytes) => {
        const { width, height } = await sharp(bytes).metadata();
        return [width, height];
      }),
    );
    expect(sizes).toEqual([
      [300, 200],
      [64, 64],
    ]);
    // The shape of the first picture, as nobody named another.
    expect(openai.calls[0]?.fields["size"]).toBe("1536x1024");
  });

  it("takes many files at once, in their order, and no more than the chosen one does", async () => {
    await visit();
    await choose("kie-4o-image");
    await page
      .locator("#files")
      .setInputFiles(["1", "2", "3", "4", "5", "6"].map((name) => file(`${name}.png`, 40, 40)));
    await expect.poll(() => thumbnails().count(), WAIT).toBe(5);
    const names = await thumbnails().evaluateAll((images) =>
      images.map((image) => image.getAttribute("alt")),
    );
    expect(names).toEqual([1, 2, 3, 4, 5].map((number) => `Reference ${number}: ${number}.png`));
    expect(await page.locator("#referenceImageUrl-error").innerText()).toBe(
      "Only 5 pictures can be used here.",
    );
    expect(await page.locator("#drop").isVisible()).toBe(false);
    await choose("kie-flux-kontext");
    await prompt().fill("all of them in one room");
    await page.locator("#make").click();
    await expect
      .poll(() => page.locator("#referenceImageUrl-error").innerText(), WAIT)
      .toMatch(/^KIE Flux Kontext takes one reference image/);
    expect(await page.getByRole("button", { name: /^Make it with / }).count()).toBe(1);
  });

  it("hears in place why an address cannot be used, and nothing is taken for it", async () => {
    await visit();
    const address = page.getByLabel("Web address of a picture");
    await address.fill("a picture");
    await page.getByRole("button", { name: "Add", exact: true }).click();
    expect(await page.locator("#referenceImageUrl-error").innerText()).toContain("no web address");
    await address.fill("https://127.0.0.1/a.png");
    await address.press("Enter");
    expect(await page.locator("#reference-list .address").innerText()).toBe("127.0.0.1");
    await prompt().fill("make it night");
    await page.locator("#make").click();
    await expect
      .poll(() => page.locator("#referenceImageUrl-error").innerText(), WAIT)
      .toContain("That link cannot be used");
    expect(await page.locator(".card").count()).toBe(0);
    expect(await page.locator("#quota").innerText()).toContain("10 of 10");
  });

  it("edits a result where it was marked with the mouse, and sees what it was made from", async () => {
    await visit();
    await draw();
    await page.locator(".card [data-action=edit]").click();
    expect(await isFocused("#prompt")).toBe(true);
    await choose("openai-image");
    await page.getByRole("button", { name: "Mark a part" }).click();
    const area = page.locator(".mask-area");
    await expect
      .poll(() => area.locator("img").evaluate((image: HTMLImageElement) => image.complete))
      .toBe(true);
    const box = await area.boundingBox();
    if (!box) throw new Error("no picture to paint on");
    await page.mouse.move(box.x + box.width * 0.25, box.y + box.height * 0.5);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.4, box.y + box.height * 0.5, { steps: 8 });
    await page.mouse.up();
    expect(await seriousProblems()).toEqual([]);
    await page.getByRole("button", { name: "Use the mark" }).click();
    const change = page.getByRole("button", { name: "Change the mark" });
    await change.waitFor(WAIT);
    await expect.poll(() => change.evaluate((element) => element === document.activeElement)).toBe(true);
    await prompt().fill("a red sun");
    await page.locator("#make").click();
    await page.locator(".card .made-from").waitFor(WAIT);

    await expect.poll(() => openai.calls.length, WAIT).toBe(1);
    const { data, info } = await sharp(openai.calls[0]?.mask ?? Buffer.of())
      .ensureAlpha()
      .raw()
      .toBuffer({ resolveWithObject: true });
    expect([info.width, info.height]).toEqual([1024, 1024]);
    const opacity = (across: number, down: number) =>
      data[(Math.round(down * 1023) * 1024 + Math.round(across * 1023)) * 4 + 3];
    expect([opacity(0.25, 0.5), opacity(0.33, 0.5), opacity(0.4, 0.5)]).toEqual([0, 0, 0]);
    expect([opacity(0.33, 0.4), opacity(0.6, 0.5), opacity(0, 0)]).toEqual([255, 255, 255]);

    await page.locator(".card [data-action=open]").first().waitFor(WAIT);
    await page.locator(".made-from button").first().click();
    await page.getByRole("dialog").getByText("Made from this picture").waitFor();
  });

  it("animates a result", async () => {
    await visit();
    await draw();
    await page.locator(".card [data-action=animate]").click();
    expect(await page.locator("input[name=type]:checked").getAttribute("value")).toBe("video");
    expect(await thumbnails().count()).toBe(1);
    await choose("kie-veo3");
    await prompt().fill("waves roll in");
    await page.locator("#make").click();
    await page.locator(".card video").waitFor({ timeout: 40_000 });
    expect(kie.creates.map(({ family }) => family)).toEqual(["veo"]);
    expect(JSON.stringify(kie.creates[0])).toContain("imageUrls");
    expect(await page.locator(".card").first().locator(".made-from img").count()).toBe(1);
  });

  it("is offered who would make it where the chosen one cannot, and takes that by one press", async () => {
    await visit();
    await choose("sketch");
    await page.locator("#files").setInputFiles([file("house.png")]);
    await expect.poll(() => thumbnails().count(), WAIT).toBe(1);
    expect(await page.locator("#provider-hint").innerText()).toContain("takes no reference image");
    await prompt().fill("in the snow");
    await page.locator("#make").click();
    await expect
      .poll(() => page.locator("#referenceImageUrl-error").innerText(), WAIT)
      .toBe("Sketch takes no reference image.");
    const instead = page.getByRole("button", { name: /^Make it with KIE / });
    expect(await instead.evaluate((element) => element === document.activeElement)).toBe(true);
    expect(await seriousProblems()).toEqual([]);
    await page.keyboard.press("Enter");
    await page.locator(".card .media img").waitFor(WAIT);
    expect(kie.paidCreates).toHaveLength(1);
    expect(await page.locator(".card .facts").innerText()).toContain("KIE ");
    await expect.poll(() => instead.count()).toBe(0);
  });

  it("sees who is not available, and who made it instead", async () => {
    await visit();
    kie.fault({ on: "create", code: 401, message: "Unauthorized", times: 5 });
    await choose("kie-nano-banana-2");
    await prompt().fill("a red fox in the snow");
    await page.locator("#make").click();
    await page.locator(".card .media img").waitFor(WAIT);
    expect(await page.locator(".card .note").innerText()).toMatch(
      /^KIE Nano Banana 2 could not make it, so .+ did\.$/,
    );
    const option = page.locator("#provider option[value=kie-nano-banana-2]");
    await expect.poll(() => option.innerText()).toBe("KIE Nano Banana 2 (not available right now)");
    await choose("kie-nano-banana-2");
    expect(await page.locator("#provider-hint").innerText()).toContain("another one makes it");
  });

  it("marks by finger and by keyboard on a phone, and everything fits", async () => {
    const viewport = { width: 360, height: 740 };
    await visit({ viewport, isMobile: true, hasTouch: true, colorScheme: "dark", reducedMotion: "reduce" });
    await choose("openai-image");
    await page.locator("#files").setInputFiles([file("wide.png", 1600, 500)]);
    await expect.poll(() => thumbnails().count(), WAIT).toBe(1);
    expect(await seriousProblems()).toEqual([]);
    await page.getByRole("button", { name: "Mark a part" }).click();
    const undo = page.getByRole("button", { name: "Undo" });
    await page.locator(".mask-area img").waitFor();
    expect(await undo.isDisabled()).toBe(true);
    await page.locator(".mask-area").tap({ position: { x: 40, y: 40 } });
    await expect.poll(() => undo.isEnabled()).toBe(true);
    expect(await seriousProblems()).toEqual([]);
    expect(
      await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth),
    ).toBeLessThanOrEqual(0);
    await page.keyboard.press("Control+z");
    await expect.poll(() => undo.isDisabled()).toBe(true);
    for (const key of ["]", "ArrowRight", "Shift+ArrowDown", "Space", "ArrowLeft", "Space"])
      await page.keyboard.press(key);
    await page.keyboard.press("Control+z");
    expect(await undo.isEnabled()).toBe(true);
    await page.getByRole("button", { name: "Use the mark" }).click();
    await page.getByRole("button", { name: "Change the mark" }).click();
    // What was marked is still there, and can be taken away.
    await page.getByRole("button", { name: "Clear" }).click();
    await page.getByRole("button", { name: "Use the mark" }).click();
    await page.getByRole("button", { name: "Mark a part" }).waitFor();
  });
});
