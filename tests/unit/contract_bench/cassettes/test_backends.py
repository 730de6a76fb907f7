"""The backends of contract tests. That a connector works on them is tested in `tests/contract`."""

from pathlib import Path

import pytest

from contract_bench.cassettes.backends import LiveBackendClosedError, open_backend
from tests.support.interactions import write

ALLOWED = {"CONTRACT_BENCH_LIVE": "1", "HUBSPOT_TOKEN": "t"}


def test_the_live_backend_is_hubspot_itself_with_the_token_of_the_environment(tmp_path: Path) -> None:
    """The token is not in the text of the backend, which a failed test prints."""
    with open_backend("live", write(tmp_path / "a.yaml"), environ=ALLOWED) as backend:
        assert (backend.url, backend.token) == ("https://api.hubapi.com", "t")

    assert "'t'" not in repr(backend)


@pytest.mark.parametrize(
    "environ", [{}, {"CONTRACT_BENCH_LIVE": "1"}, {"HUBSPOT_TOKEN": "t"}, {**ALLOWED, "CONTRACT_BENCH_LIVE": "0"}]
)
def test_the_live_backend_stays_closed_unless_the_environment_allows_it(
    environ: dict[str, str], tmp_path: Path
) -> None:
    with (
        pytest.raises(LiveBackendClosedError, match="set CONTRACT_BENCH_LIVE=1 and HUBSPOT_TOKEN"),
        open_backend("live", write(tmp_path / "a.yaml"), environ=environ),
    ):
        pass
