// Receives webhooks of Keyledger: verifies, drops what it has seen, answers, and only then works.
import { createServer } from "node:http";
import { Webhook } from "standardwebhooks";

const webhook = new Webhook(process.env.WEBHOOK_SECRET);
const seen = new Set();

const server = createServer(async (request, response) => {
  const parts = [];
  for await (const part of request) parts.push(part);
  const body = Buffer.concat(parts).toString("utf8");
  let event;
  try {
    event = webhook.verify(body, request.headers);
  } catch {
    console.log("refused");
    response.writeHead(401).end();
    return;
  }
  response.writeHead(204).end();
  if (seen.has(event.id)) return;
  seen.add(event.id);
  console.log(`${event.sequence ?? "-"} ${event.type} ${event.subject}`);
});

server.listen(Number(process.env.PORT), "127.0.0.1", () => console.log(`listening on ${server.address().port}`));
