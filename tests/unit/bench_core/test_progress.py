"""How far long work is."""

import io
import threading

from bench_core.progress import Progress
from tests.support.cases import for_each


class Terminal(io.StringIO):
    """A stream that is a terminal."""

    def isatty(self) -> bool:
        """Return True."""
        return True


class Clock:
    """A clock that stands still."""

    now = 100.0

    def __call__(self) -> float:
        """Return the time."""
        return self.now


@for_each(
    ("total", "done", "seconds", "expected"),
    [
        (None, 0, 0, "things: 0 entities, 0/s after 0 s"),
        (None, 1500, 3, "things: 1,500 entities, 500/s after 3 s"),
        (10_000, 2_500, 5, "things: 2,500 of 10,000 entities, 500/s after 5 s, about 15 s left"),
        (100_000, 1_000, 10, "things: 1,000 of 100,000 entities, 100/s after 10 s, about 16 min left"),
    ],
)
def test_progress_is_told_in_words(total: int | None, done: int, seconds: float, expected: str) -> None:
    clock = Clock()
    progress = Progress("things", unit="entities", total=total, stream=io.StringIO(), clock=clock)
    progress(done)
    clock.now += seconds

    assert progress.text() == expected


def test_a_log_gets_a_line_each_time() -> None:
    """Also if nothing was done since the last one: it shows that the work goes on."""
    stream = io.StringIO()
    progress = Progress("things", unit="entities", stream=stream)
    for _ in range(2):
        progress.show()

    assert len(stream.getvalue().splitlines()) == 2
    assert "\r" not in stream.getvalue()


def test_a_terminal_gets_one_line_that_disappears_at_the_end() -> None:
    stream, clock = Terminal(), Clock()
    with Progress("things", unit="entities", total=4, stream=stream, clock=clock) as progress:
        progress.show()
        assert stream.getvalue() == ""  # short work needs no bar
        clock.now += 3
        progress(1)
        progress.show()

    assert "━" * 6 in stream.getvalue()
    assert "━" * 7 not in stream.getvalue()
    assert stream.getvalue().endswith("\r\x1b[K")
    assert "\n" not in stream.getvalue()


def test_nothing_is_shown_if_it_is_not_wanted() -> None:
    before = set(threading.enumerate())
    stream = Terminal()
    with Progress("things", unit="entities", stream=stream, is_shown=False):
        assert set(threading.enumerate()) <= before

    assert stream.getvalue() == ""


def test_nothing_fails_if_nobody_reads_it() -> None:
    stream = io.StringIO()
    progress = Progress("things", unit="entities", stream=stream)
    stream.close()

    progress.show()


def test_a_clock_that_has_not_moved_gives_no_rate() -> None:
    """And none of nothing: no division by zero on a quick machine, and no end in no time."""
    progress = Progress("things", unit="entities", total=10, stream=io.StringIO(), clock=Clock())
    progress(5)

    assert progress.text() == "things: 5 of 10 entities, 0/s after 0 s"


def test_a_bar_has_a_length_only_if_the_end_is_known() -> None:
    """Without one, only the words are drawn; more than all of it does not make it longer."""
    drawn = {}
    for total, done in ((None, 5), (10, 5), (10, 25)):
        stream, clock = Terminal(), Clock()
        progress = Progress("things", unit="entities", total=total, stream=stream, clock=clock)
        progress(done)
        clock.now += 1000
        progress.show()
        drawn[total, done] = stream.getvalue()

    assert not set("━─") & set(drawn[None, 5])
    assert drawn[10, 5].count("━") == drawn[10, 5].count("─") > 0
    assert drawn[10, 25].count("━") == drawn[10, 5].count("━") * 2
    assert "─" not in drawn[10, 25]
