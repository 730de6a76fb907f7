"""Lines that servers print."""

import io
import json
import os
import re
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from bench_core.lines import EventLines, Line, uses_colours
from tests.support.cases import for_each

LINE = Line("hubspot", "request", (("GET", "bold"), ("/x", ""), ("500", "bad"), ("", "dim")), {"status": 500}, at=0.25)


class Terminal(io.StringIO):
    """A stream that is a terminal."""

    def isatty(self) -> bool:
        """Return True."""
        return True


class Slow(io.StringIO):
    """A stream that takes nothing until it may."""

    def __init__(self) -> None:
        super().__init__()
        self.is_writing = threading.Event()
        self.may_write = threading.Event()

    def write(self, text: str) -> int:
        """Wait first."""
        self.is_writing.set()
        self.may_write.wait(30)
        return super().write(text)


class Gone(io.StringIO):
    """A stream that nobody reads any more."""

    def write(self, _text: str) -> int:
        """Fail."""
        raise BrokenPipeError


def test_a_line_is_text_without_colours_where_there_is_no_terminal() -> None:
    stream = io.StringIO()
    with EventLines(stream) as lines:
        lines.say(LINE)

    assert re.fullmatch(r"\d\d:\d\d:\d\d\.250 GET /x 500\n", stream.getvalue())


def test_a_terminal_gets_colours_and_the_same_words() -> None:
    stream = Terminal()
    with EventLines(stream, colours=True, source_width=9) as lines:
        lines.say(LINE)

    shown = stream.getvalue()
    assert "\x1b[31m500\x1b[0m" in shown
    assert re.sub(r"\x1b\[\d+m", "", shown).endswith(" hubspot   GET /x 500\n")


def test_json_has_the_time_the_source_and_the_fields() -> None:
    stream = io.StringIO()
    with EventLines(stream, form="json") as lines:
        lines.say(LINE)

    assert json.loads(stream.getvalue()) == {
        "time": "1970-01-01T00:00:00.250+00:00",
        "source": "hubspot",
        "event": "request",
        "status": 500,
    }


@pytest.mark.parametrize("colours", [True, False])
def test_nothing_that_a_terminal_obeys_is_printed(colours: bool) -> None:
    """Neither an escape sequence nor a line break, which would be a line that nobody said."""
    evil = "\x1b[2Jx\r\n10:00:00 forged\x9b1m\u2028"

    shown = Line("a\x1b[0m", "e", ((evil, "good"),)).as_text(colours=colours, source_width=3)

    assert re.sub(r"\x1b\[(\d+)m", "", shown).isprintable() or "\u2028" in shown
    assert "\n" not in shown
    assert "\x1b[2J" not in shown


@for_each(
    ("stream", "environ", "expected"),
    [
        (Terminal(), {}, True),
        (Terminal(), {"NO_COLOR": "1"}, False),
        (Terminal(), {"NO_COLOR": ""}, True),
        (Terminal(), {"TERM": "dumb"}, False),
        (io.StringIO(), {}, False),
    ],
)
def test_colours_are_for_terminals_that_want_them(stream: io.StringIO, environ: dict[str, str], expected: bool) -> None:
    assert uses_colours(stream, environ) is expected


def test_what_a_slow_terminal_cannot_take_is_left_out_and_counted() -> None:
    """Nothing waits for it meanwhile."""
    stream = Slow()
    lines = EventLines(stream, capacity=3)
    lines.say(LINE)
    assert stream.is_writing.wait(30)

    for _ in range(10):
        lines.say(LINE)
    stream.may_write.set()
    lines.close()

    shown = stream.getvalue().splitlines()
    assert len(shown) == 5
    assert shown[-1].endswith("7 lines left out: they came faster than they can be shown")


def test_lines_end_quietly_if_nobody_reads_them() -> None:
    lines = EventLines(Gone())

    lines.say(LINE)
    lines.close()
    lines.say(LINE)


def test_a_pipe_gets_every_line() -> None:
    """Past the buffer of the stream."""
    reading, writing = os.pipe()
    with os.fdopen(reading) as reader, os.fdopen(writing, "w") as writer:
        with EventLines(writer) as lines:
            for _ in range(100):
                lines.say(LINE)
        writer.close()

        assert len(reader.readlines()) == 100


def test_a_pipe_that_another_program_made_non_blocking_gets_every_line() -> None:
    """A full pipe is then an error of the system and not a wait."""
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    text = Line("hubspot", "request", (("x" * 1000, ""),))
    with os.fdopen(reading) as reader, os.fdopen(writing, "w") as writer, ThreadPoolExecutor(1) as pool:
        read = pool.submit(reader.readlines)
        with EventLines(writer) as lines:
            for _ in range(200):
                lines.say(text)
        writer.close()

        assert len(read.result()) == 200


def test_lines_of_several_threads_are_all_printed_each_in_its_order() -> None:
    """Also those that are added while others are written."""
    stream, count = io.StringIO(), 3000
    with EventLines(stream, form="json") as lines:

        def say(source: str) -> None:
            for number in range(count):
                lines.say(Line(source, "e", (), {"number": number}))
                if number % 1000 == 0:
                    lines._closing.wait(0.02)

        with ThreadPoolExecutor(2) as pool:
            list(pool.map(say, "ab"))

    shown = [json.loads(line) for line in stream.getvalue().splitlines()]
    for source in "ab":
        assert [one["number"] for one in shown if one["source"] == source] == list(range(count))


def test_the_time_of_a_line_is_cut_to_milliseconds() -> None:
    for at, shown in ((1.001, "01.001"), (59.9996, "59.999"), (1_700_000_000.0005, "20.000"), (7, "07.000")):
        line = Line("s", "e", (), {}, at)

        assert json.loads(line.as_json())["time"].endswith(f":{shown}+00:00")
        assert line.as_text(colours=False).endswith(f":{shown}")
