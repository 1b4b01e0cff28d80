import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { getCompileCacheDir } from "node:module";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import type { Sketch, SketchRequest } from "./request.ts";

/**
 * Draws in processes of its own: no chat waits for a picture, and all the memory that canvas and encoder took is given
 * back when they end. As threads they left 250 MB behind in an idle bot, because the C heap keeps what it has grown to.
 */
export interface Artist {
  /**
   * Waits its turn, then draws.
   *
   * @throws the signal's reason when it is aborted; `ArtistError` when drawing failed or took too long.
   */
  draw(request: SketchRequest, signal: AbortSignal): Promise<Sketch>;
  /** Ends the processes; what is being drawn is given up. */
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
  /** At most this many processes; each takes about 250 MB while it draws a video. */
  readonly processes?: number;
  /** For one picture or film, without the wait for its turn. */
  readonly deadlineMs?: number;
  /** A process with nothing to do ends after this long. */
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
const workerPath = fileURLToPath(
  import.meta.url.endsWith(".ts")
    ? new URL("./worker.ts", import.meta.url)
    : new URL("./providers/sketch/worker.js", import.meta.url),
);

interface Painter {
  readonly worker: ChildProcess;
  readonly ended: Promise<unknown>;
  busy: boolean;
  idleTimer: NodeJS.Timeout | undefined;
}

interface Waiting {
  readonly signal: AbortSignal;
  readonly begin: (painter: Painter) => void;
}

export function createArtist(options: ArtistOptions = {}): Artist {
  const { processes: most = 2, deadlineMs = 90_000, idleMs = 10_000 } = options;
  const painters = new Set<Painter>();
  const queue: Waiting[] = [];
  let isClosed = false;

  const end = (painter: Painter) => {
    clearTimeout(painter.idleTimer);
    painters.delete(painter);
    // One that rests ends by itself and keeps what it compiled for the next; one that draws hears nothing.
    if (painter.busy) painter.worker.kill("SIGKILL");
    else if (painter.worker.connected) painter.worker.disconnect();
    return painter.ended;
  };

  const hire = (): Painter | undefined => {
    for (const painter of painters) if (!painter.busy) return painter;
    if (painters.size >= most) return undefined;
    const compiled = getCompileCacheDir();
    const worker = fork(workerPath, [], {
      execArgv: ["--max-old-space-size=384"],
      // Nothing of the bot's own environment: it holds the tokens.
      env: compiled === undefined ? {} : { NODE_COMPILE_CACHE: compiled },
      serialization: "advanced",
      stdio: ["ignore", "ignore", "inherit", "ipc"],
    });
    // One that could not be started says "error" only; one that dies between pictures is only forgotten.
    const ended = Promise.race([once(worker, "exit"), once(worker, "error")]).catch(() => undefined);
    const painter: Painter = { worker, ended, busy: false, idleTimer: undefined };
    worker.on("error", () => painters.delete(painter));
    void ended.then(() => painters.delete(painter));
    hold(worker, false);
    painters.add(painter);
    return painter;
  };

  /** Whether this process waits for the other one before it ends. */
  const hold = (worker: ChildProcess, held: boolean) => {
    const change = held ? "ref" : "unref";
    worker[change]();
    worker.channel?.[change]();
  };

  const next = () => {
    while (queue.length > 0) {
      if (queue[0]?.signal.aborted) {
        // Its own listener answers it; it must only not be begun.
        queue.shift();
        continue;
      }
      const painter = hire();
      if (!painter) return;
      queue.shift()?.begin(painter);
    }
  };

  const rest = (painter: Painter) => {
    painter.busy = false;
    hold(painter.worker, false);
    if (painters.has(painter)) {
      painter.idleTimer = setTimeout(() => void end(painter), idleMs);
      painter.idleTimer.unref();
    }
    next();
  };

  const run = (painter: Painter, request: SketchRequest, signal: AbortSignal): Promise<Sketch> => {
    clearTimeout(painter.idleTimer);
    painter.busy = true;
    const { worker } = painter;
    hold(worker, true);
    return new Promise<Sketch>((resolve, reject) => {
      const settle = (finish: () => void, keep: boolean) => {
        clearTimeout(timer);
        signal.removeEventListener("abort", onAbort);
        worker.off("message", onMessage);
        worker.off("error", onError);
        worker.off("exit", onExit);
        if (!keep) void end(painter);
        finish();
        rest(painter);
      };
      const fail = (reason: ArtistError["reason"], message: string) =>
        settle(() => reject(new ArtistError(reason, message)), false);
      const onMessage = (message: unknown) => {
        const answer = answerSchema.safeParse(message);
        if (!answer.success) return fail("error", "the process answered something else");
        const { data } = answer;
        if (!data.ok) return settle(() => reject(new ArtistError("error", data.message)), true);
        const { durationMs, ...sketch } = data.sketch;
        settle(() => resolve(durationMs === undefined ? sketch : { ...sketch, durationMs }), true);
      };
      const onError = (error: Error) => fail("error", error.message);
      const onExit = () => fail(isClosed ? "closed" : "lost", "the process ended");
      const onAbort = () => settle(() => reject(reasonOf(signal)), false);
      const timer = setTimeout(() => fail("late", "the drawing took too long"), deadlineMs);
      worker.on("message", onMessage);
      worker.on("error", onError);
      worker.on("exit", onExit);
      signal.addEventListener("abort", onAbort, { once: true });
      worker.send(request, (error) => {
        if (error) fail("lost", error.message);
      });
    });
  };

  return {
    draw(request, signal) {
      if (isClosed) return Promise.reject(new ArtistError("closed", "the artist is closed"));
      if (signal.aborted) return Promise.reject(reasonOf(signal));
      return new Promise<Sketch>((resolve, reject) => {
        const waiting: Waiting = {
          signal,
          begin: (painter) => {
            signal.removeEventListener("abort", leave);
            run(painter, request, signal).then(resolve, reject);
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
      await Promise.all([...painters].map(end));
    },
  };
}

function reasonOf(signal: AbortSignal): Error {
  return signal.reason instanceof Error ? signal.reason : new ArtistError("late", "stopped");
}
