import { providers } from "../../src/providers/registry.ts";
import { generatorContract } from "./generator-contract.ts";
import { generatorWorlds } from "./support/generator-worlds.ts";

/** The test of the registry says that none which generates is missing there. */
for (const module of providers) {
  const make = generatorWorlds[module.id];
  if (make) generatorContract(module.id, () => make(module));
}
