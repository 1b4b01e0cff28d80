import type { PostStore } from "../../src/core/ports/post-stores.ts";
import type { Publisher } from "../../src/core/ports/publisher.ts";

/** Where a process is killed, or where a call is answered only after the process that made it was given up. */
export const STORE_STEPS = [
  "confirm",
  "claim",
  "uploaded",
  "beginHandOver",
  "handedOver",
  "later",
  "end",
  "withdraw",
  "askCancel",
  "change",
  "want",
  "settleChange",
  "takenBack",
  "startAnew",
  "changeFailed",
  "becamePublic",
  "tryAgain",
  "approve",
] as const;
export const SERVICE_STEPS = [
  "service.upload",
  "service.create",
  "service.find",
  "service.get",
  "service.cancel",
  "service.retry",
  "service.change",
] as const;
export type Step = (typeof STORE_STEPS)[number] | (typeof SERVICE_STEPS)[number];

export interface Trap {
  readonly step: Step;
  /** `stall`: the effect is there, and the answer comes when somebody wakes it. */
  readonly how: "before" | "after" | "stall";
}

/** One process: what it does stops for ever where a trap kills it. */
export interface Life {
  readonly posts: PostStore;
  readonly publisher: Publisher;
  readonly isDead: boolean;
  /** Does this in the life; `false` when it was killed or is stuck on the way. */
  live(work: () => Promise<unknown>): Promise<boolean>;
}

export interface Lives {
  /** `posts`, `publisher`: others than those of all lives, which tell more of what this one did. */
  begin(others?: { readonly posts?: PostStore; readonly publisher?: Publisher }): Life;
  /** How often each trap caught somebody. */
  readonly catches: Readonly<Record<string, number>>;
  set(trap: Trap): void;
  clear(): void;
  readonly deaths: number;
  /** Answers what is stuck; resolves when all of that has come to its end. */
  wake(): Promise<void>;
}

export function createLives(standardPosts: PostStore, standardPublisher: Publisher): Lives {
  const catches: Record<string, number> = {};
  let trap: Trap | null = null;
  let deaths = 0;
  let stuck: (() => void)[] = [];
  let zombies: Promise<unknown>[] = [];

  function begin({ posts = standardPosts, publisher = standardPublisher } = {}): Life {
    let isDead = false;
    let leave = Promise.withResolvers<false>();
    const death = Promise.withResolvers<void>();
    const never = new Promise<never>(() => undefined);

    const guard =
      <A extends unknown[], R>(step: Step, call: (...args: A) => Promise<R>) =>
      async (...args: A): Promise<R> => {
        if (isDead) return never;
        const here = trap?.step === step ? trap : null;
        if (here) {
          trap = null;
          const name = `${step} ${here.how}`;
          catches[name] = (catches[name] ?? 0) + 1;
        }
        if (here?.how === "before") return die();
        const result = await call(...args);
        if (isDead) return never;
        if (here?.how === "after") return die();
        if (here?.how === "stall") {
          const awake = new Promise<void>((resolve) => stuck.push(resolve));
          leave.resolve(false);
          await awake;
        }
        return result;
      };

    function die(): Promise<never> {
      isDead = true;
      deaths += 1;
      death.resolve();
      leave.resolve(false);
      return never;
    }

    return {
      get isDead() {
        return isDead;
      },
      async live(work) {
        leave = Promise.withResolvers<false>();
        const done = work();
        const isDone = await Promise.race([done.then(() => true), leave.promise]);
        if (!isDone && !isDead) zombies.push(Promise.race([done, death.promise]));
        return isDone;
      },
      posts: {
        ...posts,
        confirm: guard("confirm", posts.confirm),
        claim: guard("claim", posts.claim),
        uploaded: guard("uploaded", posts.uploaded),
        beginHandOver: guard("beginHandOver", posts.beginHandOver),
        handedOver: guard("handedOver", posts.handedOver),
        later: guard("later", posts.later),
        end: guard("end", posts.end),
        withdraw: guard("withdraw", posts.withdraw),
        askCancel: guard("askCancel", posts.askCancel),
        change: guard("change", posts.change),
        want: guard("want", posts.want),
        settleChange: guard("settleChange", posts.settleChange),
        takenBack: guard("takenBack", posts.takenBack),
        startAnew: guard("startAnew", posts.startAnew),
        becamePublic: guard("becamePublic", posts.becamePublic),
        changeFailed: guard("changeFailed", posts.changeFailed),
        tryAgain: guard("tryAgain", posts.tryAgain),
        approve: guard("approve", posts.approve),
      },
      publisher: {
        ...publisher,
        upload: guard("service.upload", publisher.upload),
        create: guard("service.create", publisher.create),
        find: guard("service.find", publisher.find),
        get: guard("service.get", publisher.get),
        cancel: guard("service.cancel", publisher.cancel),
        retry: guard("service.retry", publisher.retry),
        change: guard("service.change", publisher.change),
      },
    };
  }

  return {
    begin,
    catches,
    set: (next) => {
      trap = next;
    },
    clear: () => {
      trap = null;
    },
    get deaths() {
      return deaths;
    },
    async wake() {
      const [sleepers, late] = [stuck, zombies];
      stuck = [];
      zombies = [];
      for (const resolve of sleepers) resolve();
      await Promise.all(late);
    },
  };
}
