/** Work that is let in one after another: for each key one at a time, for all of them at most `most`. */
export interface Turns {
  run<Result>(key: string, work: () => Promise<Result>): Promise<Result>;
}

export function createTurns(most: number): Turns {
  const ofKey = new Map<string, Promise<unknown>>();
  const waiting: (() => void)[] = [];
  let running = 0;

  async function amongAll<Result>(work: () => Promise<Result>): Promise<Result> {
    if (running >= most) await new Promise<void>((resolve) => waiting.push(resolve));
    else running += 1;
    try {
      return await work();
    } finally {
      // A place is handed on, not given back, so that nobody slips in between.
      const next = waiting.shift();
      if (next) next();
      else running -= 1;
    }
  }

  return {
    run(key, work) {
      const before = ofKey.get(key) ?? Promise.resolve();
      const mine = before.then(
        () => amongAll(work),
        () => amongAll(work),
      );
      ofKey.set(key, mine);
      const forget = (): void => {
        if (ofKey.get(key) === mine) ofKey.delete(key);
      };
      mine.then(forget, forget);
      return mine;
    },
  };
}
