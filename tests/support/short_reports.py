"""What a process of pytest-xdist reports about a test: one message instead of five.

pytest-xdist sends the beginning and the end of each test, and that its fixtures were set up and torn down. With
thousands of short tests that takes a tenth of the time. Nothing of it is shown unless something failed.
"""

from typing import Any

__all__ = ["report_less"]

NOT_SHOWN = ("logstart", "logfinish")


def report_less(interactor: Any) -> None:
    """Leave out what is not shown.

    Args:
        interactor: The plugin of pytest-xdist in a process that runs tests.
    """
    send = interactor.sendevent

    def send_what_is_shown(name: str, **content: Any) -> None:
        if name in NOT_SHOWN or (name == "testreport" and _is_silent(content["data"])):
            return
        if name == "testreport" and content["data"]["outcome"] == "passed":
            content["data"]["keywords"] = {}  # a dozen names for each test, of which none is shown
        send(name, **content)

    interactor.sendevent = send_what_is_shown


def _is_silent(report: dict[str, Any]) -> bool:
    """Whether a report says only that fixtures worked."""
    return report["when"] != "call" and report["outcome"] == "passed" and not report["sections"]
