"""What APIs call pages, counts and cursors, as keys of JSON and as parameters. Pure.

A connector that walks through a recording must get the same walk as from the API: numbers that say where it is are
kept, and a cursor has one pseudonym, in the page that hands it out and in the request that brings it back.
"""

from collections.abc import Mapping

__all__ = ["is_page_token", "paging_rule"]

_NAMES_BY_RULE = {
    "number": """
        page pages pageno pagenumber pageindex pagenum pagecount pagesize perpage itemsperpage resultsperpage
        currentpage nextpage prevpage previouspage firstpage lastpage totalpages numpages numberofpages
        total totalcount totalitems totalresults totalelements totalrecords totalrows totalhits totalsize
        count itemcount resultcount recordcount rowcount numberofelements numberofitems numberofresults odata.count
        limit maxresults startat startindex startrow remaining skip take top
    """,
    "cursor": """
        cursor nextcursor prevcursor previouscursor endcursor startcursor aftercursor beforecursor
        nextoffset scrollid searchafter marker nextmarker bookmark continuation
    """,
    "url": "nextrecordsurl nexturl nextpageurl nextlink odata.nextlink previousurl prevurl previouspageurl deltalink",
}
# Names that end like those of secrets. Their values are pseudonyms, not kept.
_TOKENS = """
    pagetoken nextpagetoken prevpagetoken previouspagetoken nexttoken continuationtoken nextcontinuationtoken skiptoken
    synctoken nextsynctoken deltatoken resumetoken
"""
_PAGE_TOKENS = frozenset(_TOKENS.split())
_RULES: Mapping[str, str] = {
    **{name: rule for rule, names in _NAMES_BY_RULE.items() for name in names.split()},
    **dict.fromkeys(_PAGE_TOKENS, "cursor"),
}


def paging_rule(name: str) -> str | None:
    """Return the rule for the value of a key or parameter: number, cursor or url; None if it is not about pages."""
    return _RULES.get(_plain(name))


def is_page_token(name: str) -> bool:
    """Whether a name ends like that of a secret but means a place in a list."""
    return _plain(name) in _PAGE_TOKENS


def _plain(name: str) -> str:
    return name.replace("_", "").replace("-", "").lstrip("$@").lower()
