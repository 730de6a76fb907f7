"""Datasets in SQLite: versions, change tracking, deletion tracking."""

from fake_sesam.dataset.dataset import Dataset, DatasetInfo, Written
from fake_sesam.dataset.seen import SeenOffsets
from fake_sesam.dataset.store import Store

__all__ = ["Dataset", "DatasetInfo", "SeenOffsets", "Store", "Written"]
