"""Files, imports, exports, limits and the journal in detail: names, bounds, addresses, and refusals in their words."""

import csv
import io
import json
from hashlib import md5
from types import SimpleNamespace
from typing import Any, cast

from fake_hubspot.crm.families.files import TYPES
from fake_hubspot.crm.families.limits import _overall, _used
from fake_hubspot.crm.families.multipart import read_parts
from fake_hubspot.portal.clock import format_time
from tests.support.cases import Cases
from tests.unit.fake_hubspot.crm.test_event_journal import JOURNAL, SUBSCRIPTIONS, create, subscribe
from tests.unit.fake_hubspot.crm.test_files import FILES, FOLDERS, fetched, send
from tests.unit.fake_hubspot.crm.test_imports_exports import EXPORTS, IMPORTS, mapping, start
from tests.unit.fake_hubspot.inprocess import Fake, Response

NOW = 1_790_000_000_000
AT, LATER = format_time(NOW), format_time(NOW + 1000)
HOUR = 3_600_000
EDGE = b"multipart/form-data; boundary=edge"
PUBLIC = '{"access": "PUBLIC_INDEXABLE"}'


def told(answer: Response) -> tuple[int, str]:
    """Return the status and the message of a refusal."""
    return answer.status, answer.json()["message"]


def put(fake: Fake, name: str, content: bytes = b"x", folder: str = "/a", **options: Any) -> dict[str, Any]:
    """Upload a file with options."""
    given = json.dumps({"access": "PUBLIC_INDEXABLE", **options})
    answer = send(fake, "POST", FILES, file=(name, content), options=given, folderPath=folder)
    assert answer.status == 201, answer.content
    made: dict[str, Any] = answer.json()
    return made


def test_a_file_in_full(empty: Fake, cases: Cases) -> None:
    """Its keys in their order; what has no value is left out."""
    empty.portal.clock.freeze(NOW)
    made = put(empty, "a b.csv", b"x;y", "/one/two")
    folder = empty.get(f"{FOLDERS}/one/two").json()
    top = empty.get(f"{FOLDERS}/one").json()
    address = f"http://api.test/hubfs/62515/{made['id']}/a%20b.csv"

    with cases.case("a file"):
        assert list(made.items()) == [
            ("id", made["id"]), ("createdAt", AT), ("updatedAt", AT), ("archived", False),
            ("parentFolderId", folder["id"]), ("name", "a b"), ("path", "/one/two/a b.csv"), ("size", 3),
            ("type", "DOCUMENT"), ("extension", "csv"), ("defaultHostingUrl", address), ("url", address),
            ("isUsableInContent", True), ("access", "PUBLIC_INDEXABLE"),
            ("fileMd5", md5(b"x;y", usedforsecurity=False).hexdigest()), ("sourceGroup", "CONTENT"),
        ]  # fmt: skip
    with cases.case("folders"):
        head = {"createdAt": AT, "updatedAt": AT, "archived": False}
        assert list(folder.items()) == list(
            {"id": folder["id"], **head, "parentFolderId": top["id"], "name": "two", "path": "/one/two"}.items()
        )
        assert list(top.items()) == list({"id": top["id"], **head, "name": "one", "path": "/one"}.items())
    with cases.case("its content"):
        sent = fetched(empty, made["url"])
        assert (sent.content, sent.headers["content-type"]) == (b"x;y", "text/csv;charset=utf-8")
        other = put(empty, "x.bin")
        assert fetched(empty, other["url"]).headers["content-type"] == "application/octet-stream"
        assert fetched(empty, made["url"].replace("/62515/", "/1/")).status == 404
        assert fetched(empty, made["url"].replace(made["id"], "9")).status == 404
    with cases.case("an end"):
        ending = put(empty, "e.txt", expiresAt="2030-01-01T00:00:00Z")
        assert ending["expiresAt"] == 1_893_456_000_000
        answer = send(
            empty, "POST", FILES, file=("e.txt", b"x"), folderPath="/a",
            options='{"access": "PRIVATE", "expiresAt": "then"}',
        )  # fmt: skip
        assert told(answer) == (400, "expiresAt is a time, not 'then'")
    with cases.case("archived"):
        empty.portal.clock.freeze(NOW + 1000)
        assert empty.request("DELETE", f"{FILES}/{made['id']}").status == 204
        assert fetched(empty, made["url"]).status == 404
        assert empty.get(f"{FILES}/{made['id']}").status == 404
        assert empty.get(f"{FILES}/stat/one/two/a%20b.csv").status == 404


def test_the_names_of_files(empty: Fake, cases: Cases) -> None:
    """The end of the name says what it is; a slash becomes a dash; a name that is taken gets a number."""
    for kind, endings in {**TYPES, "OTHER": ("zip", "")}.items():
        for ending in endings:
            with cases.case(ending):
                made = put(empty, f"f.{ending.upper()}" if ending else "plain", folder=f"/{kind}")
                assert (made["type"], made["extension"]) == (kind, ending.upper())
    with cases.case("odd names"):
        found = [put(empty, name)["path"] for name in ("a/b.c.png", ".hidden", "end.", "plain", "plain", "plain")]
        assert found == ["/a/a-b.c.png", "/a/.hidden", "/a/end", "/a/plain", "/a/plain-1", "/a/plain-2"]
        assert [put(empty, "x.png")["name"] for _ in range(3)] == ["x", "x-1", "x-2"]
    with cases.case("the name of the form"):
        answer = send(empty, "POST", FILES, file=("a.png", b"x"), options=PUBLIC, folderPath="/n", fileName=" b.gif ")
        assert answer.json()["path"] == "/n/b.gif"
        answer = send(empty, "POST", FILES, file="text", options=PUBLIC, folderPath="/n")
        assert (answer.json()["path"], answer.json()["size"]) == ("/n/file", 4)
    with cases.case("a folder by id"):
        folder = empty.get(f"{FOLDERS}/n").json()["id"]
        answer = send(empty, "POST", FILES, file=("c.png", b"x"), options=PUBLIC, folderId=folder, folderPath="/other")
        assert answer.json()["path"] == "/n/c.png"


def test_duplicates_of_a_file(empty: Fake, cases: Cases) -> None:
    """By content, in the account or in the folder; archived ones do not count."""
    first = put(empty, "a.txt", b"same", "/one")
    where = {"duplicateValidationScope": "EXACT_FOLDER"}

    with cases.case("the account"):
        same = put(empty, "b.txt", b"same", "/two", duplicateValidationStrategy="RETURN_EXISTING")
        assert same["id"] == first["id"]
    with cases.case("the folder"):
        other = put(empty, "b.txt", b"same", "/two", duplicateValidationStrategy="RETURN_EXISTING", **where)
        assert other["id"] != first["id"]
        again = put(empty, "c.txt", b"same", "/two", duplicateValidationStrategy="RETURN_EXISTING", **where)
        assert again["id"] == other["id"]
    with cases.case("refused"):
        options = json.dumps({"access": "PRIVATE", "duplicateValidationStrategy": "REJECT"})
        answer = send(empty, "POST", FILES, file=("d.txt", b"same"), options=options, folderPath="/x")
        assert told(answer) == (409, f"The file exists already with the id {first['id']}")
        assert answer.json()["category"] == "CONFLICT"
        fresh = send(empty, "POST", FILES, file=("d.txt", b"new"), options=options, folderPath="/x")
        assert fresh.status == 201
    with cases.case("replaced"):
        changed = put(empty, "a.txt", b"newer", "/one", overwrite=True, access="PRIVATE")
        assert (changed["id"], changed["size"], changed["access"]) == (first["id"], 5, "PRIVATE")
        assert put(empty, "e.txt", b"newer", "/one", overwrite=True)["id"] != first["id"]


def test_uploads_that_lack_something(empty: Fake, cases: Cases) -> None:
    access = (
        "access is one of PUBLIC_INDEXABLE, PUBLIC_NOT_INDEXABLE, HIDDEN_INDEXABLE, HIDDEN_NOT_INDEXABLE, "
        "HIDDEN_PRIVATE, PRIVATE, HIDDEN_SENSITIVE, SENSITIVE, not "
    )
    file = ("a.txt", b"x")
    rows: tuple[tuple[dict[str, Any], int, str], ...] = (
        ({"options": PUBLIC, "folderPath": "/a"}, 400, "The part file is missing"),
        ({"file": file, "folderPath": "/a"}, 400, f"{access}None"),
        ({"file": file, "options": '{"access": "OPEN"}', "folderPath": "/a"}, 400, f"{access}'OPEN'"),
        ({"file": file, "options": PUBLIC}, 400, "One of folderId and folderPath is needed"),
        ({"file": file, "options": PUBLIC, "folderId": "9" * 51}, 404, f"There is no folder {'9' * 50}"),
    )
    for parts, status, text in rows:
        with cases.case(text):
            assert told(send(empty, "POST", FILES, **parts)) == (status, text)
    with cases.case("options that are no JSON"):
        status, text = told(send(empty, "POST", FILES, file=file, options="{", folderPath="/a"))
        assert (status, text.startswith("The part options is not valid: ")) == (400, True)
    for kind in ("text/plain", "multipart/form-data", 'multipart/form-data; boundary=""'):
        with cases.case(kind):
            assert empty.request("POST", FILES, b"--edge--", headers={"content-type": kind}).status == 415
    with cases.case("no parts"):
        head = {"content-type": "multipart/form-data; boundary=edge"}
        assert told(empty.request("POST", FILES, b"nothing", headers=head)) == (400, "The form has no parts")
    with cases.case("what comes before the first part is none"):
        body = b'; name="folderPath"\r\n\r\n/before\r\n--edge\r\nContent-Disposition: form-data; name="x"\r\n\r\ny'
        head = {"content-type": "multipart/form-data; boundary=edge"}
        answer = empty.request("POST", FILES, body + b"\r\n--edge--", headers=head)
        assert told(answer) == (400, "The part file is missing")
        context = cast("Any", SimpleNamespace(request=SimpleNamespace(headers={b"content-type": EDGE}, body=body)))
        assert list(read_parts(context)) == ["x"]
    with cases.case("a quoted boundary in capitals"):
        body = b'--e e\r\nContent-Disposition: form-data; name="file"; filename="q.txt"\r\n\r\nx\r\n'
        body += f'--e e\r\nContent-Disposition: form-data; name="options"\r\n\r\n{PUBLIC}\r\n'.encode()
        body += b'--e e\r\nContent-Disposition: form-data; name="folderPath"\r\n\r\n/q\r\n--e e--\r\n'
        head = {"content-type": 'Multipart/Form-Data; boundary="e e"'}
        assert empty.request("POST", FILES, body, headers=head).json()["path"] == "/q/q.txt"


def test_files_are_changed(empty: Fake, cases: Cases) -> None:
    """What a change does not name stays."""
    made = put(empty, "a.txt", b"x", "/one")
    one = f"{FILES}/{made['id']}"

    with cases.case("renamed"):
        changed = empty.request("PATCH", one, {"name": "b"}).json()
        assert (changed["path"], changed["name"], changed["access"]) == ("/one/b.txt", "b", "PUBLIC_INDEXABLE")
        assert changed["parentFolderId"] == made["parentFolderId"]
    with cases.case("moved"):
        assert empty.request("PATCH", one, {"parentFolderPath": "/two/three"}).json()["path"] == "/two/three/b.txt"
        top = empty.get(f"{FOLDERS}/two").json()["id"]
        changed = empty.request("PATCH", one, {"parentFolderId": int(top)}).json()
        assert (changed["path"], changed["parentFolderId"]) == ("/two/b.txt", top)
        assert told(empty.request("PATCH", one, {"parentFolderId": 9})) == (404, "There is no folder 9")
    with cases.case("opened"):
        changed = empty.request("PATCH", one, {"access": "PRIVATE", "isUsableInContent": False, "expiresAt": 5}).json()
        assert (changed["access"], changed["isUsableInContent"], changed["expiresAt"]) == ("PRIVATE", False, 5)
        assert empty.request("PATCH", one, {"access": "OPEN"}).status == 400
        assert told(empty.request("PATCH", one, {"expiresAt": "t" * 51})) == (
            400, f"expiresAt is a time, not {'t' * 50!r}",
        )  # fmt: skip
        assert empty.request("PATCH", one, {}).json() == empty.get(one).json()
    with cases.case("replaced"):
        changed = send(empty, "PUT", one, file=("z.png", b"new")).json()
        assert (changed["path"], changed["size"], changed["access"]) == ("/two/b.txt", 3, "PRIVATE")
        changed = send(empty, "PUT", one, file=("z.png", b"newer"), options=PUBLIC).json()
        assert (changed["access"], changed["isUsableInContent"]) == ("PUBLIC_INDEXABLE", False)
        assert told(send(empty, "PUT", one, options=PUBLIC)) == (400, "The part file is missing")
        assert send(empty, "PUT", one, file=("z", b""), options='{"access": "OPEN"}').status == 400


def test_signed_addresses(empty: Fake, cases: Cases) -> None:
    """For two weeks, or as long as is asked for; to the millisecond."""
    empty.portal.clock.freeze(NOW)
    made = put(empty, "a.txt", access="PRIVATE")
    path = f"{FILES}/{made['id']}/signed-url"
    for query, seconds in (("", 1_209_600), ("?expirationSeconds=10", 10)):
        with cases.case(query):
            empty.portal.clock.freeze(NOW)
            signed = empty.get(f"{path}{query}").json()
            end = NOW + seconds * 1000
            assert list(signed.items()) == [
                ("expiresAt", format_time(end)), ("extension", "txt"), ("name", "a"), ("size", 1), ("type", "DOCUMENT"),
                ("url", signed["url"]),
            ]  # fmt: skip
            head, _, tail = signed["url"].partition("?expires=")
            assert head == made["url"]
            assert tail.startswith(f"{end}&signature=")
            empty.portal.clock.freeze(end - 1)
            assert fetched(empty, signed["url"]).content == b"x"
            wrong = [signed["url"] + "0", made["url"], signed["url"].replace(f"={end}", f"={end + 1}")]
            assert [fetched(empty, each).status for each in wrong] == [403] * 3
            empty.portal.clock.freeze(end)
            assert told(fetched(empty, signed["url"])) == (
                403, "The signature of this address is missing, wrong or expired",
            )  # fmt: skip
    for access, status in (
        ("PUBLIC_NOT_INDEXABLE", 200), ("HIDDEN_INDEXABLE", 200), ("HIDDEN_NOT_INDEXABLE", 200),
        ("HIDDEN_PRIVATE", 403), ("PRIVATE", 403), ("HIDDEN_SENSITIVE", 403), ("SENSITIVE", 403),
    ):  # fmt: skip
        with cases.case(access):
            assert fetched(empty, put(empty, "s.txt", access=access)["url"]).status == status
    with cases.case("at once"):
        signed = empty.get(f"{path}?expirationSeconds=0").json()
        assert fetched(empty, signed["url"]).status == 403


def test_files_are_found_by_exact_sizes(empty: Fake, cases: Cases) -> None:
    for size in (1, 2, 3):
        put(empty, f"f{size}.txt", b"x" * size)
    for query, found in {
        "sizeGte=2": ["f2", "f3"], "sizeGte=3": ["f3"], "sizeGte=4": [], "sizeLte=2": ["f1", "f2"], "sizeLte=0": [],
        "sizeGte=2&sizeLte=2": ["f2"], "size=2": ["f2"], "path=/a/f1.txt": ["f1"], "sort=-name": ["f3", "f2", "f1"],
        "ids=1": [], "url=x": [],
    }.items():  # fmt: skip
        with cases.case(query):
            assert [one["name"] for one in empty.get(f"{FILES}/search?{query}").json()["results"]] == found
    with cases.case("ten on a page"):
        for number in range(8):
            put(empty, f"g{number}.txt")
        assert len(empty.get(f"{FILES}/search").json()["results"]) == 10
    for query, found in {"name=a": ["a"], "path=/a": ["a"], "name=b": []}.items():
        with cases.case(f"folders {query}"):
            assert [one["name"] for one in empty.get(f"{FOLDERS}/search?{query}").json()["results"]] == found


def test_folders_in_detail(empty: Fake, cases: Cases) -> None:
    """Made, found by id and by path, renamed, moved, deleted."""
    empty.portal.clock.freeze(NOW)
    one = empty.post(FOLDERS, {"name": "one"}).json()
    two = empty.post(FOLDERS, {"name": "t/wo", "parentFolderId": int(one["id"])}).json()
    three = empty.post(FOLDERS, {"name": "three", "parentPath": "/one/t-wo"}).json()
    four = empty.post(FOLDERS, {"name": "onetwo"}).json()
    inside = put(empty, "x.txt", folder="/one/t-wo/three")

    with cases.case("made"):
        assert [each["path"] for each in (one, two, three)] == ["/one", "/one/t-wo", "/one/t-wo/three"]
        assert ("parentFolderId" in one, two["parentFolderId"], three["parentFolderId"]) == (
            False,
            one["id"],
            two["id"],
        )
        answer = empty.post(FOLDERS, {"name": "t/wo", "parentFolderId": one["id"]})
        assert (*told(answer), answer.json()["category"]) == (409, "There is a folder t-wo here already", "CONFLICT")
        assert told(empty.post(FOLDERS, {"name": "x", "parentFolderId": "9"})) == (404, "There is no folder 9")
    with cases.case("found"):
        for place in (three["id"], "one/t-wo/three", "one%2Ft-wo%2Fthree"):
            assert empty.get(f"{FOLDERS}/{place}").json() == three
        assert empty.get(f"{FOLDERS}/one/none").status == 404
    with cases.case("moved as a task"):
        empty.portal.clock.freeze(NOW + 1000)
        answer = empty.post(
            f"{FOLDERS}/update/async", {"id": int(two["id"]), "parentFolderId": four["id"], "name": "n"}
        )
        task = answer.json()
        assert (answer.status, list(task)) == (202, ["id", "links"])
        assert task["links"] == {"status": f"http://api.test{FOLDERS}/update/async/tasks/{task['id']}/status"}
        done = empty.get(f"{FOLDERS}/update/async/tasks/{task['id']}/status").json()
        result = two | {"parentFolderId": four["id"], "name": "n", "path": "/onetwo/n", "updatedAt": LATER}
        assert list(done.items()) == [
            ("taskId", task["id"]), ("status", "COMPLETE"), ("requestedAt", LATER), ("startedAt", LATER),
            ("completedAt", LATER), ("result", result),
        ]  # fmt: skip
        assert empty.get(f"{FOLDERS}/{three['id']}").json()["path"] == "/onetwo/n/three"
        assert empty.get(f"{FILES}/{inside['id']}").json()["path"] == "/onetwo/n/three/x.txt"
        assert empty.post(f"{FOLDERS}/update/async", {"id": "9"}).status == 404
        assert empty.get(f"{FOLDERS}/update/async/tasks/9/status").status == 404
    with cases.case("renamed"):
        changed = empty.request("PATCH", f"{FOLDERS}/{two['id']}", {"name": "m"}).json()
        assert (changed["path"], changed["parentFolderId"]) == ("/onetwo/m", four["id"])
        assert empty.request("PATCH", f"{FOLDERS}/{two['id']}", {}).json() == changed
    with cases.case("into itself"):
        for target in (four["id"], two["id"], three["id"]):
            answer = empty.request("PATCH", f"{FOLDERS}/{four['id']}", {"parentFolderId": target})
            assert told(answer) == (400, "A folder cannot be moved into itself")
    with cases.case("deleted"):
        put(empty, "y.txt", folder="/onetwothree")
        assert empty.request("DELETE", f"{FOLDERS}/onetwo").status == 204
        paths = [each["path"] for each in empty.get(f"{FOLDERS}/search").json()["results"]]
        assert paths == ["/one", "/onetwothree"]
        assert [each["name"] for each in empty.get(f"{FILES}/search").json()["results"]] == ["y"]
    with cases.case("erased"):
        assert empty.request("DELETE", f"{FILES}/{inside['id']}/gdpr-delete").status == 404


def test_files_are_fetched_from_the_fake_only(empty: Fake, cases: Cases) -> None:
    """With the name and the folder of the request, or those of the source."""
    made = put(empty, "a.txt", b"abc")
    path = f"{FILES}/import-from-url/async"

    def result(**wanted: Any) -> dict[str, Any]:
        task = empty.post(path, {"url": made["url"], "access": "PRIVATE", **wanted}).json()
        found: dict[str, Any] = empty.get(f"{path}/tasks/{task['id']}/status").json()
        return found

    with cases.case("into a folder"):
        told_ = result(name="b.png", folderId=made["parentFolderId"])
        assert (told_["result"]["path"], told_["result"]["access"], told_["result"]["size"]) == (
            "/a/b.png",
            "PRIVATE",
            3,
        )
        assert "errors" not in told_
        assert result()["result"]["path"] == "/a.txt"
        assert result(overwrite=True)["result"]["path"] == "/a.txt"
        assert result()["result"]["path"] == "/a-1.txt"
    for url in (
        "https://elsewhere.test/a.png",
        "http://api.test/hubfs/62515",
        "http://api.test/hubfs/62515/9/x",
        made["url"].replace("://api.test", "://api.test["),  # no URL at all
        made["url"].replace("://api.test", "://api.test\u2100"),
        made["url"].replace("://api.test", "://api.test.elsewhere.test"),
    ):
        with cases.case(url):
            found = result(url=url)
            text = "the fake HubSpot fetches nothing from other servers; upload the file instead"
            assert (found["numErrors"], "result" in found) == (1, False)
            assert found["errors"] == [{"status": "error", "category": "VALIDATION_ERROR", "message": text}]
    with cases.case("no access"):
        assert empty.post(path, {"url": made["url"], "access": "OPEN"}).status == 400


def test_an_import_in_full(empty: Fake, cases: Cases) -> None:
    """Its counters, and its errors on demand."""
    empty.portal.clock.freeze(NOW)
    text = "First,Mail\nA,a@example.com\nB,bad\n,\n \nC,c@example.com\n"
    done = start(empty, text, [mapping("First", "firstname"), mapping("Mail", "email")])
    path = f"{IMPORTS}/{done['id']}"

    with cases.case("done"):
        assert list(done) == [
            "id", "createdAt", "updatedAt", "state", "metadata", "importRequestJson", "importName", "importSource",
            "optOutImport", "mappedObjectTypeIds",
        ]  # fmt: skip
        assert (done["state"], done["importName"], done["importSource"]) == ("DONE", "People", "API")
        assert (done["optOutImport"], done["mappedObjectTypeIds"], done["createdAt"]) == (False, ["0-1"], AT)
        assert done["metadata"] == {
            "counters": {
                "TOTAL_ROWS": 3, "CREATED_OBJECTS": 2, "PROPERTY_VALUES_EMITTED": 4, "ERRORS": 1,
                "UNIQUE_OBJECTS_WRITTEN": 2,
            },
            "fileIds": ["1"], "objectLists": [],
        }  # fmt: skip
        assert done["importRequestJson"]["files"][0]["fileName"] == "a.csv"
    with cases.case("errors"):
        (error,) = empty.get(f"{path}/errors?includeErrorMessage=true&includeRowData=true").json()["results"]
        assert list(error.items()) == [
            ("id", error["id"]), ("createdAt", NOW), ("errorType", "INVALID_EMAIL"),
            ("errorMessage", "Email address bad is invalid"), ("invalidValue", ""), ("objectType", "CONTACT"),
            ("objectTypeId", "0-1"),
            (
                "sourceData",
                {"fileId": 1, "lineNumber": 3, "rowData": ["B", "bad"], "containsEncryptedProperties": False},
            ),
        ]  # fmt: skip
        (terse,) = empty.get(f"{path}/errors").json()["results"]
        assert ("errorMessage" in terse, terse["sourceData"]["rowData"]) == (False, [])
    with cases.case("cancelled"):
        empty.portal.clock.freeze(NOW + 1000)
        assert list(empty.post(f"{path}/cancel", {}).json().items()) == [
            ("status", "CANCELED"), ("requestedAt", LATER), ("startedAt", AT), ("completedAt", LATER),
        ]  # fmt: skip
        assert empty.get(path).json()["state"] == "DONE"
    with cases.case("missing"):
        for method, tail in (("GET", ""), ("POST", "/cancel"), ("GET", "/errors")):
            assert empty.request(method, f"{IMPORTS}/99{tail}").status == 404


def test_the_types_of_errors_of_rows(empty: Fake, cases: Cases) -> None:
    """Each with the value, if it is one of an id."""
    mail = mapping("Mail", "email")
    own = {"name": "own", "label": "O", "type": "string", "fieldType": "text", "groupName": "contactinformation"}
    empty.post("/crm/v3/properties/contacts", {**own, "hasUniqueValue": True})
    for name, kind, field in (("score", "number", "number"), ("day", "date", "date")):
        empty.post("/crm/v3/properties/contacts", {**own, "name": name, "type": kind, "fieldType": field})
    start(empty, "Mail,Own\na@x.test,1\nb@x.test,2\n", [mail, mapping("Own", "own")])
    for row, columns, operations, kind, value in (
        ("bad", [mapping("C", "email")], {}, "INVALID_EMAIL", ""),
        ("n", [mapping("C", "score")], {}, "INVALID_NUMBER", ""),
        ("n", [mapping("C", "day")], {}, "INVALID_DATE", ""),
        ("n", [mapping("C", "lifecyclestage")], {}, "INVALID_ENUMERATION_OPTION", ""),
        ("n", [mapping("C", "nothing")], {}, "INVALID_PROPERTY_VALUE", ""),
        ("99", [mapping("C", "", idColumnType="HUBSPOT_OBJECT_ID")], {}, "INVALID_OBJECT_ID", "99"),
        ("98", [mapping("C", "", columnType="HUBSPOT_OBJECT_ID")], {}, "INVALID_OBJECT_ID", "98"),
        ("97", [mapping("C", "hs_object_id")], {}, "INVALID_OBJECT_ID", "97"),
        ("c@x.test", [mapping("C", "email")], {"0-1": "update"}, "OBJECT_NOT_FOUND", ""),
        ("a@x.test", [mapping("C", "email")], {"contacts": "CREATE"}, "DUPLICATE_UNIQUE_PROPERTY_VALUE", ""),
    ):
        with cases.case((row, kind)):
            done = start(empty, f"C,First\n{row},F\n", [*columns, mapping("First", "firstname")], operations)
            (error,) = empty.get(f"{IMPORTS}/{done['id']}/errors").json()["results"]
            assert (error["errorType"], error["invalidValue"]) == (kind, value)
            assert done["metadata"]["counters"] == {"TOTAL_ROWS": 1, "ERRORS": 1, "UNIQUE_OBJECTS_WRITTEN": 0}
    with cases.case("nothing that names it"):
        done = start(empty, "City\nOslo\n", [mapping("City", "city")])
        (error,) = empty.get(f"{IMPORTS}/{done['id']}/errors").json()["results"]
        assert error["errorType"] == "MISSING_REQUIRED_PROPERTY"
    with cases.case("blanks around a value"):
        start(empty, "Mail,First\n c@x.test , Cay \n", [mail, mapping("First", "firstname")])
        (kept,) = (
            one["properties"]
            for one in empty.get("/crm/v3/objects/contacts?properties=firstname,email").json()["results"]
            if one["properties"]["firstname"] == "Cay"
        )
        assert kept["email"] == "c@x.test"
    with cases.case("a unique value"):
        done = start(empty, "Own,First\n2,Ben\n", [mapping("Own", "own"), mapping("First", "firstname")])
        assert done["metadata"]["counters"]["UPDATED_OBJECTS"] == 1
        found = empty.get("/crm/v3/objects/contacts?properties=firstname,email").json()["results"]
        assert {one["properties"]["email"]: one["properties"]["firstname"] for one in found}["b@x.test"] == "Ben"
    with cases.case("an id"):
        (first, *_) = found
        columns = [mapping("Id", "hs_object_id"), mapping("City", "city")]
        done = start(empty, f"Id,City\n{first['id']},Oslo\n", columns, {"0-1": "UPDATE"})
        counters = done["metadata"]["counters"]
        assert (counters["UPDATED_OBJECTS"], counters["PROPERTY_VALUES_EMITTED"]) == (1, 1)


def test_how_columns_are_found(empty: Fake, cases: Cases) -> None:
    """By the names of the header in any order, else by their places; without a header the first row counts."""

    def run(text: str, columns: list[dict[str, str]], *, has_header: bool = True) -> list[tuple[int, str | None]]:
        page = {"hasHeader": has_header, "columnMappings": columns}
        request = {"name": "x", "files": [{"fileName": "a.csv", "fileImportPage": page}]}
        made = send(empty, "POST", IMPORTS, importRequest=json.dumps(request), files=("a.csv", text.encode())).json()
        errors = empty.get(f"{IMPORTS}/{made['id']}/errors?includeRowData=true").json()["results"]
        return [(one["sourceData"]["lineNumber"], one["sourceData"]["rowData"][0]) for one in errors]

    def people() -> set[tuple[str | None, str | None]]:
        rows = empty.get("/crm/v3/objects/contacts?limit=100").json()["results"]
        return {(row["properties"]["firstname"], row["properties"]["email"]) for row in rows}

    first, mail = mapping("First", "firstname"), mapping("Mail", "email")
    with cases.case("by name"):
        run("Mail,X,First\na@x.test,z,Ada\n", [first, mail])
        assert people() == {("Ada", "a@x.test")}
    with cases.case("by place"):
        run("One,Two\nBen,b@x.test\n", [first, mail])
        assert ("Ben", "b@x.test") in people()
    with cases.case("without a header"):
        run("Cay,c@x.test\n", [first, mail], has_header=False)
        assert ("Cay", "c@x.test") in people()
        assert run("D,bad\n", [first, mail], has_header=False) == [(1, "D")]
        assert run("First,Mail\nD,bad\n\nE,worse\n", [first, mail]) == [(2, "D"), (4, "E")]
    with cases.case("by the name of the type"):
        run("First,Mail\nFay,f@x.test\n", [
            {"columnName": "First", "propertyName": "firstname", "columnObjectType": "CONTACT"},
            {"columnName": "Mail", "propertyName": "email", "columnObjectType": "CONTACT"},
        ])  # fmt: skip
        assert ("Fay", "f@x.test") in people()


def test_imports_that_cannot_begin_say_why(empty: Fake, cases: Cases) -> None:
    page = {"columnMappings": [mapping("First", "firstname")]}
    file = {"fileName": "a.csv", "fileImportPage": page}
    for request, text in (
        ({"files": [file | {"fileName": "b" * 101}]}, f"There is no file {'b' * 100!r} in the form"),
        ({"files": [file | {"fileImportPage": {"columnMappings": []}}]}, "The import maps no column to a property"),
        ({"files": []}, "The import maps no column to a property"),
    ):
        with cases.case(text):
            body = json.dumps({"name": "x", **request})
            answer = send(empty, "POST", IMPORTS, importRequest=body, files=("a.csv", b"First\nA\n"))
            assert (*told(answer), answer.json()["category"]) == (400, text, "VALIDATION_ERROR")
    with cases.case("no request"):
        assert told(send(empty, "POST", IMPORTS, files=("a.csv", b"x"))) == (400, "The part importRequest is missing")
    with cases.case("no JSON"):
        status, text = told(send(empty, "POST", IMPORTS, importRequest="{", files=("a.csv", b"x")))
        assert (status, text.startswith("The part importRequest is not valid: ")) == (400, True)
    with cases.case("a format"):
        body = json.dumps({"name": "x", "files": [file | {"fileFormat": "X" * 21}]})
        status, text = told(send(empty, "POST", IMPORTS, importRequest=body, files=("a.csv", b"x")))
        assert (status, f"an import of the format {'X' * 20} is" in text) == (404, True)
        body = json.dumps({"name": "x", "files": [file | {"fileFormat": "csv"}]})
        assert send(empty, "POST", IMPORTS, importRequest=body, files=("a.csv", b"First\nA\n")).status == 200


def test_an_export_in_full(empty: Fake, cases: Cases) -> None:
    """Its status, what is told of it, and refusals in their words."""
    empty.portal.clock.freeze(NOW)
    ids = sorted(create(empty, firstname=name) for name in "ab")
    body: dict[str, Any] = {
        "exportType": "VIEW", "format": "CSV", "exportName": "N" * 101, "objectType": "contacts",
        "objectProperties": ["firstname", "lastname"],
    }  # fmt: skip

    made = empty.post(EXPORTS, body).json()
    with cases.case("status"):
        status = empty.get(f"{EXPORTS}/tasks/{made['id']}/status").json()
        address = f"http://api.test/hubfs/62515/{made['id']}/{'N' * 100}.csv"
        assert list(status.items()) == [
            ("status", "COMPLETE"), ("requestedAt", AT), ("startedAt", AT), ("completedAt", AT), ("result", address),
        ]  # fmt: skip
        sent = fetched(empty, address)
        assert sent.headers["content-type"] == "text/csv;charset=utf-8"
        assert list(csv.reader(io.StringIO(sent.content.decode())))[1:] == [
            [str(one), name, ""] for one, name in zip(ids, sorted_names(empty, ids), strict=True)
        ]
    with cases.case("told"):
        read = empty.get(f"/crm/v3/exports/export/{made['id']}").json()
        assert list(read.items()) == [
            ("id", made["id"]), ("createdAt", AT), ("updatedAt", AT), ("exportName", "N" * 100),
            ("exportState", "COMPLETE"), ("exportType", "VIEW"), ("objectType", "0-1"),
            ("objectProperties", ["firstname", "lastname"]), ("recordCount", 2),
        ]  # fmt: skip
        assert empty.get("/crm/v3/exports/export/9").status == 404
    with cases.case("without a name"):
        plain = empty.post(EXPORTS, body | {"exportName": ""}).json()
        assert empty.get(f"/crm/v3/exports/export/{plain['id']}").json()["exportName"] == "export"
    with cases.case("several linked types"):
        two = body | {"associatedObjectType": ["COMPANY", "DEAL"], "objectProperties": []}
        task = empty.post(EXPORTS, two).json()["id"]
        place = empty.get(f"{EXPORTS}/tasks/{task}/status").json()["result"]
        assert fetched(empty, place).content.decode().splitlines()[0] == (
            "Record ID,Associated company IDs,Associated deal IDs"
        )
    for change, status, text in (
        ({"exportType": "X" * 51}, 400, f"exportType is VIEW or LIST, not {'X' * 50!r}"),
        ({"format": "X" * 51}, 400, f"format is one of CSV, XLS, XLSX, not {'X' * 50!r}"),
        (
            {"objectProperties": ["p" * 101]}, 400,
            f"There is no property {'p' * 100!r} to export (this text is the fake's own)",
        ),
    ):  # fmt: skip
        with cases.case(text):
            assert told(empty.post(EXPORTS, body | change)) == (status, text)
    for name in ("XLS", "XLSX"):
        with cases.case(name):
            status, text = told(empty.post(EXPORTS, body | {"format": name}))
            assert (status, f"an export of the format {name} is" in text) == (404, True)
    with cases.case("a search, sorted"):
        search = {"sorts": [{"propertyName": "firstname", "direction": "DESCENDING"}], "query": "b"}
        task = empty.post(EXPORTS, body | {"publicCrmSearchRequest": search}).json()["id"]
        place = empty.get(f"{EXPORTS}/tasks/{task}/status").json()["result"]
        assert [line.split(",")[1] for line in fetched(empty, place).content.decode().splitlines()[1:]] == ["b"]


def sorted_names(fake: Fake, ids: list[int]) -> list[str]:
    """Return the first names of contacts."""
    return [fake.get(f"/crm/v3/objects/contacts/{one}").json()["properties"]["firstname"] for one in ids]


def test_limits_in_full(empty: Fake, cases: Cases) -> None:
    """Percentages have two digits after the point."""
    base = "/crm/v3/limits"
    for number in range(3):
        create(empty, firstname=str(number))
    names = {"objectTypeId": "0-1", "singularLabel": "Contact", "pluralLabel": "Contacts"}

    def of_contacts(rows: list[dict[str, Any]]) -> dict[str, Any]:
        return next(one for one in rows if one["objectTypeId"] == "0-1")

    with cases.case("records"):
        found = empty.get(f"{base}/records").json()
        assert list(found) == ["hubspotDefinedObjectTypes", "customObjectTypes"]
        row = of_contacts(found["hubspotDefinedObjectTypes"])
        assert list(row.items()) == list({**names, "limit": 1_000_000, "usage": 3, "percentage": 0.0}.items())
        assert found["customObjectTypes"] == {
            "overallLimit": 1_000_000, "overallUsage": 0, "overallPercentage": 0.0, "byObjectType": [],
        }  # fmt: skip
    with cases.case("digits"):
        kind = empty.portal.types["contacts"]
        assert [_used(kind, used, 1_000_000)["percentage"] for used in (1234, 1250, 1_000_000)] == [0.12, 0.12, 100.0]
        assert [_overall(used, 30_000, [])["overallPercentage"] for used in (1, 2, 10)] == [0.0, 0.01, 0.03]
    with cases.case("types"):
        assert empty.get(f"{base}/custom-object-types").json() == {"limit": 10, "usage": 0, "percentage": 0.0}
    with cases.case("properties"):
        for name in "ab":
            own = {"name": name, "label": "O", "type": "string", "fieldType": "text"}
            empty.post("/crm/v3/properties/contacts", {**own, "groupName": "contactinformation"})
        found = empty.get(f"{base}/custom-properties").json()
        count = len(found["byObjectType"])
        assert list(found.items())[:3] == [
            ("overallLimit", 1000 * count), ("overallUsage", 2), ("overallPercentage", round(200 / (1000 * count), 2)),
        ]  # fmt: skip
        assert of_contacts(found["byObjectType"]) == {**names, "limit": 1000, "usage": 2, "percentage": 0.2}
    with cases.case("calculated"):
        found = empty.get(f"{base}/calculated-properties").json()
        assert {name: value for name, value in found.items() if name != "byObjectType"} == {
            "overallLimit": 25, "overallUsage": 0, "overallPercentage": 0.0,
        }  # fmt: skip
        assert of_contacts(found["byObjectType"]) == {**names, "usage": 0}
    with cases.case("pipelines"):
        rows = empty.get(f"{base}/pipelines").json()["results"]
        assert ("0-3", 100, 1, 1.0) in [
            (one["objectTypeId"], one["limit"], one["usage"], one["percentage"]) for one in rows
        ]
        assert all(one["usage"] for one in rows)
    with cases.case("labels"):
        path = f"{base}/associations/labels"
        empty.post("/crm/v4/associations/contacts/deals/labels", {"label": "Buyer", "name": "buyer"})
        (row,) = empty.get(f"{path}?fromObjectTypeId=contacts&toObjectTypeId=deals").json()["results"]
        deals = {"objectTypeId": "0-3", "singularLabel": "Deal", "pluralLabel": "Deals"}
        assert row == {
            "fromObjectType": names, "toObjectType": deals, "limit": 50, "usage": 1, "percentage": 2.0,
            "allLabels": ["Buyer"],
        }  # fmt: skip
        assert row in empty.get(path).json()["results"]
        assert empty.get(f"{path}?fromObjectTypeId=contacts").json()["results"] == [row]
        (none,) = empty.get(f"{path}?fromObjectTypeId=contacts&toObjectTypeId=tickets").json()["results"]
        assert (none["usage"], none["allLabels"], none["percentage"]) == (0, [], 0.0)
        assert all(one["usage"] for one in empty.get(path).json()["results"])
    with cases.case("pairs"):
        records = f"{base}/associations/records"
        assert empty.get(f"{records}/from").json() == {"results": []}
        assert empty.get(f"{records}/contacts/to").json() == {"results": []}
        assert empty.get(f"{records}/contacts/deals").json() == {
            "limit": 10_000, "totalRecordsAtLimit": 0, "totalRecordsNearLimit": 0, "atLimitFromRecordSamples": [],
            "nearLimitFromRecordSamples": [],
        }  # fmt: skip
        for wrong in ("boats/to", "boats/deals", "contacts/boats"):
            assert empty.get(f"{records}/{wrong}").status == 400, wrong
    with cases.case("types in use"):
        found = empty.get("/crm/v3/object-library/enablement").json()["enablementByObjectTypeId"]
        assert (found["0-1"], set(found.values())) == (True, {True})
        assert empty.get("/crm/v3/object-library/enablement/contact").json() == {
            "objectTypeId": "0-1", "enablement": True,
        }  # fmt: skip


def test_rules_of_properties_in_full(empty: Fake, cases: Cases) -> None:
    """Those that limit a length, and those that were set here."""
    rules = [
        {"objectType": "contacts", "property": "city", "maxLength": 5},
        {"objectType": "contacts", "property": "firstname", "required": True},
    ]
    empty.request("PUT", "/_fake/rules", rules)
    path = "/crm/v3/property-validations/contacts"
    length = {"ruleType": "MAX_LENGTH", "ruleArguments": ["5"], "shouldApplyNormalization": False}
    regex = {"ruleType": "REGEX", "ruleArguments": ["x"], "shouldApplyNormalization": True}

    with cases.case("set"):
        given = {"ruleArguments": ["x"], "shouldApplyNormalization": True}
        assert empty.request("PUT", f"{path}/city/rule-type/REGEX", given).status == 204
        assert empty.request("PUT", f"{path}/zip/rule-type/URL", {"ruleArguments": []}).status == 204
        assert empty.request("PUT", f"{path}/nothing/rule-type/URL", {"ruleArguments": []}).status == 404
    with cases.case("listed"):
        url = {"ruleType": "URL", "ruleArguments": [], "shouldApplyNormalization": False}
        assert empty.get(path).json() == {
            "results": [
                {"propertyName": "city", "propertyValidationRules": [length, regex]},
                {"propertyName": "zip", "propertyValidationRules": [url]},
            ]
        }
        assert empty.get(f"{path}/city").json() == {"results": [length, regex]}
        assert empty.get(f"{path}/email").json() == {"results": []}
        assert empty.get("/crm/v3/property-validations/deals").json() == {"results": []}
    with cases.case("one"):
        assert empty.get(f"{path}/city/rule-type/MAX_LENGTH").json() == length
        assert empty.get(f"{path}/city/rule-type/REGEX").json() == regex
        assert empty.get(f"{path}/city/rule-type/URL").status == 404


def test_entries_of_the_journal_in_full(empty: Fake, cases: Cases) -> None:
    """Their addresses hold for an hour, to the millisecond."""
    empty.portal.clock.freeze(NOW)
    subscribe(empty, "CREATE")
    for number in range(3):
        create(empty, firstname=str(number))
    earliest, latest = (empty.get(f"{JOURNAL}/{name}").json() for name in ("earliest", "latest"))
    offsets = [one["currentOffset"] for one in empty.get(f"{JOURNAL}/batch/earliest/100").json()["results"]]

    with cases.case("an entry"):
        end = NOW + HOUR
        assert list(earliest) == ["url", "expiresAt", "currentOffset"]
        assert (earliest["expiresAt"], earliest["currentOffset"]) == (format_time(end), offsets[0])
        head = f"http://api.test/hubfs/62515/webhooks-journal/{offsets[0]}?expires={end}&signature="
        assert earliest["url"].startswith(head)
        assert latest["currentOffset"] == offsets[2]
    with cases.case("the file"):
        file = fetched(empty, earliest["url"])
        assert list(file.json()) == ["offset", "journalEvents", "publishedAt"]
        assert (file.json()["offset"], file.json()["publishedAt"]) == (offsets[0], AT)
        assert fetched(empty, earliest["url"].replace("/62515/", "/1/")).status == 404
        assert fetched(empty, earliest["url"].replace(offsets[0], "x")).status == 404
        assert fetched(empty, earliest["url"].replace(offsets[0], offsets[1])).status == 403
        empty.portal.clock.freeze(end - 1)
        assert fetched(empty, earliest["url"]).status == 200
        empty.portal.clock.freeze(end)
        assert fetched(empty, earliest["url"]).status == 403
        empty.portal.clock.freeze(NOW)
    with cases.case("the next"):
        following = [empty.get(f"{JOURNAL}/offset/{one}/next") for one in offsets]
        assert [one.status for one in following] == [200, 200, 204]
        assert [one.json()["currentOffset"] for one in following[:2]] == offsets[1:]
        assert empty.get(f"{JOURNAL}/offset/x/next").status == 404
    for path, found in {
        "earliest/2": offsets[:2], "latest/2": offsets[1:], f"{offsets[0]}/next/1": offsets[1:2],
        f"{offsets[2]}/next/5": [], "latest/100": offsets,
    }.items():  # fmt: skip
        with cases.case(path):
            page = empty.get(f"{JOURNAL}/batch/{path}").json()
            assert [one["currentOffset"] for one in page["results"]] == found
            assert (page["status"], page["startedAt"]) == ("COMPLETE", AT)
    for count in ("0", "101", "x"):
        with cases.case(count):
            for place in ("earliest", "latest", f"{offsets[0]}/next"):
                answer = empty.get(f"{JOURNAL}/batch/{place}/{count}")
                assert told(answer) == (400, "count must be from 1 to 100")
    with cases.case("named ones"):
        page = empty.post(f"{JOURNAL}/batch/read", {"inputs": [offsets[1], "x", offsets[0], "y"]}).json()
        assert [one["currentOffset"] for one in page["results"]] == [offsets[1], offsets[0]]
        assert page["errors"] == [
            {
                "status": "error", "category": "OBJECT_NOT_FOUND", "message": "There is no such offset",
                "context": {"id": [name]},
            }
            for name in ("x", "y")
        ]  # fmt: skip
    with cases.case("the portal"):
        assert empty.get(f"{JOURNAL}/earliest?installPortalId=62515").status == 200
        for place in ("earliest", "latest", f"offset/{offsets[0]}/next", "batch/earliest/1"):
            answer = empty.get(f"{JOURNAL}/{place}?installPortalId=5")
            assert told(answer) == (400, "The app is not installed in portal 5")


def test_subscriptions_of_the_journal_in_full(empty: Fake, cases: Cases) -> None:
    """Of each kind; what a second one of the same kind and type says replaces the first."""
    empty.portal.clock.freeze(NOW)
    made = empty.post(
        SUBSCRIPTIONS,
        {"subscriptionType": "OBJECT", "objectTypeId": "contact", "actions": ["CREATE"], "properties": ["city"]},
    ).json()

    with cases.case("made"):
        assert list(made.items()) == [
            ("id", made["id"]), ("appId", 1024738), ("subscriptionType", "OBJECT"), ("actions", ["CREATE"]),
            ("objectTypeId", "0-1"), ("properties", ["city"]), ("portalId", 62515), ("createdAt", AT),
            ("updatedAt", AT),
        ]  # fmt: skip
        assert isinstance(made["id"], int)
    with cases.case("changed"):
        empty.portal.clock.freeze(NOW + 1000)
        again = subscribe(empty, "UPDATE")
        assert (again["id"], again["actions"], "properties" in again) == (made["id"], ["UPDATE"], False)
        assert (again["createdAt"], again["updatedAt"]) == (AT, LATER)
        others = [
            subscribe(empty, "CREATE", objectTypeId="0-2")["id"],
            subscribe(empty, "ASSOCIATION_ADDED", kind="ASSOCIATION")["id"],
            subscribe(empty, "CREATE", kind="EVENT", eventTypeId="6-1")["id"],
            subscribe(empty, "CREATE", kind="EVENT", eventTypeId="6-2")["id"],
        ]
        assert len({made["id"], *others}) == 5
    types = "OBJECT, ASSOCIATION, EVENT, APP_LIFECYCLE_EVENT, LIST_MEMBERSHIP, GDPR_PRIVACY_DELETION"
    good = {"subscriptionType": "ASSOCIATION", "objectTypeId": "0-1", "actions": ["ASSOCIATION_ADDED"]}
    for change, text in (
        ({"subscriptionType": "X"}, f"subscriptionType must be one of {types}"),
        ({"objectTypeId": None}, "objectTypeId and actions are required"),
        ({"actions": []}, "objectTypeId and actions are required"),
        ({"subscriptionType": "OBJECT", "actions": []}, "objectTypeId and actions are required"),
        ({"portalId": 5}, "The app is not installed in portal 5"),
    ):
        with cases.case(change):
            answer = empty.post(SUBSCRIPTIONS, good | change)
            assert (*told(answer), answer.json()["category"]) == (400, text, "VALIDATION_ERROR")
    with cases.case("an action"):
        status, text = told(empty.post(SUBSCRIPTIONS, good | {"actions": ["CREATE", "EAT", "DRINK"]}))
        assert (status, text.startswith("EAT is no action; actions are CREATE, UPDATE, DELETE, RESTORE, MERGE, ")) == (
            400, True,
        )  # fmt: skip
    with cases.case("without type and actions"):
        assert empty.post(SUBSCRIPTIONS, {"subscriptionType": "LIST_MEMBERSHIP"}).status == 200
    with cases.case("filters"):
        condition = {"property": "city", "operator": "EQ", "value": "Oslo"}
        path = f"{SUBSCRIPTIONS}/filters"
        body = {"subscriptionId": made["id"], "filter": {"conditions": [condition]}}
        number = empty.post(path, body).json()["filterId"]
        other = empty.post(path, body | {"subscriptionId": others[0]}).json()["filterId"]
        (kept,) = empty.get(f"{path}/subscription/{made['id']}").json()
        assert (list(kept), kept["id"], kept["createdAt"]) == (["id", "createdAt", "filter"], number, NOW + 1000)
        assert empty.get(f"{path}/{number}").json() == kept
        assert [one["id"] for one in empty.get(f"{path}/subscription/{others[0]}").json()] == [other]
        status, text = told(empty.post(path, body | {"filter": {"conditions": [condition | {"operator": "LIKE"}]}}))
        assert (status, text.startswith("LIKE is no operator; operators are EQ, ")) == (400, True)
        assert empty.post(path, body | {"subscriptionId": 9}).status == 404
        assert empty.post(path, body | {"filter": {"conditions": []}}).status == 400
        assert empty.get(f"{path}/subscription/9").status == 404
        assert empty.request("DELETE", f"{path}/{number}").status == 204
        assert empty.request("DELETE", f"{path}/{number}").status == 404
        assert empty.get(f"{path}/subscription/{made['id']}").json() == []
    with cases.case("ended"):
        assert empty.request("DELETE", f"{SUBSCRIPTIONS}/{made['id']}").status == 204
        assert empty.get(f"{SUBSCRIPTIONS}/{made['id']}").status == 404
        assert told(empty.request("DELETE", f"{SUBSCRIPTIONS}/portals/5")) == (
            400, "The app is not installed in portal 5",
        )  # fmt: skip
        assert len(empty.get(SUBSCRIPTIONS).json()["results"]) == 5


def test_a_snapshot_in_full(empty: Fake, cases: Cases) -> None:
    """What became of it is told by its id."""
    empty.portal.clock.freeze(NOW)
    one = create(empty, firstname="Ada")
    path = "/webhooks-journal/snapshots/2026-03/crm"
    wanted = [{"portalId": 62515, "objectId": number, "objectTypeId": "contacts"} for number in (one, 9)]

    made = empty.post(path, {"snapshotRequests": wanted}).json()

    assert list(made) == ["snapshotResponses"]
    first, second = made["snapshotResponses"]
    assert list(first.items()) == [
        ("portalId", 62515), ("objectId", one), ("objectTypeId", "0-1"),
        ("snapshotStatusId", first["snapshotStatusId"]),
    ]  # fmt: skip
    common = {"initiatedAt": NOW, "completedAt": NOW}
    status = empty.get(f"{JOURNAL}/status/{first['snapshotStatusId']}").json()
    assert status == {"id": first["snapshotStatusId"], "status": "COMPLETED", **common}
    status = empty.get(f"{JOURNAL}/status/{second['snapshotStatusId']}").json()
    assert status == {
        "id": second["snapshotStatusId"], "status": "FAILED", **common, "errorCode": "VALIDATION_ERROR",
        "message": "There is no such record",
    }  # fmt: skip
    assert empty.get(f"{JOURNAL}/status/9").status == 404
    with cases.case("another portal"):
        answer = empty.post(path, {"snapshotRequests": [wanted[0], wanted[0] | {"portalId": 5}]})
        assert told(answer) == (400, "The app is not installed in portal 5")
        assert len(empty.get(f"{JOURNAL}/batch/latest/100").json()["results"]) == 1
