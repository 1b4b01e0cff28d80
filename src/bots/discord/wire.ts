import { z } from "zod";

/** What we read of a message that Discord gives back. */
const messageSchema = z.object({
  id: z.string(),
  channel_id: z.string().nullish(),
  content: z.string().nullish(),
  nonce: z.union([z.string(), z.number()]).nullish(),
  timestamp: z.string().nullish(),
  author: z.object({ id: z.string() }).nullish(),
  components: z.unknown(),
  attachments: z.array(z.object({ id: z.string(), filename: z.string().nullish() })).nullish(),
});

export type SentMessage = z.output<typeof messageSchema>;

export function messageIn(body: unknown): SentMessage | null {
  const result = messageSchema.safeParse(body);
  return result.success ? result.data : null;
}

export function messagesIn(body: unknown): readonly SentMessage[] {
  if (!Array.isArray(body)) return [];
  return body.map(messageIn).filter((message) => message !== null);
}

const withId = z.object({ id: z.string() });

/** The id of a channel or a thread. */
export function idIn(body: unknown): string | null {
  const result = withId.safeParse(body);
  return result.success ? result.data.id : null;
}

const refSchema = z.object({
  messageId: z.string().nullable().default(null),
  channelId: z.string().nullable().default(null),
  threadId: z.string().nullable().default(null),
  byBot: z.boolean().default(false),
  gone: z.boolean().default(false),
  fileName: z.string().nullable().default(null),
  attachmentId: z.string().nullable().default(null),
  words: z.string().nullable().default(null),
});

/** What a delivery has reached so far; stored, so that no step that succeeded is done again. */
export type Ref = {
  /** The message that stands there. */
  readonly messageId: string | null;
  /** Where it stands: the channel, or the thread. */
  readonly channelId: string | null;
  readonly threadId: string | null;
  /** Sent by the bot itself, not through the interaction. */
  readonly byBot: boolean;
  /** Somebody deleted it; nothing is edited any more. */
  readonly gone: boolean;
  /** The file that was added to an answer which may carry others. */
  readonly fileName: string | null;
  /** Discord's id of the file in a message of its own; edits that keep it must name it. */
  readonly attachmentId: string | null;
  /** What was said in an answer which may carry other results. */
  readonly words: string | null;
};

export function readRef(stored: unknown): Ref {
  const result = refSchema.safeParse(stored ?? {});
  return result.success ? result.data : refSchema.parse({});
}

/** A number of a JSON object, by name. */
export function numberIn(value: unknown, name: string): number | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const found: unknown = Object.getOwnPropertyDescriptor(value, name)?.value;
  return typeof found === "number" ? found : undefined;
}
