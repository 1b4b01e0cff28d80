import sharp from "sharp";
import { makePng } from "../shared/png.ts";
import type { Flavour, ImageAnswer } from "./types.ts";

type Of<Kind extends ImageAnswer["kind"]> = Extract<ImageAnswer, { kind: Kind }>;

/** The bytes of one picture: a sixteenth of the size asked for; the same arguments give the same picture. */
export async function pictureOf(seed: string, size: string | undefined, type = "png"): Promise<Buffer> {
  const [width = 1_024, height = 1_024] = (size ?? "").split("x").map((side) => Number(side) || 1_024);
  const png = makePng({ width: Math.ceil(width / 16), height: Math.ceil(height / 16), seed });
  return type === "jpeg" ? sharp(png).jpeg().toBuffer() : png;
}

/** An error body in the flavour's own shape; only OpenAI's says more than a sentence. */
export function refusalBody(flavour: Flavour, answer: Of<"refusal">): unknown {
  const message = answer.message ?? `Refused with ${answer.httpStatus}.`;
  switch (flavour) {
    case "openai": {
      const { type = "invalid_request_error", param = null, code = null } = answer;
      return { error: { message, type, param, code } };
    }
    case "sd-cpp":
      return answer.httpStatus >= 500 ? { error: "server_error", message } : { error: message };
    case "localai":
      return { error: { code: answer.httpStatus, message, type: "" } };
  }
}

export function base64Of(bytes: Buffer, spoilt: Of<"image">["spoilt"]): string {
  const text = bytes.toString("base64");
  switch (spoilt) {
    case "truncated":
      return text.slice(0, Math.floor(text.length / 8) * 4 - 1);
    case "empty":
      return "";
    case "data url":
      return `data:image/png;base64,${text}`;
    case undefined:
      return text;
  }
}

/** The body of a 200 answer. */
export function successBody(flavour: Flavour, picture: { b64_json: string } | { url: string }): unknown {
  const created = 1_795_000_000;
  switch (flavour) {
    case "openai":
      return {
        created,
        data: [picture],
        output_format: "png",
        quality: "medium",
        size: "1024x1024",
        usage: { input_tokens: 12, output_tokens: 1_056, total_tokens: 1_068 },
      };
    case "sd-cpp":
      return { created, output_format: "png", data: [picture] };
    case "localai":
      return { created, id: "5f0c", data: [{ embedding: null, index: 0, ...picture }], usage: {} };
  }
}
