// Bundles src/ into dist/ when something in it changed. `npm start` runs this in a process of its own, so that the
// memory that bundling takes is given back; `node scripts/bundle.mjs` does the same by hand. With
// `<folder> <main file>` the bundle begins with another file and goes into a folder of its own beside dist/.
//
// Why bundle at all: Node's loader reads each package's `exports` again for every module, which costs a second and
// 150 MB for drizzle-orm alone (docs/operations.md). Packages with native or WebAssembly parts stay outside.
import { createHash } from "node:crypto";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { withLock } from "./lock.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const product = { folder: "dist", main: "src/main.ts" };

/** A process that is already running may still load chunks of the bundle before; they are kept this long. */
const KEEP_OLD_CHUNKS_MS = 24 * 60 * 60_000;

const EXTERNAL = [
  "@napi-rs/canvas",
  "better-sqlite3",
  "dejavu-fonts-ttf",
  "esbuild",
  "h264-mp4-encoder",
  "sharp",
  // Asked for by pg, ws and discord.js inside try blocks; not installed.
  "bufferutil",
  "pg-native",
  "utf-8-validate",
  "zlib-sync",
];

/** CommonJS packages inside an ES module bundle still expect these three. */
const BANNER = [
  'import { createRequire as __createRequire } from "node:module";',
  "const require = __createRequire(import.meta.url);",
  "const __filename = import.meta.filename;",
  "const __dirname = import.meta.dirname;",
].join("\n");

/** Whether the folder holds what the sources, the lockfile and this script would give. */
export function isBundleFresh({ folder, main } = product) {
  try {
    return readFileSync(join(root, folder, ".stamp"), "utf8") === sourceHash(main);
  } catch (error) {
    if (error.code === "ENOENT") return false;
    throw error;
  }
}

async function bundle({ folder, main }) {
  const { buildSync } = await import("esbuild");
  const dist = join(root, folder);
  const stampFile = join(dist, ".stamp");
  withLock(join(root, ".cache", "bundle.lock"), () => {
    if (isBundleFresh({ folder, main })) return;
    mkdirSync(dist, { recursive: true });
    // Read before building: an edit made meanwhile leaves the stamp stale, and the next start bundles again.
    const stamp = sourceHash(main);
    const building = mkdtempSync(join(dist, ".building-"));
    try {
      buildSync(buildOptions(main, building));
      copyAssets(building);
      publish(building, dist);
      writeFileSync(`${stampFile}-${process.pid}`, stamp);
      renameSync(`${stampFile}-${process.pid}`, stampFile);
    } finally {
      rmSync(building, { recursive: true, force: true });
    }
  });
}

function buildOptions(main, outdir) {
  const workers = sourceFiles().filter((file) => file.endsWith("worker.ts"));
  return {
    absWorkingDir: root,
    entryPoints: [
      { in: main, out: "main" },
      ...workers.map((file) => ({ in: file, out: relative("src", file).slice(0, -".ts".length) })),
    ],
    outdir,
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node26",
    external: EXTERNAL,
    alias: { "whatwg-url": join(root, "scripts", "whatwg-url.mjs") },
    banner: { js: BANNER },
    chunkNames: "chunk-[hash]",
    // 11 MB less memory than with blanks. Names stay, and short lines, for stack traces; NODE_OPTIONS=--enable-source-maps
    // gives the exact places, at the price of holding the maps in memory.
    minifyWhitespace: true,
    lineLimit: 200,
    keepNames: true,
    sourcemap: "linked",
    sourcesContent: false,
    legalComments: "none",
    logLevel: "warning",
  };
}

/** Whatever in src/ is read at run time keeps its place below dist/. */
function copyAssets(outdir) {
  for (const file of sourceFiles()) {
    if (file.endsWith(".ts")) continue;
    const target = join(outdir, relative("src", file));
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, readFileSync(join(root, file)));
  }
}

/** Chunks are named by their content and go first, entry points last: at no instant does an entry lack a chunk. */
function publish(building, dist) {
  const files = listFiles(building);
  const isEntry = (file) => !file.startsWith("chunk-");
  for (const file of [...files.filter((file) => !isEntry(file)), ...files.filter(isEntry)]) {
    mkdirSync(dirname(join(dist, file)), { recursive: true });
    renameSync(join(building, file), join(dist, file));
  }
  const current = new Set(files);
  for (const file of readdirSync(dist)) {
    const path = join(dist, file);
    if (current.has(file) || !/^(chunk-|\.building-|\.stamp-)/.test(file)) continue;
    if (Date.now() - statSync(path).mtimeMs > KEEP_OLD_CHUNKS_MS)
      rmSync(path, { recursive: true, force: true });
  }
}

function sourceHash(main) {
  const hash = createHash("sha256");
  for (const file of new Set(["package-lock.json", "scripts/bundle.mjs", main, ...sourceFiles()])) {
    const content = readFileSync(join(root, file));
    hash.update(`${file}\0${content.length}\0`).update(content);
  }
  return hash.digest("hex");
}

function sourceFiles() {
  return listFiles(join(root, "src"))
    .filter((file) => !/\.test\.ts$|__fixtures__/.test(file))
    .map((file) => join("src", file));
}

function listFiles(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .sort();
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [, , folder = product.folder, main = product.main] = process.argv;
  await bundle({ folder, main });
}
