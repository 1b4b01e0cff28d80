import type {
  CancelResult,
  PostContent,
  PostKeys,
  Publisher,
  PublishResult,
  ReadResult,
  RemotePost,
} from "../../src/core/ports/publisher.ts";

type Scripted<T> = T | Error;

export interface ScriptedPublisher extends Publisher {
  /** What it was asked, in order. */
  readonly calls: readonly string[];
  readonly creates: readonly { readonly content: PostContent; readonly keys: PostKeys }[];
  /** What it was asked to change. */
  readonly wishes: readonly Parameters<Publisher["change"]>[1][];
  /** Answers, used up one by one; the last one stays. */
  script(answers: {
    readonly upload?: readonly Scripted<ReadResult<string>>[];
    readonly create?: readonly Scripted<PublishResult>[];
    readonly find?: readonly Scripted<ReadResult<RemotePost | null>>[];
    readonly get?: readonly Scripted<ReadResult<RemotePost>>[];
    readonly cancel?: readonly Scripted<CancelResult>[];
    readonly retry?: readonly Scripted<PublishResult>[];
    readonly change?: readonly Scripted<PublishResult>[];
  }): void;
  /** Runs while a call is under way, before it is answered. */
  during(
    call: "upload" | "create" | "find" | "get" | "cancel" | "retry" | "change",
    meanwhile: () => unknown,
  ): void;
}

export const remote = (status: RemotePost["status"], changes: Partial<RemotePost> = {}): RemotePost => ({
  externalId: "remote-1",
  status,
  publicUrl: status === "published" ? "https://network.example/p/1" : null,
  failure: null,
  text: null,
  scheduledAt: null,
  ...changes,
});

export const accepted = (status: RemotePost["status"], wasThere = false): PublishResult => ({
  status: "accepted",
  post: remote(status),
  wasThere,
});

/** A publisher that answers what it was told to. */
export function createScriptedPublisher(): ScriptedPublisher {
  const calls: string[] = [];
  const creates: { content: PostContent; keys: PostKeys }[] = [];
  const wishes: Parameters<Publisher["change"]>[1][] = [];
  const meanwhiles = new Map<string, () => unknown>();
  const answers = {
    upload: [{ status: "ok", value: "https://files.service.example/1" }] as Scripted<ReadResult<string>>[],
    create: [accepted("published")] as Scripted<PublishResult>[],
    find: [{ status: "ok", value: null }] as Scripted<ReadResult<RemotePost | null>>[],
    get: [{ status: "ok", value: remote("published") }] as Scripted<ReadResult<RemotePost>>[],
    cancel: [{ status: "cancelled" }] as Scripted<CancelResult>[],
    retry: [accepted("publishing")] as Scripted<PublishResult>[],
    change: [accepted("scheduled")] as Scripted<PublishResult>[],
  };
  async function next<T>(call: keyof typeof answers, list: Scripted<T>[]): Promise<T> {
    calls.push(call);
    const answer = list.length > 1 ? list.shift() : list[0];
    await meanwhiles.get(call)?.();
    if (answer === undefined) throw new Error(`nothing scripted for ${call}`);
    if (answer instanceof Error) throw answer;
    return answer;
  }
  const unasked = (): Promise<never> => Promise.reject(new Error("not asked for here"));
  return {
    calls,
    creates,
    wishes,
    serviceName: "Scripted",
    script(changes) {
      if (changes.upload) answers.upload = [...changes.upload];
      if (changes.create) answers.create = [...changes.create];
      if (changes.find) answers.find = [...changes.find];
      if (changes.get) answers.get = [...changes.get];
      if (changes.cancel) answers.cancel = [...changes.cancel];
      if (changes.retry) answers.retry = [...changes.retry];
      if (changes.change) answers.change = [...changes.change];
    },
    during: (call, meanwhile) => void meanwhiles.set(call, meanwhile),
    profile: unasked,
    accounts: unasked,
    connectLink: unasked,
    disconnect: unasked,
    quota: unasked,
    readWebhook: () => null,
    upload: () => next("upload", answers.upload),
    create(content, keys) {
      creates.push({ content, keys });
      return next("create", answers.create);
    },
    find: () => next("find", answers.find),
    get: () => next("get", answers.get),
    cancel: () => next("cancel", answers.cancel),
    retry: () => next("retry", answers.retry),
    change(_id, wanted) {
      wishes.push(wanted);
      return next("change", answers.change);
    },
  };
}
