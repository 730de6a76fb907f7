// A connector in Node.js without any package: every contact as one streamed JSON array.
import { once } from "node:events";
import { createServer } from "node:http";

const { HUBSPOT_BASE_URL, HUBSPOT_API_KEY, PORT, HUBSPOT_PAGE_SIZE = "100", HUBSPOT_READ_TIMEOUT_S = "60" } = process.env;

async function fetchPage(after) {
  const url = new URL("/crm/v3/objects/contacts", HUBSPOT_BASE_URL);
  url.searchParams.set("limit", HUBSPOT_PAGE_SIZE);
  if (after !== undefined) url.searchParams.set("after", after);
  const answer = await fetch(url, {
    headers: { authorization: `Bearer ${HUBSPOT_API_KEY}`, accept: "application/json" },
    redirect: "error",
    signal: AbortSignal.timeout(Number(HUBSPOT_READ_TIMEOUT_S) * 1000),
  });
  if (answer.status !== 200) throw new Error(`HubSpot answered ${answer.status}`);
  const text = new TextDecoder("utf-8", { fatal: true }).decode(await answer.arrayBuffer());
  const page = JSON.parse(text);
  if (!Array.isArray(page?.results)) throw new Error("a page without results");
  return page;
}

async function* pages() {
  let after;
  let lastId = -1;
  for (;;) {
    const page = await fetchPage(after);
    for (const record of page.results) {
      if (typeof record?.id !== "string" || !/^\d+$/.test(record.id)) throw new Error("a record without an id");
      if (Number(record.id) <= lastId) throw new Error("ids out of order");
      lastId = Number(record.id);
    }
    yield page.results;
    const next = page.paging?.next?.after;
    if (next === undefined) return;
    if (after !== undefined && Number(next) <= Number(after)) throw new Error("a cursor that leads in a circle");
    after = next;
  }
}

function toEntity(record) {
  return { _id: record.id, _updated: new Date(record.updatedAt).toISOString(), ...record };
}

async function getContacts(response) {
  let opening = "[";
  const hungUp = new AbortController();
  response.once("close", () => hungUp.abort());
  try {
    for await (const records of pages()) {
      if (records.length === 0) continue;
      if (!response.headersSent) response.writeHead(200, { "content-type": "application/json" });
      const isTaken = response.write(opening + records.map((record) => JSON.stringify(toEntity(record))).join(","));
      if (!isTaken) await once(response, "drain", { signal: hungUp.signal }); // a slow reader sets the pace
      opening = ",";
    }
    if (!response.headersSent) response.writeHead(200, { "content-type": "application/json" });
    response.end(opening === "," ? "]" : "[]");
  } catch (error) {
    console.error(`pull failed: ${error.message}`);
    if (response.headersSent) response.destroy(); // never close the array
    else response.writeHead(502, { "content-type": "application/json" }).end(JSON.stringify({ message: error.message }));
  }
}

createServer((request, response) => {
  const path = request.url.split("?")[0];
  if (path === "/get_contacts") getContacts(response);
  else response.writeHead(path === "/health" ? 200 : 404).end();
}).listen(Number(PORT), "127.0.0.1");
