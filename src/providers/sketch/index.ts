import type { Failure, Generator, StartResult } from "../../core/ports/generator.ts";
import { defineModule } from "../../core/ports/module.ts";
import type { Provider, ProviderModule } from "../module.ts";
import { type Artist, ArtistError, createArtist } from "./artist.ts";
import { sketchEnvironment } from "./config.ts";
import { isSketchAspect, SKETCH_MODELS } from "./models.ts";

/** Drawings under way at once; each has a process of its own. */
const PROCESSES = 2;

/** Pictures and short films drawn on this machine: no key, no network, nothing paid. */
export const sketch: ProviderModule = defineModule({
  id: "sketch",
  env: sketchEnvironment,
  turnedOnBy: null,
  isOn: () => true,
  create: (): Provider => {
    const artist = createArtist({ processes: PROCESSES });
    return { generator: createSketchGenerator(artist), close: () => artist.close() };
  },
});

export function createSketchGenerator(artist: Artist): Generator {
  return {
    serviceName: "Sketch",
    models: SKETCH_MODELS,
    budget: {
      creates: { count: 100, perMs: 1_000 },
      reads: { count: 100, perMs: 1_000 },
      concurrency: PROCESSES,
    },
    resultHosts: { suffixes: [], trustedOrigins: [] },

    async start(request, { signal }): Promise<StartResult> {
      const { prompt, seed, style, aspect, kind } = request;
      if (!isSketchAspect(aspect))
        return failed({ kind: "input", code: "INPUT_INVALID", detail: "sketch aspect" });
      try {
        const { bytes } = await artist.draw({ prompt, seed, style, aspect, kind }, signal);
        return { status: "done", media: [{ bytes }] };
      } catch (error) {
        if (signal.aborted)
          return failed({ kind: "transient", code: "PROVIDER_TIMEOUT", detail: "sketch stopped" });
        if (!(error instanceof ArtistError)) throw error;
        // A closed artist is a process that stops: the next one draws it, and no attempt is used up.
        const kindOfFailure = error.reason === "closed" ? "busy" : "transient";
        return failed({ kind: kindOfFailure, code: "PROVIDER_DOWN", detail: `sketch ${error.reason}` });
      }
    },

    poll: () => Promise.resolve({ status: "empty" }),
  };
}

function failed(failure: Failure): StartResult {
  return { status: "failed", failure };
}
