"""``segur-pha demo``: the whole life of a few requests, from a file with mistakes to the last numeroASP."""

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
from segur_pha.cli.sorties import verifier_les_sorties
from segur_pha.controle.affichage import en_morceaux
from segur_pha.controle.resultats import FichierControle
from segur_pha.controle.verdict import controler
from segur_pha.demonstration import ERREURS, fichier_corrige, fichier_fautif, fichier_invente
from segur_pha.depot.manifeste import MANIFESTE
from segur_pha.erreurs import DepotRefuse
from segur_pha.fichiers import droits_du_dossier, ecrire_ensemble
from segur_pha.portail import AVERTISSEMENT, PortailSimule
from segur_pha.rapports.tableau import Marque, Niveau, Phrase, accorder
from segur_pha.retour.lecture import lire_retour
from segur_pha.retour.rapprochement import rapprocher
from segur_pha.table.roles import Role
from segur_pha.texte_json.ecriture import en_json
from segur_pha.vagues.va1 import VA1

if TYPE_CHECKING:
    from collections.abc import Iterator

    from segur_pha.rapports.console import Morceau

__all__ = ["demo"]

#: The parts of a request that an extract of the answer shows.
_MONTREES: Final = (Role.RANG, Role.NUMERO_EDITEUR, Role.CODE, Role.LIBELLE)


def demo(
    dossier: Annotated[
        Path | None, Parameter(help="Où écrire les fichiers ; par défaut, un nouveau dossier temporaire.")
    ] = None,
    /,
) -> int:
    """Joue toute la vie de quelques demandes inventées : contrôle, dépôt, réponse, nouveau dépôt des rejetées.

    Le portail est simulé : ce n’est pas l’ASP. N’écrase jamais un fichier.

    Exemple :

        segur-pha demo essai
    """
    dossier = _dossier(dossier)
    jour = date.today()  # noqa: DTZ011 - the day on the user's calendar
    premier, second = (VA1.nommer_fichier(fichier_invente().numero_ans, jour, numero) for numero in (1, 2))
    noms = (premier, f"retour-{premier}", second, f"retour-{second}")
    verifier_les_sorties(*(dossier / nom for nom in noms))
    envoye, corrige = fichier_fautif(), en_json(fichier_corrige())
    portail = PortailSimule(graine=1)
    reponse, reponse_2 = portail.deposer(envoye), portail.deposer(corrige)
    ecrits = ecrire_ensemble(
        (dossier / nom, octets) for nom, octets in zip(noms, (envoye, reponse, corrige, reponse_2), strict=True)
    )
    depose, retour, corriges, retour_2 = ecrits
    montrer(
        _titre("1. Un fichier de demandes"),
        f"Six demandes inventées, dont quatre avec une erreur courante, sont dans {depose}",
        *(Phrase(f"demande {place} : {erreur}", retrait=2) for place, erreur in ERREURS.items()),
        "",
        _titre("2. Son contrôle"),
        *en_morceaux(FichierControle(premier, controler(envoye)), complet=False),
        "",
        _titre("3. Son dépôt, tel quel, et la réponse"),
        Phrase(Marque(AVERTISSEMENT, Niveau.ATTENTION)),
        f"La réponse est dans {retour}",
        *_extrait(reponse),
        "",
        _titre("4. La réponse, rapprochée de ce qui est parti"),
        *_bilan(envoye, reponse),
        "",
        _titre("5. Les demandes rejetées, corrigées, repartent sous de nouveaux numéros"),
        f"Elles sont dans {corriges}, et la réponse dans {retour_2}",
        *_bilan(corrige, reponse_2),
        f"Les six demandes ont leur {VA1.role(Role.REFERENCE_ASP).nom} : leur solde pourra être demandé.",
        "",
        _titre("6. À vous"),
        "Corrigez vous-même le premier fichier, puis contrôlez-le à nouveau :",
        Phrase(Marque(f"segur-pha controler {_entre_guillemets(depose)}", Niveau.BON), retrait=2, entiere=True),
    )
    return 0


def _bilan(envoye: bytes, reponse: bytes) -> Iterator[Morceau]:
    """Show what an answer says, after making sure that it answers what was sent."""
    lu = lire_retour(reponse)
    rapproche = rapprocher(envoye, lu)
    assert rapproche.sans_ecart
    yield f"{accorder(len(lu.acceptees), 'acceptée')}, {accorder(len(lu.rejetees), 'rejetée')} ; rien ne manque, rien n’a changé."
    for ligne in lu.acceptees:
        yield Phrase(
            f"demande {ligne.numero_editeur} : {VA1.role(Role.REFERENCE_ASP).nom} {ligne.numero_asp}", retrait=2
        )


def _dossier(voulu: Path | None) -> Path:
    """Return the folder to write into, made if need be; raises :class:`~segur_pha.DepotRefuse` for that of a deposit."""
    if voulu is None:
        return Path(tempfile.mkdtemp(prefix="segur-pha-"))
    if (voulu / MANIFESTE).exists():
        raise DepotRefuse(
            f"{voulu} est un dossier de dépôt : indiquez un autre dossier, pour ne rien mêler à ce dépôt."
        )
    voulu.mkdir(droits_du_dossier(), parents=True, exist_ok=True)
    return voulu


def _titre(texte: str) -> Phrase:
    return Phrase(Marque(texte, Niveau.FORT))


def _extrait(reponse: bytes) -> Iterator[Morceau]:
    """Show the first accepted request and the first rejected one, as they are in the answer."""
    lignes = json.loads(reponse)[VA1.liste_des_demandes.nom]
    for place in (0, min(ERREURS) - 1):
        yield Phrase("{ …", retrait=2)
        for tag in (VA1.role(role).nom for role in _MONTREES):
            yield Phrase(f'"{tag}": {json.dumps(lignes[place][tag], ensure_ascii=False)},', retrait=4)
        yield Phrase("… }", retrait=2)


def _entre_guillemets(chemin: Path) -> str:
    return list2cmdline([str(chemin)]) if os.name == "nt" else shlex.quote(str(chemin))
