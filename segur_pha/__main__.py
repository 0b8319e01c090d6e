"""``python -m segur_pha``: the same as the command ``segur-pha``."""

from __future__ import annotations

import sys

from segur_pha_commande import entrer

if __name__ == "__main__":
    sys.exit(entrer())
