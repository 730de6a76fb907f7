"""What this fake does and how certain that is: one table, printed by `fake-hubspot evidence` and in the documentation.

A level is `recording` (seen on the wire), `docs` (HubSpot documents it), `reader` (another program's source or issue
shows it) or `assumed` (nobody outside HubSpot knows, or nobody has said). What is assumed and could be otherwise is an
option in `fake_hubspot.portal.assumptions`.
"""

from collections.abc import Iterable

import msgspec

from fake_hubspot.portal.assumptions import ASSUMPTIONS

__all__ = ["BEHAVIOURS", "LEVELS", "Behaviour", "chosen", "to_markdown", "to_text"]

LEVELS = ("recording", "docs", "reader", "assumed")


class Behaviour(msgspec.Struct, frozen=True):
    """One behaviour. `assumption` names the option that changes it, if there is one."""

    area: str
    says: str
    level: str
    source: str = ""
    assumption: str = ""


def _area(area: str, *rows: tuple[str, ...]) -> list[Behaviour]:
    return [Behaviour(area, *row) for row in rows]


BEHAVIOURS = (
    *_area(
        "list",
        ("Ten rows without `limit`; at most 100.", "docs", "CRM guides"),
        ("More than 100 is refused, in words of the fake's own.", "assumed", "", "limit-over-maximum"),
        ("At most 50 with `propertiesWithHistory`.", "reader", "hubspot-api-python #143"),
        ("`after` is the last id plus one, an inclusive bound, as text.", "recording", "2018 to 2026"),
        ("An `after` that is not a number is refused.", "assumed", "", "after-not-numeric"),
        ("Ascending by id, which is not the order of creation.", "recording", "2026-03"),
        ("`paging` is absent on the last page.", "recording", "2026-03"),
        ("An empty portal returns an empty `results`.", "assumed"),
        (
            "The link has the path `/crm/objects/v3/...`, whatever path was requested.",
            "recording",
            "2026-04",
            "list-link-path",
        ),
        (
            "The link echoes unknown parameters, leaves out `offset`, ends with `limit` and `after`.",
            "recording",
            "2026-04",
        ),
        ("The link has no `limit` that was not sent.", "assumed", "", "link-limit"),
        ("Dated paths link to themselves.", "assumed"),
        ("`archived=true` lists archived records only, each with `archivedAt`.", "docs", "CRM guides"),
        ("Archived meetings cannot be listed.", "reader", "the error text in another program's issue"),
    ),
    *_area(
        "record",
        ("`id, properties, createdAt, updatedAt, archived, url`, in that order, compact.", "recording", "2026-04"),
        ("`url` depends on the data centre.", "recording", "2025-11 to 2026-04", "record-url"),
        ("`archivedAt` follows `archived`, the history follows `properties`.", "assumed"),
        ("Properties are sorted; three are always returned.", "recording", "2026-03"),
        ("Default properties of contacts.", "recording", "2026-04"),
        ("Default properties of the other types.", "docs", "object guides"),
        ("A missing value is null, a cleared one an empty text.", "recording", "2026-03 and 2026-04"),
        ("An unknown property is left out.", "docs", "using object APIs"),
        ("The name of a type is taken in any case.", "recording", "2022 to 2026"),
        (
            "A custom type is named `p_car`, `p62515_car` or by its id, and not `car`.",
            "docs",
            "changelog 2025-06-24",
            "custom-base-name",
        ),
        (
            "The types besides the eleven oldest: default properties, properties, pipelines.",
            "assumed",
            "docs for names",
        ),
        ("A type that HubSpot has and the fake has not is reported as unmatched.", "assumed", "the fake's own answer"),
        ("The fraction of a time is left out if it is zero.", "recording", "2022-08 and 2026-03"),
        ("New ids have twelve digits and are in no order.", "recording", "2026-03"),
        (
            "A record contains links only if there are any, a company once per type of link.",
            "recording",
            "2026-03",
        ),
        (
            "A hundred links per record, then a cursor that is already percent-encoded.",
            "reader",
            "python #135, dlt #593",
        ),
    ),
    *_area(
        "write",
        ("Create: 201, `Location`, every property with a value.", "recording", "2024-11 and 2025-11"),
        (
            "Which properties HubSpot sets itself.",
            "recording",
            "contacts, companies, deals, tickets, tasks, notes, meetings",
        ),
        (
            "New contacts have a marketing status in accounts that have one.",
            "recording",
            "2025-11",
            "marketing-contacts",
        ),
        (
            "New tickets have more calculated properties than in 2024.",
            "recording",
            "2024-11, 2026-03",
            "ticket-properties",
        ),
        ("Update: the changed properties and a fixed handful for each type.", "recording", "2026-03"),
        ("A cleared property is an empty text in the response to the write.", "recording", "grouparoo 2022"),
        ("Required properties: 400 with their names in `context`.", "recording", "2026-04; the body: Pipedream #12366"),
        ("A stage that no pipeline has is refused, with the list of those there are.", "reader", "a client's test"),
        ("A pipeline that does not exist is refused; the text.", "assumed"),
        (
            "Links keep the counts and the primary company of records up to date.",
            "docs",
            "descriptions of the properties",
        ),
        ("Such a change is a change of the record.", "assumed", "sample contacts change by themselves in recordings"),
        ("Links to archived records are hidden.", "assumed", "linking with them is refused"),
        (
            "Rules of administrators are enforced on the paths of 2026-09.",
            "docs",
            "changelog; the texts: assumed",
        ),
        (
            "An owner that does not exist, or the id of a user, is refused; the text.",
            "assumed",
            "docs for the rule; the code: a community thread",
            "unknown-owner",
        ),
        ("Users may lack the permission to link two types; status and text of the refusal.", "assumed", "changelog"),
        ("Links beyond the number that an administrator set are refused; the text.", "assumed", "docs for the limits"),
        ("Enumerations have HubSpot's options.", "recording", "2025-11 and 2026-03"),
        ("Every stage has `hs_v2_date_entered_<stage>`, also in own pipelines.", "recording", "2025-11"),
        ("Wrong values: the message as JSON, and `errors`.", "docs", "error handling, 2026-03"),
        ("The texts for options, numbers, dates and read-only properties.", "assumed"),
        ("A taken address: 409 with the existing id.", "recording"),
        ("A lifecycle stage that goes back is ignored.", "assumed", "docs say that it cannot go back"),
        ("An archived record frees its unique values.", "assumed"),
        ("A merge makes a new id.", "docs", "contacts guide", "merge-id"),
        ("The old ids of merged records lead to the new record.", "assumed", "", "merged-lookup"),
        ("An unknown address in `gdpr-delete` is blocked.", "docs", "contacts guide"),
        ("The address of an erased contact is blocked too.", "assumed", "", "erased-email"),
        (
            "A blocked address is refused by create, update, batches and upsert; status, code and text.",
            "assumed",
            "docs say that it cannot be used",
            "blocked-email",
        ),
        ("A contact needs an address or a name; the text.", "assumed", "docs for the rule"),
    ),
    *_area(
        "batch",
        ("Missing ids: 207 and one error for all of them.", "recording", "2023-05 to 2025-11"),
        (
            "2026-09 has no 207: errors are in the response with status 200 or 201.",
            "docs",
            "specification 2026-09; that responses follow it is assumed",
            "batch-2026-09",
        ),
        ("The value of a property in a batch response may be null.", "docs", "specification 2026-09; v3: recording"),
        ("Key order of 2025 and 2026: times first.", "recording", "2025-11 and 2026-03", "batch-keys"),
        ("Results are in the order of the inputs; HubSpot does not promise an order.", "assumed", "", "batch-order"),
        ("A duplicate refuses the batch; with trace ids it is an error among the results.", "recording", "2025-11"),
        ("Other wrong inputs of a create too, with trace ids.", "docs", "multi-status errors; the context is assumed"),
        ("Without trace ids the refusal names the wrong values of all inputs.", "recording", "2025-11"),
        ("An upsert of a missing id without a unique property is a 404.", "assumed"),
    ),
    *_area(
        "search",
        ("`total, results, paging`; `after` is an offset, there is no link.", "recording", "2025-01"),
        ("200 rows per page, 5 groups, 6 filters each, 18 in total, 3000 characters.", "docs", "search guide"),
        ("Paging ends at 10,000; the words are the fake's own.", "assumed", "docs for the number"),
        ("Oldest first without a sort; at most one sort.", "docs", "search guide"),
        ("NEQ and the NOT_ operators match empty values.", "assumed", "", "missing-value-match"),
        ("Of the rate-limit headers only those about the day.", "recording", "2022-11 and 2024-12; docs: none"),
        ("Five requests per second.", "docs", "usage guidelines"),
        ("The index can lag behind; by default it does not.", "docs", "a few moments; readers: 30 s and more"),
        ("A lagging index decides which records match and `total`; the rows are live.", "recording", "2022-02"),
        ("Filters on `associations.{type}`.", "recording", "EQ, 2022-11 and 2024-12; other operators assumed"),
        ("An unknown property, sort or direction is refused.", "assumed", "", "search-unknown-name"),
        (
            "The names in `properties` do not count towards the 3,000 characters.",
            "reader",
            "airweave #1064, MeltanoLabs",
            "search-body-length",
        ),
    ),
    *_area(
        "access",
        ("A missing or unknown token: 401 with a header.", "recording", "2023 to 2026"),
        ("An expired token: 401 with its age in seconds or days.", "recording", "airbyte #74726, php #363"),
        (
            "A token that is not routed to its data centre: 488 with the right one.",
            "recording",
            "python #261; the status: amp-labs #3508, 2026-09; which tokens: assumed",
            "other-data-center",
        ),
        ("A malformed token.", "assumed", "", "garbage-token"),
        ("`?hapikey=` is refused.", "reader", "mautic #11926, 2023", "hapikey"),
        ("A missing scope: 403 with its name.", "docs", "error handling"),
        ("The scope that each route needs.", "assumed"),
        ("OAuth: codes, refresh tokens that do not change, 30 minutes.", "docs", "OAuth guide; airbyte"),
    ),
    *_area(
        "errors",
        ("GET of a missing record returns an HTML page.", "recording", "2024-11", "missing-as-json"),
        ("PATCH of a missing record returns `resource not found` without a category.", "recording"),
        ("Ids that are zero or not a number have their own messages.", "recording", "nodejs #669"),
        ("405 and 415 are HTML pages.", "assumed", "the title of 405 is recorded"),
        ("414 from about 16,300 characters, nginx's page.", "reader", "PostHog #31617"),
        ("429 in three shapes.", "recording", "daily: docs; the tail of secondly: inferred"),
        ("429 without `Retry-After`.", "reader", "airbyte", "retry-after"),
    ),
    *_area(
        "limits",
        ("The limits of each tier.", "docs", "usage guidelines, 2026"),
        ("The headers and their names.", "recording", "2024-11 to 2026-04"),
        ("The window covers the last ten seconds; a refused request does not count.", "assumed"),
        ("The day begins at midnight of the account's time zone.", "docs", "usage guidelines"),
    ),
    *_area(
        "neighbours",
        ("Properties: key order, no paging.", "recording", "2026-03"),
        ("Every property of contacts, companies, deals and tickets.", "recording", "2025-11 and 2026-03"),
        ("The properties of activities, feedback, splits and goals.", "reader", "airbyte-source-hubspot 5.7.0"),
        ("The properties of products, line items and the other types.", "docs", "their names: in part assumed"),
        ("What contacts, companies, deals and tickets have in common, own types have too.", "assumed"),
        ("Owners.", "recording", "2025-03 and 2026-03"),
        (
            "Users: keys and types; every owner is one, a super admin unless it has a role.",
            "docs",
            "the last is assumed",
        ),
        ("Quotes and quote templates: default properties, ids of association types.", "docs", "object guides"),
        ("Property groups: the keys.", "docs", "their order is assumed"),
        ("Associations v4: rows, and 207 for a bad id.", "recording"),
        (
            "Type ids of links: the 103 of the official clients, and a few more.",
            "reader",
            "@hubspot/api-client 13.5.0, hubspot-api-client 12.0.0",
        ),
        (
            "15 of the type ids, which no client's constant has: ways back of carts, orders, invoices ...",
            "assumed",
        ),
        ("Type ids of other pairs.", "assumed", "invented"),
        ("The ids in a link that was created are numbers.", "recording", "2022 and 2026-03"),
        ("Lists: search, members, the two spellings of their keys, the 404.", "recording"),
        ("Lists: folders, conversion, lists of a record, ids of v1.", "reader", "models of HubSpot's clients"),
        (
            "List filters on properties, times, past values, lists, imports, linked records and events; others are "
            "unmatched.",
            "docs",
            "list filter definitions; models of HubSpot's clients",
        ),
        (
            "List filters: weeks begin on Monday, a date without a time is a day of the filter's zone, an event "
            "belongs to the contact that has or had its address.",
            "assumed",
        ),
        ("Pipelines: audits, ids that a request brings.", "reader", "models of HubSpot's clients; the texts: assumed"),
        ("Schemas: the associations of HubSpot's own types.", "recording", "2025-03; which of them: in part"),
        (
            "Forms, marketing e-mails and campaigns: keys, filters by time, the two parameters of a page.",
            "docs",
            "2026-03; keys, defaults and cursors: recording, 2026-05; the answer to an unknown id is assumed",
        ),
        ("Files: the parts of an upload, keys, folders, filters of the search.", "docs", "2026-03; texts are assumed"),
        (
            "The addresses of files lead to the fake; it fetches none from other servers, which the task then says.",
            "assumed",
            "the fake's own",
        ),
        (
            "Imports and exports of CSV: requests, states, counters, errors of rows.",
            "docs",
            "2026-03; both are done at once; the type of an error: assumed",
        ),
        ("Submissions of forms: the contact, the order, 20 to 50 of a page, two errors.", "docs", "forms guide"),
        ("Users are made, changed and removed; the roles and teams that there are.", "docs", "the last is assumed"),
        ("Subscriptions v3 and v4: keys, states, who cannot join again.", "docs", "2026-03; texts: assumed"),
        (
            "Custom events: definitions, sending, reading by time, type and record.",
            "docs",
            "2026-03; that unknown events and records are refused, and the order: assumed",
        ),
        ("Limits of the account: what is used of them.", "reader", "models of HubSpot's clients; the numbers: docs"),
        ("Drafts, copies and revisions of marketing e-mails.", "reader", "models of HubSpot's clients"),
        (
            "Routes that `fake-hubspot coverage` calls shallow: what was given is kept and returned.",
            "assumed",
            "the operations: models of HubSpot's clients",
        ),
        ("Account details.", "recording", "2026-03"),
    ),
    *_area(
        "legacy",
        (
            "The older APIs show the records of the CRM API; what one writes, the other reads.",
            "docs",
            "migration guides",
        ),
        ("Contacts of v1: shape, `vidOffset`, `timeOffset`, past values, merge, errors.", "recording", "2015 to 2026"),
        ("Contact lists of v1: shape.", "recording", "2022-08; members: docs; their order: assumed"),
        ("Lists with the filters of v1 are unmatched; filters of v3 are not translated.", "assumed", "the fake's own"),
        ("Companies of v2 and deals of v1: shape, offsets, errors.", "recording", "2022-08"),
        ("Recent records: 30 days, 10,000 rows, `since`.", "docs", "the refusal beyond: assumed"),
        ("Contacts of a company, companies by domain.", "docs", "the domain search: recording 2022-08"),
        ("Engagements: shape, offsets, errors.", "recording", "2022-08; reader: airbyte's expected records"),
        ("Which property each member of an engagement's metadata is.", "docs", "engagements v1 and v3"),
        ("Properties and groups of v1 and v2: shape, errors.", "recording", "2022-08 and 2022-09"),
        ("Forms have no properties of their own in v2.", "assumed"),
        ("Pipelines of v1.", "docs", "those inside of deals: recording 2022-08"),
        ("Owners of v2, CRM objects of v1, associations of v1: shape.", "docs", "the texts of their errors: assumed"),
        ("Forms of v2: shape.", "recording", "2022-08; how fields are translated: assumed"),
        ("Workflows of v3: shape.", "docs", "counts are always 0: assumed"),
        ("Subscriptions, campaigns and events of e-mails: shape.", "reader", "airbyte's expected records"),
        ("Nothing is sent, so campaigns and events are those that were seeded.", "assumed", "the fake's own"),
        ("A batch with one wrong record changes nothing.", "assumed"),
    ),
    *_area(
        "webhooks",
        ("Settings and subscriptions by API: paths, fields, `hapikey`.", "docs", "webhooks v3 and 2026-03"),
        ("An OAuth token is refused.", "docs", "and a request of 2026"),
        ("1,000 subscriptions an app; more than five concurrent requests.", "docs", "webhooks v3"),
        ("The texts of other refusals; an equal subscription is returned.", "assumed"),
        ("At most 100 events a request, ten concurrent requests.", "docs", "webhooks v3"),
        ("Ten retries in 24 hours, after 4xx, 5xx, no connection, five seconds.", "docs", "webhooks v3"),
        ("The delays between the retries; every answer but 2xx counts as failed.", "assumed"),
        ("Signatures v1, v2 and v3 with its timestamp.", "docs", "validating requests, with its examples of hashes"),
        (
            "Payloads: keys, their order, `CREATED` and `DELETED`.",
            "reader",
            "payloads in public repositories, 2022 to 2026",
        ),
        (
            "Payloads of `object.*`, merge and association change: keys.",
            "docs",
            "changelog 2023, generic subscriptions",
        ),
        ("A privacy deletion is told as a deletion as well.", "docs", "changelog of `contact.privacyDeletion`"),
        ("A link is told from both ends, and once per association type.", "reader", "the types: assumed"),
        ("A creation is also told as a change of each property.", "assumed", "", "webhook-creation"),
        ("`objectId` of a merge is the primary's; no links are told when records or labels end.", "assumed"),
        ("Targets may be `http://`; which hosts, the fake decides. The timestamp is the machine's.", "assumed"),
    ),
)


def chosen(level: str | None) -> list[Behaviour]:
    """Return the behaviours of a level, or all of them."""
    return [one for one in BEHAVIOURS if level is None or one.level == level]


def to_text(behaviours: Iterable[Behaviour]) -> str:
    """Render behaviours for a terminal, one per line."""
    return "\n".join(f"{one.level:<10} {one.area:<11} {one.says}{_because(one)}" for one in behaviours)


def _because(one: Behaviour) -> str:
    told = "; ".join(part for part in (one.source, f"choice: {one.assumption}" if one.assumption else "") if part)
    return f" ({told})" if told else ""


def to_markdown() -> str:
    """Render a table of behaviours and a table of options for the documentation."""
    rows = [f"| {one.area} | {one.says} | {one.level} | {_cell(one)} |" for one in BEHAVIOURS]
    choices = [
        f"| `{one.name}` | {one.question} | {', '.join(f'`{choice}`' for choice in one.choices)} |"
        for one in ASSUMPTIONS.values()
    ]
    return "\n".join(
        [
            "## Behaviours",
            "",
            "| area | behaviour | level | source |",
            "|---|---|---|---|",
            *rows,
            "",
            "## Choices",
            "",
            "The first is the default. `PATCH /_fake/assumptions` with `{name: choice}` sets them for one portal.",
            "",
            "| name | question | choices |",
            "|---|---|---|",
            *choices,
            "",
        ]
    )


def _cell(one: Behaviour) -> str:
    return "; ".join(part for part in (one.source, f"choice `{one.assumption}`" if one.assumption else "") if part)
