import { STYLE_NAMES } from "../../generation/styles.ts";
import { lines } from "../../messages/messages.ts";
import { ASPECTS } from "../../ports/generator.ts";
import { isPro } from "../../usage/allowance.ts";
import type { Settings } from "../../usage/user.ts";
import { writeButtonData } from "../actions.ts";
import { type CommandSpec, RESET_WORDS } from "../catalogue.ts";
import type { CommandHandler, ConversationDependencies, Turn } from "../context.ts";
import { reply, words } from "../context.ts";
import type { Answer } from "../intents.ts";
import type { Button, Reply } from "../text.ts";

/** /quota, /settings, /studio, /help, /start. */
export interface AccountCommands {
  readonly quota: CommandHandler;
  readonly settings: CommandHandler;
  readonly studio: CommandHandler;
  readonly help: CommandHandler;
  readonly start: CommandHandler;
  /** A button of the settings: `kind=video`. */
  press(turn: Turn, argument: string): Promise<Answer>;
}

export function createAccountCommands(
  dependencies: ConversationDependencies,
  commands: readonly CommandSpec[],
): AccountCommands {
  const { members, tell, offers, messages, gallery, captioning, clock } = dependencies;

  /** The change that an option asks for; null: the value cannot be used. */
  function read(name: string, value: string): Partial<Settings> | null {
    const reset = RESET_WORDS.includes(value.toLowerCase());
    const one = (allowed: readonly string[]): string | undefined =>
      allowed.find((candidate) => candidate.toLowerCase() === value.toLowerCase());
    switch (name) {
      case "language": {
        const language = one(messages.languages);
        return reset ? { language: null } : language === undefined ? null : { language };
      }
      case "zone": {
        const zone = canonicalZone(value);
        return reset ? { zone: null } : zone === null ? null : { zone };
      }
      case "type":
        return reset ? { kind: null } : value === "image" || value === "video" ? { kind: value } : null;
      case "provider": {
        if (reset) return { imageProvider: null, videoProvider: null };
        const image = offers.find(value.toLowerCase(), "image")?.id;
        const video = offers.find(value.toLowerCase(), "video")?.id;
        if (image === undefined && video === undefined) return null;
        return { ...(image && { imageProvider: image }), ...(video && { videoProvider: video }) };
      }
      case "style": {
        const style = one(STYLE_NAMES);
        return reset ? { style: null } : style === undefined ? null : { style };
      }
      case "captions":
        return reset
          ? { captions: null }
          : /^(on|yes)$/i.test(value)
            ? { captions: true }
            : /^(off|no)$/i.test(value)
              ? { captions: false }
              : null;
      case "aspect": {
        const aspect = ASPECTS.find((candidate) => candidate === value);
        return reset ? { aspect: null } : aspect === undefined ? null : { aspect };
      }
      default:
        return null;
    }
  }

  function panel(turn: Turn, settings: Settings, saved: boolean): Reply {
    const standard = turn.line("settings-standard");
    const names = ["kind", "imageProvider", "videoProvider", "aspect", "style", "zone", "language"] as const;
    const rows = names.map((name) =>
      turn.text("settings-line", { name: turn.line(`setting-${name}`), value: settings[name] ?? standard }),
    );
    const isCaptioned = settings.captions !== false;
    const captions = !captioning.isWritten
      ? null
      : turn.text("settings-line", {
          name: turn.line("setting-captions"),
          value: turn.line(isCaptioned ? "setting-on" : "setting-off"),
        });
    const option = (label: string, argument: string, on: boolean): Button => ({
      label: on ? `✓ ${label}` : label,
      data: writeButtonData("settings", "settings", argument),
      style: "secondary",
    });
    const kinds = (["image", "video"] as const)
      .filter((kind) => offers.ofKind(kind).length > 0)
      .map((kind) =>
        option(turn.line(`button-${kind}`), `type=${kind}`, (settings.kind ?? "image") === kind),
      );
    const captioned = option(
      turn.line("setting-captions"),
      `captions=${isCaptioned ? "off" : "on"}`,
      isCaptioned,
    );
    // Only where there is something to choose from.
    const providers = (["image", "video"] as const)
      .filter((kind) => offers.ofKind(kind).length > 1)
      .flatMap((kind) => offers.ofKind(kind).filter((model) => model.id.length <= 20))
      .slice(0, 6)
      .map((model) => {
        const chosen = model.kind === "image" ? settings.imageProvider : settings.videoProvider;
        return option(model.label, `provider=${model.id}`, chosen === model.id);
      });
    return {
      title: turn.line("settings-title"),
      text: lines(saved ? turn.text("settings-saved") : null, ...rows, captions, turn.text("settings-hint")),
      buttons: [
        captions === null ? kinds : [...kinds, captioned],
        providers.slice(0, 3),
        providers.slice(3),
      ].filter((row) => row.length > 0),
      private: true,
    };
  }

  return {
    async quota(turn) {
      const { user } = turn;
      const now = clock.now();
      const { assets } = await gallery.list(user.id, { pageSize: 100 });
      const running = assets.filter((asset) => asset.endedAt === null).length;
      const until = isPro(user, now) && user.planUntil !== null ? user.planUntil : null;
      return reply({
        title: turn.line("quota-title", { plan: isPro(user, now) ? "pro" : "free" }),
        text: lines(
          await tell.allowance(user),
          until === null ? null : turn.text("quota-until", { until: { at: until, style: "date" } }),
          turn.text("quota-running", { count: running }),
        ),
        private: true,
      });
    },

    async settings(turn, options) {
      let patch: Partial<Settings> = {};
      for (const name of Object.keys(options)) {
        const value = words(options, name);
        if (value === undefined) continue;
        const change = read(name, value);
        if (change === null) return turn.say(turn.text("settings-bad", { name, value: value.slice(0, 40) }));
        patch = { ...patch, ...change };
      }
      const changed = Object.keys(patch).length > 0;
      const user = changed ? await members.changeSettings(turn.user, patch) : turn.user;
      return reply(panel(turn, user.settings, changed));
    },

    async press(turn, argument) {
      const [name = "", value = ""] = argument.split("=", 2);
      const patch = read(name, value);
      if (patch === null) return { status: "toast", text: turn.line("too-old-button") };
      const user = await members.changeSettings(turn.user, patch);
      return { status: "replace", reply: panel(turn, user.settings, true) };
    },

    async studio(turn) {
      const link = dependencies.signInLink(turn.user.identity);
      if (link === null) return turn.say(turn.text("studio-none"));
      return reply({
        text: turn.text("studio-link"),
        buttons: [[{ label: turn.line("button-open-studio"), url: link }]],
        private: true,
      });
    },

    async help(turn) {
      const admin = members.isAdmin(turn.user.identity);
      const shown = commands.filter((command) => command.audience === "members" || admin);
      const list = shown.map((command) =>
        turn.text("help-line", {
          name: command.name,
          description: turn.line(`command-${command.name.replace(" ", "-")}`),
        }),
      );
      return reply({
        title: turn.line("help-title"),
        text: lines(...list, turn.text("help-more"), await tell.allowance(turn.user)),
        private: true,
      });
    },

    async start(turn) {
      return reply({
        title: turn.line("start-title", { name: turn.arrival.actor.name.slice(0, 60) }),
        text: lines(turn.text("start-text"), await tell.allowance(turn.user), turn.text("help-more")),
        private: true,
      });
    },
  };
}

/** `europe/berlin` as `Europe/Berlin`, or null for what is no IANA zone. */
function canonicalZone(name: string): string | null {
  if (!/^[A-Za-z0-9_+\-/]{1,64}$/.test(name) || /^[+-]/.test(name)) return null;
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone;
  } catch {
    return null;
  }
}
