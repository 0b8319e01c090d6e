"""Write the vectors' inputs and their index: `python -m vecteurs.ecrire`, from the project's folder.

What is expected for each input is in `table.py`, written by hand from the guide and the decisions.  None of these files asks
segur_pha anything: a vector copied from the engine could not prove the engine wrong.
"""

from __future__ import annotations

import json
import re
from copy import deepcopy
from pathlib import Path
from typing import Any

from vecteurs.gabarits import ABSENT, Brut, Vecteur, demande, fichier
from vecteurs.table import CERTIFICATS, DEMANDES, RETOURS

DOSSIER = Path(__file__).parent
VERSION = 1

#: A number's text, on its way through json.dumps.
_MARQUE = re.compile(r'"\ue000([^\ue000]*)\ue000"')


def ecrire() -> None:
    """Write all files, and remove the inputs that the table no longer names."""
    fichiers = construire()
    for ancien in DOSSIER.glob("entrees/*"):
        if f"entrees/{ancien.name}" not in fichiers:
            ancien.unlink()
    for nom, octets in fichiers.items():
        (DOSSIER / nom).parent.mkdir(exist_ok=True)
        (DOSSIER / nom).write_bytes(octets)


def construire() -> dict[str, bytes]:
    """Return every file: its name below this folder, and its bytes."""
    entrees: dict[str, bytes] = {}
    vecteurs = []
    for vecteur in (*DEMANDES, *RETOURS, *CERTIFICATS):
        nom = f"entrees/{vecteur.id}.{'csv' if vecteur.genre == 'certificats' else 'json'}"
        assert nom not in entrees, f"two vectors are called {vecteur.id}"
        entrees[nom] = _octets(vecteur)
        vecteurs.append(
            {
                "id": vecteur.id,
                "genre": vecteur.genre,
                "fichier": nom,
                "pourquoi": vecteur.pourquoi,
                "source": {"sections": list(vecteur.sections), "decisions": list(vecteur.decisions)},
                "attendu": vecteur.attendu,
                **({"schema": vecteur.schema} if vecteur.genre == "demandes" else {}),
            }
        )
    index = {"version": VERSION, "specification": "PHA-LGO-Va1", "vecteurs": vecteurs}
    return {"index.json": f"{json.dumps(index, ensure_ascii=False, indent=2)}\n".encode(), **entrees}


def _octets(vecteur: Vecteur) -> bytes:
    if isinstance(vecteur.entree, bytes):
        return vecteur.entree
    if isinstance(vecteur.entree, int):
        # Many requests: one per line, so that the file stays small.
        lignes = ",\n".join(_texte(demande(rang)) for rang in range(1, vecteur.entree + 1))
        vide = _texte({**fichier(), "lignesImport": []})
        return vide.replace("[]", f"[\n{lignes}\n]").encode() + b"\n"
    arbre: Any = fichier()
    for chemin, valeur in vecteur.entree.items():
        arbre = _modifier(arbre, chemin, valeur)
    return f"{_texte(arbre, indent=2)}\n".encode()


def _texte(valeur: object, indent: int | None = None) -> str:
    return _MARQUE.sub(r"\1", json.dumps(_marquer(valeur), ensure_ascii=False, indent=indent))


def _marquer(valeur: Any) -> Any:
    if isinstance(valeur, Brut):
        return f"\ue000{valeur}\ue000"
    if isinstance(valeur, dict):
        return {cle: _marquer(v) for cle, v in valeur.items()}
    return [_marquer(v) for v in valeur] if isinstance(valeur, list) else valeur


def _modifier(arbre: Any, chemin: str, valeur: Any) -> Any:
    """Return a copy in which one place has another value, is new, or is missing."""
    copie = deepcopy(arbre)
    *parents, dernier = [jeton.replace("~1", "/").replace("~0", "~") for jeton in chemin.split("/")[1:]]
    objet = copie
    for jeton in parents:
        objet = objet[int(jeton)] if isinstance(objet, list) else objet[jeton]
    cle = int(dernier) if isinstance(objet, list) else dernier
    if valeur is ABSENT:
        del objet[cle]
    else:
        objet[cle] = valeur
    return copie


if __name__ == "__main__":
    ecrire()
