/** What the decoding process and the one that started it both know. */

/** 40 megapixels, interlaced, with transparency, in 8 bits take 300 MB. */
export const MAX_RSS_BYTES = 400 * 1024 * 1024;

/** How often the process looks at its own memory: decoders fill 1 GB a second at most. */
export const WATCH_MS = 25;

/** Exit code of a process that grew above it. */
export const OUT_OF_MEMORY = 86;
