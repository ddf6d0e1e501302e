"""Which part of the business is looked at."""

import pytest

from console.errors import AddressUnfit
from console.panels.stores import StoreRow
from console.selection import (
    EVERYTHING,
    NOWHERE,
    Selection,
    choices,
    refuse_unknown,
    selection_of,
    selection_parameters,
)


def store(store_id: str, region: str, channel: str = "pos") -> StoreRow:
    return StoreRow(store_id, store_id.title(), channel, region, "Europe/Berlin", [], [], [])


KNOWN = [store("bonn", "west"), store("kiel", "north"), store("web", "online", "web")]


def test_address_says_what_is_chosen_and_the_rest_of_it_is_ignored() -> None:
    chosen = selection_of({"region": "west", "channel": "pos", "utm": "x"})
    assert chosen == Selection(region="west", channel="pos")
    assert selection_of({}) == EVERYTHING
    assert len(selection_of({"store": "s" * 10_000}).store) < 100


@pytest.mark.parametrize(
    ("chosen", "stores", "places"),
    [
        (EVERYTHING, [], []),
        (Selection(region="west"), ["bonn"], ["bonn"]),
        (Selection(channel="web"), [], ["web"]),
        (Selection(store="kiel", channel="web"), ["kiel"], [NOWHERE]),
        (Selection(region="mars"), [NOWHERE], [NOWHERE]),
    ],
)
def test_what_fits_nothing_never_means_everything(
    chosen: Selection, stores: list[str], places: list[str]
) -> None:
    parameters = selection_parameters(chosen, KNOWN)
    assert (parameters["stores"], parameters["places"]) == (stores, places)


@pytest.mark.parametrize(
    ("chosen", "says"),
    [
        (Selection(region="mars"), "There is no region mars."),
        (Selection(region="west", store="nope"), "There is no store nope."),
        (Selection(channel="fax"), "channel must be one of pos, web, app."),
    ],
)
def test_what_does_not_exist_is_refused_in_words(chosen: Selection, says: str) -> None:
    with pytest.raises(AddressUnfit, match=says):
        refuse_unknown(chosen, KNOWN)
    refuse_unknown(chosen, [])  # nobody knows yet what exists


@pytest.mark.parametrize(
    "chosen", [EVERYTHING, Selection(region="west", store="kiel"), Selection(channel="app")]
)
def test_what_exists_is_not_refused_even_where_nothing_fits(chosen: Selection) -> None:
    refuse_unknown(chosen, KNOWN)


def test_usual_course_is_that_of_the_chain_or_of_one_store() -> None:
    expected = [
        selection_parameters(chosen, KNOWN)["expected_store"]
        for chosen in (
            EVERYTHING,
            Selection(store="bonn"),
            Selection(channel="web"),
            Selection(channel="pos"),
        )
    ]
    assert expected == ["", "bonn", "web", NOWHERE]


def test_chips_offer_what_there_is_and_keep_what_is_chosen() -> None:
    found = choices(KNOWN, Selection(region="west", store="kiel"))
    assert [choice.value for choice in found["region"]] == ["north", "online", "west"]
    assert [(choice.value, choice.label) for choice in found["store"]] == [
        ("bonn", "Bonn"),
        ("kiel", "Kiel (not here)"),
    ]
