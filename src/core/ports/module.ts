import type { z } from "zod";

/** `process.env`, read once by src/config.ts. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * What an adapter (a platform, a provider) says of itself before anything runs: its variables with their checks
 * and defaults, and which one turns it on. `load` gives null where that one is missing.
 *
 * @throws z.ZodError from `load` for a wrong variable; src/config.ts has listed all problems before.
 */
export interface AdapterModule<Dependencies, Instance> {
  readonly id: string;
  readonly env: z.ZodObject;
  /** The variable to name when it is off; null: always on. */
  readonly turnedOnBy: string | null;
  load(environment: Environment): ((dependencies: Dependencies) => Instance) | null;
}

/** Ties an adapter's settings schema to its factory, so that the registry can hold adapters of any settings. */
export function defineModule<Schema extends z.ZodObject, Dependencies, Instance>(module: {
  readonly id: string;
  readonly env: Schema;
  readonly turnedOnBy: string | null;
  isOn(settings: z.output<Schema>): boolean;
  create(settings: z.output<Schema>, dependencies: Dependencies): Instance;
}): AdapterModule<Dependencies, Instance> {
  return {
    id: module.id,
    env: module.env,
    turnedOnBy: module.turnedOnBy,
    load(environment) {
      const settings = module.env.parse(environment);
      return module.isOn(settings) ? (dependencies) => module.create(settings, dependencies) : null;
    },
  };
}
