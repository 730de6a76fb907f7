"""Recognises personal data and replaces it by pseudonyms.

Equal values get equal pseudonyms, so joins still work. Without the key a value cannot be recovered.
"""

import hmac
import re
import unicodedata
from enum import Enum
from functools import lru_cache

from contract_bench.cassettes.redaction.words import is_choice, is_id, is_time

__all__ = [
    "EMAIL_IN_TEXT",
    "PSEUDONYM_IN_TEXT",
    "PersonalData",
    "Pseudonyms",
    "email_or",
    "is_any_pseudonym",
    "is_machine_value",
    "is_pseudonym",
    "kind_of_property",
    "kind_of_pseudonym",
]


class PersonalData(Enum):
    """A kind of personal data; each has its own form of pseudonym."""

    EMAIL = "e-mail address"
    FIRST_NAME = "first name"
    LAST_NAME = "last name"
    PHONE = "phone number"
    PLACE = "address"
    DOMAIN = "e-mail domain"
    NUMBER = "long number"
    TEXT = "free text"
    DATE = "date"
    CURSOR = "cursor"
    HOST = "host name"
    KEY = "key"


# The group is the `@`, which may be percent-encoded in a URL, more than once. A run of letters without it is looked at
# once.
_LOCAL = r"[^\s\"<>(),;:\[\]{}/?&=@\\|%]"
EMAIL_IN_TEXT = re.compile(rf"(?<!{_LOCAL}){_LOCAL}++(@|%(?:25){{0,5}}40)(?:[\w-]++\.)+[\w-]{{2,}}+")
_RESERVED_EMAIL = re.compile(r"[^\s@;]+@(?:[\w-]+\.)*(?:example\.(?:com|org|net)|[\w-]+\.(?:test|invalid|example))")
# The sample contacts of new portals are public.
_SAMPLE_EMAILS = frozenset({"bh@hubspot.com", "emailmaria@hubspot.com", "coolrobot@hubspot.com"})

# Names in English, Norwegian, Swedish, Danish, German, Dutch, French, Spanish and Italian, without accents. They say
# which form a pseudonym has, and that a date beside them is somebody's. The first pattern that matches decides.
_NAMES: tuple[tuple[PersonalData | None, re.Pattern[str]], ...] = (
    (
        PersonalData.TEXT,
        re.compile(
            # birth and civil status
            r"birth|(?:^|_)dob(?:$|_)|gender|marital|salutation|fodsel|(?:^|_)fodt|foedsel|geburt|geboren|naissance"
            r"|nacimiento|nascita|geboorte|kjonn|geschlecht|(?:^|_)sexe?(?:$|_)|genero|nationality|nasjonalitet"
            # identity numbers
            r"|passport|passnr|pass_?nummer|pass_?no|reisepass|passeport|pasaporte|paspoort|passaporto|ausweis|ssn"
            r"|national_?id|nationalid|personn|person_?n(?:umm)?e?r|person_?ids?$|(?:^|_)(?:fnr|dnr|cpr|bsn|nir|nin|nino)(?:$|_)"
            r"|identity_?(?:card|number)|id_?(?:card|number|kort|nummer)|social_?security|sozialversicherung|svnr"
            r"|securite_sociale|numero_secu|seguridad_social|(?:^|_)(?:dni|nie|nif|nuss|curp|rfc|cif)(?:$|_)|cedula"
            r"|codice_fiscale|burgerservice|driv(?:er|ing)_?(?:s_)?licen[cs]e|forerkort|korekort|korkort|fuhrerschein"
            r"|permis_de_conduire|carnet_de|patente|licence_?n|medical|health|helse|gesundheit|sante|salud|diagnos"
            # tax and bank
            r"|(?:^|_)(?:tax|vat|tin|ein|mva|moms|ust|iva|tva|siren|siret|kvk)(?:$|_)|tax_?(?:id|n)|steuer|skatt|fiscal"
            r"|partita_iva|organi[sz]a(?:tion|sjon|sation)s?_?n|orgnr|iban|(?:^|_)(?:bic|swift|blz|rib|clabe)(?:$|_)|swift_?code"
            r"|bank|konto|account_?n|compte|cuenta|rekening|conto_corr|credit_?card|card_?n|kredittkort|kreditkarte"
            r"|carte_(?:bancaire|bleue)|tarjeta|(?:^|_)(?:pin|cvv|cvc|pan)(?:$|_)|salary|wage|lonn|(?:^|_)lohn|gehalt|salaire"
            r"|salario|sueldo|income"
        ),
    ),
    (PersonalData.DOMAIN, re.compile(r"^hs_email_domain$")),
    (PersonalData.PHONE, re.compile(r"whatsapp_id")),
    (
        None,
        re.compile(
            r"^(?:hs_)?(?:all_contact_vids|object_id|ticket_id|unique_creation_key|associatedcompanyid)$"
            r"|^(?:hs_|hubspot_)\w*_ids?(?:_of_\w+)?$|^associated_ids$|^hs_all_"
        ),
    ),
    (PersonalData.EMAIL, re.compile(r"(?:^|_)e?_?mails?(?:$|_address)|e_?post(?:$|adresse)|correo|courriel")),
    (
        PersonalData.FIRST_NAME,
        re.compile(r"^first_?name$|^given_?name$|^fornavn$|^fornamn$|^vorname$|^prenom$|^voornaam$|^nombre$"),
    ),
    (
        PersonalData.LAST_NAME,
        re.compile(
            r"^last_?name$|^sur_?name$|^family_?name$|^etternavn$|^efternavn$|^efternamn$|^nachname$|^nom(?:_de_famille)?$"
            r"|^apellidos?$|^achternaam$|^cognome$"
        ),
    ),
    (
        PersonalData.PHONE,
        re.compile(r"phone|mobile|(?:^|_)fax|(?:^|_)tel(?:$|_|efon|efono|ephone)|whatsapp|msisdn|handy|movil|portable"),
    ),
    (
        PersonalData.PLACE,
        re.compile(
            r"address|adress|indirizzo|direccion|street|strasse|^gate$|^rue$|^calle$|^city$|^ville$|^ciudad$|^ort$|^stad$"
            r"|^zip$|postal|post_?nummer|^plz$|^state$|_state$|country|latitude|longitude|(?:^|_)ip(?:$|_)"
        ),
    ),
    (
        PersonalData.TEXT,
        re.compile(
            r"name|navn|namn|naam|body|note_|text|content|subject|title|description|message|comment|preview|summary|html"
            r"|topic|company|website|url|handle|linkedin|twitter|facebook|referrer|query|answer|reason_detail"
        ),
    ),
)
# HubSpot's own properties, whose values are chosen from a list or computed by HubSpot. Any other name is a portal's
# own: its numbers, dates and choices are somebody's data.
_HUBSPOTS = re.compile(
    r"^(?:hs_|hubspot_)|^num_(?:associated_\w+|notes|contacted_notes|conversion_events|unique_conversion_events"
    r"|contacts|open_deals|child_companies)$|^notes_(?:last_contacted|last_updated|next_activity_date)$"
    r"|^recent_(?:deal_amount|deal_close_date|conversion_date)$|^first_(?:conversion_date|contact_createdate"
    r"|deal_created_date)$|^days_to_close$|^total_revenue$|^(?:lifecyclestage|lead_?status|pipeline|dealstage|dealtype"
    r"|priority|currency|archived|createdate|lastmodifieddate|closedate|createdat|updatedat|associatedcompanylastupdated"
    r"|engagements_last_meeting_booked)$"
)

_NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?")
_SHORT_NUMBER = re.compile(r"-?\d{1,6}(?:\.\d+)?")
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.I)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:?\d{2}))?")

_PSEUDONYMS = {
    PersonalData.FIRST_NAME: re.compile(r"First[0-9a-f]{4,}"),
    PersonalData.LAST_NAME: re.compile(r"Last[0-9a-f]{4,}"),
    PersonalData.PHONE: re.compile(r"\+1555\d{7}"),
    PersonalData.PLACE: re.compile(r"Place[0-9a-f]{4,}"),
    PersonalData.DOMAIN: re.compile(r"example\.com"),
    PersonalData.NUMBER: re.compile(r"-?999\d{4,}(?:\.\d+)?"),
    PersonalData.TEXT: re.compile(r"Text[0-9a-f]{4,}(?: Text[0-9a-f]{4,})*"),
    PersonalData.DATE: re.compile(r"1900-\d{2}-\d{2}(?:T\d{2}:\d{2}:\d{2}Z)?"),
    PersonalData.CURSOR: re.compile(r"cursor-[0-9a-f]{10}"),
    PersonalData.HOST: re.compile(r"host-[0-9a-f]{10}\.example"),
    PersonalData.KEY: re.compile(r"key_[0-9a-f]{10}"),
}
_ANY_PSEUDONYM = re.compile("|".join(f"(?:{pattern.pattern})" for pattern in _PSEUDONYMS.values()))
# What may stay in a text: pseudonyms, and what stands for a secret.
PSEUDONYM_IN_TEXT = re.compile(
    r"(?<![\w.@+-])(?:REDACTED|person-[0-9a-f]{10}@example\.com|(?:First|Last|Place|Text)[0-9a-f]{10}|\+1555\d{7}"
    r"|-?999\d{4,}|1900-\d\d-\d\d|host-[0-9a-f]{10}\.example|(?:cursor-|key_)[0-9a-f]{10})(?![\w@-])"
)
# A long text becomes a long placeholder, so that a client still meets texts of each size.
_LENGTHS = ((60, 1), (600, 12), (6_000, 120))
_LONGEST = 600


def _plain_name(name: str) -> str:
    """Return a name in small letters without accents, its words separated by underscores."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name[:200]).lower()
    for letter, plain in (("ø", "o"), ("æ", "ae"), ("ß", "ss"), ("đ", "d")):
        spaced = spaced.replace(letter, plain)
    decomposed = unicodedata.normalize("NFKD", spaced)
    return re.sub(r"[^a-z0-9]+", "_", "".join(one for one in decomposed if not unicodedata.combining(one)))


def kind_of_property(name: str, value: str) -> PersonalData | None:
    """Return the kind of a property's value, or None if it is not personal data. The default is free text."""
    is_listed, kind = _kind_of_name(name)
    if is_listed:
        return _unless_listed(kind, value)
    if value in ("", "true", "false"):
        return None
    if _HUBSPOTS.match(name.lower()):
        if is_machine_value(value) or is_choice(value) or _is_number_of_hubspots(value):
            return None
        return PersonalData.TEXT
    return _kind_by_form(value)


@lru_cache(maxsize=4096)
def _kind_of_name(name: str) -> tuple[bool, PersonalData | None]:
    """Return whether a name is in the table of names, and what the table says about it."""
    spellings = (name.lower(), _plain_name(name))
    for kind, pattern in _NAMES:
        if any(map(pattern.search, spellings)):
            return True, kind
    return False, None


def _is_number_of_hubspots(value: str) -> bool:
    """Whether a value is a number that is not a national identity number or a card number by its check digits."""
    return _NUMBER.fullmatch(value) is not None and (not value.isdecimal() or is_id(value))


def _kind_by_form(value: str) -> PersonalData:
    if _NUMBER.fullmatch(value):
        return PersonalData.NUMBER
    return PersonalData.DATE if _DATE.fullmatch(value) else PersonalData.TEXT


def _unless_listed(kind: PersonalData | None, value: str) -> PersonalData | None:
    """Ids and flags are not personal data; any other value of an id property is free text."""
    if kind is None:
        return None if all(is_id(one) or is_choice(one) for one in value.split(";")) else PersonalData.TEXT
    if kind is not PersonalData.PHONE and value in ("true", "false"):
        return None
    return kind


def is_machine_value(value: str) -> bool:
    """Whether a value is a flag, a short number, a timestamp or a UUID."""
    if value in ("", "true", "false") or is_time(value):
        return True
    return any(shape.fullmatch(value) for shape in (_SHORT_NUMBER, _UUID))


def is_pseudonym(kind: PersonalData, value: str) -> bool:
    """Whether a value is already a pseudonym, uses a reserved domain or is a HubSpot sample contact."""
    if kind is PersonalData.EMAIL:
        if "@" not in value and "%40" not in value:
            return not value.strip(";")
        return all(map(_is_nobodys_address, value.replace("%40", "@").split(";")))
    return value == "" or _PSEUDONYMS[kind].fullmatch(value) is not None


def is_any_pseudonym(value: str) -> bool:
    """Whether a value is a pseudonym of some kind."""
    return _ANY_PSEUDONYM.fullmatch(value) is not None or is_pseudonym(PersonalData.EMAIL, value)


def kind_of_pseudonym(value: str) -> PersonalData:
    """Return the kind of a pseudonym."""
    return next(kind for kind in PersonalData if is_pseudonym(kind, value))


def email_or(kind: PersonalData, value: str) -> PersonalData:
    """Return `EMAIL` for any e-mail address, whatever the property is called, so that it can still be joined."""
    if re.fullmatch(r"[^\s@;]+@[^\s@;]+\.[^\s@;]+", value):
        return PersonalData.EMAIL
    return PersonalData.TEXT if kind is PersonalData.EMAIL and "@" not in value else kind


def _is_nobodys_address(address: str) -> bool:
    return address == "" or address.lower() in _SAMPLE_EMAILS or _RESERVED_EMAIL.fullmatch(address) is not None


class Pseudonyms:
    """Creates pseudonyms and remembers the values they replace.

    Args:
        key: The key of the hash. The same key gives the same pseudonyms.

    Attributes:
        given: The pseudonyms by the values they replace.
        ids: Those of values that serve as ids in some request (`idProperty`).
    """

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._made: dict[tuple[PersonalData, str], str] = {}
        self.given: dict[str, str] = {}
        self.ids: dict[str, str] = {}

    def give(self, kind: PersonalData, value: str) -> str:
        """Return the pseudonym for a value; a pseudonym is returned unchanged."""
        if is_pseudonym(kind, value):
            return value
        if kind is PersonalData.EMAIL and ";" in value:
            return ";".join(self.give(kind, part.strip()) for part in value.split(";"))
        pseudonym = self._made.get((kind, value)) or self._make(kind, value)
        self._made[kind, value] = pseudonym
        self.given[value] = pseudonym
        return pseudonym

    def _make(self, kind: PersonalData, value: str) -> str:
        plain = f"{kind.name}\0{value.strip().lower()}".encode("utf-8", "surrogatepass")
        digest = hmac.digest(self._key, plain, "sha256")
        mark, digits = digest.hex()[:10], str(int.from_bytes(digest))
        match kind:
            case PersonalData.EMAIL:
                return f"person-{mark}@example.com"
            case PersonalData.PHONE:
                return f"+1555{digits[:7]}"
            case PersonalData.DOMAIN:
                return "example.com"
            case PersonalData.NUMBER:
                return _number(value, digits)
            case PersonalData.DATE:
                return _date(value, int(digits[:9]))
            case PersonalData.CURSOR:
                return f"cursor-{mark}"
            case PersonalData.HOST:
                return f"host-{mark}.example"
            case PersonalData.KEY:
                return f"key_{mark}"
            case PersonalData.TEXT:
                times = next((times for length, times in _LENGTHS if len(value) <= length), _LONGEST)
                return " ".join([f"Text{mark}"] * times)
        words = {PersonalData.FIRST_NAME: "First", PersonalData.LAST_NAME: "Last", PersonalData.PLACE: "Place"}
        return f"{words[kind]}{mark}"


def _number(value: str, digits: str) -> str:
    """Return a number with as many digits and decimals. A longer one than HubSpot can send is cut."""
    decimals = value.partition(".")[2]
    whole = f"999{digits[: max(4, min(len(value), 40) - 3)]}"
    return f"{whole}.{digits[-min(len(decimals), 6) :]}" if decimals.isdecimal() else whole


def _date(value: str, number: int) -> str:
    day = f"1900-{number % 12 + 1:02d}-{number // 12 % 28 + 1:02d}"
    seconds = number // 336 % 86_400
    clock = f"T{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}Z"
    return f"{day}{clock}" if "T" in value else day
