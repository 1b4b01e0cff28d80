import { readFileSync } from "node:fs";
import sharp from "sharp";
import { makePng, sizeOfRatio } from "../shared/png.ts";
import type { KieTask } from "./types.ts";

const VIDEO = readFileSync(new URL("./result.mp4", import.meta.url));

export interface ResultFile {
  readonly bytes: Buffer;
  readonly contentType: string;
}

export function isVideo(task: KieTask): boolean {
  return task.family === "veo" || /video|seedance|kling|veo|hailuo|wan/.test(task.model ?? "");
}

export function extensionOf(task: KieTask): string {
  return isVideo(task) ? "mp4" : (task.script.imageFormat ?? "png");
}

/** The same short film for everyone, told apart by a `free` box at its end, which players skip. */
function videoOf(label: string): Buffer {
  const box = Buffer.alloc(8 + label.length);
  box.writeUInt32BE(box.length, 0);
  box.write("free", 4, "latin1");
  box.write(label, 8, "latin1");
  return Buffer.concat([VIDEO, box]);
}

function ratioOf(task: KieTask): string {
  const input = task.body["input"];
  const nested = typeof input === "object" && input !== null ? Reflect.get(input, "aspect_ratio") : undefined;
  const ratio = task.body["size"] ?? task.body["aspectRatio"] ?? task.body["aspect_ratio"] ?? nested;
  return typeof ratio === "string" ? ratio : "1:1";
}

/** What stands behind the `index`-th link of a task. The same arguments give the same bytes. */
export async function resultFile(task: KieTask, index: number): Promise<ResultFile> {
  const { script } = task;
  const label = `${task.taskId}/${index}`;
  const extension = extensionOf(task);
  if (script.resultBytes) {
    return { bytes: script.resultBytes, contentType: script.resultContentType ?? "application/octet-stream" };
  }
  if (extension === "mp4") {
    return { bytes: videoOf(label), contentType: script.resultContentType ?? "video/mp4" };
  }
  const size = sizeOfRatio(ratioOf(task), script.imageSizePx ?? 96);
  const png = makePng({ ...size, seed: label, noise: script.imageNoise ?? false });
  if (extension === "png") return { bytes: png, contentType: script.resultContentType ?? "image/png" };
  return {
    bytes: await sharp(png).jpeg({ quality: 90 }).toBuffer(),
    contentType: script.resultContentType ?? "image/jpeg",
  };
}
