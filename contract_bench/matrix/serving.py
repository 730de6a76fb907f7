"""The matrix in a browser: the map, each cell with what was asked and said, and a button that plays it again.

`show_matrix` serves a result until it is stopped. Cells are played one at a time, with a bench that is made when the
first one is asked for.
"""

import threading
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import replace
from types import TracebackType
from typing import Self

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bench_core.access import AccessMiddleware, AccessPolicy
from bench_core.listener import serve_in_foreground
from bench_core.pages import PageResponse, RefusedFormError, Said, Section, Site
from bench_core.pages.web import page_request, response_of
from bench_core.pages.words import FILTERS, counted
from contract_bench.errors import BenchError
from contract_bench.matrix.bench import Bench, BenchSettings, CellResult, Reference
from contract_bench.matrix.judge import INVARIANTS, Verdict
from contract_bench.matrix.reports.command import reproduce
from contract_bench.matrix.reports.grid import LETTERS, MEANINGS, grids
from contract_bench.matrix.reports.groups import groups_of
from contract_bench.matrix.reports.html import TONES
from contract_bench.matrix.reports.text import story_of, summary
from contract_bench.matrix.result import MatrixResult
from contract_bench.matrix.run import learn_from
from contract_bench.reports import TEMPLATES, product

__all__ = ["MatrixPages", "show_matrix"]

Play = Callable[[CellResult], CellResult]
NAMES_SHOWN = 5
SECTIONS = (Section("Map", "/"), Section("Without a fault", "/probes"))


class MatrixPages:
    """The pages of one result. Use it as a context manager: a bench that it made ends with it.

    Args:
        result: What was played.
        settings: How; cells are played again in the same way.
        play: Plays a cell again. Default: in a bench of its own.
    """

    def __init__(self, result: MatrixResult, settings: BenchSettings, *, play: Play | None = None) -> None:
        self._settings = settings
        self._cells = {each.name: each for each in result.cells}
        self._result = result
        self._play = play or self._play_in_bench
        self._lock = threading.Lock()
        self._bench: Bench | None = None
        self._references: dict[str, Reference] = {}
        self._cleanup = ExitStack()
        self._site = Site(
            name="fault matrix",
            root="/ui/",
            folder=TEMPLATES,
            product=product(),
            start="/",
            filters=FILTERS,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._cleanup.close()

    def app(self, policy: AccessPolicy | None = None) -> Starlette:
        """Return the application."""

        def page(answer: Callable[[Request, bytes], PageResponse], path: str, method: str = "GET") -> Route:
            async def endpoint(request: Request) -> Response:
                body = await request.body() if method == "POST" else b""
                return response_of(await run_in_threadpool(answer, request, body))

            return Route(path, endpoint, methods=[method], name=f"{method} {path}")

        access = Middleware(
            AccessMiddleware,
            policy=policy or AccessPolicy(),
            open_paths=(),
            takes_forms=lambda _path: True,
            is_page=lambda _path: True,
        )
        routes = [
            page(self._map, "/"),
            page(self._cell, "/cell"),
            page(self._again, "/cell", "POST"),
            page(self._probes, "/probes"),
            page(self._common, "/ui/assets/{file}"),
            page(self._common, "/ui/theme", "POST"),
            page(self._missing, "/{rest:path}"),
        ]
        return Starlette(routes=routes, middleware=[access])

    @property
    def result(self) -> MatrixResult:
        """The result, with the cells that were played again."""
        return replace(self._result, cells=tuple(self._cells.values()))

    def _map(self, asked: Request, _body: bytes) -> PageResponse:
        wanted, only = asked.query_params.get("q", "").strip(), asked.query_params.get("verdict", "")
        result = self.result
        found = [each for each in result.cells if wanted.lower() in each.name.lower() and only in ("", each.verdict)]
        return self._page(
            asked,
            "matrix_map.html.jinja",
            title="Map",
            current="Map",
            headline=_headline(result),
            summary=summary(result),
            sums=[(each, TONES[each], result.count(each)) for each in Verdict],
            legend=[(LETTERS[each], TONES[each], each.text, MEANINGS[each]) for each in Verdict],
            grids=grids(found),
            groups=groups_of(result.defects),
            wanted=wanted,
            only=only,
            opened="",
        )

    def _cell(self, asked: Request, _body: bytes) -> PageResponse:
        found = self._cells.get(asked.query_params.get("id", ""))
        return self._missing(asked, b"") if found is None else self._show(asked, found)

    def _again(self, asked: Request, body: bytes) -> PageResponse:
        found = self._cells.get(asked.query_params.get("id", ""))
        if found is None:
            return self._missing(asked, b"")
        try:
            self._site.checked_form(page_request(asked, body))
            with self._lock:
                played = self._play(found)
        except RefusedFormError as error:
            return self._show(asked, found, said=Said(str(error), "warn"), status=400)
        except BenchError as error:
            return self._show(asked, found, said=Said(str(error), "bad"), status=500)
        self._cells[found.name] = played
        same = "as before" if played.verdict is found.verdict else f"it was {found.verdict.text} before"
        tone = "bad" if played.verdict.is_defect else "good"
        return self._show(asked, played, said=Said(f"Played again: {played.verdict.text}, {same}.", tone))

    def _show(self, asked: Request, result: CellResult, *, said: Said | None = None, status: int = 200) -> PageResponse:
        return self._page(
            asked,
            "matrix_cell.html.jinja",
            title=result.name,
            current="Map",
            cell=result.cell,
            shown=result,
            story=story_of(result),
            meaning=MEANINGS[result.verdict],
            again=reproduce(self._settings, result.cell),
            laws={name: (rule.__doc__ or "").strip() for name, rule in INVARIANTS.items()},
            outcome=said,
            status=status,
        )

    def _probes(self, asked: Request, _body: bytes) -> PageResponse:
        return self._page(
            asked,
            "matrix_probes.html.jinja",
            title="Without a fault",
            current="Without a fault",
            probes=self._result.probes,
        )

    def _common(self, asked: Request, body: bytes) -> PageResponse:
        try:
            answered = self._site.common(page_request(asked, body), asked.method)
        except RefusedFormError as error:
            return PageResponse(400, str(error).encode(), (("content-type", "text/plain; charset=utf-8"),))
        return answered or self._missing(asked, b"")

    def _missing(self, asked: Request, _body: bytes) -> PageResponse:
        return self._page(asked, "matrix_missing.html.jinja", title="There is nothing here", status=404)

    def _page(self, asked: Request, template: str, *, title: str, **context: object) -> PageResponse:
        return self._site.page(
            template,
            request=page_request(asked),
            title=title,
            sections=SECTIONS,
            connector=self._settings.connector.text,
            tones=TONES,
            letters=LETTERS,
            **context,  # type: ignore[arg-type]  # the names of `Site.page`
        )

    def _play_in_bench(self, result: CellResult) -> CellResult:
        """Play a cell in the bench of these pages; the first one of a mode has to learn how the connector walks."""
        cell = result.cell
        if self._bench is None:
            self._bench = self._cleanup.enter_context(Bench(self._settings))
        if cell.mode not in self._references:
            self._references[cell.mode] = learn_from(self._bench, (cell.mode,))
        return self._bench.play(cell, self._references[cell.mode], keeps_log=True)


def _headline(result: MatrixResult) -> str:
    faults = {each.cell.fault for each in result.defects if isinstance(each, CellResult)}
    if faults:
        return f"The connector breaks a law under {counted(len(faults), 'fault')}: {_first(sorted(faults))}"
    if result.defects:
        return f"The connector breaks a law without any fault: {_first([each.name for each in result.defects])}"
    if not result.has_played:
        return "No fault was played, so nothing is proved"
    return f"None of {len(result.cells):,} cells shows a defect"


def _first(names: Sequence[str]) -> str:
    """Return some of the names, and how many more there are."""
    more = f" and {len(names) - NAMES_SHOWN} more" if len(names) > NAMES_SHOWN else ""
    return ", ".join(names[:NAMES_SHOWN]) + more


def show_matrix(result: MatrixResult, settings: BenchSettings, *, port: int, on_start: Callable[[str], None]) -> None:
    """Serve the pages of a result until a signal arrives.

    Args:
        result: What was played.
        settings: How.
        port: 0 takes a free one.
        on_start: Gets the URL once the server listens.

    Raises:
        ListenError: The address cannot be listened on.
    """
    with MatrixPages(result, settings) as pages:
        serve_in_foreground(pages.app(), host="127.0.0.1", port=port, on_start=on_start)
