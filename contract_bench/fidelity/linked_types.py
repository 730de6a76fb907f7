"""The names of types of record, and to which type a type of association leads, by the id that HubSpot gives it."""

__all__ = ["LINKED_TYPES", "TYPE_NAMES", "type_of"]

# The id of a type, its plural name, and its singular name where that is not the plural without its `s`.
# A test compares it with the fake. Source: docs (list of object type ids, 2026).
NAMES = """
0-1 contacts
0-2 companies company
0-3 deals
0-5 tickets
0-7 products
0-8 line_items
0-14 quotes
0-18 communications
0-19 feedback_submissions
0-27 tasks
0-46 notes
0-47 meetings
0-48 calls
0-49 emails
0-53 invoices
0-64 quote_templates
0-69 subscriptions
0-72 deal_splits
0-74 goal_targets
0-84 discounts
0-85 fees
0-86 taxes tax
0-101 commerce_payments
0-115 users
0-116 postal_mail postal_mail
0-123 orders
0-136 leads
0-142 carts
0-162 services
0-410 courses
0-420 listings
0-421 appointments
0-970 projects
0-11 conversations
0-721 contracts
0-903 partner_clients
0-904 partner_services
"""

# The plural name of a type, and the ids of the associations that lead to it. A test compares it with the fake.
# Source: reader (constants of HubSpot's official clients); 15 ids that they lack are assumed, as in the fake.
TABLE = """
calls 181 193 205 219 400
carts 587
commerce_payments 388
communications 82 84 86 88
companies 1 5 13 14 26 71 87 182 186 188 190 192 279 339 341 450 459
contacts 2 3 16 69 81 98 177 194 198 200 202 204 280 295 387 449 453 507 586 702
deals 4 6 20 28 64 85 206 210 212 214 216 342 451 457
discounts 362
emails 185 197 209 223
feedback_submissions 97 99
fees 364
invoices 178
line_items 19 67
meetings 187 199 211 225 399
notes 189 201 213 227
orders 508
postal_mail 454 456 458 460
quote_templates 286
quotes 63 68 70 72 218 285 361 363 365 701
subscriptions 296
tasks 191 203 215 217 229
taxes 366
tickets 15 25 27 83 100 220 224 226 228 230 340 452 455
"""
LINKED_TYPES = {
    int(number): name for name, *numbers in (line.split() for line in TABLE.strip().splitlines()) for number in numbers
}
TYPE_NAMES = {
    name: plural
    for type_id, plural, *singular in (line.split() for line in NAMES.strip().splitlines())
    for name in (type_id, plural, *(singular or [plural.removesuffix("s")]))
}


def type_of(name: str) -> str:
    """Return the plural name of a type by any of its names, in any case; of a type that is not known the name itself.

    Two names of one type are one type: `Contact`, `contacts` and `0-1`.
    """
    return TYPE_NAMES.get(name.lower(), name.lower())
