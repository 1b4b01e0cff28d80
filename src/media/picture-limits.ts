/** What the decoding process and the one that started it both know. */

/**
 * Photos of 40 megapixels take 130 to 230 MB in a fresh process, large interlaced ones with transparency up to 400.
 * Measured with sharp 0.35.5.
 */
export const MAX_RSS_BYTES = 400 * 1024 * 1024;

/** A process that holds more than this when it has answered is not used again: the next picture needs the room. */
export const SPENT_RSS_BYTES = 200 * 1024 * 1024;

/** How often the process looks at its own memory: decoders fill 1 GB a second at most. */
export const WATCH_MS = 25;

/** Exit code of a process that grew above it. */
export const OUT_OF_MEMORY = 86;
