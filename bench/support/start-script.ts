import { readFileSync } from "node:fs";
import { z } from "zod";

const packageSchema = z.object({ scripts: z.object({ start: z.string() }) });

/** What `npm start` hands to node, so that a change of its flags is measured, too. */
export function startArguments(): string[] {
  const file = new URL("../../package.json", import.meta.url);
  const { scripts } = packageSchema.parse(JSON.parse(readFileSync(file, "utf8")));
  const [command, ...rest] = scripts.start.split(" ");
  if (command !== "node") throw new Error("npm start does not run node");
  // An operator's own .env must not decide what is measured.
  const given = rest.filter((argument) => !argument.startsWith("--env-file"));
  return [...(process.env["EASEL_BENCH_FLAGS"]?.split(" ") ?? []), ...given];
}
