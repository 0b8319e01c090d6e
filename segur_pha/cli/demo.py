"""``segur-pha demo``: a file with mistakes, its control, the answer, and what to type next."""

from __future__ import annotations

import json
import os
import shlex
import tempfile
from datetime import date
from pathlib import Path
from subprocess import list2cmdline
from typing import TYPE_CHECKING, Annotated, Final

from cyclopts import Parameter

from segur_pha.cli.console import montrer
from segur_pha.controle.affichage import en_morceaux
from segur_pha.controle.resultats import FichierControle
from segur_pha.controle.verdict import controler
from segur_pha.demonstration import ERREURS, fichier_fautif, fichier_invente
from segur_pha.fichiers import ecrire_sans_ecraser
from segur_pha.rapports.tableau import Marque, Niveau, Phrase
from segur_pha.specification.va1 import VA1

if TYPE_CHECKING:
    from collections.abc import Iterator

    from segur_pha.rapports.texte import Morceau

__all__ = ["demo"]

#: What an extract of the answer shows of a request.
_MONTREES: Final = ("numLigne", "numeroEditeur", "codeTraitement", "libelleTraitement")


def demo(
    dossier: Annotated[
        Path | None, Parameter(help="Où écrire les deux fichiers ; par défaut, un nouveau dossier temporaire.")
    ] = None,
    /,
) -> int:
    """Écrit un petit fichier de demandes inventées, avec des erreurs courantes, le contrôle et montre la réponse.

    N’écrase jamais un fichier.

    Exemple :

        segur-pha demo essai
    """
    if dossier is None:
        dossier = Path(tempfile.mkdtemp(prefix="segur-pha-"))
    dossier.mkdir(parents=True, exist_ok=True)
    nom = VA1.nommer_fichier(fichier_invente().numero_ans, date.today(), 1)  # noqa: DTZ011 - the day on the user's calendar
    depose = ecrire_sans_ecraser(dossier / nom, fichier_fautif())
    rapport = controler(depose)
    reponse = rapport.en_retour()
    retour = ecrire_sans_ecraser(dossier / f"retour-{nom}", reponse)
    montrer(
        _titre("1. Un fichier de demandes"),
        f"Six demandes inventées, dont quatre avec une erreur courante, sont dans {depose}",
        *(Phrase(f"demande {place} : {erreur}", retrait=2) for place, erreur in ERREURS.items()),
        "",
        _titre("2. Son contrôle"),
        *en_morceaux(FichierControle(nom, rapport), complet=False),
        "",
        _titre("3. La réponse, telle que le portail la rendrait"),
        f"Le fichier déposé, codes et libellés remplis (ceux de segur_pha), est dans {retour}",
        *_extrait(reponse),
        "",
        _titre("4. À vous"),
        "Corrigez les demandes rejetées dans le premier fichier, puis contrôlez-le à nouveau :",
        Phrase(Marque(f"segur-pha controler {_entre_guillemets(depose)}", Niveau.BON), retrait=2),
    )
    return 0


def _titre(texte: str) -> Phrase:
    return Phrase(Marque(texte, Niveau.FORT))


def _extrait(reponse: bytes) -> Iterator[Morceau]:
    """Show the first accepted request and the first rejected one, as they stand in the answer."""
    lignes = json.loads(reponse)["lignesImport"]
    for place in (0, min(ERREURS) - 1):
        yield Phrase("{ …", retrait=2)
        for tag in _MONTREES:
            yield Phrase(f'"{tag}": {json.dumps(lignes[place][tag], ensure_ascii=False)},', retrait=4)
        yield Phrase("… }", retrait=2)


def _entre_guillemets(chemin: Path) -> str:
    return list2cmdline([str(chemin)]) if os.name == "nt" else shlex.quote(str(chemin))
