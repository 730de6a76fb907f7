"""The mutants of a text: which there are, and which there must not be."""

from tests.mutation.mutants import Mutant, mutants_of
from tests.support.cases import for_each


def changed(text: str) -> list[str]:
    """The modules that the mutants of a module are."""
    return [new for mutant in mutants_of("module.py", text) if (new := mutant.applied_to(text)) is not None]


@for_each(
    ("text", "mutant"),
    [
        ("a < b", "a <= b"),
        ("a >= b", "a > b"),
        ("(a) == (b)", "(a) != (b)"),
        ("a not  in b", "a in b"),
        ("a is not None", "a is None"),
        ("a < b <= c", "a < b < c"),
        ("a and b", "a or b"),
        ("a and b", "(a)"),
        ("a or b", "(b)"),
        ("a and b and c", "(a and c)"),
        ("x = not (a or b)", "x = (a or b)"),
        ("x = -a", "x = (a)"),
        ("if a(): b()", "if not (a()): b()"),
        ("if a < b: c()", "if not (a < b): c()"),
        ("x = 1 if a else 2", "x = 1 if not (a) else 2"),
        ("while a: b()", "while not (a): b()"),
        ("[x for x in y if x]", "[x for x in y if True]"),
        ("[x for x in y if x]", "[x for x in y if not (x)]"),
        ("match a:\n    case b if b: c()", "match a:\n    case b if not (b): c()"),
        ("a + b", "a - b"),
        ("a + 'b'", "(a)"),
        ("a % b", "a // b"),
        ("a += b", "a -= b"),
        ("a |= b", "a &= b"),
        ("a = 100", "a = 101"),
        ("a = 100", "a = 99"),
        ("a = True", "a = False"),
        ("a = 'key'", "a = 'XXkey'"),
        ("a[b'key']", "a[b'XXkey']"),
        ("def f(a=1): return a", "def f(a=2): return a"),
        ("a()", "pass"),
        ("a.b = c", "pass"),
        ("a = a.b()", "pass"),
        ("def f(): raise A", "def f(): pass"),
        ("def f(): return a", "def f(): return None"),
        ("def f(): return", "def f(): pass"),
        ("for a in b: continue", "for a in b: pass"),
        ("a = f(b, c)", "a = f(c, b)"),
        ("a = f(b, c, d)", "a = f(b, d, c)"),
        ("a = f(b, c=d)", "a = f(b)"),
        ("a = f(b=c, d=e)", "a = f(d=e)"),
        ("a = f(\n    b=c,\n)", "a = f(\n    ,\n)"),
        ("a[1:b]", "a[:b]"),
        ("a[b:c]", "a[b:]"),
        ("a[::b]", "a[:]"),
        ("a = min(b)", "a = max(b)"),
        ("a = any(b)", "a = all(b)"),
        ("a = sorted(b)", "a = sorted(b, reverse=True)"),
        ("a.sort(key=b)", "a.sort(key=b, reverse=True)"),
        ("a = sorted(b, reverse=True)", "a = sorted(b)"),
        ("a = b.lower()", "a = (b)"),
        ("a in (b, c)", "a in (b,)"),
        ("a in (b, c, d)", "a in (b, d)"),
        ("a = {b, c}", "a = {c}"),
        ("try: a()\nexcept B: c()", "try: a()\nexcept B: raise"),
        ("try: a()\nexcept (B, C): c()", "try: a()\nexcept (C,): c()"),
    ],
)
def test_each_operator_makes_its_mutant(text: str, mutant: str) -> None:
    raw = [text.encode()[: one.start].decode() + one.new + text.encode()[one.end :].decode() for one in found(text)]

    assert mutant in raw


def found(text: str) -> list[Mutant]:
    return mutants_of("module.py", text)


@for_each(
    "text",
    [
        "'''A docstring.'''",
        "def f(a: 'B' = None) -> Literal['c']: ...",
        "logger.warning('a', extra={'b': 1})",
        "self._logger.info('a %d', 1)",
        "__all__ = ['a', 'b']",
        "if TYPE_CHECKING:\n    a = 1",
        "if __name__ == '__main__':\n    main()",
        "a = f'{b:>10}'",
        "a = 'a message for people'",
        "@dataclass(frozen=True)\nclass A: ...",
        "class A(Struct, frozen=True, kw_only=True): ...",
        "import a",
        "a = isinstance(b, C)",
        "zip(a, b, strict=True)[c]",
        "class A(B, gc=False): ...",
        "T = TypeVar('T', covariant=True)",
        "P = typing.ParamSpec('P')",
    ],
)
def test_what_no_test_could_see_is_not_changed(text: str) -> None:
    mutants = [one.diff for one in found(text) if one.operator not in ("removed statement", "swapped arguments")]

    assert mutants == []


def test_arguments_are_swapped_only_where_their_order_matters() -> None:
    calls = ("f(a, b)", "min(a, b)", "max(a, b)", "isinstance(a, b)", "c.min(a, b)")

    swapped = [text for text in calls if any(one.operator == "swapped arguments" for one in found(text))]

    assert swapped == ["f(a, b)", "c.min(a, b)"]


def test_message_of_an_error_is_not_changed_but_that_it_is_raised() -> None:
    text = "def f():\n    raise AError('a', 1, b='c')"

    assert [one.operator for one in found(text)] == ["removed statement"]


def test_mutant_says_where_it_is() -> None:
    text = 'LIMIT = "ä" * 3\n\n\nclass A:\n    def b(self):\n        return self.c(\n            1)\n'

    mutants = {one.mutant: one for one in found(text)}

    number = mutants["2)"]
    assert (number.path, number.within, number.line, number.code) == ("module.py", "A.b", 7, "1)")
    assert not number.runs_at_import
    assert mutants['LIMIT = "ä" * 4'].runs_at_import
    assert mutants['LIMIT = "ä" // 3'].within == ""
    assert number.diff == "module.py:7 in A.b (number)\n  - 1)\n  + 2)"
    returned = next(one for one in found(text) if one.operator == "return")
    assert (returned.line, returned.last_line, returned.code) == (6, 7, "return self.c( 1)")


def test_default_of_an_argument_runs_at_import_and_a_body_does_not() -> None:
    text = "class A:\n    size: int = 5\n    def f(self, a=7): return 9"

    mutants = {one.mutant: one.runs_at_import for one in found(text) if one.operator == "number"}

    assert mutants["size: int = 6"]
    assert mutants["def f(self, a=8): return 9"]
    assert not mutants["def f(self, a=7): return 10"]


def test_identity_does_not_depend_on_the_lines_around_it() -> None:
    before = found("def f():\n    return a < b\n")
    after = found("import c\n\n\ndef f():\n    # a comment\n    return a  <  b\n")

    assert {one.identity for one in before} == {one.identity for one in after}


def test_what_is_no_python_is_told_from_what_is() -> None:
    text = "a = f(\n    b=c,\n)"

    assert [one.applied_to(text) for one in found(text) if one.operator == "removed argument"] == [None]


def test_no_two_mutants_of_a_module_are_the_same() -> None:
    text = "def f(a, b):\n    return a < 1 and not b and a + 2 in (3, 4)\n"

    mutants = changed(text)

    assert len(mutants) == len(set(mutants)) > 10
    assert text not in mutants
