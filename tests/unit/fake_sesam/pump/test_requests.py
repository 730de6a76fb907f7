"""The `json` source without a network: what is asked for, and what each answer becomes."""

import gzip
import io
import json
from typing import Any
from urllib.parse import parse_qsl

import pytest
import requests
import urllib3

from fake_sesam.assumptions import Assumptions
from fake_sesam.config import HttpOptions, SourceConfig
from fake_sesam.errors import ReadError
from fake_sesam.pump.puller import CHUNK_BYTES, MAX_ERROR_BYTES, JsonPuller, make_session
from tests.support.cases import for_each

PAGED: dict[str, Any] = {"supports_since": True, "is_chronological": True, "is_since_comparable": True}


def response(
    status: int = 200, body: bytes = b"[]", *, reason: str | None = "Why", **headers: str
) -> requests.Response:
    """Return an answer as `requests` gives it, not yet read."""
    made = requests.Response()
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    made.status_code, made.reason = status, reason  # type: ignore[assignment]
    made.headers.update(named)
    made.raw = urllib3.HTTPResponse(io.BytesIO(body), headers=named, status=status, preload_content=False)
    return made


class Session(requests.Session):
    """Answers in turn, and keeps what it was asked; an error is raised."""

    def __init__(self, *answers: requests.Response | Exception) -> None:
        super().__init__()
        self._answers = iter(answers)
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.is_closed = False

    def get(self, url: Any, **options: Any) -> requests.Response:
        """Answer."""
        self.asked.append((url, options))
        answer = next(self._answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def close(self) -> None:
        """Remember it."""
        self.is_closed = True
        super().close()


def puller(session: Session, *, http: Any = None, assumptions: Assumptions | None = None, **source: Any) -> JsonPuller:
    return JsonPuller(
        SourceConfig(type="json", **{"url": "things", **source}),
        HttpOptions(**(http or {})),
        base_url=lambda: "http://h/base/",
        session=lambda _: session,
        assumptions=assumptions,
    )


def failure(*answers: requests.Response | Exception, **options: Any) -> ReadError:
    """Return the error of a read."""
    session = Session(*answers)
    with pytest.raises(ReadError) as caught:
        list(puller(session, **options).read(None))
    assert session.is_closed
    return caught.value


@pytest.mark.parametrize("follows", [True, False])
def test_a_request_is_as_configured(follows: bool) -> None:
    """Its URL, headers and both timeouts; the body is read as a stream, and the session is closed."""
    session = Session(response(body=b'[{"_id": "a"}]'))
    http = {"connect_timeout_s": 3, "read_timeout_s": 7}
    source = puller(session, http=http, assumptions=Assumptions(follows_redirects=follows), headers={"X-A": "b"})

    assert list(source.read(None)) == [{"_id": "a"}]
    assert session.asked == [
        (
            "http://h/base/things",
            {"headers": {"X-A": "b"}, "stream": True, "timeout": (3, 7), "allow_redirects": follows},
        )
    ]
    assert session.is_closed
    assert (CHUNK_BYTES, MAX_ERROR_BYTES) == (65_536, 10_000)


@for_each(("since", "query"), [(None, ""), ("", ""), (0, "?since=0"), ("~t1", "?since=~t1")])
def test_an_offset_is_sent_unless_it_is_empty(since: Any, query: str) -> None:
    """Zero is an offset."""
    session = Session(response())

    list(puller(session, supports_since=True).read(since))

    assert [url for url, _ in session.asked] == [f"http://h/base/things{query}"]


def page(*updated: Any) -> requests.Response:
    body = ", ".join('{"_id": "a"}' if each is None else f'{{"_updated": {each}}}' for each in updated)
    return response(body=f"[{body}]".encode())


def test_pages_follow_each_other_until_one_is_short() -> None:
    """Each begins at the last offset that was seen; a whole last page is followed by an empty one."""
    session = Session(page(1, 2), page(3, None), page())

    found = list(puller(session, page_size=2, **PAGED).read(0))

    assert len(found) == 4
    assert [url.partition("?")[2] for url, _ in session.asked] == [
        "since=0&limit=2",
        "since=2&limit=2",
        "since=3&limit=2",
    ]


def test_a_page_that_leads_nowhere_is_an_error() -> None:
    """Whole, and with the offset that was asked for; a short one is the end."""
    error = failure(page(None, None), page_size=2, **PAGED)

    assert str(error) == (
        "a page of 2 entities ended at the since that it was requested with (None); increase page_size"
    )
    assert error.error_code == 1
    assert len(list(puller(Session(page(None)), page_size=2, **PAGED).read(None))) == 1


@for_each(("status", "is_read"), [(199, False), (200, True), (299, True), (300, False), (500, False)])
def test_only_a_status_of_two_hundred_is_read(status: int, is_read: bool) -> None:
    """Any of them; no response of another one is."""
    answer = response(status, b"[]")
    if is_read:
        assert list(puller(Session(answer)).read(None)) == []
    else:
        error = failure(answer)
        assert (str(error), error.error_code, error.status) == (f"expected a 2xx status, got {status} Why", 0, status)


@pytest.mark.parametrize("takes", [True, False])
def test_no_content_is_an_empty_source_only_if_that_is_assumed(takes: bool) -> None:
    """An empty 200 never is."""
    assumptions = Assumptions(takes_no_content=takes)
    if takes:
        assert list(puller(Session(response(204, b"")), assumptions=assumptions).read(None)) == []
    else:
        assert "empty body" in str(failure(response(204, b""), assumptions=assumptions))
    assert "empty body" in str(failure(response(200, b""), assumptions=assumptions))


@for_each(
    ("answer", "said"),
    [
        (response(503, gzip.compress(b'{"message": "m"}'), Content_Encoding="gzip"), "m"),
        (response(503, b"caf\xe9"), "caf\ufffd"),
        (response(503, b"  x  "), "x"),
        (response(503, b'{"message": null, "detail": "d"}'), "d"),
        (response(503, b"{"), "{"),
        (response(503, b"null"), "null"),
    ],
)
def test_what_a_failing_connector_says_is_decoded(answer: requests.Response, said: str) -> None:
    """Compressed, and with bytes that are no text."""
    error = failure(answer)

    assert str(error) == f"expected a 2xx status, got 503 Why: {said}"
    assert error.original_message == said


@for_each(
    "answer",
    [
        response(503, b'{"message": "m"}', Content_Length="100"),
        response(503, b'{"message": "m"}', Content_Encoding="gzip"),
        response(503, gzip.compress(b"m" * 20)[:-9], Content_Encoding="gzip", Content_Length="100"),
    ],
)
def test_an_error_whose_body_cannot_be_read_is_told_by_its_status(answer: requests.Response) -> None:
    """Cut off, or not in its encoding. It is an error of the source, so the read is retried."""
    error = failure(answer)

    assert (str(error), error.status, error.error_code) == ("expected a 2xx status, got 503 Why", 503, 0)


@pytest.mark.parametrize("reason", [None, ""])
def test_an_answer_without_a_reason_has_no_blank_at_its_end(reason: str | None) -> None:
    assert str(failure(response(500, b"", reason=reason))) == "expected a 2xx status, got 500"


@for_each(
    ("length", "ignores", "is_read"),
    [("12", False, True), ("", False, True), ("1x", False, False), ("1x", True, True), ("-1", False, False)],
)
def test_a_length_is_a_number_unless_that_is_ignored(length: str, ignores: bool, is_read: bool) -> None:
    answer = response(200, b"[]")
    answer.headers["Content-Length"] = length
    http = {"ignore_invalid_content_length": ignores}
    if is_read:
        assert list(puller(Session(answer), http=http).read(None)) == []
    else:
        error = failure(answer, http=http)
        assert str(error) == f"expected a number as Content-Length, got '{length}'"
        assert (error.error_code, error.status) == (1, 200)


@for_each(
    ("error", "message", "code"),
    [
        (requests.exceptions.ChunkedEncodingError("x"), "the response was cut off: x", 1),
        (requests.exceptions.ContentDecodingError("x"), "the response was cut off: x", 1),
        (requests.exceptions.ReadTimeout("x"), "timeout while reading http://h/base/things: x", 0),
        (requests.exceptions.ConnectTimeout("x"), "timeout while reading http://h/base/things: x", 0),
        (requests.exceptions.SSLError("x"), "cannot read http://h/base/things: SSLError: x", 0),
        (requests.exceptions.TooManyRedirects("x"), "cannot read http://h/base/things: TooManyRedirects: x", 0),
    ],
)
def test_an_error_of_the_connection_says_where_and_what(error: Exception, message: str, code: int) -> None:
    """Without the query, which may have a secret."""
    found = failure(error, url="things?code=t0p")

    assert (str(found), found.error_code, found.status) == (message, code, None)
    assert found.__cause__ is error


@pytest.mark.parametrize("verifies", [True, False])
def test_a_session_has_the_settings_of_its_system(verifies: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not those of the environment. What is not verified is not warned of at each request."""
    silenced: list[Any] = []
    monkeypatch.setattr(urllib3, "disable_warnings", silenced.append)
    with make_session(
        HttpOptions(verify_ssl=verifies, headers={"X-A": "b"}, proxies={"http": "http://proxy"})
    ) as session:
        assert (session.trust_env, session.verify, session.auth) == (False, verifies, None)
        assert (session.headers["X-A"], session.proxies) == ("b", {"http": "http://proxy"})
        assert "Authorization" not in session.headers
    assert silenced == ([] if verifies else [urllib3.exceptions.InsecureRequestWarning])


@for_each(
    ("kind", "auth"),
    [("basic", requests.auth.HTTPBasicAuth), ("digest", requests.auth.HTTPDigestAuth), ("ntlm", None), (None, None)],
)
def test_a_session_authenticates_as_configured(kind: str | None, auth: Any) -> None:
    """With name and password."""
    with make_session(HttpOptions(authentication=kind, username="u", password="p", jwt_token="t")) as session:
        found: Any = session.auth
        assert "Authorization" not in session.headers
    if auth is None:
        assert found is None
    else:
        assert type(found) is auth
        assert (found.username, found.password) == ("u", "p")


def test_a_session_sends_its_token() -> None:
    with make_session(HttpOptions(authentication="jwt", jwt_token="t")) as session:
        assert (session.headers["Authorization"], session.auth) == ("Bearer t", None)


class Server:
    """Serves pages of entities with these `_updated`, in their order."""

    def __init__(self, *updated: int, cap: int = 1000, is_inclusive: bool = False, ignores_since: bool = False) -> None:
        self.entities = [{"_id": f"e{number}", "_updated": each} for number, each in enumerate(updated)]
        self.cap = cap
        self.is_inclusive = is_inclusive
        self.ignores_since = ignores_since
        self.asked = 0

    def pull(self, size: int, since: int | str | None = None) -> list[str]:
        """Read with a page size; return the ids in the order in which they came."""
        session = Session()
        session.get = self._get  # type: ignore[method-assign]
        return [entity["_id"] for entity in puller(session, page_size=size, **PAGED).read(since)]

    def _get(self, url: str, **_options: Any) -> requests.Response:
        self.asked += 1
        query = dict(parse_qsl(url.partition("?")[2]))
        found = [entity for entity in self.entities if self._is_wanted(entity["_updated"], query.get("since"))]
        return response(body=json.dumps(found[: min(self.cap, int(query["limit"]))]).encode())

    def _is_wanted(self, updated: Any, since: str | None) -> bool:
        if since is None or self.ignores_since:
            return True
        return bool(updated >= int(since)) if self.is_inclusive else bool(updated > int(since))


def test_a_page_that_has_nothing_new_ends_a_full_run() -> None:
    """Although it ends elsewhere than the one before: such a connector does not look at `since`."""
    session = Session(*[page(1, 2, 3), page(1, 2), page(1, 2)])

    found = list(puller(session, page_size=9, **PAGED).read(None))

    assert (len(found), len(session.asked)) == (5, 2)


@for_each(
    "second",
    [[("d", 1), ("e", 2)], [("a", 1), ("b", 5)]],
    ids=["other entities", "one that has changed meanwhile"],
)
def test_what_differs_in_its_id_or_its_offset_is_new(second: list[tuple[str, int]]) -> None:
    """So the run goes on after it."""
    bodies = [[("a", 1), ("b", 2), ("c", 3)], second, []]
    session = Session(
        *[response(body=json.dumps([{"_id": each, "_updated": at} for each, at in body]).encode()) for body in bodies]
    )

    found = [entity["_id"] for entity in puller(session, page_size=9, **PAGED).read(None)]

    assert (found, len(session.asked)) == (["a", "b", "c", *(each for each, _ in second)], 3)


@for_each("is_inclusive", [False, True])
@for_each("cap", [2, 3, 1000])
@for_each("count", range(9))
def test_a_full_run_reads_everything_from_a_connector_that_sends_short_pages(
    count: int, cap: int, is_inclusive: bool
) -> None:
    """A page that is not full is the end only if nothing follows."""
    server = Server(*range(count), cap=cap, is_inclusive=is_inclusive)

    assert set(server.pull(4)) == set(server.pull(4, since="")) == {f"e{number}" for number in range(count)}


@for_each("updated", [(5, 5), (1, 5, 5), (5, 5, 5)])
def test_entities_with_the_same_updated_are_no_sign_of_more(updated: tuple[int, ...]) -> None:
    """Of a connector that sends them again, because its `since` is inclusive."""
    server = Server(*updated, is_inclusive=True)

    assert len(set(server.pull(4))) == len(updated)


def test_a_connector_that_ignores_since_is_read_once_if_everything_fits_in_a_page() -> None:
    server = Server(1, 2, ignores_since=True)

    assert (set(server.pull(4)), server.asked) == ({"e0", "e1"}, 2)


def test_more_entities_of_one_updated_than_a_connector_sends_are_an_error() -> None:
    """The third with 5 would never come, and a full run would delete it."""
    with pytest.raises(ReadError, match="sends no more than 2 entities in a page, and more than that may have"):
        Server(1, 2, 3, 5, 5, 5, cap=2, is_inclusive=True).pull(4)


def test_an_incremental_run_ends_at_a_page_that_is_not_full() -> None:
    """The next run reads on."""
    server = Server(1, 2, 3, 4, 5, cap=2)

    assert (server.pull(4, since=1), server.asked) == (["e1", "e2"], 1)
