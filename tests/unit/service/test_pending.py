from service.pending import Pending


def test_then_transforms_the_result_and_waits_only_in_result() -> None:
    waited: list[int] = []

    def wait() -> int:
        waited.append(1)
        return 20

    pending = Pending(wait).then(lambda value: value + 1).then(str)

    assert waited == []
    assert pending.result() == "21"
    assert waited == [1]
