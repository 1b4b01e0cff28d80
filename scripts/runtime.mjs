// Preloaded (`--import`) by every script that needs the pinned Node, to say so before anything obscure fails.
import { OLDEST_MAJOR, oldRuntimeMessage } from "./runtime-version.mjs";

if (Number(process.versions.node.split(".")[0]) < OLDEST_MAJOR) {
  console.error(oldRuntimeMessage());
  process.exit(1);
}
