import type { Json } from "../../core/json.ts";
import type { Log } from "../../core/ports/log.ts";
import type { SendResult } from "../../core/ports/messenger.ts";
import { type Failure, failureFields, readFailure } from "./errors.ts";
import type { Place, Spot } from "./place.ts";

/** Parameters that every sending method shares. */
export interface Where {
  readonly chat_id: number;
  readonly message_thread_id?: number;
  readonly reply_parameters?: {
    readonly message_id: number;
    readonly allow_sending_without_reply: true;
  };
}

export type Attempt<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly failure: Failure };

export type Posted<T> =
  | { readonly ok: true; readonly value: T; readonly chatId: number }
  | { readonly ok: false; readonly failure: Failure };

export interface Poster {
  /** One call about a chat; what went wrong comes back as a value. */
  attempt<T>(chatId: number, call: () => Promise<T>): Promise<Attempt<T>>;
  /**
   * A new message, by the first way that works: in its topic as an answer; plainly in the chat; in the supergroup
   * that the group has become; in the member's private chat.
   */
  post<T>(place: Place, send: (where: Where) => Promise<T>): Promise<Posted<T>>;
  /** What the outbox is told. `repeatable`: doing it twice is the same as once. */
  toResult(failure: Failure, options: { readonly repeatable: boolean; readonly ref?: Json }): SendResult;
  /** The chat's id now, where a group became a supergroup. */
  currentChat(chatId: number): number;
  migrate(from: number, to: number): void;
}

export interface PosterOptions {
  readonly log: Log;
  readonly monotonicMs: () => number;
}

/** Floods in two chats within this time are about the bot, not about a chat. */
const SAME_FLOOD_MS = 2_000;
const WAYS = 5;

export function createPoster({ log, monotonicMs }: PosterOptions): Poster {
  const moved = new Map<number, number>();
  let lastFlood: { chatId: number; atMs: number } | undefined;

  /** The server does not say whether one chat or the whole bot is too fast: floods in two chats at once tell. */
  function floodScope(chatId: number): "chat" | "platform" {
    const atMs = monotonicMs();
    const isCommon =
      lastFlood !== undefined && lastFlood.chatId !== chatId && atMs - lastFlood.atMs < SAME_FLOOD_MS;
    lastFlood = { chatId, atMs };
    return isCommon ? "platform" : "chat";
  }

  async function attempt<T>(chatId: number, call: () => Promise<T>): Promise<Attempt<T>> {
    try {
      return { ok: true, value: await call() };
    } catch (error) {
      const failure = readFailure(error);
      if (failure.kind === "refused" || failure.kind === "unauthorized")
        log.error("a call was refused", failureFields(error));
      else if (failure.kind !== "unchanged") log.debug("a call failed", failureFields(error));
      return {
        ok: false,
        failure: failure.kind === "flood" ? { ...failure, scope: floodScope(chatId) } : failure,
      };
    }
  }

  function currentChat(chatId: number): number {
    return moved.get(chatId) ?? chatId;
  }

  function nextSpot(spot: Spot, place: Place, failure: Failure): Spot | null {
    const { chatId, group } = spot;
    if (failure.kind === "context-gone")
      return spot.topicId === undefined && spot.replyTo === undefined ? null : { chatId, group };
    if (failure.kind === "migrated") {
      moved.set(chatId, failure.chatId);
      // Messages have other ids there.
      return { chatId: failure.chatId, group: true };
    }
    return failure.kind === "chat-gone" && group ? { chatId: place.userId, group: false } : null;
  }

  return {
    attempt,
    currentChat,
    migrate(from, to) {
      moved.set(from, to);
    },
    async post(place, send) {
      const chatId = currentChat(place.chatId);
      let spot: Spot | null = chatId === place.chatId ? place : { chatId, group: place.group };
      let failure: Failure = { kind: "not-done", detail: "not tried" };
      for (let way = 0; way < WAYS && spot !== null; way += 1) {
        const here: Spot = spot;
        const result = await attempt(here.chatId, () => send(whereOf(here)));
        if (result.ok) return { ...result, chatId: here.chatId };
        failure = result.failure;
        spot = nextSpot(here, place, failure);
      }
      return { ok: false, failure };
    },
    toResult(failure, { repeatable, ref }) {
      const step = ref === undefined ? {} : { ref };
      switch (failure.kind) {
        case "flood":
          return { status: "wait", afterMs: failure.afterMs, scope: failure.scope, ...step };
        case "not-done":
          return { status: "failed", detail: failure.detail, ...step };
        case "no-answer":
          return { status: repeatable ? "failed" : "unknown", detail: failure.detail, ...step };
        case "too-large":
          return { status: "too-large" };
        case "chat-gone":
          return { status: "undeliverable", reason: failure.reason };
        case "refused":
          return { status: "undeliverable", reason: "the platform refused the message" };
        case "unauthorized":
          return { status: "failed", detail: "the token is refused", ...step };
        case "unchanged":
        case "undeletable":
        case "message-gone":
        case "context-gone":
        case "migrated":
        case "file-gone":
          return { status: "failed", detail: failure.kind, ...step };
      }
    },
  };
}

function whereOf({ chatId, topicId, replyTo }: Spot): Where {
  return {
    chat_id: chatId,
    ...(topicId === undefined ? {} : { message_thread_id: topicId }),
    ...(replyTo === undefined
      ? {}
      : { reply_parameters: { message_id: replyTo, allow_sending_without_reply: true } }),
  };
}

/** Nothing stands there to be changed, or nobody may change it. */
export function isGone({ kind }: Failure): boolean {
  return kind === "message-gone" || kind === "chat-gone" || kind === "migrated";
}
