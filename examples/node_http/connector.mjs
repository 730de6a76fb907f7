// A connector in Node.js without packages. It streams all contacts as one JSON array.
import { once } from "node:events";
import { createServer } from "node:http";

const { HUBSPOT_BASE_URL, HUBSPOT_API_KEY, PORT, HUBSPOT_PAGE_SIZE = "100", HUBSPOT_READ_TIMEOUT_S = "60" } = process.env;
const MOST_BYTES = 50_000_000;

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

async function read(response, signal) {
  const pieces = [];
  let length = 0;
  const reader = response.body.getReader();
  const cancel = () => reader.cancel().catch(() => {});
  signal.addEventListener("abort", cancel);
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    length += next.value.length;
    if (length > MOST_BYTES) {
      cancel();
      throw new Error("the response is too long");
    }
    pieces.push(next.value);
  }
  return new TextDecoder("utf-8", { fatal: true }).decode(Buffer.concat(pieces));
}

async function fetchPage(after) {
  const url = new URL("/crm/v3/objects/contacts", HUBSPOT_BASE_URL);
  url.searchParams.set("limit", HUBSPOT_PAGE_SIZE);
  if (after !== undefined) url.searchParams.set("after", after);
  const headers = { authorization: `Bearer ${HUBSPOT_API_KEY}`, accept: "application/json" };
  const text = await within(Number(HUBSPOT_READ_TIMEOUT_S) * 1000, async (signal) => {
    const response = await fetch(url, { headers, redirect: "error", signal });
    if (response.status !== 200) throw new Error(`HubSpot responded with status ${response.status}`);
    return read(response, signal);
  });
  const page = JSON.parse(text);
  if (!Array.isArray(page?.results)) throw new Error("expected results to be an array");
  return page;
}

async function* pages() {
  let after;
  let lastId = -1;
  for (;;) {
    const page = await fetchPage(after);
    for (const record of page.results) {
      if (typeof record?.id !== "string" || !/^\d+$/.test(record.id)) throw new Error("expected a numeric string as id");
      if (Number(record.id) <= lastId) throw new Error("ids out of order");
      lastId = Number(record.id);
      if (record.archived !== false) throw new Error("expected a record that is not archived");
    }
    yield page.results;
    const next = page.paging?.next?.after;
    if (next === undefined) return;
    if (page.results.length === 0) throw new Error("a page without records leads to another one");
    if (after !== undefined && Number(next) <= Number(after)) throw new Error("after does not advance");
    after = next;
  }
}

function toEntity(record) {
  const updated = new Date(record.updatedAt).toISOString();
  // JavaScript takes 30 February for a day in March
  if (updated.slice(0, 19) !== record.updatedAt.slice(0, 19)) throw new Error("expected updatedAt to be a time");
  return { _id: record.id, _updated: updated, ...record };
}

async function getContacts(response) {
  let opening = "[";
  const disconnected = new AbortController();
  response.once("close", () => disconnected.abort());
  try {
    for await (const records of pages()) {
      if (records.length === 0) continue;
      if (!response.headersSent) response.writeHead(200, { "content-type": "application/json" });
      const isFlushed = response.write(opening + records.map((record) => JSON.stringify(toEntity(record))).join(","));
      if (!isFlushed) await once(response, "drain", { signal: disconnected.signal }); // wait for a slow reader
      opening = ",";
    }
    if (!response.headersSent) response.writeHead(200, { "content-type": "application/json" });
    response.end(opening === "," ? "]" : "[]");
  } catch (error) {
    console.error(`pull failed: ${error.message}`);
    if (response.headersSent) response.destroy(); // leave the array open, so that Sesam rejects it
    else response.writeHead(502, { "content-type": "application/json" }).end(JSON.stringify({ message: error.message }));
  }
}

createServer((request, response) => {
  const path = request.url.split("?")[0];
  if (path === "/get_contacts") getContacts(response);
  else response.writeHead(path === "/health" ? 200 : 404).end();
}).listen(Number(PORT), "127.0.0.1");
