/** What a Markdown page names that has to exist. */
export type References = { paths: string[]; scripts: string[]; subcommands: string[] };

/** Folders of the repository whose names, in code or links, mean files of ours. */
const OUR_FOLDERS = /^(?:src|test|scripts|docs|bench|migrations|\.ci)\//;
const OUR_FILES = /^(?:README|CONTRIBUTING)\.md$|^LICENSE$|^\.env\.example$|^[\w.-]+\.config\.ts$/;

/**
 * Paths, npm scripts and `easel` subcommands that a Markdown text names.
 *
 * Paths are read from code spans and relative links (resolved against `folder`, the page's own, "" for the root). A path
 * with a placeholder (`src/bots/<name>/`, `*`, `…`) counts up to the last folder before it.
 */
export function referencesOf(markdown: string, folder: string): References {
  const paths = new Set<string>();
  for (const [, code = ""] of withoutFences(markdown).matchAll(/`([^`\n]+)`/g)) {
    for (const word of code.split(/\s+/)) {
      if (OUR_FOLDERS.test(word) || OUR_FILES.test(word)) paths.add(fixedPart(word));
    }
  }
  for (const [, target = ""] of withoutFences(markdown).matchAll(/\]\(([^)\s]+)\)/g)) {
    const [path = ""] = target.split("#");
    if (path !== "" && !/^[a-z]+:/.test(path)) paths.add(resolve(folder, path));
  }
  return {
    paths: [...paths],
    scripts: named(markdown, /\bnpm (?:run )?(start|test)\b|\bnpm run ([\w:-]+)/g),
    subcommands: named(markdown, /\bnpm run easel -- ((?:[a-z]+)(?: [a-z]+)?)/g).map(
      (words) => words.split(" ")[0] ?? "",
    ),
  };
}

function withoutFences(markdown: string): string {
  return markdown.replaceAll(/^```[\s\S]*?^```/gm, "");
}

function fixedPart(path: string): string {
  const placeholder = path.search(/[<*…{]|\.\.\./);
  return (placeholder < 0 ? path : path.slice(0, path.lastIndexOf("/", placeholder))).replace(
    /[:,.;)]+(\d+)?$/,
    "",
  );
}

function resolve(folder: string, path: string): string {
  return new URL(path, `file:///${folder}/`).pathname.replace(/^\/+/, "");
}

function named(text: string, pattern: RegExp): string[] {
  return [...new Set([...text.matchAll(pattern)].map((match) => match[1] ?? match[2] ?? ""))];
}
