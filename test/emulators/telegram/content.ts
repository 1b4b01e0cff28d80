import { type Parsed, parseText } from "./entities.ts";
import { contentOf, type StoredFile } from "./files.ts";
import type { MediaKind } from "./media.ts";
import { asObject, flagOf, isList, listOf, numberOf, objectOf, stringOf } from "./params.ts";
import { type Button, badRequest, type Content, type Entity, type Keyboard, type Params } from "./wire.ts";
import type { Call } from "./world.ts";

/** In UTF-16 units, the stricter reading of "characters after entities parsing". Source: Bot API, read 2026-11. */
const TEXT_CHARS = 4_096;
const CAPTION_CHARS = 1_024;
const CALLBACK_BYTES = 64;
const KEYBOARD_BUTTONS = 100;

export function parseMessageText(
  params: Params,
): Pick<Content, "text" | "entities" | "link_preview_options"> {
  const { text, entities } = parse(params, "text", "entities");
  if (text === "") throw badRequest("message text is empty");
  if (text.length > TEXT_CHARS) throw badRequest("message is too long");
  const preview = params["link_preview_options"];
  return {
    text,
    ...(entities.length === 0 ? {} : { entities }),
    ...(preview === undefined ? {} : { link_preview_options: preview }),
  };
}

export function parseCaption(params: Params): Pick<Content, "caption" | "caption_entities"> {
  const { text, entities } = parse(params, "caption", "caption_entities");
  if (text.length > CAPTION_CHARS) throw badRequest("message caption is too long");
  return {
    ...(text === "" ? {} : { caption: text }),
    ...(entities.length === 0 ? {} : { caption_entities: entities }),
  };
}

function parse(params: Params, name: string, entitiesName: string): Parsed {
  const given = (listOf(params, entitiesName) ?? []).flatMap((value): Entity[] => {
    const object = asObject(value);
    const type = object && stringOf(object, "type");
    const offset = object && numberOf(object, "offset");
    const length = object && numberOf(object, "length");
    return type === undefined || offset === undefined || length === undefined
      ? []
      : [{ type, offset, length }];
  });
  return parseText(stringOf(params, name) ?? "", stringOf(params, "parse_mode"), given);
}

export interface Media {
  readonly file: StoredFile;
  readonly content: Content;
}

/** The media and caption of `params[field]`, uploaded now or known by file id. */
export function parseMedia(call: Call, kind: MediaKind, params: Params, field: string): Media {
  const caption = parseCaption(params);
  const file = call.world.files.resolve(kind, stringOf(params, field) ?? "", call.parts, {
    width: numberOf(params, "width"),
    height: numberOf(params, "height"),
    duration: numberOf(params, "duration"),
  });
  const spoiler = flagOf(params, "has_spoiler") && file.kind !== "document";
  return {
    file,
    content: { ...contentOf(file), ...caption, ...(spoiler ? { has_media_spoiler: true } : {}) },
  };
}

/** An InputMedia of a kind that the emulator knows. */
export function parseInputMedia(call: Call, media: Params): Media {
  const type = stringOf(media, "type");
  if (type !== "photo" && type !== "video" && type !== "document")
    throw badRequest(`type ${type ?? "unknown"} of InputMedia is not emulated`);
  return parseMedia(call, type, media, "media");
}

/** The inline keyboard of a call; undefined for none or for another kind of reply markup. */
export function parseKeyboard(params: Params): Keyboard | undefined {
  const markup = objectOf(params, "reply_markup");
  const rows = markup && listOf(markup, "inline_keyboard");
  if (rows === undefined) return undefined;
  const keyboard = rows
    .map((row) => (isList(row) ? row.map((button) => parseButton(asObject(button) ?? {})) : []))
    .filter((row) => row.length > 0);
  if (keyboard.flat().length > KEYBOARD_BUTTONS) throw badRequest("REPLY_MARKUP_TOO_LONG");
  return keyboard.length === 0 ? undefined : { inline_keyboard: keyboard };
}

function parseButton(button: Params): Button {
  const text = stringOf(button, "text") ?? "";
  const data = stringOf(button, "callback_data");
  const url = stringOf(button, "url");
  if (text.trim() === "") throw badRequest("can't parse inline keyboard button: text is empty");
  if (data !== undefined) {
    const bytes = Buffer.byteLength(data);
    if (bytes < 1 || bytes > CALLBACK_BYTES) throw badRequest("BUTTON_DATA_INVALID");
    return { text, callback_data: data };
  }
  if (url !== undefined) {
    if (!validButtonUrl(url))
      throw badRequest(`inline keyboard button URL '${url}' is invalid: Wrong HTTP URL`);
    return { text, url };
  }
  if (Object.keys(button).length < 2) throw badRequest("Text buttons are unallowed in the inline keyboard");
  return { text };
}

/** The server wants http, https or tg, and a host with a dot: localhost is refused. */
function validButtonUrl(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const parsed = new URL(url);
  return parsed.protocol === "tg:" || (/^https?:$/.test(parsed.protocol) && parsed.hostname.includes("."));
}
