import { z } from "zod";

/** Read little, and take anything unexpected for missing. */
const word = z.string().nullish().catch(null);

const id = z.string().min(1).max(100);

export const createdSchema = z.object({ id });
export const pictureSchema = z.object({ state: word, reason: word, link: word });
export const errorSchema = z.object({ error: word }).catch({ error: null });
/** Ours: what `poll` gets back from the database. */
export const operationSchema = z.object({ id });
