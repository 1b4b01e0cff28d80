import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { extname, join } from "node:path";
import { Worker } from "node:worker_threads";
import { z } from "zod";

/** One file of the page, ready to serve. */
export interface PageFile {
  readonly text: string;
  readonly contentType: string;
  readonly etag: string;
}

/** The files of the page by their path below `src/`, read and stripped of types at the first visit. */
export type PageFiles = () => Promise<ReadonlyMap<string, PageFile>>;

const FOLDER = "bots/studio/pages";
/** The rules themselves run in the page, so that its counters never disagree with the server. */
const SHARED = [
  "core/generation/prompt.ts",
  "core/ports/publisher.ts",
  "core/posts/networks.ts",
  "core/posts/text-fit.ts",
];
const CONTENT_TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".ts": "text/javascript; charset=utf-8",
};

const workerUrl = import.meta.url.endsWith(".ts")
  ? new URL("./strip-worker.ts", import.meta.url)
  : new URL("./bots/studio/strip-worker.js", import.meta.url);

export function createPageFiles(projectRoot: string): PageFiles {
  let loading: Promise<ReadonlyMap<string, PageFile>> | null = null;
  return () => {
    loading ??= load(join(projectRoot, "src")).catch((error: unknown) => {
      loading = null;
      throw error;
    });
    return loading;
  };
}

async function load(root: string): Promise<ReadonlyMap<string, PageFile>> {
  const names = (await readdir(join(root, FOLDER))).filter(
    (name) => extname(name) in CONTENT_TYPES && !name.endsWith(".test.ts"),
  );
  const paths = [...names.map((name) => `${FOLDER}/${name}`), ...SHARED];
  const sources = await Promise.all(
    paths.map(async (path) => ({ path, text: await readFile(join(root, path), "utf8") })),
  );
  const isScript = ({ path }: { path: string }) => path.endsWith(".ts");
  const scripts = await strip(sources.filter(isScript));
  const files = [...sources.filter((source) => !isScript(source)), ...scripts];
  return new Map(
    files.map(({ path, text }) => {
      const etag = `"${createHash("sha256").update(text).digest("base64url").slice(0, 22)}"`;
      return [path, { text, contentType: CONTENT_TYPES[extname(path)] ?? "text/plain", etag }];
    }),
  );
}

const strippedSchema = z.array(z.object({ path: z.string(), text: z.string() }));

function strip(
  sources: readonly { path: string; text: string }[],
): Promise<{ path: string; text: string }[]> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(workerUrl, {
      workerData: sources,
      env: {},
      execArgv: ["--disable-warning=ExperimentalWarning"],
    });
    worker.once("message", (message: unknown) => {
      const stripped = strippedSchema.safeParse(message);
      if (stripped.success) resolve(stripped.data);
      else reject(stripped.error);
    });
    worker.once("error", reject);
    worker.once("exit", () => reject(new Error("the page's files were not read")));
  });
}
