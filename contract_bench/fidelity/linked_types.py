"""To which type of record a type of association leads, by the id that HubSpot gives it."""

__all__ = ["LINKED_TYPES"]

# The plural name of a type, and the ids of the associations that lead to it. A test compares it with the fake.
# Source: reader (constants of HubSpot's official clients), docs (the association type id table).
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
