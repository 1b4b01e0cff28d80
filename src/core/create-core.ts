import { createAdminNotices } from "./admin/notices.ts";
import { createCaptionAllowance } from "./captions/allowance.ts";
import { createAmendments } from "./captions/amend.ts";
import { type AutoCaptions, CAPTION_WAIT_MS, createAutoCaptions } from "./captions/auto.ts";
import { createCaptioning } from "./captions/captioning.ts";
import { createCaptions } from "./captions/write.ts";
import { createConversation } from "./conversation/converse.ts";
import type { Core } from "./core.ts";
import type { CoreConfig } from "./core-config.ts";
import { createCompose } from "./delivery/compose.ts";
import { createDeliver, type Deliver } from "./delivery/deliver.ts";
import { createTellings } from "./delivery/tell.ts";
import { createGallery } from "./gallery/gallery.ts";
import { createSweep, type Sweep } from "./gallery/sweep.ts";
import { type Callbacks, createCallbacks } from "./generation/callbacks.ts";
import { createHealth, type Health } from "./generation/health.ts";
import { createOffers } from "./generation/offers.ts";
import { createReferences } from "./generation/references.ts";
import { createRequestMedia } from "./generation/request.ts";
import { createResume, type Resume } from "./generation/resume.ts";
import type { WorkDependencies } from "./generation/work.ts";
import type { Messages } from "./messages/messages.ts";
import type { CaptionWriter } from "./ports/captions.ts";
import type { Clock } from "./ports/clock.ts";
import type { Generator } from "./ports/generator.ts";
import type { Ids } from "./ports/ids.ts";
import type { Log } from "./ports/log.ts";
import type {
  MediaIntake,
  MediaLinks,
  MediaPreviews,
  MediaStore,
  PictureFitter,
  ReferenceIntake,
} from "./ports/media.ts";
import type { Messenger } from "./ports/messenger.ts";
import type { Publisher } from "./ports/publisher.ts";
import type { Signals } from "./ports/signals.ts";
import type { Stores } from "./ports/stores.ts";
import { createAccounts } from "./posts/accounts.ts";
import { createAskApprovers } from "./posts/approval-cards.ts";
import { limitsOf } from "./posts/caption-limits.ts";
import { createPostDesk } from "./posts/desk.ts";
import { createPostExpiry, type PostExpiry } from "./posts/expiry.ts";
import { createPlans } from "./posts/plan.ts";
import { createPostEvents, type PostEvents } from "./posts/post-events.ts";
import type { PostWork } from "./posts/post-work.ts";
import { createTidings } from "./posts/tidings.ts";
import { createMembers } from "./usage/members.ts";
import { createSignInLinks, type SignInSigner } from "./usage/sign-in.ts";

export interface CoreDependencies {
  readonly config: CoreConfig;
  readonly publicUrl: string | null;
  readonly stores: Stores;
  readonly generators: readonly Generator[];
  readonly media: MediaStore;
  readonly intake: MediaIntake;
  readonly referenceIntake: ReferenceIntake;
  readonly fitter: PictureFitter;
  readonly captionWriter: CaptionWriter | null;
  readonly publisher: Publisher | null;
  readonly previews: MediaPreviews;
  readonly links: MediaLinks;
  readonly messages: Messages;
  readonly signer: SignInSigner;
  readonly signals: Signals;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  /** Of the platforms at work, for waking their senders. */
  readonly platforms: readonly string[];
  /** Who holds the leases of this process. */
  readonly holder: string;
  /** The messenger of a platform at work. */
  messenger(platform: string): Messenger | null;
  /** Where a generator's service may tell that a task is done; null: it does not, or it cannot reach us. */
  callbackUrl(generator: Generator, token: string): string | null;
}

/** What the platforms call (`core`), and what the scheduler drives. */
export interface CoreParts {
  readonly core: Core;
  readonly work: WorkDependencies;
  readonly deliver: Deliver;
  readonly resume: Resume;
  readonly callbacks: Callbacks;
  readonly health: Health;
  readonly sweep: Sweep;
  readonly autoCaptions: AutoCaptions;
  readonly postWork: PostWork;
  readonly postExpiry: PostExpiry;
  readonly postEvents: PostEvents;
}

/** Puts the use cases together on the ports that they need. */
export function createCore(dependencies: CoreDependencies): CoreParts {
  const { config, stores, media, messages, signals, clock, ids, holder } = dependencies;
  const log = (component: string): Log => dependencies.log.child({ component });
  const { intake, messenger } = dependencies;
  const notices = createAdminNotices({ config, messages, stores, signals, clock, ids, messenger });
  const health = createHealth({
    generators: dependencies.generators,
    clock,
    log: log("health"),
    tell: (trouble) =>
      void notices
        .provider(trouble)
        .catch((err: unknown) => log("health").error("the admins could not be told", { err })),
  });
  const tellAdmins = (problem: string, name: string): void =>
    void notices
      .tell(problem, name)
      .catch((err: unknown) => log("notices").error("the admins could not be told", { err }));
  const offers = createOffers(dependencies.generators, (model) => health.isUp(model));
  const members = createMembers({ config, stores, clock, ids });
  const references = createReferences({
    intake: dependencies.referenceIntake,
    media,
    stores,
    clock,
    ids,
    log: log("references"),
    messenger,
  });
  const work: WorkDependencies = {
    config,
    offers,
    stores,
    intake,
    references,
    health,
    signals,
    clock,
    ids,
    log: log("generation"),
    messenger,
    captionWaitMs: (user) => (captioning.wantedBy(user) ? CAPTION_WAIT_MS : 0),
    callbackUrl: (model, token) => dependencies.callbackUrl(offers.generatorOf(model.id, model.kind), token),
  };
  const captioning = createCaptioning({
    captions: createCaptions({
      writer: dependencies.captionWriter,
      allowance: createCaptionAllowance({ config, captions: stores.captions, clock }),
      messages,
      clock,
      log: log("captions"),
      tell: ({ problem, model }) => tellAdmins(problem === "down" ? "captions-down" : "captions", model),
    }),
    stores,
    previews: dependencies.previews,
    languageOf: (user) => messages.choose(user.settings.language, user.locale),
    limitsOf,
    clock,
    ids,
  });
  const wake = (): void => {
    signals.emit({ kind: "work" });
    for (const platform of dependencies.platforms) signals.emit({ kind: "delivery", platform });
  };
  const { publisher, fitter } = dependencies;
  const accounts = createAccounts({
    publisher,
    stores,
    members,
    clock,
    ids,
    log: log("accounts"),
    returnUrl: dependencies.publicUrl,
    wake,
  });
  const tidings = createTidings({ messages, stores, ids, now: () => clock.now() });
  const plans = createPlans({ stores, accounts, members, clock, ids });
  const askApprovers = createAskApprovers({ stores, messages, clock, ids });
  const desk = createPostDesk({
    publisher,
    plans,
    fitter,
    stores,
    askApprovers,
    clock,
    ids,
    log: log("posts"),
    holder,
    mayPost: (post) => accounts.mayPost(post),
    settled: (post) => tidings.ofSettled(post),
    wake,
  });
  const publishing = { publisher, accounts, plans, desk, tidings, wake };
  const gallery = createGallery({ stores, members, media, work });
  const requestMedia = createRequestMedia({ ...work, stores, members, references, media });
  const tell = createTellings({ messages, offers, members, stores });
  const signIn = createSignInLinks({
    publicUrl: dependencies.publicUrl,
    signer: dependencies.signer,
    clock,
    ids,
  });
  const conversation = createConversation({
    ...work,
    stores,
    messages,
    members,
    gallery,
    requestMedia,
    tell,
    captioning,
    publishing,
    log: log("conversation"),
    signInLink: (identity) => signIn.create(identity),
  });
  const { previews, links } = dependencies;
  const compose = createCompose({ stores, tell, media, previews, links });
  return {
    core: {
      conversation,
      captioning,
      amendments: createAmendments({ stores, signals, clock, ids }),
      publishing,
      posts: stores.posts,
      requestMedia,
      references,
      gallery,
      members,
      offers,
      health,
      messages,
      tell,
      signIn,
    },
    work,
    autoCaptions: createAutoCaptions({ captioning, stores, signals, clock, ids, log: log("captions") }),
    postEvents: createPostEvents({
      publisher,
      stores,
      accounts,
      tidings,
      clock,
      ids,
      log: log("posts"),
      wake,
    }),
    postWork: {
      publisher,
      stores,
      media,
      clock,
      ids,
      log: log("posts"),
      mayPost: (post) => accounts.mayPost(post),
      mayKeep: (post) => accounts.mayKeep(post),
      tidings: (post) => tidings.ofEnd(post),
      delayNews: (post, until) => tidings.ofDelay(post, until),
      changeNews: (post, isTaken) => tidings.ofChange(post, isTaken),
      announce: wake,
      tellOperator: () => tellAdmins("publishing", publisher?.serviceName ?? ""),
    },
    postExpiry: createPostExpiry({ stores, tidings, clock, log: log("posts"), wake }),
    callbacks: createCallbacks({ work, stores, ids }),
    health,
    sweep: createSweep({ media, stores, clock, log: log("sweep") }),
    deliver: createDeliver({ stores, compose, messages, clock, ids, log: log("delivery"), holder }),
    resume: createResume({ stores, clock, ids, holder, log: log("resume") }),
  };
}
