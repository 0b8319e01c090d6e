"""The "Format" column of the table: one small class per format, all with one contract.

A format looks at a *raw value* (:data:`Brut`), what a strict reading of the JSON text gives before anything is converted:
``None``, ``bool``, ``int``, ``str``, ``list``, ``dict``, and ``bytes`` for the text of any other number (``b"850.00"``),
because the controls judge an amount on its text.

Each format tells

- the first kind of fault of a raw value (:meth:`Format.defaut`), the plain twin that decides;
- which values of a whole column are worth that look (:meth:`Format.suspectes`), the fast twin, which may only err by doubting;
- which value given by a program is surely faultless (:meth:`Format.preneur`), which may only err by doubting too;
- its JSON Schema, its words in French, and the way between raw values and the model.

All of it is abstract in :class:`Format`: a format that forgets a rule cannot be instantiated, so the table that uses it
cannot even be imported.
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
