"""The "Format" column of the table: one small class per format, all with the same contract.

A format looks at a *raw value* (:data:`Brut`), which is what a strict reading of the JSON text gives before any conversion:
``None``, ``bool``, ``int``, ``str``, ``list``, ``dict``, and ``bytes`` for the text of any other number (``b"850.00"``),
because the controls judge an amount on its text.

Each format gives

- the first kind of fault of a raw value (:meth:`Format.defaut`): the plain rule, which decides;
- the values of a whole column that are worth that look (:meth:`Format.suspectes`): the fast rule, which may only err by doubting;
- the values from a program that are certainly faultless (:meth:`Format.preneur`), which may also only err by doubting;
- its JSON Schema, its words in French, and the way between raw values and the model.

All of this is abstract in :class:`Format`: a format that lacks a rule cannot be instantiated, so the table that uses it cannot
even be imported.
"""

from segur_pha.table.formats.contrat import Brut, Defaut, Doute, Format, FormatEcrit, Nature, Preneur, SchemaJSON
from segur_pha.table.formats.nombres import Montant, Rang
from segur_pha.table.formats.textes import Courriel, DateJJMMAAAA, Forme, Texte
from segur_pha.table.formats.valeurs import Booleen, Code, CodeDeListe, Constante, Nul

__all__ = [
    "Booleen",
    "Brut",
    "Code",
    "CodeDeListe",
    "Constante",
    "Courriel",
    "DateJJMMAAAA",
    "Defaut",
    "Doute",
    "Format",
    "FormatEcrit",
    "Forme",
    "Montant",
    "Nature",
    "Nul",
    "Preneur",
    "Rang",
    "SchemaJSON",
    "Texte",
]
