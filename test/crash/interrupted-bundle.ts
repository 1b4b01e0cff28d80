import { makeBundle } from "../support/bundle.ts";

/** Like the product's own bundle one folder below the project's: from there it finds migrations and workers. */
const FOLDER = "dist-crash";

/** What stands in for the product where it is to be killed. */
export const INTERRUPTED_EASEL = `${FOLDER}/main.js`;

/** Before the first crash run: both bundles as the sources are now. */
export function setup(): void {
  makeBundle();
  makeBundle({ folder: FOLDER, main: "test/crash/interrupted-easel.ts" });
}
