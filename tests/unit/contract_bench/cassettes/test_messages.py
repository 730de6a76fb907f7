"""Messages are split into fixed words, holes and free text."""

import re

from contract_bench.cassettes.redaction import messages
from contract_bench.cassettes.redaction.messages import LONGEST_MESSAGE, split_message

IN_HOLES = {"n": "12", "url": "https://a.example/b", "names": "email, phone", "ids": "7, 8", "options": "OPEN, SHUT"}
TEMPLATES = [line for line in messages._TEMPLATES.split("\n") if line]
TEXTS = [re.sub(r"\{(\w+)\}", lambda hole: IN_HOLES.get(hole[1], "word"), template) for template in TEMPLATES]


def test_only_templates_that_cannot_be_in_a_text_are_left_out() -> None:
    """The split is that by all templates: one alone, in a sentence, two at once, and all of them."""
    every = messages._pattern_of(tuple(range(len(messages._KNOWN))))
    pairs = [f"Ada: {one} {other}" for one, other in zip(TEXTS, reversed(TEXTS), strict=True)]
    texts = [*TEXTS, *pairs, "; ".join(TEXTS[:30]), "\n".join(TEXTS[60:]), "nothing at all", ""]

    for text in texts:
        assert [match.span() for match in messages._matches(text)] == [match.span() for match in every.finditer(text)]
        assert "".join(part for _, part in split_message(text)) == text
    for text in TEXTS:
        assert all(kind != "free" for kind, part in split_message(text) if part), text


def test_in_a_text_longer_than_any_message_no_words_are_known() -> None:
    """However many templates are in it."""
    text = f"Object not found {'x' * LONGEST_MESSAGE}"

    assert [each for each in split_message(text) if each[1]] == [("free", text)]
