// HubSpot's client for Node.js, `@hubspot/api-client`, configured as its README does, with `basePath` for the address.
// `node node_client.js NODE_MODULES URL TOKEN`; how a test calls it: see serving.py.
"use strict";
const { createRequire } = require("module");
const readline = require("readline");

const [, , modules, basePath, accessToken] = process.argv;
const { Client } = createRequire(`${modules}/`)("@hubspot/api-client");
const client = new Client({ accessToken, basePath, numberOfApiCallRetries: 3 });

// The client waits up to ten seconds before it tries again.
const LONGEST_PAUSE_MS = 20;
const pause = globalThis.setTimeout;
globalThis.setTimeout = (call, ms, ...rest) => pause(call, Math.min(ms, LONGEST_PAUSE_MS), ...rest);

const NAMED = { line_items: "lineItems" };
const byId = (records) => Object.fromEntries(records.map((each) => [each.id, each.properties]));

const operations = {
  async read({ kind, properties }) {
    const named = client.crm[NAMED[kind] ?? kind];
    if (named?.getAll) return byId(await named.getAll(undefined, undefined, properties));
    const found = {};
    let after;
    do {
      const page = await client.crm.objects.basicApi.getPage(kind, 100, after, properties);
      Object.assign(found, byId(page.results));
      after = page.paging?.next?.after;
    } while (after);
    return found;
  },

  async search({ kind, since, properties }) {
    const name = kind === "contacts" ? "lastmodifieddate" : "hs_lastmodifieddate";
    const filters = [{ propertyName: name, operator: "GTE", value: since }];
    const found = {};
    let after;
    do {
      const request = { filterGroups: [{ filters }], sorts: [name], properties, limit: 200, after };
      const page = await client.crm.objects.searchApi.doSearch(kind, request);
      Object.assign(found, byId(page.results));
      after = page.paging?.next?.after;
    } while (after);
    return found;
  },

  async create({ kind, properties }) {
    return (await client.crm.objects.basicApi.create(kind, { properties, associations: [] })).id;
  },

  async update({ kind, record_id, properties }) {
    await client.crm.objects.basicApi.update(kind, record_id, { properties });
  },

  async archive({ kind, record_id }) {
    await client.crm.objects.basicApi.archive(kind, record_id);
  },

  async linked({ kind, record_id, to_kind }) {
    const page = await client.crm.associations.v4.basicApi.getPage(kind, record_id, to_kind);
    return page.results.map((each) => String(each.toObjectId));
  },

  async owners() {
    return (await client.crm.owners.ownersApi.getPage()).results.map((each) => each.email);
  },

  async pipelines({ kind }) {
    return (await client.crm.pipelines.pipelinesApi.getAll(kind)).results.map((each) => each.id);
  },

  async properties({ kind }) {
    return (await client.crm.properties.coreApi.getAll(kind)).results.map((each) => each.name);
  },

  async schemas() {
    return (await client.crm.schemas.coreApi.getAll()).results.map((each) => each.name);
  },
};

async function serve() {
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const { operation, arguments: given } = JSON.parse(line);
    let answer;
    try {
      answer = { result: (await operations[operation](given)) ?? null };
    } catch (problem) {
      answer = { error: `${problem.name}: ${problem.message}` };
    }
    process.stdout.write(JSON.stringify(answer) + "\n");
  }
}

serve();
