"""``segur-pha editeur``: the publisher's settings, from a few questions or from the titles of an export."""

from __future__ import annotations

import os
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from segur_pha.cli.console import montrer
from segur_pha.cli.options import Vague, specification_de
from segur_pha.cli.sorties import verifier_les_sorties
from segur_pha.depot.reglages import DE_L_EDITEUR, proposer_les_colonnes, texte_des_reglages
from segur_pha.erreurs import SegurError
from segur_pha.fichiers import ecrire_sans_ecraser
from segur_pha.rapports.tableau import Marque, Niveau, Phrase, Tableau, accorder, nom_lisible
from segur_pha.table.regles import anomalie, juger_valeur
from segur_pha.table.roles import Role

if TYPE_CHECKING:
    from collections.abc import Iterator

    from segur_pha.depot.export import TitresLus
    from segur_pha.depot.reglages import ColonnesProposees
    from segur_pha.rapports.console import Morceau
    from segur_pha.table.balise import Balise
    from segur_pha.table.specification import Specification

__all__ = ["chercher_les_reglages", "editeur"]


def editeur(
    sortie: Annotated[Path, Parameter(help="Le fichier à écrire (n’écrase rien).")] = Path("editeur.toml"),
    /,
    *,
    depuis: Annotated[
        Path | None, Parameter(help="Un export de commandes : ses titres remplissent [colonnes], sans question.")
    ] = None,
    vague: Vague = None,
) -> int:
    """Écrit les réglages de l’éditeur, chaque clé expliquée, depuis quelques questions ou les titres d’un export.

    Exemple :

        segur-pha editeur editeur.toml --depuis commandes.csv
    """
    specification = specification_de(vague)
    verifier_les_sorties(sortie)
    if depuis is None:
        ecrire_sans_ecraser(sortie, _depuis_des_questions(specification).encode())
        montrer(Phrase(f"Réglages écrits dans {sortie} : nommez vos colonnes dans [colonnes]."))
        return 0
    lus = _titres(depuis, specification)
    ecrire_sans_ecraser(sortie, texte_des_reglages(titres=lus.titres, specification=specification).encode())
    montrer(Phrase(f"Réglages écrits dans {sortie} : remplissez numero_ans et siret, et vérifiez [colonnes]."))
    montrer(*_sans_titres(lus), *_dites(proposer_les_colonnes(lus.titres, specification)))
    return 0


def _sans_titres(lus: TitresLus) -> Iterator[Morceau]:
    """Say that no title was found, and where they were looked for."""
    if not lus.titres:
        yield ""
        yield Phrase(
            Marque("À vérifier : ", Niveau.ATTENTION),
            f"la ligne {lus.ligne} de l’export, prise pour celle des titres "
            f"({accorder(lus.nombre, 'cellule remplie', 'cellules remplies')}), n’en porte aucun d’attendu ; rien n’en est repris. "
            "Si l’export est sans titres, ajoutez-les en première ligne, puis recommencez.",
        )


def _dites(proposees: ColonnesProposees) -> Iterator[Morceau]:
    """Say which title was taken for what, what has no title, and which titles mean nothing here."""
    if proposees.titres:
        yield ""
        yield Tableau(("Colonne", "Titre de l’export, à vérifier"), [*proposees.titres.items()])
    for debut, mots, suite in (
        (
            "Obligatoires, sans titre qui leur ressemble",
            proposees.dues,
            "nommez leur colonne dans [colonnes], ou leur valeur dans [defauts] si elle vaut pour toutes les commandes",
        ),
        (
            "Facultatives, sans titre qui leur ressemble",
            proposees.facultatives,
            "rien à faire si l’export ne les a pas",
        ),
        (
            "Titres de l’export qui ne ressemblent à rien d’attendu",
            tuple(f"« {nom_lisible(titre)} »" for titre in proposees.inutiles),
            "ils ne serviront pas, à moins d’être nommés dans [colonnes]",
        ),
    ):
        if mots:
            yield ""
            yield Phrase(Marque(debut, Niveau.FORT), f" : {', '.join(mots)} ; {suite}.")


def chercher_les_reglages(reglages: Path, commandes: Path | None = None) -> None:
    """Refuse to go on without settings, and say how to make them; ``commandes``: the export whose titles would help."""
    if not os.path.lexists(reglages):
        depuis = ["--depuis", str(commandes)] if commandes else []
        raise SegurError(
            f"{reglages} : introuvable. Ce fichier tient les réglages de l’éditeur ; s’il est ailleurs, indiquez-le avec --editeur, "
            "sinon écrivez-le avec :\n"
            f"    {shlex.join(['segur-pha', 'editeur', str(reglages), *depuis])}"
        )


def _titres(depuis: Path, specification: Specification) -> TitresLus:
    from segur_pha.depot.export import titres_d_export

    return titres_d_export(depuis, specification)


def _depuis_des_questions(specification: Specification) -> str:
    numero_ans, siret = (_demander(specification.role(role), due=True) for role in (Role.NUMERO_ANS, Role.EDITEUR))
    demandees = [specification.roles[role] for role in DE_L_EDITEUR if role in specification.roles]
    reponses = {rangee.attribut: _demander(rangee, due=False) for rangee in demandees}
    defauts = {mot: reponse for mot, reponse in reponses.items() if reponse}
    return texte_des_reglages(numero_ans=numero_ans, siret=siret, defauts=defauts, specification=specification)


def _demander(rangee: Balise, *, due: bool) -> str:
    """Ask until the answer is right; an empty one is accepted for what may be left out."""
    facultatif = "" if due else " (Entrée pour laisser vide)"
    while True:
        try:
            reponse = input(f"{rangee.titre}{facultatif} : ").strip()
        except (EOFError, RuntimeError):  # nobody answers, or there is no standard input at all
            raise SegurError(
                "Il manque des réponses : rien n’a été écrit. Relancez la commande, ou --depuis."
            ) from None
        defaut = juger_valeur(rangee, reponse)
        if defaut is None or (not reponse and not due):
            return reponse
        montrer(anomalie(rangee, defaut, "").libelle)
