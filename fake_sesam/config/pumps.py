"""Pumps: when a pipe runs and how often it tries.

Source: docs (hub/configuration-pump.rst of datanav/docs, commit 2b65c06, 2026-05-21).
"""

from dataclasses import dataclass
from typing import Any

from fake_sesam.config.properties import known, row

__all__ = ["PumpConfig"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PumpConfig:
    """A pipe's pump.

    Units: intervals and delays in seconds.

    Attributes:
        schedule_interval_s: Without a value in the configuration it depends on the pipe.
        given: The properties that stand in the configuration; a system's `retry_strategy` decides the others.
    """

    type: str = row("pump")
    id: str | None = row(name="_id")
    mode: str = row("scheduled", choices=("scheduled", "manual", "off"))
    schedule_interval_s: float = row(name="schedule_interval", minimum=0)
    cron_expression: str | None = row()
    rescan_run_count: int | None = row(minimum=1)
    rescan_cron_expression: str | None = row()
    partial_rescan_run_count: int | None = row(minimum=1)
    partial_rescan_delta: int | None = row(minimum=0)
    run_at_startup: bool = row(False)
    run_at_startup_if_not_populated: bool = row(False)
    max_read_retries: int = row(0, minimum=0)
    read_retry_delay_s: float = row(0, name="read_retry_delay", minimum=0)
    write_retry_delay_s: float = row(0, name="write_retry_delay", minimum=0)
    max_retries_per_entity: int = row(5, minimum=0)
    max_consecutive_write_errors: int = row(1, minimum=0)
    max_write_errors_in_retry_dataset: int = row(0, minimum=0)
    batch_retries: int = known(default=3, minimum=0)
    fallback_to_single_entities: bool = row(True, name="fallback_to_single_entities_on_batch_fail")
    dead_letter_dataset: str | None = row()
    use_dead_letter_dataset: bool = row(False)
    track_dead_letters: bool = row(False)
    max_seconds_per_entity: float | None = known()
    log_noop_runs: bool = row(False, name="log_events_noop_runs")
    noop_is_changes_only: bool = row(True, name="log_events_noop_runs_changes_only")
    notification_granularity: int | None = known()
    comment: Any = row(kind="string|list|object")
    given: frozenset[str] = frozenset()
