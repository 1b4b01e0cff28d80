import { Worker } from "node:worker_threads";
import { z } from "zod";
import type { Sketch, SketchRequest } from "./request.ts";

/** Draws on threads of its own, so that no chat waits for a picture. */
export interface Artist {
  /**
   * Waits its turn, then draws.
   *
   * @throws the signal's reason when it is aborted; `ArtistError` when drawing failed or took too long.
   */
  draw(request: SketchRequest, signal: AbortSignal): Promise<Sketch>;
  /** Ends the threads; what is being drawn is given up. */
  close(): Promise<void>;
}

/** Why there is no drawing, as one fixed word; the message says more to whoever reads the log. */
export class ArtistError extends Error {
  override readonly name = "ArtistError";
  readonly reason: "closed" | "late" | "lost" | "error";

  constructor(reason: ArtistError["reason"], message: string) {
    super(message);
    this.reason = reason;
  }
}

export interface ArtistOptions {
  /** At most this many threads; each takes about 150 MB while it draws a video. */
  readonly threads?: number;
  /** For one picture or film, without the wait for its turn. */
  readonly deadlineMs?: number;
  /** A thread with nothing to do ends after this long. */
  readonly idleMs?: number;
}

const answerSchema = z.union([
  z.object({
    ok: z.literal(true),
    sketch: z.object({
      bytes: z.instanceof(Uint8Array),
      mimeType: z.enum(["image/jpeg", "video/mp4"]),
      width: z.number(),
      height: z.number(),
      durationMs: z.number().optional(),
    }),
  }),
  z.object({ ok: z.literal(false), message: z.string() }),
]);

/** Beside this file in the source tree; at its own place in the bundle. */
const workerUrl = import.meta.url.endsWith(".ts")
  ? new URL("./worker.ts", import.meta.url)
  : new URL("./providers/sketch/worker.js", import.meta.url);

interface Thread {
  readonly worker: Worker;
  busy: boolean;
  idleTimer: NodeJS.Timeout | undefined;
}

interface Waiting {
  readonly signal: AbortSignal;
  readonly begin: (thread: Thread) => void;
}

export function createArtist(options: ArtistOptions = {}): Artist {
  const { threads: most = 2, deadlineMs = 90_000, idleMs = 30_000 } = options;
  const threads = new Set<Thread>();
  const queue: Waiting[] = [];
  let isClosed = false;

  const end = (thread: Thread) => {
    clearTimeout(thread.idleTimer);
    threads.delete(thread);
    return thread.worker.terminate();
  };

  const hire = (): Thread | undefined => {
    for (const thread of threads) if (!thread.busy) return thread;
    if (threads.size >= most) return undefined;
    const worker = new Worker(workerUrl, {
      resourceLimits: { maxOldGenerationSizeMb: 384 },
      execArgv: [],
      env: {},
    });
    const thread: Thread = { worker, busy: false, idleTimer: undefined };
    // A thread that dies between pictures is only forgotten; during one, `run` hears of it, too.
    worker.on("error", () => threads.delete(thread));
    worker.on("exit", () => threads.delete(thread));
    worker.unref();
    threads.add(thread);
    return thread;
  };

  const next = () => {
    while (queue.length > 0) {
      if (queue[0]?.signal.aborted) {
        // Its own listener answers it; it must only not be begun.
        queue.shift();
        continue;
      }
      const thread = hire();
      if (!thread) return;
      queue.shift()?.begin(thread);
    }
  };

  const rest = (thread: Thread) => {
    thread.busy = false;
    thread.worker.unref();
    if (threads.has(thread)) {
      thread.idleTimer = setTimeout(() => void end(thread), idleMs);
      thread.idleTimer.unref();
    }
    next();
  };

  const run = (thread: Thread, request: SketchRequest, signal: AbortSignal): Promise<Sketch> => {
    clearTimeout(thread.idleTimer);
    thread.busy = true;
    const { worker } = thread;
    worker.ref();
    return new Promise<Sketch>((resolve, reject) => {
      const settle = (finish: () => void, keep: boolean) => {
        clearTimeout(timer);
        signal.removeEventListener("abort", onAbort);
        worker.off("message", onMessage);
        worker.off("error", onError);
        worker.off("exit", onExit);
        if (!keep) void end(thread);
        finish();
        rest(thread);
      };
      const fail = (reason: ArtistError["reason"], message: string) =>
        settle(() => reject(new ArtistError(reason, message)), false);
      const onMessage = (message: unknown) => {
        const answer = answerSchema.safeParse(message);
        if (!answer.success) return fail("error", "the thread answered something else");
        const { data } = answer;
        if (!data.ok) return settle(() => reject(new ArtistError("error", data.message)), true);
        const { durationMs, ...sketch } = data.sketch;
        settle(() => resolve(durationMs === undefined ? sketch : { ...sketch, durationMs }), true);
      };
      const onError = (error: Error) => fail("error", error.message);
      const onExit = () => fail(isClosed ? "closed" : "lost", "the thread ended");
      const onAbort = () => settle(() => reject(reasonOf(signal)), false);
      const timer = setTimeout(() => fail("late", "the drawing took too long"), deadlineMs);
      worker.on("message", onMessage);
      worker.on("error", onError);
      worker.on("exit", onExit);
      signal.addEventListener("abort", onAbort, { once: true });
      worker.postMessage(request, []);
    });
  };

  return {
    draw(request, signal) {
      if (isClosed) return Promise.reject(new ArtistError("closed", "the artist is closed"));
      if (signal.aborted) return Promise.reject(reasonOf(signal));
      return new Promise<Sketch>((resolve, reject) => {
        const waiting: Waiting = {
          signal,
          begin: (thread) => {
            signal.removeEventListener("abort", leave);
            run(thread, request, signal).then(resolve, reject);
          },
        };
        const leave = () => {
          const place = queue.indexOf(waiting);
          if (place >= 0) queue.splice(place, 1);
          reject(reasonOf(signal));
        };
        signal.addEventListener("abort", leave, { once: true });
        queue.push(waiting);
        next();
      });
    },
    async close() {
      isClosed = true;
      queue.length = 0;
      await Promise.all([...threads].map(end));
    },
  };
}

function reasonOf(signal: AbortSignal): Error {
  return signal.reason instanceof Error ? signal.reason : new ArtistError("late", "stopped");
}
