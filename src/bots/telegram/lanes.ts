/** How much work begins before the event loop looks at the network again. */
const STARTS_PER_TURN = 4;

/**
 * Work of one lane runs in order, lanes run side by side without a limit; what is not begun counts as work, too.
 * Only a few begin in one turn of the event loop, so that a crowd of new work does not hold up the next batch's
 * commit.
 */
export interface Lanes {
  /** `work` must not throw. */
  run(lane: string, work: () => Promise<void>): void;
  /** Resolves when nothing runs. */
  idle(): Promise<void>;
}

export function createLanes(): Lanes {
  const tails = new Map<string, Promise<void>>();
  const starting: (() => void)[] = [];
  let scheduled = false;

  function turn(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    starting.push(resolve);
    if (!scheduled) {
      scheduled = true;
      setImmediate(start);
    }
    return promise;
  }

  function start(): void {
    for (const begin of starting.splice(0, STARTS_PER_TURN)) begin();
    scheduled = starting.length > 0;
    if (scheduled) setImmediate(start);
  }

  return {
    run(lane, work) {
      const before = tails.get(lane) ?? Promise.resolve();
      const tail = before
        .then(turn)
        .then(work)
        .finally(() => {
          if (tails.get(lane) === tail) tails.delete(lane);
        });
      tails.set(lane, tail);
    },
    async idle() {
      while (tails.size > 0) await Promise.allSettled(tails.values());
    },
  };
}
