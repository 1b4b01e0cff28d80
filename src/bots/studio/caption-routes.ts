import { Hono } from "hono";
import { z } from "zod";
import { type CaptionLack, composeCaption } from "../../core/captions/caption.ts";
import { sentenceOfLack } from "../../core/captions/lack.ts";
import { languageTag } from "../../core/captions/languages.ts";
import { plainText } from "../../core/conversation/text.ts";
import type { Core } from "../../core/core.ts";
import { NETWORKS } from "../../core/ports/publisher.ts";
import { rulesOf } from "../../core/posts/networks.ts";
import type { User } from "../../core/usage/user.ts";
import { API_PREFIX } from "./config.ts";
import { NOT_READY } from "./failures.ts";
import type { Visitor } from "./inbound.ts";
import type { ApiCaption, ApiVariants } from "./post-types.ts";
import { invalid, problemsOf, readJson } from "./read-json.ts";

type Environment = { Variables: { visitor: Visitor } };
type Caption = NonNullable<Awaited<ReturnType<Core["captioning"]["latest"]>>>;

const LONGEST_WISH = 2_000;
const LONGEST_OWN = 5_000;

const wishSchema = z.object({
  mediaId: z.string(),
  /** Words for this one caption. */
  prompt: z.string().max(LONGEST_WISH, "Words for a caption may have at most 2,000 characters.").nullish(),
  change: z.enum(["new", "shorter", "longer"]).nullish(),
  /** BCP 47: any that the model can write. */
  language: z
    .string()
    .max(35)
    .refine((given) => languageTag(given) !== null, "No such language")
    .nullish(),
  network: z.enum(NETWORKS).nullish(),
});
const words = z.string().trim().max(LONGEST_OWN, "A caption may have at most 5,000 characters.");
const variantsSchema = z.object({
  text: words,
  networks: z.array(z.enum(NETWORKS)).min(1).max(NETWORKS.length),
});
const ownSchema = z.object({ text: words.min(1, "A caption needs a text.") });

const NO_MODEL = "No model writes captions here, so nothing was changed. Write the texts by hand.";
const NOT_FOUND = { error: "Media asset not found" };

export function isCaptionPath(path: string): boolean {
  return /^\/caption\/|^\/media\/[^/]+\/caption(\/|$)/.test(path.slice(API_PREFIX.length));
}

/** Answers of captions say in every case whether it succeeded. */
export async function unsuccessful(response: Response): Promise<Response> {
  const body: unknown = await response.json();
  return Response.json({ success: false, ...Object(body) }, { status: response.status });
}

/** Captions of a member's own results. */
export function createCaptionRoutes({
  core,
}: {
  readonly core: Pick<Core, "amendments" | "captioning" | "gallery" | "messages" | "tell">;
}): Hono<Environment> {
  const { amendments, captioning, gallery, messages, tell } = core;
  const routes = new Hono<Environment>();
  const banned = (user: User) => ({
    error: "Not allowed",
    message: messages.line(tell.languageOf(user), "banned"),
  });

  routes.post("/caption/generate-from-media", async (context) => {
    const { user } = context.get("visitor");
    const body = wishSchema.safeParse(await readJson(context));
    if (!body.success) return invalid(context, problemsOf(body.error));
    const { mediaId, prompt, change, language, network } = body.data;
    const asset = await gallery.find(user.id, mediaId);
    if (!asset) return context.json(NOT_FOUND, 404);
    if (user.bannedAt !== null) return context.json(banned(user), 403);
    if (!asset.media) return context.json({ error: "Not ready", message: NOT_READY }, 409);
    const instructions = prompt?.trim() ?? "";
    const tag = languageTag(language ?? null);
    const before = await captioning.latest(asset);
    const { caption, lack } = await captioning.write(user, asset, {
      change: change ?? "new",
      network: network ?? null,
      ...(tag === null ? {} : { language: tag }),
      ...(instructions === "" ? {} : { instructions }),
    });
    // Words for one network are for a post; the others stand under the result too.
    if (caption.network === null) await amendments.follow(user, asset, before, caption);
    const note = lack === null ? {} : { note: noteOf(user, lack, caption.model === "template") };
    return context.json({ ...apiCaption(caption), ...note } satisfies ApiCaption);
  });

  routes.get("/media/:id/caption", async (context) => {
    const { user } = context.get("visitor");
    const asset = await gallery.find(user.id, context.req.param("id"));
    if (!asset) return context.json(NOT_FOUND, 404);
    const caption = await captioning.latest(asset);
    return caption ? context.json(apiCaption(caption)) : context.json({ error: "No caption yet" }, 404);
  });

  routes.post("/media/:id/caption", async (context) => {
    const { user } = context.get("visitor");
    const body = ownSchema.safeParse(await readJson(context));
    if (!body.success) return invalid(context, problemsOf(body.error));
    const asset = await gallery.find(user.id, context.req.param("id"));
    if (!asset) return context.json(NOT_FOUND, 404);
    if (user.bannedAt !== null) return context.json(banned(user), 403);
    const before = await captioning.latest(asset);
    const own = await captioning.own(user, asset, body.data.text);
    await amendments.follow(user, asset, before, own);
    return context.json(apiCaption(own));
  });

  /** The same words as each network wants them: for a post that is put together, so kept nowhere. */
  routes.post("/media/:id/caption/variants", async (context) => {
    const { user } = context.get("visitor");
    const body = variantsSchema.safeParse(await readJson(context));
    if (!body.success) return invalid(context, problemsOf(body.error));
    const asset = await gallery.find(user.id, context.req.param("id"));
    if (!asset) return context.json(NOT_FOUND, 404);
    if (user.bannedAt !== null) return context.json(banned(user), 403);
    if (!captioning.isWritten) return context.json({ error: "Not set up", message: NO_MODEL }, 503);
    const made = await Promise.all(
      [...new Set(body.data.networks)].map(async (network) => ({
        network,
        written: await captioning.variant(user, asset, network, body.data.text),
      })),
    );
    const limit = made.map(({ written }) => written.lack).find((lack) => lack && lack.why !== "unusable");
    return context.json({
      success: true,
      texts: Object.fromEntries(
        made.flatMap(({ network, written }) =>
          written.template ? [] : [[network, composeCaption(written)]],
        ),
      ),
      unwritten: made.flatMap(({ network, written }) => (written.template ? [rulesOf(network).label] : [])),
      ...(limit ? { note: noteOf(user, limit, false) } : {}),
    } satisfies ApiVariants);
  });

  return routes;

  /** Why the model wrote none, and what stands there in its place. */
  function noteOf(user: User, lack: CaptionLack, isTemplate: boolean): string {
    const language = tell.languageOf(user);
    const { id, args } = sentenceOfLack(lack, isTemplate);
    return plainText(messages.text(language, id, args), language, user.settings.zone ?? "UTC");
  }
}

function apiCaption(caption: Caption): ApiCaption {
  const { model, language, hashtags, altText } = caption;
  return {
    success: true,
    caption: composeCaption(caption),
    metadata: { model, language, hashtags, altText, template: model === "template" },
  };
}
