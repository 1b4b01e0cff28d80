import { dirname, join } from "node:path/posix";
import { type Program, parseSync, Visitor } from "oxc-parser";

/** One source file of the project: its path from the root with forward slashes, and its text. */
export type Source = { path: string; text: string };

/** Top folders of src/ and what each may import of the others. Files directly in src/ see everything. */
const LAYERS: Readonly<Record<string, readonly string[]>> = {
  bots: ["core"],
  core: [],
  db: ["core"],
  media: ["core"],
  providers: ["core"],
  scheduler: ["core"],
  web: ["core"],
};

/** Layers whose folders are adapters that never know each other; what stands beside the folders they share. */
const ADAPTER_LAYERS = ["bots", "media", "providers"];
const SHARED_FOLDERS = ["src/providers/shared/"];
/** The one file of an adapter layer that names every adapter. */
const REGISTRY = /^src\/[^/]+\/registry\.ts$/;

/** Where a library may be imported. A library that is not here may be imported nowhere. */
const LIBRARY_HOMES: Readonly<Record<string, readonly string[]>> = {
  "@fluent/bundle": ["src/core/messages/"],
  "@google/generative-ai": ["src/providers/gemini/"],
  "@hono/node-server": ["src/web/", "src/bots/studio/"],
  "@napi-rs/canvas": ["src/providers/sketch/"],
  aws4fetch: ["src/media/s3/"],
  "better-sqlite3": ["src/db/"],
  "chrono-node": ["src/core/posts/"],
  "dejavu-fonts-ttf": ["src/providers/sketch/"],
  "discord.js": ["src/bots/discord/"],
  "drizzle-orm": ["src/db/"],
  grammy: ["src/bots/telegram/"],
  "h264-mp4-encoder": ["src/providers/sketch/"],
  hono: ["src/web/", "src/bots/studio/"],
  "ipaddr.js": ["src/providers/shared/"],
  "node-cron": ["src/scheduler/"],
  openai: ["src/providers/openai/"],
  "p-queue": ["src/scheduler/"],
  pg: ["src/db/"],
  pino: ["src/system.ts"],
  "prom-client": ["src/web/"],
  sharp: ["src/media/"],
  undici: ["src/providers/", "src/bots/discord/", "src/bots/telegram/", "src/media/"],
  zod: ["src/"],
};

const SETTINGS_READER = "src/config.ts";
const SYSTEM = "src/system.ts";
const CORE_LIBRARIES = ["@fluent/bundle", "chrono-node", "zod"];
const RANDOM_CRYPTO =
  /^(randomUUID|randomUUIDv7|randomBytes|randomInt|randomFill|randomFillSync|getRandomValues)$/;

/** Every way in which `source` breaks the rules, each as a sentence without the path. */
export function violations(source: Source): string[] {
  const { program, imports } = read(source);
  const isTest = source.path.endsWith(".test.ts") || source.path.startsWith("test/");
  const found: string[] = [];
  for (const specifier of imports) {
    found.push(
      ...(specifier.startsWith(".")
        ? wrongFile(source, specifier)
        : isTest
          ? []
          : wrongLibrary(source, specifier)),
    );
  }
  if (!isTest && source.path.startsWith("src/")) found.push(...wrongGlobals(source, program));
  return [...new Set(found)];
}

function wrongFile(source: Source, specifier: string): string[] {
  const target = join(dirname(source.path), specifier);
  const refusal = [`imports ${target}`];
  if (source.path.startsWith("test/emulators/")) return target.startsWith("test/emulators/") ? [] : refusal;
  if (!source.path.startsWith("src/")) return [];
  if (!target.startsWith("src/")) return source.path.endsWith(".test.ts") ? [] : refusal;

  const from = layerOf(source.path);
  const to = layerOf(target);
  if (from === undefined) return [];
  if (to === undefined) return refusal;
  if (from !== to) return LAYERS[from]?.includes(to) ? [] : refusal;
  return isOtherAdapter(source.path, target) ? refusal : [];
}

function isOtherAdapter(path: string, target: string): boolean {
  const [, layer = "", adapter] = path.split("/");
  if (!ADAPTER_LAYERS.includes(layer) || REGISTRY.test(path)) return false;
  const isBesideTheFolders = target.split("/").length === 3;
  if (isBesideTheFolders) return REGISTRY.test(target);
  return (
    !target.startsWith(`src/${layer}/${adapter}/`) &&
    !SHARED_FOLDERS.some((folder) => target.startsWith(folder))
  );
}

/** The top folder of src/ that a file is in; undefined for a file directly in src/. */
function layerOf(path: string): string | undefined {
  const parts = path.split("/");
  return parts.length > 2 ? parts[1] : undefined;
}

function wrongLibrary(source: Source, specifier: string): string[] {
  const name = specifier.split("/", specifier.startsWith("@") ? 2 : 1).join("/");
  const isBuiltIn = specifier.startsWith("node:");
  if (layerOf(source.path) === "core" && !CORE_LIBRARIES.includes(name)) return [`core imports ${specifier}`];
  if (isBuiltIn) return [];
  const homes = LIBRARY_HOMES[name];
  if (homes === undefined) return [`imports ${name}, which has no home`];
  return homes.some((home) => source.path.startsWith(home)) ? [] : [`imports ${name} outside its home`];
}

/** Settings, time and chance that do not come from where they should. */
function wrongGlobals(source: Source, program: Program): string[] {
  const found: string[] = [];
  const isSystem = source.path === SYSTEM;
  new Visitor({
    MemberExpression(node) {
      const owner = node.object.type === "Identifier" ? node.object.name : "";
      const member = memberName(node.property);
      if (owner === "process" && member === "env" && source.path !== SETTINGS_READER)
        found.push("reads process.env");
      if (isSystem) return;
      if (owner === "Date" && member === "now") found.push("reads the clock (Date.now)");
      if (owner === "Math" && member === "random") found.push("draws chance (Math.random)");
      if (/crypto$/i.test(owner) && RANDOM_CRYPTO.test(member)) found.push(`draws chance (crypto.${member})`);
    },
    NewExpression(node) {
      const isDate = node.callee.type === "Identifier" && node.callee.name === "Date";
      if (!isSystem && isDate && node.arguments.length === 0) found.push("reads the clock (new Date)");
    },
    ImportDeclaration(node) {
      for (const specifier of node.specifiers) {
        const name = specifier.type === "ImportSpecifier" ? memberName(specifier.imported) : "";
        const from = node.source.value;
        if (/^(node:)?crypto$/.test(from) && RANDOM_CRYPTO.test(name) && !isSystem)
          found.push(`draws chance (${name})`);
        if (/^(node:)?process$/.test(from) && source.path !== SETTINGS_READER) found.push("imports process");
      }
    },
  }).visit(program);
  return found;
}

function memberName(node: { type: string; name?: unknown; value?: unknown }): string {
  return String(node.type === "Literal" ? node.value : node.name);
}

/** A file's syntax tree and everything that it imports, by whatever kind of import. */
function read({ path, text }: Source): { program: Program; imports: string[] } {
  const { program, errors } = parseSync(path, text);
  if (errors.length > 0) throw new Error(`${path} cannot be parsed: ${errors[0]?.message}`);
  const imports: string[] = [];
  const add = (node: { type: string; value?: unknown } | null) => {
    if (node?.type === "Literal" && typeof node.value === "string") imports.push(node.value);
  };
  new Visitor({
    ImportDeclaration: (node) => add(node.source),
    ExportNamedDeclaration: (node) => add(node.source),
    ExportAllDeclaration: (node) => add(node.source),
    ImportExpression: (node) => add(node.source),
    TSImportType: (node) => add(node.source),
  }).visit(program);
  return { program, imports };
}
