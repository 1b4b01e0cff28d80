import type { Network, PostContent } from "../../core/ports/publisher.ts";

/**
 * What the networks are told beside the text. Source: the reference of platformSpecificData, read 2026-11.
 * - the label for made pictures: Instagram `isAiGenerated`, TikTok `videoMadeWithAi`, YouTube `containsSyntheticMedia`
 * - a story: `contentType` of Instagram and Facebook
 * - TikTok takes nothing without the two confirmations: the member saw exactly this and confirmed it
 */
function platformDataOf(
  network: Network,
  { story, isAiGenerated, media }: PostContent,
): Record<string, unknown> {
  const contentType = story ? { contentType: "story" } : {};
  switch (network) {
    case "instagram":
      return { ...contentType, ...(isAiGenerated ? { isAiGenerated: true } : {}) };
    case "facebook":
      return contentType;
    case "tiktok": {
      const forVideo = media.kind === "video" ? { allowDuet: true, allowStitch: true } : {};
      const confirmed = { contentPreviewConfirmed: true, expressConsentGiven: true };
      const label = isAiGenerated ? { videoMadeWithAi: true } : {};
      return { allowComment: true, ...forVideo, ...confirmed, ...label };
    }
    case "youtube":
      return isAiGenerated ? { containsSyntheticMedia: true } : {};
    case "twitter":
    case "linkedin":
    case "threads":
    case "bluesky":
    case "pinterest":
      return {};
  }
}

/** UTF-16 code units, as the networks count them; whole characters only. */
const MAX_ALT_UNITS = 1_000;

function altTextOf(words: string): string {
  let text = "";
  for (const character of words.trim().toWellFormed()) {
    if (text.length + character.length > MAX_ALT_UNITS) break;
    text += character;
  }
  return text.trim();
}

/** The last part of the link's path, as the file was uploaded. */
function fileNameOf(url: string): string {
  const path = URL.canParse(url) ? new URL(url).pathname : "";
  const name = path.slice(path.lastIndexOf("/") + 1).replace(/[^\w.-]+/g, "-");
  return name === "" ? "media" : name.slice(-100);
}

/** With `Z` and `timezone: "UTC"`, since a time without an offset is read in the service's idea of a zone. */
export const utc = (at: number): { scheduledFor: string; timezone: string } => ({
  scheduledFor: new Date(at).toISOString(),
  timezone: "UTC",
});

/** The same content gives the same body, byte for byte: the service compares text and media links. */
export function postBodyOf(content: PostContent): Record<string, unknown> {
  const { media, network } = content;
  const data = platformDataOf(network, content);
  const altText = altTextOf(media.altText);
  return {
    content: content.text,
    mediaItems: [
      {
        type: media.kind,
        url: media.url,
        ...(altText === "" ? {} : { altText }),
        filename: fileNameOf(media.url),
        size: media.sizeBytes,
        mimeType: media.contentType,
      },
    ],
    platforms: [
      {
        platform: network,
        accountId: content.externalAccountId,
        ...(Object.keys(data).length === 0 ? {} : { platformSpecificData: data }),
      },
    ],
    ...(content.scheduledAt === null ? { publishNow: true, timezone: "UTC" } : utc(content.scheduledAt)),
    metadata: { easelPostId: content.postId },
  };
}
