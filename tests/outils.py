"""The guide's request as plain JSON, written by hand, and how to change one thing in it.

Nothing here comes from the code under test: the texts are put together by a writer of its own, which lets a test decide how
each number is spelled, and the place of a value is found by putting a mark there.
"""

from __future__ import annotations

import json
from copy import deepcopy
from typing import TYPE_CHECKING, Any, Final, TypeAlias

if TYPE_CHECKING:
    from segur_pha import RapportControle

Json: TypeAlias = "bool | int | str | list[Json] | dict[str, Json] | None"
Objet: TypeAlias = "dict[str, Json]"
#: A JSON Pointer and the value to put there (:data:`ABSENT`: take it away).
Change: TypeAlias = "tuple[str, Any]"

LIGNE: Final = "/lignesImport/0"


class Nombre(str):
    """The text of a number, which goes into the JSON text as it is."""

    __slots__ = ()


class _Absent:
    """The mark of a tag to be left out."""

    def __repr__(self) -> str:
        return "ABSENT"


ABSENT: Final = _Absent()

#: A piece named as section 3.3 says, for the guide's request.
BON_DE_COMMANDE: Final[Objet] = {
    "nomFichier": "PHA-LGO-Va1-BDC-00001.pdf",
    "formatFichier": "PDF",
    "typeFichier": "BON_COMMANDE",
}
PREUVE_HT: Final[Objet] = {
    "nomFichier": "PHA-LGO-Va1-HT-00001.pdf",
    "formatFichier": "PDF",
    "typeFichier": "PREUVE_HT",
}


def demande(rang: int = 1, numero: str = "00001") -> Objet:
    """Give the request of section 3.1, as the line ``rang`` of a file."""
    return {
        "numLigne": rang,
        "typeAction": "C",
        "numeroASP": None,
        "numeroEditeur": numero,
        "commande": {"dateCommande": "15/11/2022", "regimeTVA": "TTC", "montantSegurHT": Nombre("708.33")},
        "certificatsServeur": {
            "statutAdminTechnique": "E",
            "numeroCarteCPX": "1234567890",
            "nomAdminTechnique": "MARTIN",
            "telAdminTechnique": "0102030405",
            "emailAdminTechnique": "certificats@editeur.example",
        },
        "beneficiaire": {
            "nomResponsable": "DURAND",
            "emailResponsable": None,
            "telephoneResponsable": None,
            "FINESSGeo": "777777777",
        },
        "piecesJustificatives": [{**BON_DE_COMMANDE, "nomFichier": f"PHA-LGO-Va1-BDC-{numero}.pdf"}],
        "scenarioInstallation": {"hasBALMSSantePersonnelle": True, "operateurMessagerie": None},
        "codeTraitement": None,
        "libelleTraitement": None,
    }


def fichier(*lignes: Json, nombre: int = 1) -> Objet:
    """Give a file of these lines, or of ``nombre`` copies of the guide's request under their own numbers."""
    demandes = list(lignes) or [demande(k, f"{k:05}") for k in range(1, nombre + 1)]
    return {"impId": None, "numeroAns": "ANS0000001", "SIRET": "12345678200010", "lignesImport": demandes}


def modifier(arbre: Objet, chemin: str, valeur: Json | _Absent) -> Objet:
    """Give a copy in which the value under a JSON Pointer is another one, or is not there."""
    copie = deepcopy(arbre)
    *parents, dernier = chemin.split("/")[1:]
    objet: Json = copie
    for jeton in parents:
        objet = objet[int(jeton)] if isinstance(objet, list) else objet[jeton]  # type: ignore[index]
    cle = int(dernier) if isinstance(objet, list) else dernier
    if isinstance(valeur, _Absent):
        del objet[cle]  # type: ignore[union-attr, arg-type]
    else:
        objet[cle] = valeur  # type: ignore[index]
    return copie


def texte(valeur: Json, *, compact: bool = False, marge: str = "") -> str:
    """Write a JSON text, two blanks of indentation or none."""
    if isinstance(valeur, Nombre):
        return str(valeur)
    if not valeur or not isinstance(valeur, dict | list):
        return json.dumps(valeur, ensure_ascii=False)
    suite = "" if compact else f"\n{marge}  "
    if isinstance(valeur, dict):
        points = ":" if compact else ": "
        morceaux = [
            f"{json.dumps(c, ensure_ascii=False)}{points}{texte(v, compact=compact, marge=marge + '  ')}"
            for c, v in valeur.items()
        ]
    else:
        morceaux = [texte(v, compact=compact, marge=marge + "  ") for v in valeur]
    ouvre, ferme = "{}" if isinstance(valeur, dict) else "[]"
    return f"{ouvre}{suite}{f',{suite}'.join(morceaux)}{'' if compact else chr(10) + marge}{ferme}"


def octets(arbre: Json, *, compact: bool = False) -> bytes:
    """Write a JSON text in UTF-8."""
    return texte(arbre, compact=compact).encode()


def place(arbre: Objet, chemin: str) -> tuple[int, int]:
    """Find the line and column, both from 1, of the value under a JSON Pointer in ``texte(arbre)``."""
    if not chemin:
        return 1, 1
    avant = texte(modifier(arbre, chemin, Nombre("\0"))).partition("\0")[0]
    return avant.count("\n") + 1, len(avant) - (avant.rfind("\n") + 1) + 1


def fautes(rapport: RapportControle) -> list[tuple[str, str]]:
    """List the codes and pointers of a report, the file's or the lines', in order."""
    anomalies = [*rapport.anomalies_fichier, *(a for ligne in rapport.lignes for a in ligne.anomalies)]
    return [(a.code, a.chemin) for a in anomalies]


def codes(rapport: RapportControle) -> list[str]:
    """List the codes of a report, in order."""
    return [code for code, _ in fautes(rapport)]
