"""Datasets in SQLite, with change tracking and deletion tracking.

A dataset is an append-only log of entity versions. The offset of a version in this log is its `_updated`.
"""

from fake_sesam.dataset.dataset import Dataset, DatasetInfo, WriteCounts
from fake_sesam.dataset.seen import SeenOffsets
from fake_sesam.dataset.store import NodeStore

__all__ = ["Dataset", "DatasetInfo", "NodeStore", "SeenOffsets", "WriteCounts"]
