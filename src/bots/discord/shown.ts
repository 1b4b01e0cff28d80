import type { Target } from "../../core/conversation/intents.ts";
import type { Reply } from "../../core/conversation/text.ts";
import { formsFor } from "../../core/delivery/form.ts";
import type { Log } from "../../core/ports/log.ts";
import type { MediaLinks, MediaStore, StoredMedia } from "../../core/ports/media.ts";
import type { OutgoingMedia } from "../../core/ports/messenger.ts";
import { limits } from "./limits.ts";

/** What files that go with words are called; results have names of their own. */
const FILE_NAME = "easel-post";

/** Whether a message carries files that are more than what its words speak of: results, which outlive them. */
export function carriesResult(files: readonly { readonly filename?: string | null | undefined }[]): boolean {
  return files.some(({ filename }) => !filename?.startsWith(FILE_NAME));
}

/** A reply as it is told at once, with the file that it shows. */
export interface Shown {
  readonly reply: Reply;
  readonly media?: OutgoingMedia;
}

/** Opens the file that a reply shows (`Reply.media`), for answers that do not go through the outbox. */
export interface Showing {
  /** With its file where that may be attached there, else as `apart`. */
  prepare(reply: Reply, target: Target, openLabel: string): Promise<Shown>;
  /** The words alone, with a link to the file where others can open one. */
  apart(reply: Reply, openLabel: string): Shown;
}

export function createShowing(dependencies: {
  readonly media: Pick<MediaStore, "read">;
  readonly links: Pick<MediaLinks, "link">;
  readonly log: Log;
}): Showing {
  const { media, links, log } = dependencies;

  /** Null: it is not there, or the store cannot be reached; the words matter more. */
  async function read(file: StoredMedia): Promise<Uint8Array | null> {
    try {
      return await media.read(file.key);
    } catch (err) {
      log.error("a file to be shown could not be read", { err });
      return null;
    }
  }

  function apart(reply: Reply, openLabel: string): Shown {
    const url = reply.media ? links.link(reply.media.file.key) : null;
    if (url === null) return { reply };
    return { reply: { ...reply, buttons: [...(reply.buttons ?? []), [{ label: openLabel, url }]] } };
  }

  return {
    apart,
    async prepare(reply, target, openLabel) {
      if (!reply.media) return { reply };
      const { file, altText } = reply.media;
      const kind = file.contentType === "video/mp4" ? "video" : "image";
      const [form] = formsFor(file, kind, limits, target.fileLimitBytes);
      const isAttached = form === "inline" || form === "file";
      const bytes = isAttached ? await read(file) : null;
      if (!isAttached || bytes === null) return apart(reply, openLabel);
      const { contentType, width, height, durationMs } = file;
      const name = `${FILE_NAME}${file.key.slice(file.key.lastIndexOf("."))}`;
      const attached = { name, contentType, bytes, width, height, durationMs };
      return { reply, media: { kind, form, altText, file: attached } };
    },
  };
}
