// A small API in Node.js: contacts by offset and limit, for holders of a token that expires after five requests.
import { createServer } from "node:http";

const { PORT, CLIENT_SECRET = "demo-secret" } = process.env;
const REQUESTS_OF_A_TOKEN = 5;
const CONTACTS = Array.from({ length: 11 }, (_, number) => ({
  id: number + 1,
  name: `Contact ${number + 1}`,
  updated_at: `2026-02-${String(number + 1).padStart(2, "0")}T08:00:00Z`,
}));
const left = new Map();
let issued = 0;

function send(response, status, content) {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(content));
}

async function giveToken(request, response) {
  let body = "";
  for await (const piece of request) body += piece;
  if (JSON.parse(body).client_secret !== CLIENT_SECRET) return send(response, 403, { error: "wrong secret" });
  issued += 1;
  const token = `access-token-number-${issued}`;
  left.set(token, REQUESTS_OF_A_TOKEN);
  return send(response, 200, { access_token: token, token_type: "bearer" });
}

function giveContacts(request, response, query) {
  const token = (request.headers.authorization ?? "").replace("Bearer ", "");
  const remaining = left.get(token) ?? 0;
  if (remaining === 0) return send(response, 401, { error: "the token has expired" });
  left.set(token, remaining - 1);
  const offset = Number(query.get("offset") ?? 0);
  const limit = Number(query.get("limit") ?? 4);
  return send(response, 200, { items: CONTACTS.slice(offset, offset + limit), total: CONTACTS.length });
}

createServer((request, response) => {
  const url = new URL(request.url, "http://localhost");
  if (url.pathname === "/token" && request.method === "POST") giveToken(request, response);
  else if (url.pathname === "/contacts") giveContacts(request, response, url.searchParams);
  else send(response, 404, { error: "not found" });
}).listen(Number(PORT), "127.0.0.1");
