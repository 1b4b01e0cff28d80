import type { Context } from "hono";
import type { z } from "zod";
import type { ApiProblem } from "./api-types.ts";

/** The body of a request, or undefined where it is no JSON. */
export async function readJson(context: Context): Promise<unknown> {
  try {
    const body: unknown = await context.req.json();
    return body;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

export function problemsOf(error: z.ZodError): ApiProblem[] {
  return error.issues.map((issue) => ({ path: issue.path.join("."), message: issue.message }));
}

/** What is wrong, field by field. */
export function invalid(context: Context, details: readonly ApiProblem[]): Response {
  return context.json({ error: "Invalid input", details }, 400);
}
