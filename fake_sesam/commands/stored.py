"""Opens a dataset of a node that does not run."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench_core.names import no_such
from fake_sesam.dataset import Dataset, NodeStore
from fake_sesam.errors import NotFoundError

__all__ = ["open_dataset"]


@contextmanager
def open_dataset(data_dir: Path, name: str) -> Iterator[Dataset]:
    """Open a stored dataset.

    Raises:
        NotFoundError: There is none; the message names those there are.
    """
    path = data_dir / "node.sqlite3"
    if not path.is_file():
        raise _nothing_stored(data_dir)
    with NodeStore(path) as store:
        dataset = Dataset(store, name, now_us=lambda: time.time_ns() // 1000)
        if not dataset.exists:
            if not store.dataset_names():
                raise _nothing_stored(data_dir)
            raise NotFoundError(no_such("dataset", name, store.dataset_names()))
        yield dataset


def _nothing_stored(data_dir: Path) -> NotFoundError:
    return NotFoundError(f"there are no datasets in {data_dir}; run the pipe first, or name --data-dir")
