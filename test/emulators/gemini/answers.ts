import sharp from "sharp";
import { makePng, sizeOfRatio } from "../shared/png.ts";
import type { GeminiAnswer } from "./types.ts";

type Of<Kind extends GeminiAnswer["kind"]> = Extract<GeminiAnswer, { kind: Kind }>;

const STATUS_WORDS: Record<Of<"error">["httpStatus"], [status: string, message: string]> = {
  400: ["INVALID_ARGUMENT", "Request contains an invalid argument."],
  401: [
    "UNAUTHENTICATED",
    "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid authentication credential.",
  ],
  403: ["PERMISSION_DENIED", "The caller does not have permission"],
  404: [
    "NOT_FOUND",
    "The model is not found for API version v1beta, or is not supported for generateContent.",
  ],
  429: ["RESOURCE_EXHAUSTED", "You exceeded your current quota, please check your plan and billing details."],
  500: ["INTERNAL", "An internal error has occurred. Please retry."],
  503: ["UNAVAILABLE", "The model is overloaded. Please try again later."],
  504: ["DEADLINE_EXCEEDED", "The service is unable to finish processing within the deadline."],
};

const rpc = (name: string): string => `type.googleapis.com/google.rpc.${name}`;

/** An error body of the API, with the details that the script asks for. */
export function errorBody(answer: Of<"error">): unknown {
  const [status, message] = STATUS_WORDS[answer.httpStatus];
  const details: unknown[] = [];
  if (answer.reason !== undefined) {
    details.push({
      "@type": rpc("ErrorInfo"),
      reason: answer.reason,
      domain: "googleapis.com",
      metadata: { service: "generativelanguage.googleapis.com" },
    });
  }
  if (answer.quotaIds) {
    details.push({
      "@type": rpc("QuotaFailure"),
      violations: answer.quotaIds.map((quotaId) => ({
        quotaMetric: "generativelanguage.googleapis.com/generate_content_requests",
        quotaId,
      })),
    });
  }
  if (answer.retryDelay !== undefined) {
    details.push({ "@type": rpc("RetryInfo"), retryDelay: answer.retryDelay });
  }
  return {
    error: {
      code: answer.httpStatus,
      message: answer.message ?? message,
      status,
      ...(details.length > 0 ? { details } : {}),
    },
  };
}

/** The bytes of one answered picture; the same arguments give the same picture. */
export async function pictureOf(
  answer: Of<"image">,
  label: string,
  ratio: string,
): Promise<{ mimeType: string; bytes: Buffer }> {
  const mimeType = answer.mimeType ?? "image/png";
  if (answer.data) return { mimeType, bytes: answer.data };
  const size = sizeOfRatio(ratio, answer.sizePx ?? 96);
  const png = makePng({ ...size, seed: label, noise: answer.noise ?? false });
  return { mimeType, bytes: mimeType === "image/png" ? png : await sharp(png).jpeg().toBuffer() };
}

const inlinePart = (picture: { mimeType: string; bytes: Buffer }) => ({
  inlineData: { mimeType: picture.mimeType, data: picture.bytes.toString("base64") },
});

async function imageParts(answer: Of<"image">, label: string, ratio: string): Promise<unknown[]> {
  const parts: unknown[] = [];
  if (answer.thought) {
    parts.push({ text: "Sketching the composition first.", thought: true });
    parts.push({ ...inlinePart(await pictureOf(answer, `${label}/thought`, ratio)), thought: true });
  }
  if (answer.text !== undefined) parts.push({ text: answer.text });
  for (let n = 0; n < (answer.count ?? 1); n += 1) {
    parts.push(inlinePart(await pictureOf(answer, `${label}/${n}`, ratio)));
  }
  return parts;
}

/** The body of a 200 answer. `label` makes the pictures of two calls differ. */
export async function successBody(
  answer: Of<"image" | "text" | "finish" | "blocked" | "empty">,
  context: { model: string; label: string; ratio: string },
): Promise<unknown> {
  const rest = {
    usageMetadata: { promptTokenCount: 12, candidatesTokenCount: 1290, totalTokenCount: 1302 },
    modelVersion: context.model,
    responseId: context.label,
  };
  const candidate = (parts: unknown[] | undefined, finishReason: string, finishMessage?: string) => ({
    candidates: [
      {
        ...(parts ? { content: { role: "model", parts } } : { content: { role: "model" } }),
        finishReason,
        ...(finishMessage === undefined ? {} : { finishMessage }),
        index: 0,
      },
    ],
    ...rest,
  });
  switch (answer.kind) {
    case "image":
      return candidate(await imageParts(answer, context.label, context.ratio), answer.finishReason ?? "STOP");
    case "text":
      return candidate([{ text: answer.text }], answer.finishReason ?? "STOP");
    case "finish":
      return candidate(undefined, answer.finishReason, answer.finishMessage);
    case "blocked":
      return { promptFeedback: { blockReason: answer.blockReason, safetyRatings: [] }, ...rest };
    case "empty":
      return rest;
  }
}
