import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { getCompileCacheDir } from "node:module";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import type { CleanPicture } from "./clean-picture.ts";
import { OUT_OF_MEMORY, SPENT_RSS_BYTES } from "./picture-limits.ts";

export type RedrawResult =
  | { readonly status: "clean"; readonly picture: CleanPicture }
  | { readonly status: "too-large" | "broken" | "busy"; readonly detail: string };

/**
 * Decodes pictures from members in processes of their own: a picture that breaks the decoder breaks only that, and
 * the memory that decoding takes is given back. Nothing runs until the first picture comes.
 */
export interface PictureWorker {
  /**
   * Draws a picture anew (clean-picture.ts), when it is its turn. Never rejects: a decoder that crashes or takes
   * too long makes the picture `broken`, one that needs too much memory `too-large`; `busy` is no fault of it.
   */
  redraw(bytes: Uint8Array, role: "picture" | "mask"): Promise<RedrawResult>;
  /** Ends the processes; what is being drawn, and what waits, is answered `busy`. */
  close(): Promise<void>;
}

export interface PictureWorkerOptions {
  /** At most this many pictures at once, each in a process of its own. */
  readonly processes?: number;
  /** For one picture, without the wait for its turn. */
  readonly deadlineMs?: number;
  /** A process with nothing to do ends after this long. */
  readonly idleMs?: number;
  /** At most this many pictures wait. */
  readonly waiting?: number;
  /** At most this many bytes wait: they are held in this process. */
  readonly waitingBytes?: number;
  /** The program of the processes. */
  readonly program?: string;
}

const resultSchema = z.discriminatedUnion("status", [
  z.object({
    status: z.literal("clean"),
    picture: z.object({
      bytes: z.instanceof(Uint8Array),
      contentType: z.enum(["image/png", "image/jpeg"]),
      width: z.number().int().positive(),
      height: z.number().int().positive(),
    }),
  }),
  z.object({ status: z.literal("too-large") }),
  z.object({ status: z.literal("broken") }),
]);
const answerSchema = z.object({ result: resultSchema, rssBytes: z.number() });

/** Beside this file in the source tree; at its own place in the bundle. */
const workerPath = fileURLToPath(
  import.meta.url.endsWith(".ts")
    ? new URL("./picture-worker.ts", import.meta.url)
    : new URL("./media/picture-worker.js", import.meta.url),
);

interface Helper {
  readonly child: ChildProcess;
  readonly ended: Promise<unknown>;
  idleTimer: NodeJS.Timeout | undefined;
}

interface Job {
  readonly bytes: Uint8Array;
  readonly role: "picture" | "mask";
  readonly answer: (result: RedrawResult) => void;
}

export function createPictureWorker(options: PictureWorkerOptions = {}): PictureWorker {
  const { processes = 2, deadlineMs = 10_000, idleMs = 60_000, waiting: mostWaiting = 64 } = options;
  const { waitingBytes: mostBytes = 128 * 1024 * 1024, program = workerPath } = options;
  const helpers = new Set<Helper>();
  const resting: Helper[] = [];
  const queue: Job[] = [];
  let running = 0;
  let isClosed = false;

  const forget = (helper: Helper): void => {
    clearTimeout(helper.idleTimer);
    helpers.delete(helper);
    const place = resting.indexOf(helper);
    if (place >= 0) resting.splice(place, 1);
  };

  function start(): Helper {
    const compiled = getCompileCacheDir();
    const child = fork(program, [], {
      execArgv: ["--max-old-space-size=128"],
      // Nothing of the bot's own environment: it holds the tokens.
      env: compiled === undefined ? {} : { NODE_COMPILE_CACHE: compiled },
      serialization: "advanced",
      stdio: ["ignore", "ignore", "ignore", "ipc"],
    });
    // One that could not be started says "error" only.
    const ended = Promise.race([once(child, "exit"), once(child, "error")]).catch(() => undefined);
    const helper: Helper = { child, ended, idleTimer: undefined };
    child.on("error", () => forget(helper));
    void ended.then(() => forget(helper));
    helpers.add(helper);
    return helper;
  }

  function end(helper: Helper, signal?: "SIGKILL"): Promise<unknown> {
    forget(helper);
    // One that rests keeps what it compiled for the next.
    if (signal) helper.child.kill(signal);
    else if (helper.child.connected) helper.child.disconnect();
    return helper.ended;
  }

  /** Whether this process waits for the other one before it ends. */
  function hold({ child }: Helper, held: boolean): void {
    const change = held ? "ref" : "unref";
    child[change]();
    child.channel?.[change]();
  }

  function rest(helper: Helper): void {
    hold(helper, false);
    resting.push(helper);
    helper.idleTimer = setTimeout(() => void end(helper), idleMs);
    helper.idleTimer.unref();
  }

  function run(helper: Helper, { bytes, role }: Job): Promise<RedrawResult> {
    const { child } = helper;
    clearTimeout(helper.idleTimer);
    hold(helper, true);
    return new Promise((resolve) => {
      const settle = (result: RedrawResult, isUsable: boolean): void => {
        clearTimeout(timer);
        child.off("message", onMessage).off("error", onError).off("exit", onExit);
        if (isUsable && !isClosed) rest(helper);
        else void end(helper, "SIGKILL");
        resolve(result);
      };
      const onMessage = (message: unknown): void => {
        const answer = answerSchema.safeParse(message);
        if (!answer.success) return settle({ status: "broken", detail: "strange answer" }, false);
        const { result, rssBytes } = answer.data;
        const isUsable = rssBytes <= SPENT_RSS_BYTES;
        if (result.status === "clean") return settle(result, isUsable);
        const detail = result.status === "broken" ? "cannot be decoded" : "too many pixels";
        return settle({ status: result.status, detail }, isUsable);
      };
      const onExit = (code: number | null): void => {
        if (isClosed) settle({ status: "busy", detail: "closed" }, false);
        else if (code === OUT_OF_MEMORY) settle({ status: "too-large", detail: "too much memory" }, false);
        else settle({ status: "broken", detail: "the decoder crashed" }, false);
      };
      const onError = (): void => settle({ status: "busy", detail: "no process" }, false);
      const onLate = (): void => settle({ status: "broken", detail: "took too long" }, false);
      const timer = setTimeout(onLate, deadlineMs);
      child.on("message", onMessage).on("error", onError).on("exit", onExit);
      child.send({ bytes, role }, (error) => {
        if (error) onError();
      });
    });
  }

  async function next(): Promise<void> {
    if (running >= processes) return;
    const job = queue.shift();
    if (!job) return;
    running += 1;
    try {
      job.answer(await run(resting.pop() ?? start(), job));
    } catch {
      job.answer({ status: "busy", detail: "no process" });
    } finally {
      running -= 1;
      void next();
    }
  }

  return {
    redraw(bytes, role) {
      if (isClosed) return Promise.resolve({ status: "busy", detail: "closed" });
      const heldBytes = queue.reduce((total, job) => total + job.bytes.length, 0);
      const isFull =
        queue.length >= mostWaiting || (queue.length > 0 && heldBytes + bytes.length > mostBytes);
      if (isFull) return Promise.resolve({ status: "busy", detail: "busy" });
      return new Promise((answer) => {
        queue.push({ bytes, role, answer });
        void next();
      });
    },
    async close() {
      isClosed = true;
      for (const job of queue.splice(0)) job.answer({ status: "busy", detail: "closed" });
      const all = [...helpers].map((helper) => {
        hold(helper, true);
        return end(helper, resting.includes(helper) ? undefined : "SIGKILL");
      });
      await Promise.all(all);
    },
  };
}
