"""Which page a cursor opens: for each walk, under its more general names, and for cursors that a client chooses."""

from fake_hubspot.portal import walks as module
from fake_hubspot.portal.walks import Walks

EXACT, GENERAL, ALL = "token, path", "path", "all"
WALK = (EXACT, GENERAL, ALL)
OTHER = ("another token, path", GENERAL, ALL)
ELSEWHERE = ("token, elsewhere", "elsewhere", ALL)


def test_a_cursor_opens_its_page_under_every_name_of_its_walk() -> None:
    """The most exact name counts; an unknown cursor opens what the caller says, and the beginning is page 1."""
    walks = Walks()
    walks.hand_out(WALK, "a", opens=2)
    walks.hand_out(WALK, "b", opens=3)
    walks.hand_out(OTHER, "a", opens=7)

    assert [walks.page_of(WALK, after) for after in (None, "", "a", "b", "c")] == [1, 1, 2, 3, 1]
    assert (walks.page_of(OTHER, "a"), walks.page_of(OTHER, "b")) == (7, 3)
    assert (walks.page_of(ELSEWHERE, "a"), walks.page_of(("x", "y"), "a", unknown=9)) == (7, 9)
    assert [walks.count_of(walk) for walk in (WALK, OTHER, ELSEWHERE)] == [2, 1, 0]
    assert (walks.cursor_of(WALK, 3), walks.cursor_of(WALK, 1), walks.cursor_of(WALK, 9)) == ("b", None, None)
    assert (walks.cursor_of(OTHER, 3), walks.cursor_of(WALK, 7)) == ("b", "a")
    walks.hand_out(WALK, "d", opens=3)
    assert walks.cursor_of(WALK, 3) == "d"
    walks.hand_out(WALK, "b", opens=3)
    assert walks.cursor_of(WALK, 3) == "b"


def test_a_walk_that_starts_again_forgets_what_it_was_given() -> None:
    """On its own connection, and the cursors that its client chose; not those of others."""
    walks = Walks()
    walks.hand_out(WALK, "a", opens=2)
    walks.hand_out(OTHER, "b", opens=2)
    assert walks.page_of_chosen(WALK, "50", lambda: 5) == 5
    assert walks.page_of_chosen(OTHER, "50", lambda: 6) == 5
    assert walks.page_of_chosen(("token, path", GENERAL, "others"), "50", lambda: 6) == 5
    assert walks.page_of_chosen(ELSEWHERE, "50", lambda: 6) == 6

    walks.start(WALK)

    assert [walks.count_of(walk) for walk in (WALK, OTHER)] == [0, 1]
    assert walks.page_of(WALK, "a") == 2  # under the general name
    assert walks.page_of_chosen(WALK, "50", lambda: 8) == 8
    assert walks.page_of_chosen(ELSEWHERE, "50", lambda: 8) == 6


def test_a_cursor_is_chosen_if_nobody_handed_it_out() -> None:
    """The beginning never is; one that was chosen stays so."""
    walks = Walks()
    walks.hand_out(WALK, "a", opens=2)

    assert [walks.is_chosen(WALK, after) for after in (None, "", "0", "a", "b")] == [False, False, False, False, True]
    assert walks.is_chosen(OTHER, "a") is False
    assert walks.is_chosen(("x", "y"), "a") is True
    walks.page_of_chosen(WALK, "50", lambda: 5)
    assert walks.is_chosen(WALK, "50") is True
    walks.hand_out(WALK, "50", opens=6)
    assert walks.is_chosen(WALK, "50") is True


def test_the_oldest_cursors_are_forgotten() -> None:
    """Of the walk that was not used for longest; a cursor that is handed out again counts once."""
    walks = Walks(remembered=3)
    first, second = ("first",), ("second",)
    walks.hand_out(first, "a", opens=2)
    walks.hand_out(first, "b", opens=3)
    walks.hand_out(second, "c", opens=4)
    walks.hand_out(first, "b", opens=3)
    assert [walks.count_of(walk) for walk in (first, second)] == [2, 1]
    walks.hand_out(first, "d", opens=5)
    assert [walks.count_of(walk) for walk in (first, second)] == [3, 0]
    walks.page_of_chosen(second, "e", lambda: 6)
    assert [walks.page_of(first, after) for after in "abd"] == [1, 3, 5]
    walks.start(first)
    for after in "xyz":
        walks.hand_out(first, after, opens=9)
    assert [walks.page_of(first, after) for after in "xyz"] == [9, 9, 9]
    walks.clear()
    assert walks.count_of(first) == 0
    for after in "xyz":
        walks.hand_out(first, after, opens=9)
    assert [walks.page_of(first, after) for after in "xyz"] == [9, 9, 9]
    assert module.REMEMBERED == 150_000
