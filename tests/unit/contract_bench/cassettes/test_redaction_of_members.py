"""Members of a document whose meaning lies in the object around them, and holes in HubSpot's messages."""

import json
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from contract_bench.cassettes.dialects.yaml_loader import parse_yaml
from contract_bench.cassettes.errors import CassetteUnsafeError, RecordingError
from contract_bench.cassettes.evidence import Origin
from contract_bench.cassettes.record import recorder
from contract_bench.cassettes.record.proxy import RecordingProxy
from contract_bench.cassettes.record.recorder import FAKE_ADDRESS, RecordOptions, renamed_fake, write_recording
from tests.support.interactions import contact, interaction, page
from tests.unit.contract_bench.cassettes.test_redactor import answered, sent
from tests.unit.contract_bench.cassettes.test_texts import texts


def test_links_are_redacted_as_addresses() -> None:
    """Whatever they are called, and also without a server."""
    links = {"knowledge-base": "/crm/v3/objects/contacts?limit=5&q=Jane", "next": {"after": "52"}}

    found = json.loads(answered(json.dumps({"links": links}).encode()))["links"]

    assert found["knowledge-base"].startswith("/crm/v3/objects/contacts?limit=5&q=Text")
    assert "Jane" not in found["knowledge-base"]
    assert found["next"] == {"after": "52"}


def test_a_definition_keeps_its_names_and_loses_what_people_wrote() -> None:
    """Its options too; what is not a text stays."""
    option = {"label": "Jane Roe", "value": "Jane Roe", "displayOrder": 1, "hidden": False}
    definition = {
        "name": "nickname",
        "label": "Jane",
        "fieldType": "text",
        "options": [option, option | {"value": "OPEN"}],
    }

    found = json.loads(answered(json.dumps(definition).encode()))

    assert (found["name"], found["fieldType"]) == ("nickname", "text")
    assert [one["value"] == "OPEN" for one in found["options"]] == [False, True]
    assert found["options"][0]["displayOrder"] == 1
    assert "Jane" not in json.dumps(found)


def test_the_number_of_an_account_is_replaced_as_a_number() -> None:
    """The same in every place; that of the fake is nobody's."""
    found = json.loads(answered(b'{"portalId": 4711471, "hubId": "4711471"}'))
    kept = json.loads(answered(b'{"portalId": 62515}'))

    assert isinstance(found["portalId"], int)
    assert found["portalId"] != 4711471
    assert str(found["portalId"]) == found["hubId"]
    assert kept["portalId"] == 62515


def test_the_name_of_a_custom_type_loses_the_number_of_its_account() -> None:
    """As it is given, or as any number; what is no such name is a value."""
    redactor = texts(portals=("4711471",))

    own, other = redactor.schema("p4711471_car"), redactor.schema("p8812345_car")

    assert own.endswith("_car")
    assert "4711471" not in own
    assert "8812345" not in other
    assert redactor.schema("p62515_car,email") == "p62515_car,email"


def test_the_options_in_a_message_are_words_or_replaced() -> None:
    """One by one."""
    text = "was not one of the allowed options: [OPEN, Jane Roe]"

    found = texts().message(text)

    assert found.startswith("was not one of the allowed options: [OPEN, ")
    assert "Jane" not in found


def test_a_page_keeps_its_kind() -> None:
    """And its tags, but no text between them."""
    found = texts().message("<!DOCTYPE html>\n<html><body><p>Jane Roe</p></body></html>")

    assert found.startswith("<!DOCTYPE html>\n<html><body><p>")
    assert "Jane" not in found


def test_the_ids_of_a_batch_are_values_of_the_property_that_it_names() -> None:
    """Numbers stay numbers, nothing stays nothing; without such a property they are ids of records."""
    batch = {"idProperty": "my_number", "inputs": [{"id": 4791234567}, {"id": "Jane Roe"}, {"id": None}]}

    number, text, nothing = (one["id"] for one in json.loads(sent(json.dumps(batch).encode()))["inputs"])
    plain = json.loads(sent(json.dumps({"inputs": [{"id": 47912}]}).encode()))["inputs"]

    assert isinstance(number, int)
    assert number != 4791234567
    assert "Jane" not in text
    assert nothing is None
    assert plain == [{"id": 47912}]


def test_a_ruby_text_is_read_with_and_without_fields() -> None:
    """`str` holds the text."""
    assert parse_yaml(b"a: !ruby/string:Body {str: x, encoding: y}\nb: !ruby/string:Body z\n") == {"a": "x", "b": "z"}


def test_only_the_address_of_the_fake_is_replaced() -> None:
    """In the address, the headers and the body; HubSpot's own stays."""
    real = "http://127.0.0.1:9"
    recorded = interaction(f"{real}/a", page(contact(1)) | {"link": f"{real}/b"}, headers={"Location": (f"{real}/c",)})

    renamed = renamed_fake(recorded, real, Origin.FAKE)

    assert renamed.request.uri == f"{FAKE_ADDRESS}/a"
    assert renamed.response.headers == {"Location": (f"{FAKE_ADDRESS}/c",)}
    assert f"{FAKE_ADDRESS}/b".encode() in renamed.response.body
    assert renamed_fake(recorded, real, Origin.HUBSPOT) == recorded


def test_a_recording_without_a_request_is_refused() -> None:
    """It would replace a cassette by nothing."""
    proxy = cast("RecordingProxy", SimpleNamespace(failures=[]))

    with pytest.raises(RecordingError, match="the recorder received no request during list"):
        recorder._refuse_failures(proxy, (), "list")
    recorder._refuse_failures(proxy, (interaction(),), "list")


def test_a_recording_with_its_token_is_not_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Although the redactor and the linter have missed it. What was there stays."""
    token = "secret-token-of-the-account"
    path = tmp_path / "contacts" / "list.yaml"
    path.parent.mkdir()
    path.write_text("before")
    monkeypatch.setattr(recorder, "to_yaml", lambda _: f"interactions: [] # {token}\n")
    monkeypatch.setattr(recorder, "lint_file", lambda _: [])
    options = RecordOptions(token, directory=tmp_path)
    clean = replace(interaction(), recorded_at="2026-11-01T00:00:00Z")

    with pytest.raises(CassetteUnsafeError, match="it contains the token of this recording"):
        write_recording(path, (clean,), origin=Origin.FAKE, options=options, scenario="list")

    assert [one.name for one in path.parent.iterdir()] == ["list.yaml"]
    assert path.read_text() == "before"
