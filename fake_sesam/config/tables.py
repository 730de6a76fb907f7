"""Sesam's documented properties as tables, one for each kind of configuration.

Source: docs (hub/documentation/building-blocks and hub/configuration-*.rst of datanav/docs, commit 2b65c06,
2026-05-21).
"""

from types import MappingProxyType

from fake_sesam.config.schema import Property, Table

__all__ = [
    "DATASET_SINK",
    "DATASET_SOURCE",
    "DTL_TRANSFORM",
    "EMBEDDED_SOURCE",
    "HTTP_ENDPOINT_SINK",
    "HTTP_ENDPOINT_SOURCE",
    "JSON_SOURCE",
    "METADATA",
    "MICROSERVICE_SYSTEM",
    "PIPE",
    "PUMP",
    "URL_SYSTEM",
]

_ANY = Property("any")
_COMMENT = Property("string|list|object")


def _known(kind: str, default: object = None) -> Property:
    """Return a property that the node knows but does not act on."""
    return Property(kind, default, simulated=False)


def _table(**properties: Property) -> Table:
    return MappingProxyType(properties)


_SINCE = {
    "supports_since": Property("boolean", False),
    "is_since_comparable": Property("boolean", True),
    "is_chronological": Property("boolean", False),
    "initial_since_value": Property("string|integer"),
}
_IF_SOURCE_EMPTY = Property("string", "accept", choices=("accept", "fail"))

JSON_SOURCE = _table(
    type=Property("string", required=True),
    system=Property("string", required=True),
    url=Property("string", required=True),
    supports_signalling=_known("boolean"),
    page_size=Property("integer", minimum=1),
    subset=_known("list"),
    headers=Property("object"),
    if_source_empty=_IF_SOURCE_EMPTY,
    comment=_COMMENT,
    # Documented for dataset sources only; Sesam's HubSpot tutorial gives it to a json source all the same.
    completeness=Property("boolean"),
    **_SINCE,
)

EMBEDDED_SOURCE = _table(
    type=Property("string", required=True),
    entities=Property("list", required=True),
    if_source_empty=_IF_SOURCE_EMPTY,
    comment=_COMMENT,
    **_SINCE,
)

DATASET_SOURCE = _table(
    type=Property("string", required=True),
    dataset=Property("string", required=True),
    include_previous_versions=Property("boolean", False),
    include_replaced=_known("boolean"),
    if_source_empty=_IF_SOURCE_EMPTY,
    completeness=_known("boolean"),
    subset=_known("list"),
    comment=_COMMENT,
    **{**_SINCE, "supports_since": Property("boolean", True), "is_chronological": Property("boolean", True)},
)

HTTP_ENDPOINT_SOURCE = _table(
    type=Property("string", required=True),
    do_float_as_decimal=_known("boolean"),
    do_float_as_int=_known("boolean"),
    comment=_COMMENT,
)

HTTP_ENDPOINT_SINK = _table(type=Property("string", required=True), filename=_known("string"), comment=_COMMENT)

DATASET_SINK = _table(
    type=Property("string", required=True),
    dataset=Property("string"),
    deletion_tracking=Property("boolean", True),
    mark_deletion_tracked=Property("boolean", False),
    set_initial_offset=_known("string"),
    circuit_breaker_threshold_factor=Property("number", minimum=0),
    circuit_breaker_threshold_count=Property("integer", minimum=0),
    prevent_multiple_versions=Property("boolean|string", False, choices=(True, False, "ignore")),
    enable_optimistic_locking=_known("boolean"),
    indexes=_known("list|string"),
    track_children=_known("boolean"),
    suppress_filtered=Property("boolean", False),
    max_entity_bytes_size=Property("integer", 104857600, minimum=1),
    bitset_commit_interval=_known("integer"),
    comment=_COMMENT,
)

PUMP = _table(
    type=Property("string"),
    _id=Property("string"),
    schedule_interval=Property("number", minimum=0),
    cron_expression=Property("string"),
    rescan_run_count=Property("integer", minimum=1),
    rescan_cron_expression=Property("string"),
    partial_rescan_run_count=Property("integer", minimum=1),
    partial_rescan_delta=Property("integer", minimum=0),
    run_at_startup=Property("boolean", False),
    run_at_startup_if_not_populated=Property("boolean", False),
    mode=Property("string", "scheduled", choices=("scheduled", "manual", "off")),
    max_read_retries=Property("integer", 0, minimum=0),
    read_retry_delay=Property("number", 0, minimum=0),
    write_retry_delay=Property("number", 0, minimum=0),
    max_retries_per_entity=Property("integer", 5, minimum=0),
    max_consecutive_write_errors=Property("integer", 1, minimum=0),
    max_write_errors_in_retry_dataset=Property("integer", 0, minimum=0),
    batch_retries=Property("integer", 3, minimum=0),
    fallback_to_single_entities_on_batch_fail=Property("boolean", True),
    dead_letter_dataset=Property("string"),
    use_dead_letter_dataset=Property("boolean", False),
    track_dead_letters=Property("boolean", False),
    max_seconds_per_entity=_known("number"),
    log_events_noop_runs=Property("boolean", False),
    log_events_noop_runs_changes_only=Property("boolean", True),
    notification_granularity=_known("integer"),
    comment=_COMMENT,
)

DTL_TRANSFORM = _table(
    type=Property("string", required=True),
    id_required=Property("boolean", True),
    trigger_on=_known("object"),
    rules=Property("object", required=True),
    comment=_COMMENT,
)

PIPE = _table(
    _id=Property("string", required=True),
    type=Property("string", required=True),
    name=_ANY,
    description=_ANY,
    comment=_COMMENT,
    permissions=_known("list"),
    source=Property("object", required=True),
    transform=Property("object|list"),
    sink=Property("object"),
    pump=Property("object", inside=PUMP),
    metadata=Property("object"),
    batch_size=Property("integer", 100, minimum=1),
    checkpoint_interval=Property("integer", minimum=1),
    disable_set_last_seen=Property("boolean", False),
    enable_background_rescan=_known("boolean"),
    rescan_when_config_changes=_known("boolean"),
    reprocessing_policy=Property("string", "continue", choices=("continue", "automatic"), simulated=False),
    infer_pipe_entity_types=_known("boolean"),
    exclude_completeness=_known("list"),
    include_completeness=_known("list"),
    add_namespaces=Property("boolean"),
    remove_namespaces=Property("boolean"),
    namespaced_identifiers=Property("boolean"),
    namespaces=Property("object", inside=_table(identity=Property("string"), property=Property("string"))),
    compaction=_known("object"),
)

_RETRY_STRATEGY = Property("object")

DOCKER = _table(
    image=Property("string", required=True),
    port=Property("integer", required=True, minimum=1),
    environment=Property("object"),
    username=Property("string"),
    password=Property("string"),
    memory=Property("integer", 128, minimum=1),
    cpu_quota=Property("number", 25, minimum=1),
    cpu_period=_known("integer"),
    cpuset_cpus=_known("string"),
    hosts=Property("object"),
    skip_pull=Property("boolean", False),
    pull_image_cron_expression=_known("string"),
)

_SYSTEM_COMMON = {
    "_id": Property("string", required=True),
    "type": Property("string", required=True),
    "name": _ANY,
    "description": _ANY,
    "comment": _COMMENT,
    "metadata": Property("object"),
    "permissions": _known("list"),
    "worker_threads": _known("integer", 10),
    "verify_ssl": Property("boolean", False),
    "username": Property("string"),
    "password": Property("string"),
    "connect_timeout": Property("number", 60, minimum=0),
    "read_timeout": Property("number", 1800, minimum=0),
    "retry_strategy": _RETRY_STRATEGY,
}

MICROSERVICE_SYSTEM = _table(
    docker=Property("object", required=True, inside=DOCKER),
    use_https=Property("boolean", False),
    authentication=Property("string", choices=("basic", "digest")),
    eager_load=Property("boolean", True),
    **_SYSTEM_COMMON,
)

URL_SYSTEM = _table(
    url_pattern=Property("string"),
    base_url=Property("string"),
    custom_ca_pem_chain=_known("string"),
    authentication=Property("string", choices=("basic", "digest", "ntlm", "tripletex", "jwt")),
    jwt_token=Property("string"),
    headers=Property("object"),
    oauth2=_known("object"),
    proxies=Property("object"),
    ignore_invalid_content_length_response_header=Property("boolean", False),
    **_SYSTEM_COMMON,
)

RETRY_RULE = _table(
    max_read_retries=Property("integer", 0, minimum=0),
    read_retry_delay=Property("number", 0, minimum=0),
    write_retry_delay=_known("number"),
    max_retries_per_entity=_known("integer"),
    max_consecutive_write_errors=_known("integer"),
    max_write_errors_in_retry_dataset=_known("integer"),
    batch_retries=_known("integer"),
)

METADATA = _table(
    _id=Property("string", required=True),
    type=Property("string", required=True),
    task_manager=Property("object"),
    global_defaults=Property("object"),
    namespaced_identifiers=Property("boolean", False),
    namespaces=Property("object"),
    comment=_COMMENT,
)
