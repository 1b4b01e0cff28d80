import { z } from "zod";
import { makePng } from "../../emulators/shared/png.ts";
import { type Exchange, startServer } from "../../emulators/shared/server.ts";

/** What the next create, or every reading of the account, meets. */
export type LanternAnswer =
  | { status: number; body?: unknown }
  | "html"
  | "cut"
  | "cut after"
  | "refuse later";

const createBody = z.strictObject({
  prompt: z.string().min(1),
  width: z.literal([1024, 1536]),
  height: z.literal([1024, 1536]),
});

/** The emulator of the example: it records what it is asked, checks it, and does what it is told. */
export async function startLantern() {
  const tasks: { refused: boolean }[] = [];
  const violations: string[] = [];
  const errors: unknown[] = [];
  let creates = 0;
  let next: LanternAnswer | null = null;
  let account: LanternAnswer | null = null;

  function play(exchange: Exchange, answer: LanternAnswer): void {
    if (answer === "html") return exchange.send(502, "text/html", "<!DOCTYPE html>");
    if (typeof answer === "object") return exchange.json(answer.status, answer.body ?? { error: "wrong" });
    exchange.cut();
  }

  function create(exchange: Exchange): void {
    creates += 1;
    const answer = next;
    next = null;
    const body = createBody.safeParse(JSON.parse(exchange.bodyText));
    if (!body.success) violations.push(body.error.message);
    const isMade = answer === null || answer === "cut after" || answer === "refuse later";
    if (isMade) tasks.push({ refused: answer === "refuse later" });
    if (answer === null || answer === "refuse later") {
      return exchange.json(201, { id: `p${tasks.length - 1}` });
    }
    play(exchange, answer);
  }

  const server = await startServer({
    onError: (error) => errors.push(error),
    handle(exchange) {
      const { method, path, headers } = exchange;
      if (method === "POST" && path === "/v1/pictures") return create(exchange);
      if (path === "/v1/account")
        return account ? play(exchange, account) : exchange.json(200, { balance: 12 });
      const [, index, file] = /^\/(?:v1\/pictures|files)\/p(\d+)(\.png)?$/.exec(path) ?? [];
      const task = tasks[Number(index)];
      if (!task) return exchange.json(404, { error: "unknown" });
      if (file) return exchange.send(200, "image/png", makePng({ width: 64, height: 64, seed: path }));
      const link = `http://${headers.host}/files/p${index}.png`;
      exchange.json(
        200,
        task.refused ? { state: "failed", reason: "refused_words" } : { state: "ready", link },
      );
    },
  });

  return {
    ...server,
    violations,
    errors,
    answerNext: (answer: LanternAnswer) => {
      next = answer;
    },
    answerAccount: (answer: LanternAnswer) => {
      account = answer;
    },
    creates: () => creates,
    made: () => tasks.length,
  };
}
