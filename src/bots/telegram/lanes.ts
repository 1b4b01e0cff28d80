/** Work of one lane runs in order, lanes run side by side; what is not begun counts as work, too. */
export interface Lanes {
  /** `work` must not throw. */
  run(lane: string, work: () => Promise<void>): void;
  /** Resolves when nothing runs. */
  idle(): Promise<void>;
}

export function createLanes(): Lanes {
  const tails = new Map<string, Promise<void>>();
  return {
    run(lane, work) {
      const before = tails.get(lane);
      const tail = (before === undefined ? work() : before.then(work)).finally(() => {
        if (tails.get(lane) === tail) tails.delete(lane);
      });
      tails.set(lane, tail);
    },
    async idle() {
      while (tails.size > 0) await Promise.allSettled(tails.values());
    },
  };
}
