import type { Conversation } from "../../core/conversation/conversation.ts";
import type { Actor, Answer, Arrival, Target } from "../../core/conversation/intents.ts";
import type { Reply } from "../../core/conversation/text.ts";
import type { Clock } from "../../core/ports/clock.ts";
import type { Ids } from "../../core/ports/ids.ts";
import type { Log } from "../../core/ports/log.ts";
import type { Signals } from "../../core/ports/signals.ts";
import type { InboxStore, Received } from "../../core/ports/stores.ts";
import { createAlbumParts } from "./album-parts.ts";
import { MASK_FLAG } from "./flags.ts";
import type { Reader, Understood } from "./inbound.ts";
import { toJson } from "./json.ts";
import { createLanes } from "./lanes.ts";
import { type AttachedFile, answeredPicture, withMask } from "./pictures.ts";
import { privateTarget, targetOf } from "./place.ts";
import type { Pressed, Presses } from "./presses.ts";
import { promptWith } from "./prompt-mark.ts";
import type { Rights } from "./rights.ts";
import { type Update, updateSchema } from "./updates.ts";

const SOURCE = "telegram";
const WAITING_AT_ONCE = 500;
const RETRY_MS = 1_000;
const RETRY_MOST_MS = 30_000;

/**
 * What comes in: committed first, worked on beside.
 *
 * `take` resolves when everything of a batch that concerns the bot is committed, in one transaction; only then may
 * it be confirmed to Telegram. The work goes on after that, in order for one sender in one chat, side by side
 * otherwise. A row that could not be worked on is tried again until the process ends, and by the next one.
 */
export interface Intake {
  /** @throws AppError STORE_UNAVAILABLE: nothing may be confirmed. */
  take(updates: readonly unknown[]): Promise<void>;
  /** Goes on with what a former process left. Resolves when the first part of it is under way. */
  resume(): Promise<void>;
  /** Resolves when the work that was begun is done or given up. */
  stop(): Promise<void>;
}

export interface IntakeOptions {
  readonly reader: Reader;
  readonly conversation: Conversation;
  readonly inbox: InboxStore;
  readonly presses: Presses;
  readonly rightsOf: (chatId: number, userId: number) => Promise<Rights>;
  readonly migrated: (from: number, to: number) => void;
  readonly met: (understood: Understood) => void;
  readonly signals: Signals;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
}

/** A committed update on its way. */
interface Task {
  readonly row: Received;
  readonly understood: Understood;
  readonly update: Update;
}

export function createIntake(options: IntakeOptions): Intake {
  const { reader, conversation, inbox, presses, signals, clock, ids, log } = options;
  const lanes = createLanes();
  const stopping = new AbortController();
  const resuming = new Set<string>();
  const albums = createAlbumParts<Task>(clock);

  function receive(payload: unknown): Received | null {
    const parsed = updateSchema.safeParse(payload);
    if (!parsed.success) {
      log.warn("an update of an unknown shape was skipped");
      return null;
    }
    const { message } = parsed.data;
    if (message?.migrate_to_chat_id) options.migrated(message.chat.id, message.migrate_to_chat_id);
    const part = reader.albumPart(parsed.data);
    if (part !== null) albums.note(part);
    const understood = reader.read(parsed.data);
    if (understood === null) return null;
    return {
      key: ids.fingerprint(understood.eventKey),
      source: SOURCE,
      payload: toJson(parsed.data),
      receivedAt: clock.now(),
    };
  }

  function begin(row: Received): void {
    const update = updateSchema.safeParse(row.payload);
    const understood = update.success ? reader.read(update.data) : null;
    if (!update.success || understood === null) {
      lanes.run("", () => persist(() => drop(row)));
      return;
    }
    const once = onceFor({ row, understood, update: update.data });
    if (once !== null) lanes.run(understood.lane, () => persist(once));
  }

  /** What is to be done for a task; null where another of the same album sees to it. */
  function onceFor(task: Task): (() => Promise<void>) | null {
    const part = reader.albumPart(task.update);
    if (part === null) return () => work(task);
    albums.note(part);
    const joined = albums.join(part.albumId, task);
    switch (joined.status) {
      case "first":
        return async () => {
          const { rows, files } = await joined.gather(stopping.signal);
          if (!stopping.signal.aborted) await workAlbum(rows, files);
        };
      case "joined":
        return null;
      // One more picture of a request that is on its way does not begin another.
      case "late":
        return part.speaks ? () => work(task) : () => drop(task.row);
    }
  }

  /** One request for the whole album: by the message with the words, else by the first. */
  async function workAlbum(tasks: readonly Task[], files: readonly AttachedFile[]): Promise<void> {
    const inOrder = tasks.toSorted((a, b) => messageIdOf(a) - messageIdOf(b));
    const leader = inOrder.find(({ update }) => reader.albumPart(update)?.speaks) ?? inOrder[0];
    if (leader === undefined) return;
    await work({ ...leader, understood: withFiles(leader, files) });
    for (const { row } of inOrder) if (row !== leader.row) await drop(row);
  }

  /** Ours no more: a row of an older version, or of another name of the bot. */
  async function drop(row: Received): Promise<void> {
    await inbox.handled(row.key, SOURCE, clock.now(), null);
  }

  async function persist(once: () => Promise<void>): Promise<void> {
    for (let delayMs = RETRY_MS; !stopping.signal.aborted; delayMs = Math.min(RETRY_MOST_MS, delayMs * 2)) {
      try {
        await once();
        return;
      } catch (err) {
        log.error("an update could not be worked on", { err, retryMs: delayMs });
        await clock.sleep(delayMs, stopping.signal);
      }
    }
  }

  async function work({ row, understood, update }: Task): Promise<void> {
    const { intent, place, press } = understood;
    const actor = await withRights(understood);
    options.met(understood);
    const isPrivate = conversation.manner(intent).private && !understood.staysInPlace;
    const target = isPrivate ? privateTarget(place) : targetOf(place);
    const arrival: Arrival = { key: row.key, actor, target, intent, receivedAt: row.receivedAt };
    const refusal = conversation.precheck(arrival);
    const answering: Promise<Answer> =
      refusal === null ? conversation.handle(arrival) : Promise.resolve({ status: "reply", reply: refusal });
    const { left, after }: Pressed =
      press === null
        ? { left: await answering }
        : await presses.answer(update.callback_query ?? press, actor, answering);
    await settle(row.key, asTold(left, understood), target);
    await after?.();
  }

  async function withRights({ actor, place, rightsIn }: Understood): Promise<Actor> {
    if (rightsIn === null) return actor;
    const { manages, governs } = await options.rightsOf(rightsIn, place.userId);
    return { ...actor, managesCommunity: manages, governsCommunity: governs };
  }

  /** Writes what is owed together with the end of the inbox row. */
  async function settle(key: string, answer: Answer, target: Target): Promise<void> {
    switch (answer.status) {
      case "started":
        return;
      case "nothing":
        await inbox.handled(key, SOURCE, clock.now(), null);
        return;
      case "reply":
      case "replace":
        return owe(key, answer.reply, target);
      case "toast":
        return owe(key, { text: [answer.text], private: true }, target);
    }
  }

  async function owe(key: string, reply: Reply, target: Target): Promise<void> {
    const dueAt = clock.now();
    await inbox.handled(key, SOURCE, dueAt, {
      id: ids.create("dlv"),
      kind: "reply",
      dedupeKey: `reply:${key}`,
      userId: null,
      batchId: null,
      assetId: null,
      target,
      lane: "interactive",
      reply,
      dueAt,
    });
    signals.emit({ kind: "delivery", platform: SOURCE });
  }

  async function resumeRows(): Promise<boolean> {
    const rows = await inbox.waiting(SOURCE, WAITING_AT_ONCE);
    const fresh = rows.filter(({ key }) => !resuming.has(key));
    for (const row of fresh) {
      resuming.add(row.key);
      begin(row);
    }
    if (fresh.length > 0) log.info("updates of a former run go on", { count: fresh.length });
    return fresh.length > 0 && rows.length === WAITING_AT_ONCE;
  }

  return {
    async take(updates) {
      const entries = updates.flatMap((update) => receive(update) ?? []);
      if (entries.length === 0) return;
      const fresh = new Set(await inbox.receive(entries));
      // One batch may hold the same update twice.
      for (const row of entries) if (fresh.delete(row.key)) begin(row);
    },
    async resume() {
      const more = await resumeRows();
      if (!more) {
        resuming.clear();
        return;
      }
      void (async () => {
        do await lanes.idle();
        while (!stopping.signal.aborted && (await resumeRows()));
        resuming.clear();
      })().catch((err: unknown) => log.error("former updates could not be read", { err }));
    },
    async stop() {
      stopping.abort();
      await lanes.idle();
    },
  };
}

function messageIdOf({ update }: Task): number {
  return update.message?.message_id ?? 0;
}

/** The album's pictures in place of the one under the words; what is answered comes after them. */
function withFiles({ understood, update }: Task, files: readonly AttachedFile[]): Understood {
  const { intent } = understood;
  if (intent.kind === "button" || !update.message) return understood;
  const isCommand = intent.kind === "command";
  const named = files.filter(({ isPicture }) => isPicture || isCommand).map(({ picture }) => picture);
  const own = isCommand && intent.options[MASK_FLAG] === true ? withMask(named) : named;
  const answered = intent.kind === "form" ? null : answeredPicture(update.message);
  const pictures = [...own, ...(answered === null ? [] : [answered])];
  return { ...understood, intent: { ...intent, pictures } };
}

/** An answer as it goes out: in the open where it belongs there, and with the flags that a prompt is still missing. */
function asTold(answer: Answer, { intent, staysInPlace }: Understood): Answer {
  if (answer.status === "toast" && staysInPlace)
    return { status: "reply", reply: { text: [answer.text], private: false } };
  if (answer.status !== "reply") return answer;
  const { reply } = answer;
  const asksForPrompt = reply.asksFor === "prompt" && intent.kind === "command";
  return {
    ...answer,
    reply: {
      ...reply,
      ...(staysInPlace ? { private: false } : {}),
      ...(asksForPrompt ? { asksFor: promptWith(intent.options) } : {}),
    },
  };
}
