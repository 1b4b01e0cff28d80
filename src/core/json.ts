/** What is stored as JSON and parsed again by whoever wrote it (an operation, a target, a message reference). */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
