"""How many examples a property looks at: few every day, many in the long profile (``SEGUR_PROFIL=long``)."""

from __future__ import annotations

import os

from hypothesis import settings


def examples(daily: int, long: int) -> settings:
    """Choose between the two profiles; everything else is the loaded profile's."""
    return settings(max_examples=long if os.environ.get("SEGUR_PROFIL") == "long" else daily)


#: What a property of one file looks at.
USUAL = examples(8, 2_000)
