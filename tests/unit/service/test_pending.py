from collections.abc import Callable

from service.pending import Pending, Readiness, Steps, Wait

DERIVED: tuple[Callable[[Pending[str]], Pending[str]], ...] = (
    lambda pending: pending,
    lambda pending: pending.then(str),
    lambda pending: pending.then(str.upper).then(str.lower),
)


def noted(seen: list[str]) -> Steps[str]:
    """Wait twice, and note what happens. The first wait has a way to block, the second has none."""
    seen.append("begun")
    first = yield Wait(None, 1.0, lambda: seen.append("blocked"))
    seen.append(f"first {first.name}")
    second = yield Wait(None, 2.0)
    seen.append(f"second {second.name}")
    return "there"


def test_then_transforms_the_result_and_waits_only_in_result() -> None:
    waited: list[int] = []

    def wait() -> int:
        waited.append(1)
        return 20

    pending = Pending(wait).then(lambda value: value + 1).then(str)

    assert waited == []
    assert pending.result() == "21"
    assert waited == [1]


def test_a_result_blocks_before_each_step_and_is_kept() -> None:
    """Without that it would ask again and again. Nobody has looked at the socket, so the step does."""
    for derive in DERIVED:
        seen: list[str] = []
        pending = derive(Pending.of(noted(seen)))

        assert seen == []
        assert pending.result() == "there"
        assert seen == ["begun", "blocked", "first NOT_CHECKED", "second NOT_CHECKED"]
        assert pending.result() == "there"
        assert pending.poll() is None
        assert len(seen) == 4


def test_a_result_can_be_reached_step_by_step() -> None:
    """Each step is told how its wait ended. Asking what it waits for changes nothing."""
    for derive in DERIVED:
        seen: list[str] = []
        pending = derive(Pending.of(noted(seen)))

        waits = [pending.poll(), pending.poll()]
        pending.resume(Readiness.READABLE)
        waits.append(pending.poll())
        pending.resume(Readiness.OVERDUE)

        assert [wait.seconds for wait in waits if wait is not None] == [1.0, 1.0, 2.0]
        assert pending.poll() is None
        assert pending.result() == "there"
        assert seen == ["begun", "first READABLE", "second OVERDUE"]
