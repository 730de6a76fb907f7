"""A browser without JavaScript: loads pages, reads their forms and sends them."""

import html
from collections.abc import Iterator
from html.parser import HTMLParser
from urllib.parse import urlencode, urljoin

import pytest

from fake_hubspot.settings import Settings
from tests.unit.fake_hubspot.inprocess import Fake, Response

BROWSER = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8", "authorization": ""}
FORM = {"content-type": "application/x-www-form-urlencoded", "authorization": ""}
VOID = frozenset({"input", "meta", "link", "img", "br", "hr", "wbr"})


class Form:
    """A form of a page: its fields with the values that it was loaded with."""

    def __init__(self, attributes: dict[str, str]) -> None:
        self.method = attributes.get("method", "get").upper()
        self.action = attributes.get("action", "")
        self.fields: dict[str, str] = {}
        self.buttons: list[str] = []


class Page(HTMLParser):
    """What a browser reads from a page.

    Attributes:
        text: The text that is shown.
        ids: Every id, in its order.
        forms: The forms.
        links: The address of each link by its text.
        problems: Elements that are not closed or not nested.
    """

    def __init__(self, response: Response, path: str) -> None:
        super().__init__()
        self.status, self.path, self.source = response.status, path, response.content.decode()
        self.headers = response.headers
        self.text, self.ids, self.forms, self.links, self.tags = (
            "",
            list[str](),
            list[Form](),
            dict[str, str](),
            set[str](),
        )
        self.problems: list[str] = []
        self._open: list[str] = []
        self._link: tuple[str, int] | None = None
        self._select, self._area = "", ""
        self.feed(self.source)
        self.problems += [f"<{tag}> is not closed" for tag in self._open]
        self.text = " ".join(self.text.split())

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        """Note an element."""
        given = {name: value or "" for name, value in attributes}
        self.tags.add(tag)
        if tag not in VOID:
            self._open.append(tag)
        if "id" in given:
            self.ids.append(given["id"])
        self.problems += [f"an attribute {name}" for name in given if name.startswith("on") or name == "style"]
        if tag == "form":
            self.forms.append(Form(given))
        elif tag == "a":
            self._link = (given.get("href", ""), len(self.text))
        elif self.forms and "form" in self._open:
            self._field(tag, given)

    def _field(self, tag: str, given: dict[str, str]) -> None:
        fields, name = self.forms[-1].fields, given.get("name", "")
        if tag == "input" and (given.get("type") != "checkbox" or "checked" in given):
            fields[name] = given.get("value", "on")
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select and (self._select not in fields or "selected" in given):
            fields[self._select] = given.get("value", "\0")
        elif tag == "textarea":
            self._area = name
            fields[name] = ""

    def handle_data(self, data: str) -> None:
        """Note a text."""
        if self._open and self._open[-1] in ("script", "style"):
            return
        if self._area:
            self.forms[-1].fields[self._area] += data
        if self._select and self.forms[-1].fields.get(self._select) == "\0":
            self.forms[-1].fields[self._select] = data.strip()
        self.text += data

    def handle_endtag(self, tag: str) -> None:
        """Note the end of an element."""
        if not self._open or self._open.pop() != tag:
            self.problems.append(f"</{tag}> closes another element")
        if tag == "a" and self._link:
            href, start = self._link
            self.links[" ".join(self.text[start:].split())] = href
        if tag in ("option", "select", "textarea"):
            self._select = "" if tag == "select" else self._select
            self._area = ""
        if tag == "button" and self.forms and "form" in self._open:
            self.forms[-1].buttons.append(" ".join(self.text.split())[-80:])
        self.text += " "


class Browser:
    """A browser that keeps cookies."""

    def __init__(self, fake: Fake) -> None:
        self.fake = fake
        self.cookies: dict[str, str] = {}

    def load(self, path: str) -> Page:
        """Load a page; it must be well-formed."""
        return self._page(self.fake.get(path, headers=self._headers(BROWSER)), path)

    def send(self, page: Page, action: str, /, **values: str) -> Page:
        """Fill in the form that leads to `action` or has its hidden `do`, send it, and follow where it leads."""
        form = next(
            (one for one in page.forms if one.fields.get("do") == action),
            None,
        ) or next(one for one in page.forms if one.action.partition("?")[0] == action and one.method == "POST")
        return self.post(urljoin(page.path, form.action), {**form.fields, **values})

    def post(self, path: str, fields: dict[str, str]) -> Page:
        """Send a form and follow where it leads."""
        answer = self.fake.request("POST", path, urlencode(fields).encode(), headers=self._headers(FORM))
        if answer.status == 303:
            self._keep(answer)
            return self.load(answer.headers["location"])
        return self._page(answer, path)

    def _page(self, answer: Response, path: str) -> Page:
        self._keep(answer)
        page = Page(answer, path)
        assert page.problems == [], path
        assert len(page.ids) == len(set(page.ids)), f"an id stands twice on {path}: {sorted(page.ids)}"
        return page

    def _keep(self, answer: Response) -> None:
        if "set-cookie" in answer.headers:
            name, _, value = answer.headers["set-cookie"].partition(";")[0].partition("=")
            self.cookies[name] = value

    def _headers(self, headers: dict[str, str]) -> dict[str, str]:
        return {**headers, "cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items() if value)}


@pytest.fixture
def browser(fake: Fake) -> Browser:
    """A browser at a fake with the two sample contacts."""
    return Browser(fake)


@pytest.fixture(scope="module")
def many() -> Iterator[Browser]:
    """A browser at a fake with 250 contacts; for tests that change nothing."""
    made = Fake(Settings(contacts=250))
    yield Browser(made)
    made.app.portals.close()


def shown(text: str) -> str:
    """Return a text as the source of a page has it."""
    return html.escape(text)
