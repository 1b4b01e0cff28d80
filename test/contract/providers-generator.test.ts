import { providers } from "../../src/providers/registry.ts";
import { generatorContract } from "./generator-contract.ts";
import { generatorWorlds } from "./support/generator-worlds.ts";

for (const module of providers) {
  generatorContract(module.id, () => {
    const make = generatorWorlds[module.id];
    if (!make) throw new Error(`${module.id} is tried nowhere: add it to generator-worlds.ts`);
    return make(module);
  });
}
