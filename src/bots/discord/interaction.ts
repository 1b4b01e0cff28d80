import { z } from "zod";

/** Ids go into request paths, so nothing else than digits gets through. */
const snowflake = z.string().regex(/^\d{1,20}$/);
const bitSet = z.string().regex(/^\d{1,30}$/);

const user = z.object({
  id: snowflake,
  username: z.string().nullish(),
  global_name: z.string().nullish(),
  bot: z.boolean().nullish(),
});

const option = z.object({
  name: z.string(),
  type: z.number(),
  value: z.union([z.string(), z.number(), z.boolean()]).nullish(),
  focused: z.boolean().nullish(),
  get options() {
    return z.array(option).nullish();
  },
});

/** What we read of an INTERACTION_CREATE; everything else that Discord sends is ignored. */
const interactionSchema = z.object({
  id: snowflake,
  application_id: snowflake,
  type: z.number(),
  token: z
    .string()
    .max(500)
    .regex(/^[\w.~:=+-]+$/),
  channel_id: snowflake.nullish(),
  channel: z.object({ id: snowflake, type: z.number() }).nullish(),
  guild_id: snowflake.nullish(),
  member: z.object({ user, permissions: bitSet.nullish() }).nullish(),
  user: user.nullish(),
  locale: z.string().nullish(),
  app_permissions: bitSet.nullish(),
  attachment_size_limit: z.number().int().positive().nullish(),
  /** 0 a server, 1 a DM with the bot, 2 a DM or group without it. */
  context: z.number().nullish(),
  /** By kind of installation: 0 the server's, 1 the user's own. */
  authorizing_integration_owners: z.record(z.string(), z.unknown()).nullish(),
  message: z.object({ id: snowflake, flags: z.number().nullish() }).nullish(),
  data: z
    .object({
      name: z.string().nullish(),
      type: z.number().nullish(),
      options: z.array(option).nullish(),
      custom_id: z.string().nullish(),
      component_type: z.number().nullish(),
    })
    .nullish(),
});

export type Interaction = z.output<typeof interactionSchema>;
export type InteractionOption = z.output<typeof option>;

export const INTERACTION_TYPES = { command: 2, component: 3, autocomplete: 4 } as const;
export const OPTION_TYPES = {
  subcommand: 1,
  group: 2,
  string: 3,
  integer: 4,
  boolean: 5,
  user: 6,
} as const;
export const BUTTON_COMPONENT = 2;

/** The interaction, or what is wrong with it (paths only, never values). */
export function parseInteraction(
  raw: unknown,
): { readonly interaction: Interaction } | { readonly wrong: string } {
  const result = interactionSchema.safeParse(raw);
  if (result.success) return { interaction: result.data };
  return { wrong: result.error.issues.map(({ path }) => path.join(".")).join(", ") };
}

/** Follows subcommands down: `admin` with the option `limit` is the command `admin limit` with its options. */
export function commandOf(interaction: Interaction): {
  readonly name: string;
  readonly options: readonly InteractionOption[];
} {
  let name = interaction.data?.name ?? "";
  let options = interaction.data?.options ?? [];
  for (let depth = 0; depth < 2; depth += 1) {
    const [only] = options;
    if (only?.type !== OPTION_TYPES.subcommand && only?.type !== OPTION_TYPES.group) break;
    name = `${name} ${only.name}`;
    options = only.options ?? [];
  }
  return { name, options };
}
