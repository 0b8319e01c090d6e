"""The waves: one folder each, which alone names balises; everything else is written for any of them.

``PAR_DEFAUT`` is the wave of every function that is not told another; ``Demande`` and ``Fichier`` are the classes of its model.
"""

from segur_pha.vagues.va1 import VA1 as PAR_DEFAUT
from segur_pha.vagues.va1.table import Demande, Fichier

__all__ = ["PAR_DEFAUT", "Demande", "Fichier"]
