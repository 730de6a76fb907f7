"""What nobody outside HubSpot knows for certain: options with a default, which each portal can set.

This table drives the control API, `fake-hubspot evidence` and the documentation.
"""

from collections.abc import Mapping

import msgspec

from bench_core.names import no_such
from fake_hubspot.errors import UsageError

__all__ = ["ASSUMPTIONS", "Assumption", "Assumptions"]


class Assumption(msgspec.Struct, frozen=True):
    """One open question; the first of `choices` is the default."""

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
        Assumption("limit-over-maximum", ("error", "clamp"), "Is a `limit` above the maximum refused or reduced?"),
        Assumption(
            "after-not-numeric", ("error", "ignore"), "What does a list do with an `after` that is not a number?"
        ),
        Assumption("link-limit", ("as-sent", "always"), "Does `paging.next.link` contain a `limit` that was not sent?"),
        Assumption("garbage-token", ("not-found", "expired", "530"), "How is a malformed token answered?"),
        Assumption(
            "other-data-center",
            ("accept", "refuse"),
            "Is a token of a portal in eu1 or na2 accepted? "
            "`refuse` (488) is a token from before HubSpot routed requests.",
        ),
        Assumption(
            "hapikey",
            ("invalid-key", "does-not-exist", "not-found", "accept"),
            "How is `?hapikey=` answered on a CRM route? `accept` is how HubSpot was before 2022-11-30.",
        ),
        Assumption("retry-after", ("absent", "1", "10"), "Does a 429 have `Retry-After`, and with how many seconds?"),
        Assumption(
            "custom-base-name",
            ("refuse", "accept"),
            "Is a custom object type found by its name without `p_`? `accept` is how HubSpot was before 2025-06-24.",
        ),
        Assumption(
            "marketing-contacts",
            ("absent", "present"),
            "Do new contacts have a marketing status? Accounts with marketing contacts give them one.",
        ),
        Assumption(
            "ticket-properties",
            ("2026", "2024"),
            "Which calculated properties does a new ticket have? There were fewer in 2024.",
        ),
        Assumption("missing-as-json", ("html", "json"), "What does GET return for a missing record?"),
        Assumption("merge-id", ("new", "primary"), "Which id does a merged record get? `primary` is HubSpot's beta."),
        Assumption("merged-lookup", ("follow", "missing"), "Does the old id of a merged record lead to the new one?"),
        Assumption("unknown-owner", ("refuse", "accept"), "Is a write with an owner that does not exist refused?"),
        Assumption("blocked-email", ("refuse", "accept"), "Is a write with a blocked e-mail address refused?"),
        Assumption("erased-email", ("block", "free"), "Is the address of an erased contact blocked as well?"),
        Assumption("batch-order", ("input", "reversed"), "In which order are batch results returned?"),
        Assumption("batch-keys", ("2026", "2022"), "Which order do the keys of a batch response have?"),
        Assumption(
            "batch-2026-09", ("folded", "207"), "How does 2026-09 report errors of a batch: in a 200 or in a 207?"
        ),
        Assumption("record-url", ("present", "absent"), "Do records have `url`? They did not until 2024."),
        Assumption(
            "search-unknown-name",
            ("error", "ignore"),
            "What does a search do with a property, sort or direction that does not exist? With `ignore` the property "
            "has no value in any record.",
        ),
        Assumption(
            "search-body-length",
            ("without-properties", "whole-body"),
            "Do the names in `properties` count towards the 3,000 characters of a search?",
        ),
        Assumption("missing-value-match", ("match", "no-match"), "Do NEQ and the NOT_ operators match empty values?"),
        Assumption(
            "list-link-path",
            ("canonical", "v3"),
            "Which path does `paging.next.link` have? `v3` is how it was until 2024.",
        ),
        Assumption(
            "webhook-creation",
            ("with-properties", "alone"),
            "Do webhooks tell a creation as a change of each property as well?",
        ),
    )
}

DEFAULTS = {one.name: one.default for one in ASSUMPTIONS.values()}


class Assumptions:
    """The options of one portal."""

    def __init__(self) -> None:
        self._chosen: dict[str, str] = {}

    def __getitem__(self, name: str) -> str:
        return self._chosen.get(name) or DEFAULTS[name]

    def choose(self, choices: Mapping[str, str]) -> None:
        """Set some options, or none of them if one is wrong.

        Raises:
            UsageError: An option or a choice does not exist. The message lists all of these.
        """
        wrong = [self._complaint(name, value) for name, value in choices.items()]
        if complaints := [one for one in wrong if one]:
            raise UsageError("; ".join(complaints))
        self._chosen.update(choices)

    def reset(self) -> None:
        """Go back to the defaults."""
        self._chosen.clear()

    @property
    def chosen(self) -> dict[str, str]:
        """The options that were set; the others have their defaults."""
        return dict(self._chosen)

    def restore(self, chosen: Mapping[str, str]) -> None:
        """Restore saved options, except those that this version does not know."""
        self._chosen = {name: value for name, value in chosen.items() if not self._complaint(name, value)}

    def as_dict(self) -> dict[str, str]:
        """Return every option with its current choice."""
        return {name: self[name] for name in ASSUMPTIONS}

    @staticmethod
    def _complaint(name: str, value: str) -> str:
        known = ASSUMPTIONS.get(name)
        if known is None:
            return no_such("assumption", name, ASSUMPTIONS)
        if value not in known.choices:
            return f"{name} is one of {', '.join(known.choices)}, not {value!r}"
        return ""
