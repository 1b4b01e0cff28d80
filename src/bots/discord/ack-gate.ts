/** Longest that work waits for the acknowledgements of others. */
const PATIENCE_MS = 300;

/**
 * Lets acknowledgements go before work. Many members may ask at once, and each must hear something within 3 s;
 * the work for the first would delay the acknowledgement of the last, since both share one thread.
 */
export function createAckGate() {
  let outstanding = 0;
  let waiting: (() => void)[] = [];

  function open(): void {
    const released = waiting;
    waiting = [];
    for (const release of released) release();
  }

  return {
    /** Counts an acknowledgement until it is over. */
    async during<Value>(acknowledgement: Promise<Value>): Promise<Value> {
      outstanding += 1;
      try {
        return await acknowledgement;
      } finally {
        outstanding -= 1;
        if (outstanding === 0) open();
      }
    },

    /** Resolves when no acknowledgement is outstanding, or after a while. */
    async passed(): Promise<void> {
      if (outstanding === 0) return;
      const { promise, resolve } = Promise.withResolvers<void>();
      const timer = setTimeout(resolve, PATIENCE_MS);
      waiting.push(resolve);
      await promise;
      clearTimeout(timer);
    },
  };
}
