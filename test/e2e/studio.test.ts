/** Stories of a member on the Studio page, in a real browser against the real process. */
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type EaselProcess, removeDataDirectory, startEasel } from "../support/easel-process.ts";

const CHROMIUM = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(
  existsSync,
);
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

interface Visit {
  readonly page: Page;
  /** Everything the console or the network complained of. */
  readonly complaints: string[];
}

// Only where no browser is installed at all; the project's own check installs one and fails on a skip.
describe.skipIf(CHROMIUM === undefined)("the Studio page", () => {
  let browser: Browser;
  let easel: EaselProcess;

  beforeAll(async () => {
    if (CHROMIUM === undefined) return;
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox"] });
  });
  afterAll(async () => browser.close());
  afterEach(async () => {
    await Promise.all(browser.contexts().map((context) => context.close()));
    await easel.stop();
    removeDataDirectory(easel.dataDirectory);
  });

  async function visit(options: BrowserContextOptions = {}): Promise<Visit> {
    const page = await (await browser.newContext(options)).newPage();
    const complaints: string[] = [];
    page.on("console", (message) => {
      if (message.type() === "error" || message.type() === "warning") complaints.push(message.text());
    });
    page.on("pageerror", (error) => complaints.push(error.message));
    page.on("response", (response) => {
      if (response.status() >= 500) complaints.push(`${response.status()} ${response.url()}`);
    });
    await page.goto(`${easel.url}/`);
    await page.getByText("left this month").waitFor();
    return { page, complaints };
  }

  const make = async (page: Page, prompt: string): Promise<void> => {
    await page.getByLabel("Prompt", { exact: true }).fill(prompt);
    await page.locator("#make").click();
  };

  it("makes a picture and a video that show by themselves, count down the month, and stay after a reload", async () => {
    easel = await startEasel({ env: {} });
    const { page, complaints } = await visit();
    expect(new URL(page.url()).pathname).toBe("/ai-studio");
    await expect.poll(() => page.locator("#quota").innerText()).toContain("10 of 10 left this month");
    await page.getByRole("button", { name: /lighthouse/ }).click();
    await page.locator("#make").click();
    const picture = page.locator(".card img");
    await picture.waitFor({ timeout: 20_000 });
    await expect
      .poll(() => picture.evaluate((image: HTMLImageElement) => image.complete && image.naturalWidth))
      .toBe(1024);
    expect(await picture.getAttribute("alt")).toContain("lighthouse");
    await page.getByText("no AI model was asked").waitFor();

    await page.getByText("Video", { exact: true }).click();
    await page.getByText("16:9", { exact: true }).click();
    await make(page, "Whales under the northern lights");
    const video = page.locator(".card video");
    await video.waitFor({ timeout: 40_000 });
    const facts = await video.evaluate(async (element: HTMLVideoElement) => {
      element.muted = true;
      await element.play();
      await new Promise((resolve) => element.addEventListener("timeupdate", resolve, { once: true }));
      return [element.videoWidth, element.videoHeight, element.duration, element.error];
    });
    expect(facts).toEqual([512, 288, 3, null]);
    await expect.poll(() => page.locator("#quota").innerText()).toContain("8 of 10 left this month");

    await page.reload();
    await expect.poll(() => page.locator(".card").count()).toBe(2);
    expect(complaints).toEqual([]);
  });

  it("counts graphemes by the server's rule and explains a prompt that is too short beside it", async () => {
    easel = await startEasel({ env: {} });
    const { page, complaints } = await visit();
    const prompt = page.getByLabel("Prompt", { exact: true });
    await prompt.fill("👨‍👩‍👧‍👦 fox  ");
    expect(await page.locator("#prompt-counter").innerText()).toBe("5 / 1,000");
    await page.locator("#make").click();
    expect(await page.locator("#prompt-error").innerText()).toContain("at least 10");
    expect(await prompt.evaluate((element) => element === document.activeElement)).toBe(true);
    expect(await prompt.getAttribute("aria-invalid")).toBe("true");
    await prompt.fill("x".repeat(1001));
    expect(await page.locator("#prompt-counter").getAttribute("class")).toContain("over");
    expect(complaints).toEqual([]);
  });

  it("says at the limit what can be done, and starts nothing", async () => {
    easel = await startEasel({ env: { FREE_MONTHLY_LIMIT: "1" } });
    const { page } = await visit();
    await make(page, "a red fox in the snow");
    await page.locator(".card img").waitFor({ timeout: 20_000 });
    await make(page, "another red fox in the snow");
    const dialog = page.getByRole("dialog");
    await dialog.waitFor();
    const text = await dialog.innerText();
    expect(text).toContain("Monthly limit reached");
    expect(text).toMatch(/your month starts anew on 1 \w+/);
    expect(text).toContain("FREE_MONTHLY_LIMIT");
    await page.keyboard.press("Escape");
    await expect.poll(() => dialog.count()).toBe(0);
    expect(await page.locator(".card").count()).toBe(1);
  });

  it("can be used with the keyboard alone, from the prompt to the deleted picture", async () => {
    easel = await startEasel({ env: {} });
    const { page, complaints } = await visit();
    await page.getByLabel("Prompt", { exact: true }).focus();
    await page.keyboard.type("a castle above the clouds");
    await page.keyboard.press("Control+Enter");
    await page.locator(".card img").waitFor({ timeout: 20_000 });

    const tabTo = async (action: string): Promise<void> => {
      for (let presses = 0; presses < 60; presses++) {
        const here = await page.evaluate(() => document.activeElement?.getAttribute("data-action"));
        if (here === action) return;
        await page.keyboard.press("Tab");
      }
      throw new Error(`Tab never came to ${action}`);
    };
    await tabTo("open");
    await page.keyboard.press("Enter");
    await page.getByRole("dialog").waitFor();
    await page.keyboard.press("Escape");
    await tabTo("favourite");
    await page.keyboard.press("Space");
    const star = page.getByRole("button", { name: "Favourite", exact: true });
    await expect.poll(() => star.getAttribute("aria-pressed")).toBe("true");
    expect(await star.evaluate((element) => element === document.activeElement)).toBe(true);
    await tabTo("delete");
    await page.keyboard.press("Enter");
    await page.getByRole("dialog").waitFor();
    await page.keyboard.press("Enter");
    await expect.poll(() => page.getByRole("dialog").count()).toBe(0);
    expect(await page.locator(".card").count()).toBe(1);
    await tabTo("delete");
    await page.keyboard.press("Enter");
    await page.getByRole("dialog").waitFor();
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await expect.poll(() => page.locator(".card").count(), { timeout: 10_000 }).toBe(0);
    expect(complaints).toEqual([]);
  });

  it("finds by words and by star, shows every page that is open the same, and makes it again", async () => {
    easel = await startEasel({ env: {} });
    const { page } = await visit();
    const other = (await visit()).page;
    await make(page, "a boat on a calm lake");
    await make(page, "a robot in the desert sun");
    for (const each of [page, other])
      await expect.poll(() => each.locator(".card img").count(), { timeout: 20_000 }).toBe(2);
    await page.getByLabel("Search prompts").fill("ROBOT");
    await expect.poll(() => page.locator(".card").count()).toBe(1);
    await page.locator(".card").getByRole("button", { name: "Favourite", exact: true }).click();
    await expect
      .poll(() => other.getByRole("button", { name: "Favourite", exact: true, pressed: true }).count())
      .toBe(1);
    await page.getByLabel("Search prompts").fill("");
    await page.getByRole("button", { name: "Favourites" }).click();
    await expect
      .poll(() => page.locator(".card .prompt").allInnerTexts())
      .toEqual(["a robot in the desert sun"]);
    await other.locator(".card").first().getByRole("button", { name: "Again" }).click();
    await expect.poll(() => other.locator(".card img").count(), { timeout: 20_000 }).toBe(3);
  });

  it("keeps markup in a prompt as text", async () => {
    easel = await startEasel({ env: {} });
    const { page, complaints } = await visit();
    const prompt = `<img src=x onerror="document.title='broken'"> <b>bold</b> & "quotes"`;
    await make(page, prompt);
    await page.locator(".card img").waitFor({ timeout: 20_000 });
    expect(await page.locator(".card .prompt").innerText()).toBe(prompt);
    expect(await page.title()).toBe("Easel Studio");
    expect(complaints).toEqual([]);
  });

  it.each([
    ["a desktop", { viewport: { width: 1400, height: 900 } }],
    [
      "a phone in the dark",
      { viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true, colorScheme: "dark" },
    ],
  ] as const)("fits %s and has no serious accessibility problem", async (_, options) => {
    easel = await startEasel({ env: { FREE_MONTHLY_LIMIT: "1" } });
    const { page, complaints } = await visit({ ...options, reducedMotion: "reduce" });
    const problems = async (): Promise<string[]> => {
      await page.evaluate(axe);
      const serious: unknown = await page.evaluate(
        `axe.run().then(({ violations }) => violations
          .filter(({ impact }) => impact === "serious" || impact === "critical")
          .map(({ id, nodes }) => id + ": " + nodes.map((node) => node.target.join(" ")).join(", ")))`,
      );
      return Array.isArray(serious) ? serious.map(String) : ["axe gave no answer"];
    };
    expect(await problems()).toEqual([]);
    await make(page, "a garden with a thousand flowers");
    await page.locator(".card img").waitFor({ timeout: 20_000 });
    expect(await problems()).toEqual([]);
    await make(page, "one flower more than allowed");
    await page.getByRole("dialog").waitFor();
    expect(await problems()).toEqual([]);
    expect(
      await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth),
    ).toBeLessThanOrEqual(0);
    expect(complaints.filter((text) => !text.includes("403"))).toEqual([]);
  });
});
