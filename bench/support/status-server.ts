/** A provider in a process of its own that answers every status read at once with the same few bytes. */
import { createServer } from "node:http";

const BODY = JSON.stringify({ code: 200, data: { state: "generating", progress: 0 } });
const server = createServer((_request, response) => {
  response.setHeader("content-type", "application/json");
  response.end(BODY);
});
server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  if (address !== null && typeof address === "object")
    process.stdout.write(`http://127.0.0.1:${address.port}\n`);
});
