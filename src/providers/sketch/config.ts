import { z } from "zod";

/** Nothing to set: it is always there. */
export const sketchEnvironment = z.object({});
