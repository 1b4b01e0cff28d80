import { z } from "zod";
import type { ChatAbilities, ChatCall } from "./chat-types.ts";

/** A request for words, and every difference from what is documented. Source: Chat Completions reference, read 2026-11. */
export interface ReadChat
  extends Pick<ChatCall, "model" | "system" | "user" | "pictures" | "links" | "format"> {
  readonly problems: readonly string[];
  /** What this server does not do: the field that a refusal names, and its words. */
  readonly missing: { readonly param: string; readonly message: string } | null;
}

const MAX_PICTURE_BYTES = 20 * 1024 * 1024;

const parts = z.array(
  z.discriminatedUnion("type", [
    z.strictObject({ type: z.literal("text"), text: z.string().min(1) }),
    z.strictObject({
      type: z.literal("image_url"),
      image_url: z.strictObject({
        url: z.string(),
        detail: z.enum(["auto", "low", "high", "original"]).optional(),
      }),
    }),
  ]),
);

const objectSchema = z.object({
  type: z.literal("object"),
  properties: z.record(z.string(), z.unknown()),
  required: z.array(z.string()),
  additionalProperties: z.literal(false),
});

const chatBody = z.strictObject({
  model: z.string().min(1),
  messages: z
    .array(
      z.discriminatedUnion("role", [
        z.strictObject({ role: z.enum(["system", "developer"]), content: z.string().min(1) }),
        z.strictObject({ role: z.literal("user"), content: z.union([z.string().min(1), parts.min(1)]) }),
        z.strictObject({ role: z.literal("assistant"), content: z.string() }),
      ]),
    )
    .min(1),
  response_format: z
    .discriminatedUnion("type", [
      z.strictObject({ type: z.literal("text") }),
      z.strictObject({ type: z.literal("json_object") }),
      z.strictObject({
        type: z.literal("json_schema"),
        json_schema: z.strictObject({
          name: z.string().regex(/^[\w-]{1,64}$/),
          description: z.string().optional(),
          strict: z.literal(true),
          schema: objectSchema,
        }),
      }),
    ])
    .optional(),
  max_completion_tokens: z.int().min(1).optional(),
  temperature: z.number().min(0).max(2).optional(),
  n: z.literal(1).optional(),
  seed: z.int().optional(),
  store: z.boolean().optional(),
  reasoning_effort: z.enum(["none", "minimal", "low", "medium", "high", "xhigh", "max"]).optional(),
  safety_identifier: z.string().max(64).optional(),
  user: z.string().optional(),
});

type Body = z.output<typeof chatBody>;

const typeOf = (bytes: Buffer): string =>
  bytes.subarray(1, 4).toString("latin1") === "PNG"
    ? "image/png"
    : bytes[0] === 0xff && bytes[1] === 0xd8
      ? "image/jpeg"
      : "unknown";

/** A picture inside the request; a link would be fetched by OpenAI, so that it must be public. */
function pictureOf(url: string, detail: string): ChatCall["pictures"][number] | string {
  const [, contentType = "", data = ""] = /^data:([\w/+.-]+);base64,([A-Za-z0-9+/]+={0,2})$/.exec(url) ?? [];
  if (data === "") return `image_url: ${url.slice(0, 80)} is no data URL`;
  const bytes = Buffer.from(data, "base64");
  if (typeOf(bytes) !== contentType) return `image_url: ${contentType} is ${typeOf(bytes)}`;
  if (bytes.length > MAX_PICTURE_BYTES) return "image_url: too large";
  return { contentType, bytes, detail };
}

/** In strict mode every property is required. */
function schemaProblems({ response_format: format }: Body): string[] {
  if (format?.type !== "json_schema") return [];
  const { properties, required } = format.json_schema.schema;
  const optional = Object.keys(properties).filter((name) => !required.includes(name));
  return optional.map((name) => `response_format: ${name} is not required`);
}

/** `json_object` wants the word in the messages. */
const jsonProblems = (format: ChatCall["format"], words: string): string[] =>
  format === "json_object" && !/json/i.test(words) ? ["messages: the word json is missing"] : [];

function missingOf(body: Body, abilities: ChatAbilities, hasPictures: boolean): ReadChat["missing"] {
  const format = body.response_format?.type ?? "text";
  if (format !== "text" && !abilities.formats.includes(format))
    return { param: "response_format", message: `This response_format type is unavailable now: ${format}` };
  if (body.max_completion_tokens !== undefined && !abilities.bounded)
    return {
      param: "max_completion_tokens",
      message: "Unrecognized request argument: max_completion_tokens",
    };
  if (hasPictures && !abilities.vision)
    return { param: "messages", message: "This model does not support image input" };
  return null;
}

export function readChat(raw: Buffer, abilities: ChatAbilities): ReadChat {
  const text = raw.toString();
  const links = (text.match(/\b(?:https?|wss?|ftp|s3|file):\/\/[^\s"\\]+/gi) ?? []).map(String);
  const nothing = {
    model: "",
    system: "",
    user: "",
    pictures: [],
    links,
    format: "text",
    missing: null,
  } as const;
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return { ...nothing, problems: ["body: is no JSON"] };
  }
  const parsed = chatBody.safeParse(json);
  if (!parsed.success) {
    const problems = parsed.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
    return { ...nothing, problems };
  }
  const { data } = parsed;
  const said = (roles: readonly string[]): string =>
    data.messages
      .filter(({ role }) => roles.includes(role))
      .map(({ content }) =>
        typeof content === "string"
          ? content
          : content.flatMap((part) => (part.type === "text" ? [part.text] : [])).join("\n"),
      )
      .join("\n");
  const shown = data.messages.flatMap(({ content }) =>
    typeof content === "string"
      ? []
      : content.flatMap((part) =>
          part.type === "text" ? [] : [pictureOf(part.image_url.url, part.image_url.detail ?? "auto")],
        ),
  );
  const pictures = shown.filter((one) => typeof one !== "string");
  const format = data.response_format?.type ?? "text";
  const [system, user] = [said(["system", "developer"]), said(["user"])];
  return {
    model: data.model,
    system,
    user,
    pictures,
    links,
    format,
    problems: [
      ...shown.filter((one) => typeof one === "string"),
      ...schemaProblems(data),
      ...jsonProblems(format, `${system}\n${user}`),
    ],
    missing: missingOf(data, abilities, pictures.length > 0),
  };
}
