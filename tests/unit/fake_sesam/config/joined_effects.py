"""What each property of the joined sources, the files of endpoint sinks, and the smaller transforms does."""

from typing import Any

from fake_sesam.api.publishers import csv_lines, disposition, encoded, kept, xml_pieces
from fake_sesam.pump import MergeDatasetsReader, MergeReader, NodeDatasets
from fake_sesam.pump.transformation import compile_transformation
from tests.unit.fake_sesam.config.effects import Bench, Config, Effect, Observe
from tests.unit.fake_sesam.config.rest_effects import RestBench
from tests.unit.fake_sesam.pump.memory_pump import bare, pipe_of

__all__ = [
    "CHAINED",
    "CHILDREN",
    "CSV",
    "EXCLUDED",
    "INCLUDED",
    "INITIAL_OFFSET",
    "MERGE",
    "MERGE_DATASETS",
    "SUBSET",
    "TEMPLATE",
    "TRIGGER",
    "XML",
]


# --- sources of several datasets ---


def joined(bench: Bench, source: Config) -> Any:
    """What is read from two datasets that share an entity."""
    pump = bench.pump(source={"type": "merge_datasets", "datasets": ["one", "two"], **source})
    pump.fill("one", [{"_id": "a", "n": 1}, {"_id": "b", "n": 2}])
    pump.clock_s += 1
    pump.fill("two", [{"_id": "a", "n": 3}])
    datasets = {name: pump.dataset(name) for name in pump.pipe.source.datasets}
    read = MergeDatasetsReader(datasets, strategy=pump.pipe.source.strategy).read(None)
    return [
        {name: bare(each) if isinstance(each, dict) else each for name, each in bare(found).items()} for found in read
    ]


LATEST = [{"_id": "b", "n": 2}, {"_id": "a", "n": 3}]


def empty_joined(bench: Bench, source: Config) -> Any:
    pump = bench.pump(source={"type": "merge_datasets", "datasets": ["q"], **source})
    pump.run({"_id": "a"})
    result = pump.run(is_rescan=True)
    return result.ok, result.deleted


def empty_merge(bench: Bench, source: Config) -> Any:
    return empty_joined(bench, {"type": "merge", "datasets": ["q x"], **source})


EMPTY = [Effect("fail", empty_joined, (True, 1), (False, 0))]
MERGE_DATASETS: dict[str, list[Effect]] = {
    "datasets": [Effect(["one"], joined, LATEST, [{"_id": "a", "n": 1}, {"_id": "b", "n": 2}])],
    "strategy": [
        Effect(
            "all",
            joined,
            LATEST,
            [{"_id": "a", "one": {"_id": "a", "n": 1}, "two": {"_id": "a", "n": 3}}, {"_id": "b", "one": LATEST[0]}],
        )
    ],
    "if_source_empty": EMPTY,
}


def merged(bench: Bench, source: Config) -> Any:
    pump = bench.pump(source={"type": "merge", "datasets": ["one o", "two t"], **source})
    pump.fill("one", [{"_id": "a", "k": 1, "y": [2, 1]}])
    pump.fill("two", [{"_id": "b", "k": 1, "y": 2}])
    read = MergeReader(pump.pipe, pump.dataset)
    try:
        return [bare(each) for each in read.read(None)]
    except Exception as error:
        return str(error)


SAME = {"equality": [["eq", "o.k", "t.k"]]}
APART = [{"_id": "0|a", "$ids": ["a"], "k": 1, "y": [2, 1]}, {"_id": "1|b", "$ids": ["b"], "k": 1, "y": 2}]
ONE = [{"_id": "0|a|1|b", "$ids": ["a", "b"], "k": [1, 1], "y": [2, 1, 2]}]
LISTED = [{"_id": "a", "k": 1, "y": [2, 1]}, {"_id": "b", "k": 1, "y": 2}]


def internal(bench: Bench, source: Config) -> Any:
    (found,) = merged(bench, {**SAME, "strategy": "list", **source})
    return ["_ts" in each for each in found["$merged"]]


MERGE: dict[str, list[Effect]] = {
    "datasets": [Effect(["one o"], merged, APART, APART[:1])],
    "equality": [Effect([["eq", "o.k", "t.k"]], merged, APART, ONE)],
    "equality_sets": [Effect([["o.k", "t.k"]], merged, APART, ONE)],
    "identity": [Effect("first", merged, ONE, [{**ONE[0], "_id": "a"}], SAME)],
    "strategy": [
        Effect("compact", merged, ONE, [{**ONE[0], "k": 1, "y": [2, 1]}], SAME),
        Effect("list", merged, ONE, [{"_id": "0|a|1|b", "$ids": ["a", "b"], "$merged": LISTED}], SAME),
    ],
    "include_internal_properties": [Effect(True, internal, [False, False], [True, True])],
    "max_merged": [Effect(1, merged, ONE, "2 entities are the same; max_merged is 1", SAME)],
    "if_source_empty": [Effect("fail", empty_merge, (True, 1), (False, 0))],
}


def subset(bench: Bench, source: Config) -> Any:
    pipe = {"_id": "follow", "type": "pipe", "source": {"type": "dataset", "dataset": "one", **source}}
    bench.node_dir.add(pipe)
    with bench.open() as node:
        node.dataset("one").write([{"_id": "a", "k": ["x", "y"]}, {"_id": "b", "k": "z"}])
        node.run_pipe("follow")
        return [each["_id"] for each in node.dataset("follow").entities()]


SUBSET = [Effect(["eq", "_S.k", "y"], subset, ["a", "b"], ["a"])]


# --- transforms ---


def triggered(bench: Bench, transform: Config) -> Any:
    rules = {"default": [["copy", "_id"], ["add", "m", 1]]}
    pump = bench.pump(transform={"type": "dtl", "rules": rules, **transform})
    pump.run({"_id": "a", "kind": {"of": "thing"}}, {"_id": "b", "_trigger": "go"})
    return [each.get("m") for each in pump.stored]


TRIGGER = [
    Effect({"key": "kind.of", "value": "th*"}, triggered, [1, 1], [1, None]),
    Effect({"value": "go"}, triggered, [1, 1], [None, 1]),
]


def chained(bench: Bench, transform: Config) -> Any:
    pump = bench.pump(transform={"type": "chained", "transforms": [], **transform})
    pump.run({"_id": "a"})
    return pump.stored


def from_template(bench: Bench, transform: Config) -> Any:
    """What an entity becomes, and what is asked for it."""
    rest = RestBench(
        lambda *_: (200, {}, {"n": 2}), operations={"look": {"url": "look/{{ entity.id }}", "method": "GET"}}
    )
    properties = {"primary_key": "id", "share_dataset": "share"}
    step = {"type": "template", "template": "transform-collect-rest", "properties": properties, **transform}
    found = rest.configured({"source": {"type": "embedded", "entities": []}, "transform": step})
    pump = bench.pump()
    pump.fill("share", [{"_id": "s", "$generated_id": "1", "$origin": "~:crm:9"}])
    system = found.systems["sys"]
    transformation = compile_transformation(
        found.pipes["p"], NodeDatasets(pump.dataset), rest=lambda _: rest.client(system)
    )
    return [bare(each) for each in transformation([{"_id": "e", "id": "1"}])], [path for _, path in rest.asked]


BODY = {"type": "dtl", "rules": {"default": [["copy", "_id"], ["add", "own", 1]]}}
COLLECTED: Any = ([{"_id": "e", "id": "1", "$origin": "~:crm:9"}], [])
LOOKED_UP: Any = ([{"_id": "e", "n": 2}], ["/look/1"])
LOOKUP = {"primary_key": "id", "share_dataset": "share", "rest_system": "sys", "operation_lookup": "look"}
DEFAULTS = {"rest_system": "sys", "operation": "look", "primary_key": "id"}
RENAME = {"type": "dtl", "rules": {"default": [["rename", "own", "o"]]}}
CHAINED = {
    "transforms": [
        Effect(
            [
                BODY,
                {"type": "chained", "transforms": [{"type": "dtl", "rules": {"default": [["rename", "own", "o"]]}}]},
            ],
            chained,
            [{"_id": "a"}],
            [{"_id": "a", "o": 1}],
        )
    ]
}
COLLECT = {"template": "transform-collect-rest"}
TEMPLATE: dict[str, list[Effect]] = {
    "template": [
        Effect(BODY, from_template, COLLECTED, ([{"_id": "e", "own": 1}], [])),
        Effect([BODY, BODY], from_template, COLLECTED, ([{"_id": "e", "own": 1}], [])),
    ],
    "properties": [
        Effect(LOOKUP, from_template, COLLECTED, LOOKED_UP, COLLECT),
        Effect({**LOOKUP, "original_property": "_original"}, from_template, COLLECTED, LOOKED_UP, COLLECT),
    ],
}


# --- sinks ---


def populated(bench: Bench, sink: Config) -> Any:
    """Whether another pipe can join before, and after, a run; and after one that fails."""
    pump = bench.pump(sink={"type": "dataset", **sink})
    pump.attempts = [([], True)]
    pump.run()
    failed = pump.dataset("p").is_populated
    pump.run({"_id": "a"})
    return failed, pump.dataset("p").is_populated


def joins_at_once(bench: Bench, sink: Config) -> Any:
    """Whether a pipe can join with a dataset whose pipe has never run."""
    bench.node_dir.add({"_id": "share", "type": "pipe", "source": {"type": "embedded", "entities": []}, "sink": sink})
    hops = ["hops", {"datasets": ["share s"], "where": ["eq", "_S._id", "s._id"]}]
    transform = {"type": "dtl", "rules": {"default": [["copy", "*"], ["add", "found", hops]]}}
    source = {"type": "embedded", "entities": [{"_id": "a"}]}
    bench.node_dir.add({"_id": "follow", "type": "pipe", "source": source, "transform": transform})
    with bench.open() as node:
        return node.run_pipe("follow").ok


def follows_unpopulated(bench: Bench, sink: Config) -> Any:
    """Whether a dataset is populated from one that is not."""
    source = {"type": "dataset", "dataset": "one"}
    bench.node_dir.add({"_id": "follow", "type": "pipe", "source": source, "sink": {"type": "dataset", **sink}})
    with bench.open() as node:
        node.dataset("one").write([{"_id": "a"}])
        node.run_pipe("follow")
        return node.dataset("follow").is_populated


INITIAL_OFFSET = [
    Effect("never", populated, (False, True), (False, False)),
    Effect("initially", populated, (False, True), (True, True)),
    Effect("onload", joins_at_once, False, True, {"type": "dataset"}),
    Effect("always", follows_unpopulated, False, True),
]


def children(bench: Bench, sink: Config) -> Any:
    """What the children of an entity are that has lost one; with, and without, a transform that creates them."""
    found = []
    for name in ("$children", "n"):
        transform = {"type": "dtl", "rules": {"default": [["copy", "*"], ["create-child", "_S.none"]]}}
        options = {"transform": transform} if name == "n" else {}
        pump = bench.pump(sink={"type": "dataset", **sink}, **options)
        pump.dataset("p").drop()
        pump.run({"_id": "a", "$children": [{"_id": "1"}, {"_id": "2"}]})
        pump.run({"_id": "a", "$children": [{"_id": "2"}]})
        found.append([(each["_id"], each.get("_deleted")) for each in pump.stored[0]["$children"]])
    return found


def complete(bench: Bench, pipe: Config) -> Any:
    """Whether the dataset of a pipe that reads one dataset and joins with another has a completeness value."""
    join = ["hops", {"datasets": ["never n"], "where": ["eq", "_S._id", "n._id"]}]
    transform = {"type": "dtl", "rules": {"default": [["copy", "*"], ["add", "joined", join]]}}
    bench.node_dir.add({"_id": "once", "type": "pipe", "source": {"type": "embedded", "entities": [{"_id": "a"}]}})
    source = {"type": "dataset", "dataset": "once"}
    bench.node_dir.add({"_id": "follow", "type": "pipe", "source": source, "transform": transform, **pipe})
    with bench.open() as node:
        node.dataset("never").set_populated()
        node.run_pipe("once")
        node.run_pipe("follow")
        return sorted(node.completeness("follow"))


COMPLETE = ["follow", "once"]
EXCLUDED = [Effect(["never"], complete, ["once"], COMPLETE)]
INCLUDED = [Effect(["once"], complete, ["once"], COMPLETE)]
KEPT, LOST = [("2", None)], [("2", None), ("1", True)]
CHILDREN = [
    Effect(True, children, [KEPT, LOST], [LOST, LOST]),
    Effect(False, children, [KEPT, LOST], [KEPT, KEPT]),
]


def file_of(kind: str, base: Config, entities: list[Config]) -> Observe:
    """Return what a file has: its bytes, or the header that names it."""

    def written(_bench: Bench, sink: Config) -> Any:
        config = {"type": f"{kind}_endpoint", **base, **sink}
        parsed = pipe_of(sink=config).sink
        pieces = (csv_lines if kind == "csv" else xml_pieces)(kept(parsed, entities), parsed)
        return b"".join(encoded(pieces, parsed)), disposition(parsed)

    written.__name__ = f"{kind}_file"
    return written


ROWS: list[Config] = [{"_id": "å", "n": 1, "t": 'a,"b'}, {"_id": "b", "_deleted": True}]
NAMED = {"Content-Disposition": 'attachment; filename="f.csv"'}
COLUMNS = {"columns": ["_id", "n", "t"]}
HEAD = "_id,n,t\r\n"
ROW = 'å,1,"a,""b"\r\n'
LATIN = {"encoding": "ascii"}


def text(value: str, headers: Config | None = None, encoding: str = "utf-8") -> Any:
    return value.encode(encoding), headers or {}


ASCII = text((HEAD + ROW).replace("å", "\\xe5"))
CSV_FILE = file_of("csv", COLUMNS, ROWS)
PLAIN_CSV = file_of("csv", {"columns": ["n"]}, [{"n": "x,y"}])
CSV: dict[str, list[Effect]] = {
    "columns": [Effect(["n"], CSV_FILE, text(HEAD + ROW), text("n\r\n1\r\n"))],
    "quoting": [
        Effect("all", CSV_FILE, text(HEAD + ROW), text('"_id","n","t"\r\n"å","1","a,""b"\r\n')),
        Effect("non-numeric", CSV_FILE, text(HEAD + ROW), text('"_id","n","t"\r\n"å",1,"a,""b"\r\n')),
        Effect("none", PLAIN_CSV, text('n\r\n"x,y"\r\n'), text("n\r\nx\\,y\r\n"), {"escapechar": "\\"}),
    ],
    "delimiter": [Effect(";", CSV_FILE, text(HEAD + ROW), text('_id;n;t\r\nå;1;"a,""b"\r\n'))],
    "doublequote": [Effect(False, CSV_FILE, text(HEAD + ROW), text(HEAD + 'å,1,"a,\\"b"\r\n'))],
    "include_header": [Effect(False, CSV_FILE, text(HEAD + ROW), text(ROW))],
    "escapechar": [
        Effect("!", CSV_FILE, text(HEAD + 'å,1,"a,\\"b"\r\n'), text(HEAD + 'å,1,"a,!"b"\r\n'), {"doublequote": False})
    ],
    "lineterminator": [Effect("\n", CSV_FILE, text(HEAD + ROW), text((HEAD + ROW).replace("\r\n", "\n")))],
    "quotechar": [Effect("'", CSV_FILE, text(HEAD + ROW), text(HEAD + "å,1,'a,\"b'\r\n"))],
    "encoding": [Effect("latin-1", CSV_FILE, text(HEAD + ROW), text(HEAD + ROW, encoding="latin-1"))],
    "encode_error_strategy": [
        Effect(
            "ignore", CSV_FILE, text((HEAD + ROW).replace("å", "\\xe5")), text((HEAD + ROW).replace("å", "")), LATIN
        ),
        Effect(
            "replace", CSV_FILE, text((HEAD + ROW).replace("å", "\\xe5")), text((HEAD + ROW).replace("å", "?")), LATIN
        ),
        Effect(
            "xmlcharrefreplace",
            CSV_FILE,
            text((HEAD + ROW).replace("å", "\\xe5")),
            text((HEAD + ROW).replace("å", "&#229;")),
            LATIN,
        ),
    ],
    "byte_order_mark": [Effect(True, CSV_FILE, text(HEAD + ROW), text("\ufeff" + HEAD + ROW))],
    "skip-deleted-entities": [Effect(False, CSV_FILE, text(HEAD + ROW), text(HEAD + ROW + "b,,\r\n"))],
    "filename": [Effect("f.csv", CSV_FILE, text(HEAD + ROW), text(HEAD + ROW, NAMED))],
    "content_disposition": [
        Effect(
            "inline",
            CSV_FILE,
            text(HEAD + ROW, NAMED),
            text(HEAD + ROW, {"Content-Disposition": 'inline; filename="f.csv"'}),
            {"filename": "f.csv"},
        )
    ],
}

TAGS: list[Config] = [{"_id": "1", "n": "å&", "<a:t>": {"<u>": "1 < 2"}}, {"_id": "2", "_deleted": True, "<x>": None}]
ELEMENT = '<a:t n="å&amp;"><u>1 &lt; 2</u></a:t>'
XML_FILE = file_of("xml", {}, TAGS)
XML: dict[str, list[Effect]] = {
    "wrapper": [Effect("all", XML_FILE, text(ELEMENT), text(f"<all>{ELEMENT}</all>"))],
    "root-attributes": [Effect({"v": "1"}, XML_FILE, text(ELEMENT), text(ELEMENT.replace("<a:t ", '<a:t v="1" ')))],
    "include-xml-decl": [
        Effect(
            True, XML_FILE, text(ELEMENT), text('<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n' + ELEMENT)
        )
    ],
    "skip-deleted-entities": [Effect(False, XML_FILE, text(ELEMENT), text(ELEMENT + "<x></x>"))],
    "byte_order_mark": [Effect(True, XML_FILE, text(ELEMENT), text("\ufeff" + ELEMENT))],
    "filename": [
        Effect("f.xml", XML_FILE, text(ELEMENT), text(ELEMENT, {"Content-Disposition": 'attachment; filename="f.xml"'}))
    ],
    "content_disposition": [
        Effect(
            "inline",
            XML_FILE,
            text(ELEMENT, {"Content-Disposition": 'attachment; filename="f.xml"'}),
            text(ELEMENT, {"Content-Disposition": 'inline; filename="f.xml"'}),
            {"filename": "f.xml"},
        )
    ],
}
