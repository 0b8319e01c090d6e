"""Write values into a JSON text at their places, and leave every other character as it was."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Mapping

    from segur_pha.texte_json.lecture import Texte

__all__ = ["retoucher"]


def retoucher(texte: Texte, valeurs: Mapping[str, str]) -> bytes:
    """Put texts at the places of JSON Pointers that exist; blanks, order and numbers keep their very characters.

    >>> from segur_pha.texte_json.lecture import Texte
    >>> retoucher(Texte(b'{"code" : null, "montant": 850.00}', 64), {"/code": "0000"})
    b'{"code" : "0000", "montant": 850.00}'
    """
    etendues = sorted((etendue, valeurs[chemin]) for chemin, etendue in texte.etendues(valeurs).items())
    morceaux: list[str] = []
    dernier = 0
    for (debut, fin), valeur in etendues:
        morceaux += [texte.caracteres[dernier:debut], msgspec.json.encode(valeur).decode()]
        dernier = fin
    return "".join([*morceaux, texte.caracteres[dernier:]]).encode()
