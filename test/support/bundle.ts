import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** Bundles the sources as they are now, if that was not done yet: the product, or what begins with another file. */
export function makeBundle(other?: { readonly folder: string; readonly main: string }): void {
  const more = other ? [other.folder, other.main] : [];
  execFileSync(process.execPath, ["scripts/bundle.mjs", ...more], { cwd: root, stdio: "inherit" });
}

/** Before the first story that starts the product, so that none has to wait for it. */
export const setup = (): void => makeBundle();
