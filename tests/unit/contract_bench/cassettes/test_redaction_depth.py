"""Personal data that is hidden under layers of encoding, or in tables that are none."""

from urllib.parse import quote

from contract_bench.cassettes.redaction import Redactor
from tests.support.cases import Cases
from tests.support.interactions import CONTACTS, contact, interaction, page

ADDRESS = "anna.svensson@firma.no"
NAME = "Svensson"


def redacted(answer: object, *, uri: str = f"{CONTACTS}?limit=2", kind: str = "application/json") -> str:
    """The address of the request, and the body of the response, redacted."""
    one = interaction(uri, answer, headers={"Content-Type": (kind,)})
    [clean] = Redactor(b"key").redact((one,)).interactions
    return f"{clean.request.uri}\n{clean.response.body.decode()}"


def test_no_number_of_encodings_hides_a_person(cases: Cases) -> None:
    """An address that is encoded a few times is known; deeper, the whole value is replaced."""
    text = ADDRESS
    for depth in range(10):
        with cases.case(depth):
            answer = page(contact(1, note=f"see https://firma.no/{text}", website=f"https://x.no/?q={text}"))
            clean = redacted(answer, uri=f"{CONTACTS}?q={text}")
            assert "svensson" not in clean.lower()
            assert ("person-" in clean.partition("\n")[0]) is (depth <= 6)
        text = quote(text, safe="")


def test_a_table_that_is_none_is_redacted_as_a_text(cases: Cases) -> None:
    """A proper one like a list of objects; whatever cannot be read as a table, so that no cell is overlooked."""
    for name, body in {
        "a table": f"id,email,lastname\n1,{ADDRESS},{NAME}\n",
        "semicolons": f"id;email;lastname\n1;{ADDRESS};{NAME}\n",
        "a row too long": f"id,email\n1,{ADDRESS},{NAME}\n",
        "the same name twice": f"email,email\n{ADDRESS},{NAME}\n",
        "an open quote": f'id,email\n1,"{ADDRESS} {NAME}\n',
        "no row": f"{ADDRESS},{NAME}",
        "empty": "",
    }.items():
        with cases.case(name):
            clean = redacted(body.encode(), kind="text/csv; charset=utf-8").partition("\n")[2]
            assert ADDRESS not in clean
            assert NAME not in clean
            assert bool(clean) is bool(body)
