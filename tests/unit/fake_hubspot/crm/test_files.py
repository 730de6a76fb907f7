"""Files and folders: what is uploaded can be found, read without a token, replaced, moved and deleted."""

from hashlib import md5
from typing import Any

import pytest

from tests.support.cases import Cases
from tests.unit.fake_hubspot.inprocess import Fake, Response

FILES = "/files/v3/files"
FOLDERS = "/files/v3/folders"
CONTENT = bytes(range(256)) * 3 + b"\r\n--almost\r\n"


def send(fake: Fake, method: str, target: str, **parts: str | tuple[str, bytes]) -> Response:
    """Send a form; a pair is a file with its name."""
    body = b""
    for name, part in parts.items():
        file_name, content = part if isinstance(part, tuple) else ("", part.encode())
        head = f'--edge\r\nContent-Disposition: form-data; name="{name}"'
        head += f'; filename="{file_name}"\r\nContent-Type: application/octet-stream' if file_name else ""
        body += head.encode() + b"\r\n\r\n" + content + b"\r\n"
    headers = {"content-type": "multipart/form-data; boundary=edge"}
    return fake.request(method, target, body + b"--edge--\r\n", headers=headers)


def upload(fake: Fake, name: str = "logo.png", folder: str = "/a/b", **more: str) -> dict[str, Any]:
    """Upload a file and return it."""
    parts: dict[str, Any] = {"options": '{"access": "PUBLIC_INDEXABLE"}', "folderPath": folder} | more
    answer = send(fake, "POST", FILES, file=(name, CONTENT), **parts)
    assert answer.status == 201, answer.content
    made: dict[str, Any] = answer.json()
    return made


def fetched(fake: Fake, address: str) -> Response:
    """Read an address without a token."""
    return fake.get(address.removeprefix("http://api.test"), headers={"authorization": ""})


def test_an_uploaded_file_is_read_as_it_was(empty: Fake) -> None:
    """Byte for byte, with its folders, hash and kind."""
    made = upload(empty)

    assert (made["name"], made["extension"], made["type"], made["size"]) == ("logo", "png", "IMG", len(CONTENT))
    assert made["path"] == "/a/b/logo.png"
    assert made["fileMd5"] == md5(CONTENT, usedforsecurity=False).hexdigest()
    assert fetched(empty, made["url"]).content == CONTENT
    assert empty.get(f"{FILES}/{made['id']}/download").content == CONTENT
    assert empty.get(f"{FILES}/{made['id']}").json() == made
    assert empty.get(f"{FILES}/stat/a/b/logo.png").json() == {"file": made}
    assert empty.get(f"{FILES}/stat/a%2Fb").json()["folder"]["path"] == "/a/b"
    assert empty.get(f"{FOLDERS}/a/b").json()["id"] == made["parentFolderId"]


def test_search_finds_files_by_what_they_are(empty: Fake, cases: Cases) -> None:
    """And pages through them."""
    made = [upload(empty, f"f{number}.{'png' if number < 3 else 'pdf'}") for number in range(5)]
    parent = made[0]["parentFolderId"]
    for query, count in {
        "": 5,
        "type=IMG": 3,
        "extension=pdf": 2,
        "name=f1": 1,
        "isUsableInContent=true": 5,
        f"parentFolderIds={parent}": 5,
        "parentFolderIds=1": 0,
        f"ids={made[0]['id']},{made[4]['id']}": 2,
        "createdAtGte=2020-01-01": 5,
        "createdAtLte=2020-01-01": 0,
        "sizeGte=100000": 0,
        "sizeLte=100000": 5,
    }.items():
        with cases.case(query):
            assert len(empty.get(f"{FILES}/search?{query}").json()["results"]) == count
    first = empty.get(f"{FILES}/search?limit=3").json()
    rest = empty.get(first["paging"]["next"]["link"].removeprefix("http://api.test")).json()
    assert [one["id"] for one in first["results"] + rest["results"]] == [one["id"] for one in made]


def test_the_same_name_gets_a_number_unless_it_is_to_be_replaced(empty: Fake) -> None:
    """Duplicates are refused or returned, as the options say."""
    first = upload(empty)
    second = upload(empty)
    again = upload(empty, options='{"access": "PRIVATE", "overwrite": true}')
    same = upload(empty, "x.png", options='{"access": "PRIVATE", "duplicateValidationStrategy": "RETURN_EXISTING"}')
    options = '{"access": "PRIVATE", "duplicateValidationStrategy": "REJECT"}'
    refused = send(empty, "POST", FILES, file=("y.png", CONTENT), options=options, folderPath="/")

    assert [first["path"], second["path"]] == ["/a/b/logo.png", "/a/b/logo-1.png"]
    assert again["id"] == first["id"]
    assert same["id"] == first["id"]
    assert refused.status == 409


def test_private_files_need_a_signature_that_has_not_expired(empty: Fake) -> None:
    """Under the portal's clock."""
    made = upload(empty, options='{"access": "PRIVATE"}')
    empty.request("PUT", "/_fake/clock", {"freeze": True})

    signed = empty.get(f"{FILES}/{made['id']}/signed-url?expirationSeconds=60").json()
    before = fetched(empty, signed["url"])
    empty.request("PUT", "/_fake/clock", {"advanceMs": 60_000})
    after = fetched(empty, signed["url"])

    assert before.content == CONTENT
    assert after.status == 403
    assert fetched(empty, made["url"]).status == 403


@pytest.mark.parametrize(
    "parts",
    [
        {"options": '{"access": "PUBLIC_INDEXABLE"}', "folderPath": "/a"},
        {"file": ("a.txt", b"x"), "folderPath": "/a"},
        {"file": ("a.txt", b"x"), "options": '{"access": "OPEN"}', "folderPath": "/a"},
        {"file": ("a.txt", b"x"), "options": "{", "folderPath": "/a"},
        {"file": ("a.txt", b"x"), "options": '{"access": "PRIVATE"}'},
        {"file": ("a.txt", b"x"), "options": '{"access": "PRIVATE"}', "folderId": "5"},
        {},
    ],
)
def test_an_upload_that_lacks_something_stores_nothing(empty: Fake, parts: dict[str, Any]) -> None:
    """400, or 404 for an unknown folder."""
    answer = send(empty, "POST", FILES, **parts)

    assert answer.status in (400, 404)
    assert empty.get(f"{FILES}/search").json()["results"] == []


def test_an_upload_that_is_no_form_is_refused(empty: Fake) -> None:
    """415 as for other content types."""
    assert empty.post(FILES, {"file": "x"}).status == 415


def test_a_folder_takes_its_files_along(empty: Fake) -> None:
    """When it is renamed, moved and deleted."""
    made = upload(empty)
    top = empty.get(f"{FOLDERS}/a").json()
    other = empty.post(FOLDERS, {"name": "other"}).json()

    moved = empty.request("PATCH", f"{FOLDERS}/{top['id']}", {"name": "c", "parentFolderId": other["id"]}).json()
    path = empty.get(f"{FILES}/{made['id']}").json()["path"]
    into_itself = empty.request("PATCH", f"{FOLDERS}/{other['id']}", {"parentFolderId": top["id"]})
    found = [one["path"] for one in empty.get(f"{FOLDERS}/search").json()["results"]]
    gone = empty.request("DELETE", f"{FOLDERS}/{other['id']}")

    assert moved["path"] == "/other/c"
    assert path == "/other/c/b/logo.png"
    assert into_itself.status == 400
    assert sorted(found) == ["/other", "/other/c", "/other/c/b"]
    assert empty.post(FOLDERS, {"name": "new"}).status == 201
    assert empty.post(FOLDERS, {"name": "new"}).status == 409
    assert gone.status == 204
    assert empty.get(f"{FILES}/{made['id']}").status == 404


def test_a_file_is_changed_replaced_and_deleted(empty: Fake) -> None:
    """Its id stays until then."""
    made = upload(empty)
    one = f"{FILES}/{made['id']}"

    changed = empty.request("PATCH", one, {"name": "new", "access": "PRIVATE", "isUsableInContent": False}).json()
    replaced = send(empty, "PUT", one, file=("z.png", b"new"), options='{"access": "PUBLIC_INDEXABLE"}').json()

    assert (changed["path"], changed["access"], changed["isUsableInContent"]) == ("/a/b/new.png", "PRIVATE", False)
    assert (replaced["path"], replaced["size"]) == ("/a/b/new.png", 3)
    assert fetched(empty, replaced["url"]).content == b"new"
    assert empty.request("DELETE", f"{one}/gdpr-delete").status == 204
    assert empty.get(one).status == 404
    assert fetched(empty, replaced["url"]).status == 404


def test_only_own_files_are_fetched_from_a_url(empty: Fake) -> None:
    """The task for another one ends with an error, so nothing looks imported that was not."""
    made = upload(empty)
    url, access = f"{FILES}/import-from-url/async", "PUBLIC_INDEXABLE"

    own = empty.post(url, {"url": made["url"], "access": access, "folderPath": "/x"}).json()
    other = empty.post(url, {"url": "https://example.com/a.png", "access": access}).json()
    tasks = [empty.get(one["links"]["status"].removeprefix("http://api.test")).json() for one in (own, other)]

    assert tasks[0]["result"]["path"] == "/x/logo.png"
    assert [task["status"] for task in tasks] == ["COMPLETE", "COMPLETE"]
    assert "result" not in tasks[1]
    assert tasks[1]["numErrors"] == 1
