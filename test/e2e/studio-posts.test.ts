/** Stories of a member who writes captions and posts from the Studio page, in a real browser and the real process. */
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type OpenAiEmulator, startOpenAiEmulator } from "../emulators/openai/index.ts";
import { startZernioEmulator, type ZernioEmulator } from "../emulators/zernio/index.ts";
import { type EaselProcess, removeDataDirectory, startEasel } from "../support/easel-process.ts";

const CHROMIUM = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(
  existsSync,
);
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const WAIT = { timeout: 25_000 };
const KEY = "sk_zernio";
const WEBHOOK_SECRET = "whsec_zernio";

// Only where no browser is installed at all; the project's own check installs one and fails on a skip.
describe.skipIf(CHROMIUM === undefined)("a member who posts", () => {
  let browser: Browser;
  let easel: EaselProcess;
  let zernio: ZernioEmulator;
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
    await Promise.all([zernio.close(), openai.close()]);
    removeDataDirectory(easel.dataDirectory);
    expect([zernio.violations, zernio.errors, openai.violations, openai.errors]).toEqual([[], [], [], []]);
    expect(complaints.filter((text) => !/40[04]|ERR_FAILED/.test(text))).toEqual([]);
    expect([zernio.doubles(), zernio.afterCancel(), zernio.tooEarly()]).toEqual([[], [], []]);
  });

  async function visit(
    settings: Record<string, string> = {},
    options: BrowserContextOptions = {},
  ): Promise<void> {
    zernio = await startZernioEmulator({ keys: [KEY] });
    zernio.setDefaults({ publishMs: 100 });
    openai = await startOpenAiEmulator();
    easel = await startEasel({
      env: {
        LATE_API_KEY: KEY,
        LATE_API_URL: zernio.apiUrl,
        LATE_WEBHOOK_SECRET: WEBHOOK_SECRET,
        OPENAI_API_KEY: "key",
        OPENAI_BASE_URL: openai.baseUrl,
        ADMIN_IDS: "studio:local",
        ...settings,
      },
    });
    zernio.setWebhook({ url: `${easel.url}/webhooks/late`, secret: WEBHOOK_SECRET });
    const context = await browser.newContext({ timezoneId: "Europe/Berlin", locale: "en", ...options });
    page = await context.newPage();
    complaints = [];
    page.on("console", (message) => {
      if (message.type() === "error" || message.type() === "warning") complaints.push(message.text());
    });
    page.on("pageerror", (error) => complaints.push(error.message));
    await page.goto(`${easel.url}/`);
    await page.getByText("left this month").waitFor();
  }

  /** Signs in at a network, by the link that the service hands out. */
  async function connect(network: string): Promise<void> {
    const link = await fetch(`${easel.url}/api/ai/accounts/connect`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ network }),
    });
    const { url } = Object(await link.json());
    zernio.signIn({ username: "atelier" });
    await fetch(String(url), { redirect: "manual" });
  }

  /** A picture that was drawn here, as the first card. */
  async function draw(aspect = "1:1"): Promise<void> {
    await page.locator("#provider").selectOption("sketch");
    await page.getByLabel("Prompt", { exact: true }).fill("a lighthouse on a cliff at dawn");
    await page.locator(`#aspects input[value="${aspect}"]`).check({ force: true });
    await page.locator("#make").click();
    await page.locator(".card .media img").waitFor(WAIT);
  }

  const button = (name: string) => page.getByRole("button", { name, exact: true });
  const inDialog = (name: string) => page.locator("dialog[open]").getByRole("button", { name, exact: true });
  const post = () => page.locator("#post-items .post");
  const stateIs = (state: string) => page.locator(`#post-items .post[data-state="${state}"]`).waitFor(WAIT);

  /** In the tab that opens, and comes back: the browser tells the page so. */
  async function signsIn(press: () => Promise<void>): Promise<void> {
    // The service's own page asks for an icon that is no part of its API.
    await page.context().route(`${zernio.url}/**`, async (route) => {
      await route.fetch();
      await route.fulfill({ contentType: "text/html", body: '<link rel="icon" href="data:,">Signed in.' });
    });
    const [tab] = await Promise.all([page.waitForEvent("popup"), press()]);
    await tab.getByText("Signed in.").waitFor(WAIT);
    expect(await tab.evaluate(() => window.opener === null)).toBe(true);
    expect(await seriousProblems()).toEqual([]);
    await tab.close();
    await page.evaluate(() => window.dispatchEvent(new Event("focus")));
  }

  async function seriousProblems(): Promise<string[]> {
    await page.evaluate(axe);
    const serious: unknown = await page.evaluate(
      `axe.run().then(({ violations }) => violations
        .filter(({ impact }) => impact === "serious" || impact === "critical")
        .map(({ id, nodes }) => id + ": " + nodes.map((node) => node.target.join(" ")).join(", ")))`,
    );
    return Array.isArray(serious) ? serious.map(String) : ["axe gave no answer"];
  }

  it("has a caption written, changes it, fits the picture, posts it now, and opens what became public", async () => {
    await visit();
    await connect("instagram");
    await draw("9:16");
    await button("Caption").click();
    const area = page.locator("#caption-area");
    await expect.poll(() => area.inputValue(), WAIT).not.toBe("");
    const written = await area.inputValue();
    await inDialog("Shorter").click();
    await expect.poll(() => openai.chat.calls.length, WAIT).toBeGreaterThanOrEqual(2);
    await expect.poll(() => inDialog("Shorter").isEnabled(), WAIT).toBe(true);
    expect(written.length).toBeGreaterThan(10);
    expect(await seriousProblems()).toEqual([]);
    await area.fill("Light over the cliff #dawn");
    await page.locator("#caption-network").selectOption("twitter");
    expect(await page.locator("#caption-dialog .counter").innerText()).toBe("26 / 280");
    await inDialog("Post…").click();

    await page.locator("dialog[open] .problems li").first().waitFor(WAIT);
    expect(await page.locator("#post-text").inputValue()).toBe("Light over the cliff #dawn");
    expect(await inDialog("Review").isDisabled()).toBe(true);
    expect(await seriousProblems()).toEqual([]);
    await inDialog("Whole, on a blurred ground").click();
    await expect.poll(() => inDialog("Review").isEnabled(), WAIT).toBe(true);
    const shown = await page.locator("#post-dialog img").getAttribute("src");
    await inDialog("Review").click();
    expect(await page.locator("#post-dialog img").getAttribute("src")).toBe(shown);
    expect(await page.locator("#post-dialog .exact").innerText()).toBe("Light over the cliff #dawn");
    expect(await page.locator("#post-dialog").innerText()).toContain("Instagram @atelier");
    expect(await seriousProblems()).toEqual([]);
    await page.locator("#post-confirm").dblclick();

    await stateIs("published");
    const link = await page.getByRole("link", { name: "Open the post" }).getAttribute("href");
    expect(link).toMatch(/^https?:\/\//);
    expect(await post().count()).toBe(1);
    expect(zernio.publications).toHaveLength(1);
    expect(zernio.publications[0]?.text).toBe("Light over the cliff #dawn");
    const bytes = await (await fetch(new URL(shown ?? "", easel.url))).arrayBuffer();
    expect(Buffer.from(zernio.publications[0]?.media[0]?.bytes ?? []).equals(Buffer.from(bytes))).toBe(true);
  });

  it("plans one in words, moves it and changes its text, finds it in the month and cancels it there", async () => {
    await visit({}, { viewport: { width: 1280, height: 900 } });
    await connect("instagram");
    await draw();
    await button("Post").click();
    await page.getByText("At a time", { exact: true }).click();
    await page.getByLabel("In your own words").fill("tomorrow at noonish");
    await page.locator("#post-dialog .note.problem").waitFor(WAIT);
    expect(await inDialog("Review").isDisabled()).toBe(true);
    await page.getByLabel("In your own words").fill("tomorrow 18:30");
    await expect
      .poll(() => page.locator("#post-dialog .time").innerText(), WAIT)
      .toMatch(/18:30 CES?T \(UTC\+[12]\) = 1[67]:30 UTC/);
    await expect.poll(() => inDialog("Review").isEnabled(), WAIT).toBe(true);
    await inDialog("Review").click();
    await inDialog("Back").click();
    await expect.poll(() => inDialog("Review").isEnabled(), WAIT).toBe(true);
    await inDialog("Review").click();
    await inDialog("Schedule it").click();
    await stateIs("scheduled");
    expect(await post().innerText()).toMatch(/18:30 CES?T/);

    await page.locator('.post [data-action="move"]').click();
    await page.locator("#move-words").fill("in 3 days at 20:15");
    await inDialog("Move").click();
    await expect.poll(() => post().innerText(), WAIT).toContain("20:15");
    await page.locator('.post [data-action="edit"]').click();
    await page.locator("#post-change-text").fill("quite another text");
    await inDialog("Save").click();
    await expect.poll(() => post().innerText(), WAIT).toContain("quite another text");
    expect([...zernio.posts.values()][0]?.content).toBe("quite another text");

    await button("Calendar").click();
    await page.locator('.calendar td[tabindex="0"]').focus();
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("ArrowRight");
    await post().waitFor(WAIT);
    expect(await page.locator('.calendar td[aria-selected="true"] .visually-hidden').innerText()).toMatch(
      /^[A-Z][a-z]+day \d+ [A-Z][a-z]+, 1 post$/,
    );
    expect(await seriousProblems()).toEqual([]);
    await page.locator('.post [data-action="cancel"]').click();
    await inDialog("Cancel post").click();
    await stateIs("cancelled");
    expect(zernio.publications).toEqual([]);
  });

  it("fits a phone", async () => {
    await visit({}, { viewport: { width: 360, height: 740 }, hasTouch: true });
    await connect("instagram");
    await connect("twitter");
    await draw();
    await button("Post").click();
    for (const name of ["Instagram", "X"])
      await page.getByRole("checkbox", { name: `${name} @atelier` }).check();
    await page.getByRole("button", { name: "Another text for Instagram" }).click();
    await expect.poll(() => inDialog("Review").isEnabled(), WAIT).toBe(true);
    const isWide = () => page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth);
    const dialogIsWide = () =>
      page.locator("#post-dialog").evaluate((dialog) => dialog.scrollWidth > dialog.clientWidth);
    expect([await isWide(), await dialogIsWide()]).toEqual([false, false]);
    await inDialog("Close").click();
    await button("Posts").click();
    await button("Calendar").click();
    await page.getByText("No posts on this day.").waitFor(WAIT);
    expect(await isWide()).toBe(false);
    expect(await seriousProblems()).toEqual([]);
  });

  it("connects an account where a post has none, loses the answer, confirms again, and sees each network's end", async () => {
    await visit({}, { viewport: { width: 1280, height: 900 } });
    await draw();
    await button("Post").click();
    zernio.signIn({ username: "atelier" });
    await page.locator("#post-first-network").selectOption("instagram");
    await signsIn(() => inDialog("Connect").click());
    await page.getByLabel("Instagram @atelier").waitFor(WAIT);
    await inDialog("Close").click();

    await button("Accounts").click();
    await page.locator("#accounts-network").selectOption("twitter");
    zernio.signIn({ username: "atelier_x" });
    await signsIn(() => button("Connect").click());
    await page.locator(".social").nth(1).waitFor(WAIT);
    expect(await page.locator("#account-items").innerText()).toMatch(
      /@atelier\s+Works[^]+@atelier_x\s+Works/,
    );
    expect(await seriousProblems()).toEqual([]);

    zernio.script({ outcome: "failed" });
    await button("Gallery").click();
    await button("Post").click();
    await page.getByLabel("Instagram @atelier", { exact: true }).check();
    await page.getByRole("checkbox", { name: "X @atelier_x" }).check();
    await page.locator("#post-text").fill("Light over the cliff");
    await page.getByRole("button", { name: "Another text for X" }).click();
    await page.getByLabel("Text for X", { exact: true }).fill("Light.");
    await expect.poll(() => inDialog("Review").isEnabled(), WAIT).toBe(true);
    await inDialog("Review").click();
    expect(await page.locator("#post-dialog .exact").allInnerTexts()).toEqual([
      "Light over the cliff",
      "Light.",
    ]);
    expect(await page.locator("#post-dialog .review .counter").allInnerTexts()).toEqual([
      "20 / 2,200",
      "6 / 280",
    ]);
    // It arrives, and its answer does not.
    await page.route(
      "**/api/ai/posts",
      async (route) => {
        await route.fetch();
        await route.abort();
      },
      { times: 1 },
    );
    await page.locator("#post-confirm").click();
    await page.locator("#post-dialog .problem").getByText("did not answer").waitFor(WAIT);
    await inDialog("Back").click();
    expect(await page.locator("#post-text").inputValue()).toBe("Light over the cliff");
    await page.keyboard.press("Escape");
    await button("Post").click();
    await page.locator("#post-dialog").getByText("was not answered").waitFor(WAIT);
    await page.getByLabel("Instagram @atelier", { exact: true }).check();
    await expect.poll(() => inDialog("Review").isEnabled(), WAIT).toBe(true);
    await inDialog("Review").click();
    await page.locator("#post-confirm").click();
    await page.getByText("confirmed already").waitFor(WAIT);
    await stateIs("published");
    await stateIs("failed");
    expect(await page.locator(".post-group .group-top").innerText()).toMatch(/2 accounts: .*1 published/);
    expect(await seriousProblems()).toEqual([]);
    await page.locator('.post[data-state="failed"] [data-action="retry"]').click();
    await expect.poll(() => page.locator('.post[data-state="published"]').count(), WAIT).toBe(2);
    expect(new Set(zernio.publications.map(({ text }) => text))).toEqual(
      new Set(["Light over the cliff", "Light."]),
    );

    await button("Accounts").click();
    await page.getByRole("button", { name: "Disconnect X @atelier_x" }).click();
    await inDialog("Disconnect").click();
    await expect.poll(() => page.locator(".social").count(), WAIT).toBe(1);
  });

  it("reads what the operator has to set where posting is not set up", async () => {
    await visit({ LATE_API_KEY: "", OPENAI_API_KEY: "", OPENAI_BASE_URL: "" });
    await draw();
    await button("Post").click();
    await page.locator("#post-dialog").getByText("LATE_API_KEY").waitFor(WAIT);
    await inDialog("Close").click();
    await button("Caption").click();
    await expect.poll(() => page.locator("#caption-area").inputValue(), WAIT).toContain("lighthouse");
    expect(await inDialog("Shorter").count()).toBe(0);
  });
});
