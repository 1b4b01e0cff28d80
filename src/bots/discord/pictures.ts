import { z } from "zod";
import type { PictureName } from "../../core/conversation/intents.ts";
import { type Json, jsonObject } from "../../core/json.ts";
import type { OpenedPicture } from "../../core/ports/messenger.ts";
import type { InteractionAttachment, InteractionComponent, InteractionMessage } from "./interaction.ts";
import { PICTURE_BYTES } from "./limits.ts";

/** Discord's files and its copies of pictures from elsewhere: cdn.discordapp.com, media and images-ext. */
const SUFFIXES = [".discordapp.com", ".discordapp.net"] as const;
const DISCORD = /(^|\.)discord(app)?\.com$/;
/** Of one message; more than any model takes. */
const MAXIMUM = 10;

const nameSchema = z.object({ url: z.string(), sizeBytes: z.number().optional() });

export function uploaded(file: InteractionAttachment, role: PictureName["role"] = "picture"): PictureName {
  return { role, name: jsonObject({ url: file.url, sizeBytes: file.size }) };
}

type Content = Pick<InteractionMessage, "attachments" | "embeds" | "components">;

/**
 * The pictures of a message, also of what it forwards. Of what came from elsewhere only Discord's own copy is named,
 * never the link that an author wrote: that one could lead anywhere, and would see who asks.
 */
export function picturesOf(message: InteractionMessage): readonly PictureName[] {
  const contents: Content[] = [message, ...(message.message_snapshots ?? []).map((shot) => shot.message)];
  const byPath = new Map<string, PictureName>();
  for (const picture of contents.flatMap(picturesIn)) {
    // The same file stands as an attachment and in a gallery, by two hosts and differently signed.
    const path = pathOf(picture.name);
    if (path !== null && !byPath.has(path)) byPath.set(path, picture);
  }
  return [...byPath.values()].slice(0, MAXIMUM);
}

function picturesIn({ attachments, embeds, components }: Content): PictureName[] {
  const files = (attachments ?? []).filter((file) => file.content_type?.startsWith("image/"));
  const shown = [
    ...(embeds ?? []).map(({ image, thumbnail }) => image ?? thumbnail),
    ...(components ?? []).flatMap(mediaIn),
  ];
  return [
    ...files.map((file) => uploaded(file)),
    ...shown.flatMap((media): PictureName[] => {
      const url = media?.proxy_url;
      const isPicture = (media?.content_type ?? "image/").startsWith("image/");
      return url && isPicture ? [{ role: "picture", name: { url } }] : [];
    }),
  ];
}

/** Galleries and thumbnails, wherever they are nested. */
function mediaIn(component: InteractionComponent): InteractionComponent["media"][] {
  const { media, items, accessory, components } = component;
  return [
    media,
    ...(items ?? []).map((item) => item.media),
    ...(accessory ? mediaIn(accessory) : []),
    ...(components ?? []).flatMap(mediaIn),
  ];
}

function pathOf(name: Json): string | null {
  const parsed = nameSchema.safeParse(name);
  return parsed.success && URL.canParse(parsed.data.url) ? new URL(parsed.data.url).pathname : null;
}

/** Opens what was named; the link itself is fetched by core, through the guard and from Discord's hosts alone. */
export function createOpenPicture(apiUrl: string): (name: Json) => OpenedPicture {
  const { hostname, origin } = new URL(apiUrl);
  // A server that stands in for Discord gives its files itself.
  const trustedOrigins = DISCORD.test(hostname) ? [] : [origin];
  return (name) => {
    const parsed = nameSchema.safeParse(name);
    if (!parsed.success) return { status: "refused", why: "gone" };
    const { url, sizeBytes = 0 } = parsed.data;
    if (sizeBytes > PICTURE_BYTES) return { status: "refused", why: "too-large" };
    return { status: "link", url, hosts: { suffixes: SUFFIXES, trustedOrigins } };
  };
}
