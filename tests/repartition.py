"""Which tests belong together when several processes share them."""

from __future__ import annotations

from xdist.scheduler import LoadFileScheduling

#: Its tests look at pages in one browser, which takes a second to start.
BROWSER = "tests/navigateur/"


class Repartition(LoadFileScheduling):
    """The tests of a file belong together, and so do those that look at pages in a browser."""

    def _split_scope(self, nodeid: str) -> str:
        return BROWSER if nodeid.startswith(BROWSER) else super()._split_scope(nodeid)
