"""HubSpot's own client manages the webhooks of the fake."""

from typing import Any

import pytest
from hubspot.webhooks import (  # type: ignore[import-untyped]
    BatchInputSubscriptionBatchUpdateRequest,
    Configuration,
    SettingsChangeRequest,
    SubscriptionBatchUpdateRequest,
    SubscriptionCreateRequest,
    SubscriptionPatchRequest,
    ThrottlingSettings,
)

from tests.fidelity.conftest import MakePortal, Portal

APP = 7


def test_types_of_events_are_those_of_the_official_client(make_portal: MakePortal) -> None:
    strict = Configuration()
    strict.client_side_validation = True
    with pytest.raises(ValueError, match="must be one of") as refused:
        SubscriptionCreateRequest(event_type="?", active=True, local_vars_configuration=strict)

    names = set(str(refused.value).partition("[")[2].strip("]").replace("'", "").split(", "))

    api = _webhooks(make_portal()).subscriptions_api
    for name in sorted(names):
        if name.startswith("conversation."):  # the fake has none, and says so
            continue
        wanted = SubscriptionCreateRequest(
            event_type=name,
            active=True,
            property_name="name" if name.endswith("propertyChange") else None,
            object_type_id="0-1" if name.startswith("object.") else None,
        )
        assert api.create(APP, wanted).event_type == name


def test_the_official_client_manages_settings_and_subscriptions(make_portal: MakePortal) -> None:
    api = _webhooks(make_portal())
    wanted = SettingsChangeRequest(
        target_url="http://127.0.0.1:9/", throttling=ThrottlingSettings(max_concurrent_requests=20)
    )
    configured = api.settings_api.configure(APP, wanted)
    made = api.subscriptions_api.create(APP, SubscriptionCreateRequest(event_type="contact.creation", active=False))
    switched = api.subscriptions_api.update(int(made.id), APP, SubscriptionPatchRequest(active=True))
    inputs = [SubscriptionBatchUpdateRequest(id=int(made.id), active=False)]
    batch = api.subscriptions_api.update_batch(APP, BatchInputSubscriptionBatchUpdateRequest(inputs=inputs))

    assert configured.throttling.max_concurrent_requests == 20
    assert api.settings_api.get_all(APP).target_url == "http://127.0.0.1:9/"
    assert (made.active, switched.active) == (False, True)
    assert [one.active for one in batch.results] == [False]
    assert [one.id for one in api.subscriptions_api.get_all(APP).results] == [made.id]
    api.subscriptions_api.archive(int(made.id), APP)
    api.settings_api.clear(APP)
    assert api.subscriptions_api.get_all(APP).results == []


def _webhooks(portal: Portal) -> Any:
    return portal.client(api_key=portal.token).webhooks
