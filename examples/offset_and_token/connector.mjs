// A connector in Node.js without packages, for an API with offset and limit and a token that expires. It streams all
// contacts as one JSON array.
import { once } from "node:events";
import { createServer } from "node:http";

const { BASE_URL, CLIENT_SECRET = "demo-secret", PORT, PAGE_SIZE = "4", READ_TIMEOUT_S = "1" } = process.env;
const TRIES = 3;
const PAUSE_MS = 50;
const MOST_BYTES = 10_000_000;
const PASSING = new Set([408, 425, 429, 500, 502, 503, 504]);

class PassingError extends Error {}

let token;

// A timer of our own ends an attempt. Node.js 20 forgets the signal that was given to `fetch` if it collects garbage while
// a body is read; then a server that stops in the middle would hold up the pull forever.
async function within(timeout, attempt) {
  const controller = new AbortController();
  let timer;
  const limit = new Promise((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`no complete response within ${timeout} ms`));
      controller.abort();
    }, timeout);
  });
  try {
    return await Promise.race([attempt(controller.signal), limit]);
  } finally {
    clearTimeout(timer);
  }
}

async function send(path, options = {}) {
  let response;
  let text;
  try {
    [response, text] = await within(Number(READ_TIMEOUT_S) * 1000, async (signal) => {
      const received = await fetch(new URL(path, BASE_URL), { redirect: "error", signal, ...options });
      return [received, await read(received, signal)];
    });
  } catch (error) {
    if (error instanceof TypeError && error.code === "ERR_ENCODING_INVALID_ENCODED_DATA") throw new Error("not UTF-8");
    throw new PassingError(`no response: ${error.message}`);
  }
  if (PASSING.has(response.status)) throw new PassingError(`status ${response.status}`);
  if (response.status === 401) return { expired: true };
  if (response.status !== 200) throw new Error(`status ${response.status}`);
  return { content: JSON.parse(text) };
}

async function read(response, signal) {
  // Without a length or chunks, a body that was cut looks complete.
  if (!response.headers.has("content-length") && !response.headers.has("transfer-encoding")) throw new Error("no end");
  const pieces = [];
  let length = 0;
  const reader = response.body?.getReader();
  const cancel = () => reader?.cancel().catch(() => {});
  signal.addEventListener("abort", cancel);
  for (let next = await reader?.read(); next && !next.done; next = await reader.read()) {
    length += next.value.length;
    if (length > MOST_BYTES) {
      cancel();
      throw new Error("the response is too long");
    }
    pieces.push(next.value);
  }
  return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(Buffer.concat(pieces));
}

async function withRetries(attempt) {
  for (let number = 1; ; number += 1) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof PassingError) || number === TRIES) throw error;
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS * 2 ** number));
    }
  }
}

async function newToken() {
  const body = JSON.stringify({ client_secret: CLIENT_SECRET });
  const options = { method: "POST", body, headers: { "content-type": "application/json" } };
  const { content } = await withRetries(() => send("/token", options));
  if (typeof content?.access_token !== "string") throw new Error("expected a token");
  return content.access_token;
}

async function fetchPage(offset) {
  for (let renewals = 0; renewals < 2; renewals += 1) {
    token ??= await newToken();
    const headers = { authorization: `Bearer ${token}`, accept: "application/json" };
    const { content, expired } = await withRetries(() => send(`/contacts?offset=${offset}&limit=${PAGE_SIZE}`, { headers }));
    if (!expired) return content;
    token = undefined; // it has expired: ask for a new one, once
  }
  throw new Error("a new token is refused as well");
}

async function* pages() {
  let offset = 0;
  let total;
  for (;;) {
    const page = await fetchPage(offset);
    if (!Array.isArray(page?.items) || !Number.isInteger(page.total)) throw new Error("expected items and a total");
    if (page.items.some((contact) => !Number.isInteger(contact?.id))) throw new Error("expected contacts with an id");
    total ??= page.total;
    if (page.total !== total) throw new Error("the total has changed");
    if (page.items.length === 0 && offset < total) throw new Error("the list ends before its total");
    yield page.items;
    offset += page.items.length;
    if (offset >= total) return;
  }
}

async function getContacts(response) {
  let opening = "[";
  const seen = new Set();
  const disconnected = new AbortController();
  response.once("close", () => disconnected.abort());
  try {
    for await (const contacts of pages()) {
      const entities = contacts.map((contact) => ({ ...contact, _id: String(contact.id), _updated: contact.updated_at }));
      for (const { _id } of entities) if (seen.has(_id) || !seen.add(_id)) throw new Error("a contact for the second time");
      if (!response.headersSent) response.writeHead(200, { "content-type": "application/json" });
      if (entities.length === 0) continue;
      const isFlushed = response.write(opening + entities.map((entity) => JSON.stringify(entity)).join(","));
      if (!isFlushed) await once(response, "drain", { signal: disconnected.signal }); // wait for a slow reader
      opening = ",";
    }
    response.end(opening === "," ? "]" : "[]");
  } catch (error) {
    console.error(`pull failed: ${error.message}`);
    if (response.headersSent) response.destroy(); // leave the array open, so that Sesam rejects it
    else response.writeHead(502, { "content-type": "application/json" }).end(JSON.stringify({ message: error.message }));
  }
}

createServer((request, response) => {
  const path = request.url.split("?")[0];
  if (path === "/contacts") getContacts(response);
  else response.writeHead(path === "/health" ? 200 : 404).end();
}).listen(Number(PORT), "127.0.0.1");
