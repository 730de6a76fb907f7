"""Reads the contents of a running fake and writes them as a file."""

from collections.abc import Iterable
from pathlib import Path

import msgspec
import requests

from bench_core.json_text import decode_json
from bench_core.reach import unreachable
from fake_hubspot.errors import UsageError
from fake_hubspot.seeds.account import Account
from fake_hubspot.seeds.export import export_csv, export_ndjson

__all__ = ["format_of", "read_account", "written"]

TIMEOUT_S = 120
FORMATS = {".csv": "csv", ".ndjson": "ndjson", ".jsonl": "ndjson"}


def format_of(path: Path) -> str:
    """Return the format that the name of a file promises; JSON if it promises none."""
    return FORMATS.get(path.suffix.lower(), "json")


def read_account(url: str, *, portal: int | None, types: Iterable[str], control_token: str | None) -> Account:
    """Return the contents of a portal.

    Raises:
        UsageError: Nobody answers, it is no fake HubSpot, or it refuses.
    """
    address = f"{url.rstrip('/')}/_fake/export"
    query = [("type", one) for one in types] + ([] if portal is None else [("portal", str(portal))])
    headers = {"X-Fake-HubSpot-Control-Token": control_token} if control_token else {}
    with requests.Session() as session:
        session.trust_env = False
        try:
            answer = session.get(address, params=query, headers=headers, timeout=TIMEOUT_S)
        except requests.RequestException as error:
            raise UsageError(f"expected a fake HubSpot at {url}, but {unreachable(error, url) or error}") from error
    if answer.status_code != 200:
        raise UsageError(f"{address} answered {answer.status_code}: {_said(answer.content)}")
    try:
        return decode_json(answer.content, type=Account)
    except msgspec.DecodeError as error:
        raise UsageError(f"expected a fake HubSpot at {url}, got something else: {error}") from error


def _said(content: bytes) -> str:
    try:
        return str(decode_json(content)["error"])
    except (msgspec.DecodeError, KeyError, TypeError):
        return content[:200].decode(errors="replace")


def written(account: Account, form: str) -> str:
    """Return the text of the file."""
    if form == "csv":
        return export_csv(account)
    if form == "ndjson":
        return "".join(f"{line}\n" for line in export_ndjson(account))
    return msgspec.json.format(msgspec.json.encode(account), indent=1).decode() + "\n"
