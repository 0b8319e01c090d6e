"""Model or raw tree → JSON text, always the same bytes for the same values; and values put into a text, the rest untouched."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from segur_pha.erreurs import ArgumentInvalide
from segur_pha.fichiers import creer_le_dossier, ecrire_sans_ecraser
from segur_pha.table.bloc import Bloc
from segur_pha.table.roles import Role
from segur_pha.texte_json.modele import structures_des_blocs
from segur_pha.vagues import PAR_DEFAUT

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping
    from datetime import date
    from pathlib import Path

    from segur_pha.table.formats import Brut
    from segur_pha.table.specification import Specification
    from segur_pha.texte_json.lecture import TexteJSON
    from segur_pha.vagues import Fichier

__all__ = ["ecrire", "en_json", "json_du_brut", "retoucher"]


def en_json(fichier: Fichier, *, compact: bool = False) -> bytes:
    """Write a file of requests as JSON: UTF-8 without byte order mark, tags in the table's order, amounts as ``850.00``.

    It is indented by two spaces and ends with a newline; ``compact`` leaves out all white space.

    Raises :class:`~segur_pha.SegurError` (also a ``TypeError``) for anything but a file of requests.

    >>> from segur_pha import lire
    >>> from segur_pha.vagues.va1.exemples import fichier_du_guide
    >>> fichier = fichier_du_guide()
    >>> lire(en_json(fichier)) == fichier
    True
    """
    if not isinstance(fichier, Bloc):
        raise ArgumentInvalide(
            f"en_json écrit un Fichier, et non {type(fichier).__name__} : Fichier(demandes=…) en fait un."
        )
    (structure,) = structures_des_blocs(type(fichier), [fichier])
    return _mis_en_page(_encoder(structure), compact=compact)


def _texte(valeur: object) -> str:
    """Write an instance of a subclass of ``str``, which a model may hold, as plain text."""
    assert isinstance(valeur, str)
    return str(valeur)


_encoder: Final = msgspec.json.Encoder(decimal_format="number", enc_hook=_texte).encode


def _mis_en_page(octets: bytes, *, compact: bool) -> bytes:
    return octets if compact else msgspec.json.format(octets, indent=2) + b"\n"


def json_du_brut(brut: Brut, *, compact: bool = False) -> bytes:
    """Write raw values as JSON; a number that was kept as text is written as that text, to the last digit.

    >>> json_du_brut({"montant": b"850.00"}, compact=True)
    b'{"montant":850.00}'
    """
    return _mis_en_page(msgspec.json.encode(_pour_msgspec(brut)), compact=compact)


#: What is not written as it is; a tuple, since a union would be built again for every value.
_COMPOSES: Final = (dict, list, bytes)


def _pour_msgspec(brut: Brut) -> object:
    # msgspec would write bytes as base64; Raw writes them as they are.
    if isinstance(brut, dict):
        return {cle: _pour_msgspec(v) if isinstance(v, _COMPOSES) else v for cle, v in brut.items()}
    if isinstance(brut, list):
        return [_pour_msgspec(valeur) for valeur in brut]
    return msgspec.Raw(brut) if isinstance(brut, bytes) else brut


def ecrire(
    fichier: Fichier,
    dossier: str | os.PathLike[str],
    *,
    jour: date,
    numero: int = 1,
    specification: Specification = PAR_DEFAUT,
) -> Path:
    """Write a file of requests into a folder, named after section 3.3, and give its path.

    ``jour`` is the day of the deposit on the portal, ``numero`` the file's number on that day (1 to 999).  The folder is made if
    it is missing.  An existing file is never overwritten: :class:`~segur_pha.fichiers.FichierExistant`, which is a
    :class:`~segur_pha.DepotRefuse` and a ``FileExistsError``.  Raises :class:`~segur_pha.NomInvalide` for a number out of range.

    >>> from datetime import date; from tempfile import TemporaryDirectory
    >>> from segur_pha.vagues.va1.exemples import fichier_du_guide
    >>> with TemporaryDirectory() as dossier:
    ...     ecrire(fichier_du_guide(), dossier, jour=date(2022, 11, 15)).name
    'JSON-ANS0000001-20221115-001.json'
    """
    from pathlib import Path

    octets = en_json(fichier)
    nom = specification.nommer_fichier(str(specification.valeur(fichier, Role.NUMERO_ANS)), jour, numero)
    chemin = Path(dossier) / nom
    creer_le_dossier(chemin.parent)
    return ecrire_sans_ecraser(chemin, octets)


def retoucher(texte: TexteJSON, valeurs: Mapping[str, str]) -> bytes:
    """Put texts at the places of existing JSON Pointers; white space, order and numbers stay as they were, to the character.

    >>> from segur_pha.texte_json.lecture import TexteJSON
    >>> retoucher(TexteJSON(b'{"code" : null, "montant": 850.00}'), {"/code": "0000"})
    b'{"code" : "0000", "montant": 850.00}'
    """
    etendues = sorted((etendue, valeurs[chemin]) for chemin, etendue in texte.etendues(valeurs).items())
    morceaux: list[str] = []
    dernier = 0
    for (debut, fin), valeur in etendues:
        morceaux += [texte.caracteres[dernier:debut], msgspec.json.encode(valeur).decode()]
        dernier = fin
    return "".join([*morceaux, texte.caracteres[dernier:]]).encode()
