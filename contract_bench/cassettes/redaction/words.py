"""What a recording may keep: the words of the protocol, and the shapes of ids, cursors and names of the schema.

Everything here is about HubSpot, not about a portal. Words that are also common first names are left out.
"""

import base64
import re
from functools import lru_cache
from urllib.parse import unquote

from contract_bench.cassettes.redaction.secrets import find_secrets

__all__ = [
    "METHODS",
    "REASONS",
    "is_choice",
    "is_cursor",
    "is_id",
    "is_key",
    "is_known_host",
    "is_name_of_the_schema",
    "is_plain_cursor",
    "is_time",
    "is_word",
    "is_words",
]

# Parts of keywords: `OBJECT_NOT_FOUND` consists of three. Names, places and jobs do not belong here.
_WORD_LIST = """
    8859 a abandoned abc accept accepted access account activities activity add added admin after age agent ai
    all allow allowed already alternate always an analytics and any ap1 api app application appointmentscheduled
    apps archive archived array arrived asc ascending assigned associated association associations at attachment
    attempted aud auth authentication authorization authorize auto automation average bad base basic batch
    bearer bearertoken before behaviors between bidirectional blocked blog booked bool boolean booleancheckbox
    bot bounce bounced boundary browser bulk burst business butterflies byte bytes cache cad calculated
    calculation call calls campaign canceled cancelled cannot cart carts category caused change charset chat
    checkbox chf cli client close closed closedlost closedwon cloudflare code collection combined companies
    company complete completed compress conflict connect connected connection contact contacted contacts
    contained contains content contracts contractsent control conversation conversations conversion cookie corp
    cors count course courses create created credentials crm crmui csv currency current custom customer
    customers da daily data date dates datetime day days de deal deals decisionmakerboughtin default deferred
    defined deflate delete deleted delivered deny deprecated desc descending deserialize details development
    device direct disabled disconnected discount discounts discovery dkk dnt do docs document does doesnt done
    draft dropdown dropped duplicate dynamic eligible email emails empty en enabled encoding engagement
    engagements enterprise enumeration envoy eq equation equiv error errors es eu1 eur evangelist event events
    every exclusive exist existingbusiness exists expect expected expire expired expires expiry extension
    external failed failure false fee feedback fees fi field file files filter filters finished first flow form
    formdata forms formula found fr frame from ga gateway gbp gdpr get global goal goals granted granular group
    groups gt gte guid gzip had hal has hash header hidden high highly hit home hour hs html http httpdate
    httponly hub hubs hubsolution hubspot hubspotuser id identity ids image immutable import imported in
    inactive inbound includesubdomains inclusion incoming index info initial inline input inputs install
    installed int integer integration integrator internal interval invalid invoice invoices ip is iso issue it
    item items ja java javascript jetty job joda jpy json kept key known kr label labels lang large last latest
    lead leads legacy lifecycle lifecyclestage limit limits line lineitem lineitems link linked list listing
    listings lists localhost locked long lost low lt lte manual map mapped mapping marketable marketing
    marketingqualifiedlead max maximum measurement medium meeting meetings member memberships merge merged
    merges message method methods migrated milliseconds min minimum minute missing mobile month multi multipart
    multiple must mustrevalidate mutable na1 na2 na3 name named native nb neq new newbusiness next nginx nl nn
    no nocache noindex nok non none noshow nosniff nostore not note notes nothing null number numeric oauth
    oauth2 object objects octet of offline offset on online only open operation opportunity opted option options
    or order orders organic origin originating other outbound outdated outgoing outlook overdue overview owner
    owners page paid parse partial partner patch path paused payment payments pending per percent percentage
    permission permissions person phone phonenumber pipeline pipelines plain platform play pln policy portal
    portalwide post postal powered preload prepend presentationscheduled prevent primary private problem
    processing product products professional profile progress project projects properties property proxy pt
    public put q qualified qualifiedtobuy query queue queued quote quotes radio range ranged rate rating read
    readable reading realm reason received record records redirect reference referral refresh related reporting
    request requested required rescheduled reset resource response restore restored result results retry
    revalidate revalidation revoked robots role rolling rollup routes rule running sales salesforce
    salesqualifiedlead same sameorigin sandbox scale scheduled schema schemas scope scopes script search
    secondary secondly seconds secure sek select self send sensitive sent sequence sequenced sequences server
    service services session set sf short sidebar signed simple since slash sms snapshot snippet social sort
    source sources stage stages stale standard start started starter state static status store stored stream
    strict string subcategory submission submitted subscriber subscription subscriptions success support sv
    system table task tasks tax taxes team ten terminated text textarea the threshold ticket tickets tier time
    timeline timeouts timestamp timezone timing to todo token tokens too total touch tracking traffic
    transactional tree true txt type ui unable unassigned unauthorized unavailable undelivered unique unknown
    unlocked unqualified unspecified unsubscribed unsupported update updated updates urgent uri url urlencoded
    usage usd use user users utf util uvicorn validation value values vary version via vid video view viewport
    visible visit visitor wait waiting web website width won workflow workflows write written www x xml year yes
    you zapier
"""
# What the paths of other APIs consist of.
_WORDS_OF_OTHER_APIS = """
    articles books branches catalog categories comments countries departments employees entries entities export
    exports feed folder folders inventory jobs locations login logs news opportunities orders pages people places
    plans positions posts price prices releases repos reports reviews roles rows sheets shipments shops sites sku
    skus staff stock stores suppliers tags teams templates things transactions updates uploads users vehicles
    vendors warehouses
"""
_WORDS = frozenset(_WORD_LIST.split()) | frozenset(_WORDS_OF_OTHER_APIS.split())
# Keywords only in small letters (`max-age`); otherwise somebody's name.
_FIRST_NAMES = frozenset({"max", "min", "per"})
# Identifiers that the recorder's own scenarios and HubSpot's documentation use.
_SAMPLES = frozenset({"abc", "butterflies", "no_such_property_at_all"})
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
# The reason phrases of the statuses that HubSpot and the servers before it send.
_REASON_LIST = """
    OK; Created; Accepted; No Content; Multi-Status; Moved Permanently; Found; See Other; Not Modified; Gone; Conflict;
    Temporary Redirect; Permanent Redirect; Bad Request; Unauthorized; Payment Required; Forbidden; Not Found; Locked;
    Method Not Allowed; Not Acceptable; Request Timeout; Length Required; Precondition Failed; Content Too Large;
    Payload Too Large; Request Entity Too Large; URI Too Long; Request-URI Too Long; Unsupported Media Type;
    Failed Dependency; Unprocessable Entity; Unprocessable Content; Too Early; Upgrade Required; Too Many Requests;
    Request Header Fields Too Large; Unavailable For Legal Reasons; Internal Server Error; Not Implemented;
    Bad Gateway; Service Unavailable; Gateway Timeout; Gateway Time-out; HTTP Version Not Supported;
    Insufficient Storage; Web Server Is Down; Connection Timed Out; Origin Is Unreachable; A Timeout Occurred; Continue;
"""
REASONS = frozenset(" ".join(reason.split()) for reason in _REASON_LIST.split(";"))

# Of numbers and single letters, so many may stand among keywords: `401 Unauthorized`, `a-b_c`.
MOST_DIGITS = 3
MOST_LETTERS = 4
# From so many numbers on, and with words of fewer letters on average, a name is no name but a key of something.
MANY_PIECES = 3
SHORTEST_PIECE = 2.5
_PIECES = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|[A-Z]|[0-9]+")
_SEPARATORS = re.compile(r"[_.:;,/ -]+")
_LETTER_AND_DIGIT = re.compile(r"[A-Za-z][0-9]")
_CHOICE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.;-]*")
_ID = re.compile(r"-?[0-9]{1,19}|[0-9]{1,4}-[0-9]{1,19}|[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_TIME = re.compile(
    r"\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:Z|[+-]\d{2}:?\d{2}))?|1\d{12}|1\d{9}"
    r"|(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{2} (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4} "
    r"\d{2}:\d{2}:\d{2} GMT"
)
_NUMERIC_CURSOR = re.compile(rb"[0-9][0-9:,.|_-]*\s*")
_SCHEMA_NAME = re.compile(r"-?[a-z][A-Za-z0-9_]{0,99}")
_TYPE_ID = re.compile(r"[0-9]{1,4}-[0-9]{1,12}")
_KEY = re.compile(
    r"[a-z$_][A-Za-z0-9$_-]{0,99}|@(?:odata\.)?(?:context|count|deltaLink|editLink|etag|graph|id|nextLink|type|value)"
)
_HOST = re.compile(
    r"(?:(?:api|app|developers?|knowledge|legal|docs|www)(?:-[a-z]{2,4}[0-9])?\.)?hub(?:api|spot)\.com"
    r"|localhost|127\.0\.0\.1|::1|[a-z-]{1,20}\.(?:test|example|invalid)|host-[0-9a-f]{10}\.example"
)
_DIGITS = re.compile(r"[0-9]{5,}")
_HEX = re.compile(r"(?=[a-f_]*[0-9])[0-9a-f]{16,}")


def is_word(text: str) -> bool:
    """Whether a text is a keyword of the protocol: every part of it is a known word, a short number or one letter."""
    return is_words(text) and " " not in text


def is_choice(text: str) -> bool:
    """Whether a text is one value, or several with semicolons between them, of a list that HubSpot defines."""
    return _CHOICE.fullmatch(text) is not None and is_words(text)


@lru_cache(maxsize=4096)
def is_words(text: str) -> bool:
    """Whether a text consists of keywords of the protocol."""
    if len(text) > 300:
        return False
    parts = _SEPARATORS.split(text)
    digits = sum(len(part) for part in parts if part.isdecimal() and part not in _WORDS)
    letters = sum(len(part) == 1 and part.isalpha() for part in parts)
    # no phone number in groups of three, and no name that is spelled
    if digits > MOST_DIGITS or letters > (1 if " " in text else MOST_LETTERS):
        return False
    return all(map(_is_known, parts))


def _is_known(part: str) -> bool:
    if not part.isascii():
        return False
    if part.lower() in _FIRST_NAMES:
        return part == part.lower()
    if len(part) <= 1 or part.lower() in _WORDS or part.isdecimal() or _LETTER_AND_DIGIT.fullmatch(part):
        return True
    pieces = re.findall(r"[A-Z]?[a-z]+[0-9]?", part)  # camelCase
    return "".join(pieces) == part and all(piece.lower() in _WORDS for piece in pieces)


def is_id(text: str) -> bool:
    """Whether a text has the shape of HubSpot's ids and cannot be a national identity number or a card number."""
    return text in _SAMPLES or (_ID.fullmatch(text) is not None and not _identifies_a_person(text))


def is_time(text: str) -> bool:
    """Whether a text is a date, a time or milliseconds since 1970, as HubSpot writes them."""
    return _TIME.fullmatch(text) is not None


def is_cursor(text: str) -> bool:
    """Whether a text is one of HubSpot's cursors that contain numbers only, in clear or in base64."""
    plain = unquote(text)
    if plain in _SAMPLES or (len(plain) <= 19 and _NUMERIC_CURSOR.fullmatch(plain.encode(errors="replace"))):
        return True
    try:
        decoded = base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True)
    except ValueError:
        return False
    return len(decoded) <= 60 and _NUMERIC_CURSOR.fullmatch(decoded) is not None


def is_plain_cursor(text: str) -> bool:
    """Whether a cursor holds a time, or numbers that cannot be a national identity number or a card number."""
    return is_time(text) or (is_cursor(text) and (not text.isdecimal() or is_id(text)))


def is_name_of_the_schema(text: str) -> bool:
    """Whether a text can be the name of a property or an object type. Names are kept: connectors ask for them."""
    if _TYPE_ID.fullmatch(text) and not _identifies_a_person(text.partition("-")[2]):
        return True
    return _SCHEMA_NAME.fullmatch(text) is not None and not _looks_like_a_value(text)


def is_key(text: str) -> bool:
    """Whether a text can be a key of JSON or the name of a parameter."""
    if is_words(text):
        return True
    return _KEY.fullmatch(text) is not None and not _looks_like_a_value(text)


@lru_cache(maxsize=4096)
def _looks_like_a_value(text: str) -> bool:
    """Whether a name looks like a value: it has a long number (except HubSpot's own names) or a key of a service."""
    is_hubspots = text.startswith(("hs_", "hubspot_", "key_"))
    if not is_hubspots and (_DIGITS.search(text) or _HEX.search(text) or _looks_random(text)):
        return True
    return bool(find_secrets(text)) or any(map(_identifies_a_person, _DIGITS.findall(text)))


def _looks_random(text: str) -> bool:
    """Whether a name changes between letters and digits, or between small and capital letters, like a key in base64."""
    pieces = _PIECES.findall(text)
    digits = sum(piece.isdecimal() for piece in pieces)
    is_mixed = text != text.lower() and "_" not in text
    return digits >= MANY_PIECES or (is_mixed and len(text) < SHORTEST_PIECE * len(pieces))


def is_known_host(host: str) -> bool:
    """Whether a host is HubSpot's, this machine, or one that cannot exist."""
    return _HOST.fullmatch(host.lower()) is not None


def _identifies_a_person(digits: str) -> bool:
    if not digits.isdecimal():
        return False
    match len(digits):
        case 11:
            return _is_norwegian(digits)
        case 12:
            return digits[:2] in ("19", "20") and _is_date(digits[4:6], digits[6:8]) and _has_luhn(digits[2:])
        case 13 | 15:
            return digits[0] in ("1", "2") and 1 <= int(digits[3:5]) <= 12 and (len(digits) == 13 or _is_french(digits))
        case 16:
            return "2" <= digits[0] <= "6" and _has_luhn(digits)
    return False


def _is_date(month: str, day: str) -> bool:
    return 1 <= int(month) <= 12 and 1 <= int(day) <= 31


def _is_norwegian(digits: str) -> bool:
    """Whether both check digits of an identity number (or D number) are right.

    Source: docs (https://www.skatteetaten.no/person/folkeregister/identitetsnummer-og-elektronisk-id/fodselsnummer/).
    """
    figures = list(map(int, digits))
    day, month = int(digits[:2]) % 40, (10 * figures[2] + figures[3]) % 20
    weights = ((3, 7, 6, 1, 8, 9, 4, 5, 2, 1), (5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1))
    sums = [sum(a * b for a, b in zip(figures, row, strict=False)) % 11 for row in weights]
    return 1 <= day <= 31 and 1 <= month <= 12 and sums == [0, 0]


def _is_french(digits: str) -> bool:
    return 97 - int(digits[:13]) % 97 == int(digits[13:])


def _has_luhn(digits: str) -> bool:
    doubled = [int(digit) * (2 if at % 2 else 1) for at, digit in enumerate(reversed(digits))]
    return sum(each - 9 if each > 9 else each for each in doubled) % 10 == 0
