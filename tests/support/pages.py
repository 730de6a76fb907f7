"""Pages without a browser."""

import re
from html import unescape

import requests

__all__ = ["Browser", "text_of"]


class Browser:
    """A browser without JavaScript: it follows redirects, keeps cookies and sends forms with their hidden fields."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.session = requests.Session()
        self.session.trust_env = False

    def get(self, path: str, status: int = 200) -> str:
        """Return the HTML of a page."""
        answer = self.session.get(self.url + path, timeout=20)
        assert answer.status_code == status, (path, answer.status_code, answer.text[-500:])
        return answer.text

    def send(self, page: str, action: str, status: int = 200, **fields: str) -> str:
        """Send a form of a page; return the HTML of the page that it leads to."""
        hidden = re.search(r'name="_token" value="([^"]+)"', self.get(page))
        assert hidden is not None
        given = {"_token": hidden[1], "_back": page, **fields}
        answer = self.session.post(self.url + action, data=given, timeout=20)
        assert answer.status_code == status, (action, answer.status_code, answer.text[-500:])
        return answer.text


def text_of(html: str) -> str:
    """The text of a page, with single blanks; times are written as `then`."""
    html = re.sub(r"<time[^>]*>[^<]*</time>", "then", html)
    body = html.partition('<div id="said"')[2].partition("</main>")[0]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split()).replace(" ,", ",")
