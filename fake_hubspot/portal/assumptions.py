"""What nobody outside HubSpot knows for sure: each a choice with a default, settable per portal.

This table drives the control API, `fake-hubspot evidence` and the documents.
"""

from collections.abc import Mapping

import msgspec

from fake_hubspot.errors import UsageError

__all__ = ["ASSUMPTIONS", "Assumption", "Assumptions"]


class Assumption(msgspec.Struct, frozen=True):
    """One unknown: the first of `choices` is the default."""

    name: str
    choices: tuple[str, ...]
    question: str

    @property
    def default(self) -> str:
        """What the fake does unless told otherwise."""
        return self.choices[0]


ASSUMPTIONS = {
    one.name: one
    for one in (
        Assumption("limit-over-maximum", ("error", "clamp"), "Is a `limit` above the maximum refused or cut down?"),
        Assumption("after-not-numeric", ("error", "ignore"), "What does a list do with an `after` that is no number?"),
        Assumption("link-limit", ("as-sent", "always"), "Does `paging.next.link` name a `limit` nobody sent?"),
        Assumption("garbage-token", ("not-found", "expired", "530"), "How is a token answered that is no token?"),
        Assumption(
            "other-data-center",
            ("accept", "refuse"),
            "Is a token of a portal in eu1 or na2 let in? `refuse` is a token from before HubSpot routed calls: 488.",
        ),
        Assumption(
            "hapikey",
            ("invalid-key", "does-not-exist", "not-found", "accept"),
            "How is `?hapikey=` answered on a CRM route? `accept` is HubSpot before 2022-11-30.",
        ),
        Assumption("retry-after", ("absent", "1", "10"), "Does a 429 carry `Retry-After`, and of how many seconds?"),
        Assumption("missing-as-json", ("html", "json"), "What does GET answer for a missing record?"),
        Assumption("merge-id", ("new", "primary"), "Which id has a merged record? `primary` is HubSpot's beta."),
        Assumption("merged-lookup", ("follow", "missing"), "Does the old id of a merged record lead to the new one?"),
        Assumption("blocked-email", ("refuse", "accept"), "Is the write of an e-mail address that is blocked refused?"),
        Assumption("erased-email", ("block", "free"), "Is the address of a contact that was erased blocked as well?"),
        Assumption("batch-order", ("input", "reversed"), "In which order do batch results come?"),
        Assumption("batch-keys", ("2026", "2022"), "Which key order has a batch answer?"),
        Assumption(
            "batch-2026-09", ("folded", "207"), "How does 2026-09 tell errors of a batch: in a 200, or in a 207?"
        ),
        Assumption("record-url", ("present", "absent"), "Do records carry `url`? They did not until 2024."),
        Assumption("missing-value-match", ("match", "no-match"), "Do NEQ and the NOT_ operators find empty values?"),
        Assumption("list-link-path", ("canonical", "v3"), "Which path has `paging.next.link`? `v3` is until 2024."),
    )
}


class Assumptions:
    """The choices of one portal."""

    def __init__(self) -> None:
        self._chosen: dict[str, str] = {}

    def __getitem__(self, name: str) -> str:
        return self._chosen.get(name) or ASSUMPTIONS[name].default

    def choose(self, choices: Mapping[str, str]) -> None:
        """Set some of the choices, or none of them where one is wrong.

        Raises: UsageError that names every wrong one.
        """
        wrong = [self._complaint(name, value) for name, value in choices.items()]
        if complaints := [one for one in wrong if one]:
            raise UsageError("; ".join(complaints))
        self._chosen.update(choices)

    def reset(self) -> None:
        """Back to the defaults."""
        self._chosen.clear()

    @property
    def chosen(self) -> dict[str, str]:
        """The choices that somebody made; the others have their defaults."""
        return dict(self._chosen)

    def restore(self, chosen: Mapping[str, str]) -> None:
        """Take over choices that were saved, without those that this version does not know."""
        self._chosen = {name: value for name, value in chosen.items() if not self._complaint(name, value)}

    def as_dict(self) -> dict[str, str]:
        """Every choice as it stands."""
        return {name: self[name] for name in ASSUMPTIONS}

    @staticmethod
    def _complaint(name: str, value: str) -> str:
        known = ASSUMPTIONS.get(name)
        if known is None:
            return f"there is no assumption {name!r}; known are: {', '.join(ASSUMPTIONS)}"
        if value not in known.choices:
            return f"{name} is one of {', '.join(known.choices)}, not {value!r}"
        return ""
