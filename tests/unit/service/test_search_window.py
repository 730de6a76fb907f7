from service.search_window import SearchWindow


def test_a_window_starts_at_a_timestamp_in_order_of_change() -> None:
    window = SearchWindow(1_000)

    assert window.filters("lastmodifieddate") == [
        {"propertyName": "lastmodifieddate", "operator": "GTE", "value": "1000"}
    ]
    assert window.sort("lastmodifieddate") == "lastmodifieddate"


def test_a_window_after_an_id_stays_at_its_timestamp_in_order_of_id() -> None:
    window = SearchWindow(1_000, "7")

    assert window.filters("hs_lastmodifieddate") == [
        {"propertyName": "hs_lastmodifieddate", "operator": "EQ", "value": "1000"},
        {"propertyName": "hs_object_id", "operator": "GT", "value": "7"},
    ]
    assert window.sort("hs_lastmodifieddate") == "hs_object_id"
