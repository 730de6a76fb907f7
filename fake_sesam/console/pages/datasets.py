"""The datasets: all of them, the entities of one, and one entity with its versions and a diff of any two."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from bench_core.pages import PageResponse, live_event
from bench_core.pages.words import Moment, counted
from fake_sesam.api.query import parse_integer
from fake_sesam.api.representations import dataset_json, is_internal_dataset
from fake_sesam.console.call import PageCall, page_url
from fake_sesam.console.documents import pretty, side_by_side
from fake_sesam.console.states import seconds_of, states_of
from fake_sesam.dataset import Dataset
from fake_sesam.dataset.hashing import encode
from fake_sesam.errors import NotFoundError

__all__ = ["live", "remove", "show", "show_all", "show_entity"]

PAGE_SIZE = 50
VERSIONS_SHOWN = 200
PREVIEW_CHARACTERS = 300
CHOICES = {"": "current", "all": "current and deleted", "deleted": "deleted", "history": "every version"}


@dataclass(frozen=True, slots=True)
class DatasetRow:
    """A dataset as the list shows it."""

    name: str
    entities: int
    deleted: int
    versions: int
    is_populated: bool
    modified: Moment | None
    pipe: str


@dataclass(frozen=True, slots=True)
class EntityRow:
    """A version as the list shows it."""

    id: str
    offset: int
    is_deleted: bool
    moment: Moment
    text: str
    href: str


def show_all(call: PageCall) -> PageResponse:
    """Show all datasets; the node's own ones only if they are asked for."""
    is_all = call.values.get("internal") == "1"
    names = [name for name in call.node.store.dataset_names() if is_all or not is_internal_dataset(name)]
    rows = [_row(call, name) for name in names]
    return call.page("datasets.html.jinja", title="Datasets", current="Datasets", rows=rows, is_all=is_all)


def _row(call: PageCall, name: str) -> DatasetRow:
    runtime = dataset_json(call.node, call.node.dataset(name))["runtime"]
    modified = runtime["last-modified"]
    return DatasetRow(
        name,
        runtime["count-index-exists"] - runtime["count-index-deleted"],
        runtime["count-index-deleted"],
        runtime["count-log-exists"],
        runtime["populated"],
        call.moment(seconds_of(modified)) if modified else None,
        _writer_of(call, name),
    )


def _writer_of(call: PageCall, name: str) -> str:
    return next((pipe.id for pipe in call.node.pipes.values() if pipe.sink.dataset == name), "")


def show(call: PageCall) -> PageResponse:
    """Show entities of a dataset, the last written first, or those whose ids begin with a text."""
    dataset = _existing(call)
    rows, older = _page_of(call, dataset)
    row = _row(call, dataset.name)
    return call.page(
        "dataset.html.jinja",
        title=dataset.name,
        current="Datasets",
        dataset=row,
        headline=_headline(row),
        rows=rows,
        older=older,
        wanted=call.values.get("id", ""),
        choice=_choice(call),
        choices=CHOICES,
        since=call.values.get("since", ""),
        is_first=not call.values.get("before"),
        back=page_url("datasets"),
        query=call.request.query,
    )


def live(call: PageCall) -> Callable[[], bytes]:
    """Return what makes the rows of a dataset's first page."""
    dataset = _existing(call)

    def news() -> bytes:
        rows, _ = _page_of(call, dataset)
        part = call.site.part
        parts = {
            "headline": part("parts.html.jinja", "text", _headline(_row(call, dataset.name))),
            "rows": part("parts.html.jinja", "entity_rows", rows),
            "facts": part("parts.html.jinja", "facts", call.frame()),
        }
        return live_event("parts", parts)

    return news


def _headline(row: DatasetRow) -> str:
    deleted = f", {row.deleted:,} deleted" if row.deleted else ""
    return f"{counted(row.entities, 'entity', 'entities')}{deleted}, {counted(row.versions, 'version')}"


def _choice(call: PageCall) -> str:
    choice = call.values.get("show", "")
    return choice if choice in CHOICES else ""


def _page_of(call: PageCall, dataset: Dataset) -> tuple[list[EntityRow], str]:
    """Return the rows of a page, and the address of the one with older versions."""
    wanted, choice = call.values.get("id", ""), _choice(call)
    if wanted:
        found = [dataset.entity(each) for each in dataset.ids(wanted, limit=PAGE_SIZE)]
        return [_entity_row(call, dataset, each) for each in found if each is not None and _is_shown(each, choice)], ""
    since, before = (parse_integer(call.values.get(name, ""), name) for name in ("since", "before"))
    options = {"deleted": choice == "all", "only_deleted": choice == "deleted", "history": choice == "history"}
    versions = list(dataset.entities(since=since, before=before, limit=PAGE_SIZE + 1, reverse=True, **options))
    rows = [_entity_row(call, dataset, each) for each in versions[:PAGE_SIZE]]
    if len(versions) <= PAGE_SIZE:
        return rows, ""
    shown = {"show": choice, "since": call.values.get("since", ""), "before": rows[-1].offset}
    return rows, page_url("datasets", dataset.name, "entities", **shown)


def _is_shown(entity: Mapping[str, Any], choice: str) -> bool:
    return choice in ("all", "history") or bool(entity["_deleted"]) == (choice == "deleted")


def _entity_row(call: PageCall, dataset: Dataset, entity: Mapping[str, Any]) -> EntityRow:
    shown = {name: value for name, value in entity.items() if not name.startswith("_") and value is not None}
    return EntityRow(
        str(entity["_id"]),
        entity["_updated"],
        entity["_deleted"],
        call.moment(entity["_ts"] / 1_000_000),
        call.redact(encode(shown).decode("utf-8", "replace")[:PREVIEW_CHARACTERS]),
        page_url("datasets", dataset.name, "entity", id=entity["_id"]),
    )


def show_entity(call: PageCall) -> PageResponse:
    """Show an entity with its versions, and the difference between two of them."""
    dataset, entity_id = _existing(call), call.values.get("id", "")
    versions = list(dataset.versions(entity_id, limit=VERSIONS_SHOWN))
    if not versions:
        raise NotFoundError(f"there is no entity {entity_id!r} in dataset {dataset.name!r}")
    right = _version(call, versions, "right", versions[0])
    left = _version(call, versions, "left", versions[min(versions.index(right) + 1, len(versions) - 1)])
    return call.page(
        "entity.html.jinja",
        title=f"{entity_id} in {dataset.name}",
        current="Datasets",
        dataset=dataset.name,
        id=entity_id,
        versions=[_entity_row(call, dataset, each) for each in versions],
        latest=call.redact(pretty(versions[0])),
        left=left["_updated"],
        right=right["_updated"],
        rows=side_by_side(*(call.redact(pretty(_content(each))) for each in (left, right))),
        is_cut=len(versions) == VERSIONS_SHOWN,
    )


def _content(version: Mapping[str, Any]) -> dict[str, Any]:
    """Return what two versions can differ in."""
    kept = ("_id", "_deleted")
    return {name: value for name, value in version.items() if not name.startswith("_") or name in kept}


def _version(call: PageCall, versions: list[dict[str, Any]], name: str, default: dict[str, Any]) -> dict[str, Any]:
    offset = parse_integer(call.values.get(name, ""), name)
    return next((each for each in versions if each["_updated"] == offset), default)


def remove(call: PageCall) -> PageResponse:
    """Delete a dataset with all its versions."""
    form, dataset = call.form(), _existing(call)
    dataset.drop()
    call.feed.changed()
    return call.done(form, f"The dataset {dataset.name} is deleted.")


def _existing(call: PageCall) -> Dataset:
    dataset = call.node.dataset(call.params["id"])
    if not dataset.exists and not any(state.sink == dataset.name for state in states_of(call)):
        raise NotFoundError(f"there is no dataset {dataset.name!r}, and no pipe that writes it")
    return dataset
