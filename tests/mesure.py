"""How many examples a property looks at: few every day, many in the long profile (``SEGUR_PROFIL=long``)."""

from __future__ import annotations

import os

from hypothesis import settings


def examples(daily: int, long: int) -> settings:
    """Choose between the two profiles; everything else is the loaded profile's."""
    return settings(max_examples=long if os.environ.get("SEGUR_PROFIL") == "long" else daily)


#: What a property of one file looks at.
USUAL = examples(8, 2_000)
#: What a property looks at whose one example takes more than 20 milliseconds: several ledgers, whole commands, pages. Twenty of them
#: would take as long as hundreds of the others; the long profile looks at as many.
DEAR = examples(8, 2_000)
