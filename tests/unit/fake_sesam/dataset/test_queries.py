"""What readers get, compared with a list of all versions: every option with every other, held back or not."""

import random
from collections.abc import Iterator
from typing import Any

import pytest

from fake_sesam.dataset import Dataset, NodeStore

WRITES = [
    *[("a", 1, False), ("b", 1, False), ("c", 1, False), ("a", 2, False), ("b", 1, True), ("d", 1, False)],
    *[("b", 2, False), ("a", 2, True), ("e", 1, True), ("c", 3, False), ("d", 1, True)],
]
HELD: tuple[int | None, ...] = (None, 0, 1, 4, 6, 8, len(WRITES))


class Written:
    """A dataset and all that was written to it; another dataset of the store has the same ids and other versions.

    Attributes:
        log: The versions, in order.
    """

    def __init__(self, store: NodeStore) -> None:
        self._clock = 0
        self.dataset = Dataset(store, "things", now_us=lambda: 100 + self._clock)
        self._other = Dataset(store, "others", now_us=lambda: 5000)
        self.log: list[dict[str, Any]] = []
        for entity_id, value, is_deleted in WRITES:
            self._other.write([{"_id": entity_id, "other": len(self.log)}, {"_id": f"{entity_id}{value}"}])
            self._clock += 1
            self.dataset.write([{"_id": entity_id, "value": value, "_deleted": is_deleted}])
            before = [one["_updated"] for one in self.log if one["_id"] == entity_id]
            self.log.append(
                {
                    "_id": entity_id,
                    "_updated": len(self.log),
                    "_previous": before[-1] if before else None,
                    "_deleted": is_deleted,
                    "_ts": 100 + self._clock,
                    "value": value,
                }
            )
        self.dataset.set_populated()
        self._other.hold(3)

    def hold(self, held: int | None) -> None:
        """Hide the versions from an offset on."""
        if held is None:
            self.dataset.release()
        else:
            self.dataset.hold(held)

    def visible(self, held: int | None) -> list[dict[str, Any]]:
        """Return the versions before an offset."""
        return self.log[:held]


def without_hash(version: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in version.items() if name != "_hash"}


def latest(log: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the latest version of each entity."""
    return sorted({one["_id"]: one for one in log}.values(), key=lambda one: int(one["_updated"]))


def expected(log: list[dict[str, Any]], options: dict[str, Any]) -> list[dict[str, Any]]:
    """Return what `entities` yields with these options."""
    found = log if options.get("history") else latest(log)
    if options.get("only_deleted"):
        found = [one for one in found if one["_deleted"]]
    elif not (options.get("history") or options.get("deleted")):
        found = [one for one in found if not one["_deleted"]]
    if options.get("since") is not None:
        found = [one for one in found if one["_updated"] > options["since"]]
    if options.get("reverse"):
        found = found[::-1]
        if options.get("before") is not None:
            found = [one for one in found if one["_updated"] < options["before"]]
    return found[: options.get("limit")]


@pytest.fixture(scope="module")
def written() -> Iterator[Written]:
    """One dataset for all tests: they only read it, and choose what is held back."""
    with NodeStore() as store:
        yield Written(store)


def test_a_reader_gets_what_its_options_say(written: Written) -> None:
    chance = random.Random(1)  # noqa: S311 - a repeatable sample
    choices: dict[str, list[Any]] = {
        "history": [True, False],
        "deleted": [True, False],
        "reverse": [True, False],
        "uncommitted": [True, False, False],
        "only_deleted": [True, False, False],
        "since": [None, None, 0, 3, 10],
        "limit": [None, None, 0, 1, 2, 5],
        "before": [None, 0, 4, 11],
    }
    for held in HELD:
        written.hold(held)
        for _ in range(60):
            options = {name: chance.choice(values) for name, values in choices.items() if chance.random() < 0.6}

            found = list(map(without_hash, written.dataset.entities(**options)))

            log = written.log if options.get("uncommitted") else written.visible(held)
            assert found == expected(log, options), (held, options)


def test_an_entity_has_its_latest_visible_version_and_those_before(written: Written) -> None:
    for held in HELD:
        written.hold(held)
        for entity_id in "abcdef":
            own = [one for one in written.visible(held) if one["_id"] == entity_id][::-1]
            everything = [one for one in written.log if one["_id"] == entity_id][::-1]

            entity = written.dataset.entity(entity_id)
            uncommitted = written.dataset.entity(entity_id, uncommitted=True)

            assert (entity and without_hash(entity)) == (own[0] if own else None), (held, entity_id)
            assert (uncommitted and without_hash(uncommitted)) == (everything[0] if everything else None)
            for limit in (0, 1, 2, 9):
                found = list(map(without_hash, written.dataset.versions(entity_id, limit=limit)))
                assert found == own[:limit], (held, entity_id, limit)


def test_the_counts_are_those_of_what_is_visible(written: Written) -> None:
    for held in HELD:
        written.hold(held)
        log = written.visible(held)
        deleted = [one for one in latest(log) if one["_deleted"]]

        assert written.dataset.info() == {
            "populated": True,
            "next_offset": len(WRITES),
            "entities": len(latest(log)) - len(deleted),
            "deleted": len(deleted),
            "versions": len(log),
            "last_modified": max((one["_ts"] for one in log), default=None),
        }, held
        assert written.dataset.count == len(latest(log)) - len(deleted)
        assert written.dataset.visible_end == len(log)
        assert written.dataset.held_from == held


def test_ids_begin_with_a_text_and_are_in_order() -> None:
    """Ids of deleted entities and of the highest characters too, those of other datasets not."""
    names = ["b", "ab", "a", "a\U0010fffe", "aé", "A", "", "abc"]
    with NodeStore() as store:
        dataset, other = (Dataset(store, name, now_us=lambda: 1) for name in ("things", "others"))
        other.write([{"_id": "aa"}, {"_id": "zz"}])
        dataset.write([{"_id": name} for name in names])
        dataset.write([{"_id": "ab", "_deleted": True}])

        for prefix in ("", "a", "ab", "abcd", "b", "z"):
            wanted = sorted(name for name in names if name.startswith(prefix))
            for limit in (1, 2, 100):
                assert dataset.ids(prefix, limit=limit) == wanted[:limit], (prefix, limit)
