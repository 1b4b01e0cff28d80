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

/** A file that somebody uploaded; its link is signed and good for a day. */
const attachment = z.object({
  url: z.string(),
  size: z.number().nonnegative(),
  content_type: z.string().nullish(),
});

/** Where Discord shows something from elsewhere: `proxy_url` is its own copy, `url` whatever the author named. */
const media = z.object({ proxy_url: z.string().nullish(), content_type: z.string().nullish() });

const embed = z.object({ image: media.nullish(), thumbnail: media.nullish() });

/** A part of a message or a modal: galleries and thumbnails, fields with what was written, whatever holds them. */
const component = z.object({
  media: media.nullish(),
  items: z.array(z.object({ media: media.nullish() })).nullish(),
  custom_id: z.string().nullish(),
  value: z.unknown().optional(),
  values: z.unknown().optional(),
  get accessory() {
    return component.nullish();
  },
  get component() {
    return component.nullish();
  },
  get components() {
    return z.array(component).nullish();
  },
});

/** The parts of a message that can hold pictures; a part in a shape that is not ours holds none. */
const messageContent = z.object({
  attachments: z.array(attachment).nullish().catch(null),
  embeds: z.array(embed).nullish().catch(null),
  components: z.array(component).nullish().catch(null),
});

const targetMessage = messageContent.extend({
  /** What a forwarded message showed. */
  message_snapshots: z
    .array(z.object({ message: messageContent }))
    .nullish()
    .catch(null),
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
  message: z
    .object({
      id: snowflake,
      flags: z.number().nullish(),
      attachments: z
        .array(z.object({ filename: z.string().nullish() }))
        .nullish()
        .catch(null),
    })
    .nullish(),
  data: z
    .object({
      name: z.string().nullish(),
      type: z.number().nullish(),
      options: z.array(option).nullish(),
      custom_id: z.string().nullish(),
      component_type: z.number().nullish(),
      /** Of a context menu: the message that it was opened on. */
      target_id: z.string().nullish(),
      /** Of a modal: its fields. */
      components: z.array(component).nullish(),
      resolved: z
        .object({
          attachments: z.record(z.string(), attachment).nullish(),
          users: z.record(z.string(), user).nullish().catch(null),
          messages: z.record(z.string(), targetMessage).nullish(),
        })
        .nullish(),
    })
    .nullish(),
});

export type Interaction = z.output<typeof interactionSchema>;
export type InteractionOption = z.output<typeof option>;
export type InteractionAttachment = z.output<typeof attachment>;
export type InteractionComponent = z.output<typeof component>;
export type InteractionMessage = z.output<typeof targetMessage>;

export const INTERACTION_TYPES = { command: 2, component: 3, autocomplete: 4, modal: 5 } as const;
export const COMMAND_TYPES = { slash: 1, message: 3 } as const;
export const OPTION_TYPES = {
  subcommand: 1,
  group: 2,
  string: 3,
  integer: 4,
  boolean: 5,
  user: 6,
  attachment: 11,
} as const;
export const BUTTON_COMPONENT = 2;

/** The interaction, or what is wrong with it (paths only, never values). */
export function parseInteraction(
  raw: unknown,
): { readonly interaction: Interaction } | { readonly wrong: string } {
  try {
    const result = interactionSchema.safeParse(raw);
    if (result.success) return { interaction: result.data };
    return { wrong: result.error.issues.map(({ path }) => path.join(".")).join(", ") };
  } catch {
    // Parts within parts are followed by recursion, which ends with the stack.
    return { wrong: "nested too deep" };
  }
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
