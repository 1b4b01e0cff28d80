/**
 * Runs one piece of work at a time: a kick while it runs makes it run once more afterwards, however many there were.
 * An error is handed to `onError` and ends nothing.
 */
export interface Kicker {
  kick(): void;
  /** Resolves when nothing runs; no kick is heard any more. */
  stop(): Promise<void>;
}

export function createKicker(run: () => Promise<void>, onError: (err: unknown) => void): Kicker {
  let running: Promise<void> | null = null;
  let again = false;
  let stopped = false;
  const loop = async (): Promise<void> => {
    do {
      again = false;
      try {
        await run();
      } catch (err) {
        onError(err);
      }
    } while (again && !stopped);
    running = null;
  };
  return {
    kick() {
      if (stopped) return;
      again = true;
      running ??= Promise.resolve().then(loop);
    },
    async stop() {
      stopped = true;
      await running;
    },
  };
}
