"""``segur-pha editeur``: the publisher's settings, from a few questions or from the titles of an export."""

from __future__ import annotations

import os
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

from cyclopts import Parameter

from segur_pha.cli.console import montrer
from segur_pha.cli.options import Vague, specification_de
from segur_pha.cli.sorties import verifier_les_sorties
from segur_pha.depot.reglages import DE_L_EDITEUR, proposer_les_colonnes, texte_des_reglages
from segur_pha.erreurs import SegurError
from segur_pha.fichiers import ecrire_sans_ecraser
from segur_pha.rapports.tableau import Marque, Niveau, Phrase, Tableau, accorder, en_mots, nom_lisible
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


#: The longest answer, in characters; and how many wrong ones are told before nobody is believed to be reading.
_REPONSE_MAXIMUM: Final = 1_000
_REFUS_MAXIMUM: Final = 20


def _demander(rangee: Balise, *, due: bool) -> str:
    """Ask until the answer is right, or too many were wrong; an empty one is accepted for what may be left out."""
    facultatif = "" if due else " (Entrée pour laisser vide)"
    for _ in range(_REFUS_MAXIMUM):
        reponse = _reponse(f"{rangee.titre}{facultatif} : ")
        defaut = juger_valeur(rangee, reponse)
        if defaut is None or (not reponse and not due):
            return reponse
        montrer(anomalie(rangee, defaut, "").libelle)
    raise _sans_suite(f"{_REFUS_MAXIMUM} réponses incorrectes à la même question")


def _reponse(question: str) -> str:
    """Read the answer to a question from the standard input, which may be a file or a device without end."""
    if sys.stdin is None or sys.stdout is None:
        raise _sans_suite("Il manque des réponses")
    sys.stdout.write(question)
    sys.stdout.flush()
    try:
        ligne = sys.stdin.readline(_REPONSE_MAXIMUM + 1)
    except UnicodeDecodeError:
        raise _sans_suite("Cette réponse n’est pas un texte lisible (encodage)") from None
    if not ligne:
        raise _sans_suite("Il manque des réponses")
    if len(ligne) > _REPONSE_MAXIMUM:
        raise _sans_suite(f"Cette réponse est démesurée, de plus de {en_mots(_REPONSE_MAXIMUM)} caractères")
    return ligne.strip()


def _sans_suite(raison: str) -> SegurError:
    return SegurError(f"{raison} : rien n’a été écrit. Relancez la commande, ou --depuis.")
