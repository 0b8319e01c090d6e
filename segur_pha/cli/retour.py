"""``segur-pha retour``: the portal's answer, matched with what was sent, and recorded when asked."""

from __future__ import annotations

from datetime import date  # noqa: TC003 - cyclopts reads the annotations
from pathlib import Path  # noqa: TC003 - same
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Parameter

from segur_pha.cli.console import montrer, sortir_json
from segur_pha.cli.messages import UsageErrone
from segur_pha.cli.ouverture import PAR_DEFAUT, aujourd_hui, ouvrir
from segur_pha.cli.vague import Vague, specification_de
from segur_pha.rapports.tableau import Marque, Niveau, Phrase, accorder
from segur_pha.retour.affichage import comptes, tableau_des_ecarts, tableau_des_reponses
from segur_pha.retour.ecarts import NatureEcart
from segur_pha.retour.encodage import UTF_8
from segur_pha.retour.lecture import lire_retour
from segur_pha.retour.rapprochement import rapprocher
from segur_pha.retour.remedes import remede
from segur_pha.table.roles import Role

if TYPE_CHECKING:
    from segur_pha.retour.lecture import Retour
    from segur_pha.retour.rapprochement import Rapprochement

__all__ = ["retour"]


def retour(
    reponse: Annotated[Path, Parameter(help="Le fichier que le portail a rendu.")],
    /,
    *,
    envoye: Annotated[
        Path | None, Parameter(help="Le fichier déposé, pour comparer sans registre.", negative="")
    ] = None,
    registre: Annotated[str, Parameter(help="Le fichier du registre, ou une URL SQLAlchemy.")] = PAR_DEFAUT,
    appliquer: Annotated[
        bool, Parameter(help="Enregistre la réponse ; sans cette option, rien n’est enregistré.", negative="")
    ] = False,
    admettre: Annotated[
        list[
            Literal[
                "contenu-modifie",
                "reference-equivoque",
                "ligne-ambigue",
                "reponse-contradictoire",
                "reponse-contraire",
                "balise-double",
            ]
        ]
        | None,
        Parameter(help="Écart que vous avez examiné et qui ne doit pas bloquer.", negative=""),
    ] = None,
    jour: Annotated[date | None, Parameter(help="Jour de la réponse, AAAA-MM-JJ ; aujourd’hui par défaut.")] = None,
    format: Annotated[  # noqa: A002 - the option's name
        Literal["texte", "json"], Parameter(help="Forme du résultat ; json, pour un programme.")
    ] = "texte",
    vague: Vague = None,
) -> int:
    """Lit la réponse du portail, la rapproche ligne à ligne de ce qui est parti, et dit quoi faire.

    N’enregistre rien sans --appliquer. Code de sortie : 0 tout est accepté, 1 quelque chose reste à faire.

    Exemple :

        segur-pha retour retour-JSON-ANS0000001-20221115-001.json --registre registre.sqlite --appliquer
    """
    if envoye is not None and appliquer:
        raise UsageErrone("--appliquer enregistre dans le registre, qui sait ce qui est parti : retirez --envoye.")
    specification = specification_de(vague)
    lu = lire_retour(reponse, specification=specification)
    if envoye is not None:
        rapproche = rapprocher(envoye, lu, specification=specification)
    else:
        with ouvrir(registre, existant=True, specification=specification) as livre:
            if appliquer:
                natures = [NatureEcart[mot.replace("-", "_").upper()] for mot in admettre or []]
                rapproche = livre.enregistrer_retour(lu, jour=aujourd_hui(jour), admettre=natures)
            else:
                rapproche = livre.rapprocher(lu, jour=aujourd_hui(jour))
    if format == "json":
        sortir_json(_objet(lu, rapproche, enregistree=appliquer))
    else:
        _montrer(lu, rapproche)
        if envoye is None:
            montrer("", "Réponse enregistrée." if appliquer else "Rien n’a été enregistré : relancez avec --appliquer.")
    return 0 if rapproche.sans_ecart and len(lu.acceptees) == len(rapproche.lignes) else 1


def _objet(lu: Retour, rapproche: Rapprochement, *, enregistree: bool) -> dict[str, object]:
    return {
        "version": 1,
        "enregistree": enregistree,
        "encodage": lu.encodage,
        "lignes": [
            {
                "place": ligne.place,
                "numero_editeur": ligne.numero_editeur,
                "issue": ligne.issue.value,
                "numero_asp": ligne.numero_asp,
                "code_traitement": ligne.code_traitement,
                "libelle_traitement": ligne.libelle_traitement,
                "remede": remede(ligne, specification=lu.specification),
            }
            for ligne in lu.lignes
        ],
        "ecarts": [
            {
                "nature": NatureEcart.de(ecart).value,
                "bloquant": NatureEcart.de(ecart).bloquant,
                "numero_editeur": ecart.numero or None,
                "chemin": ecart.chemin,
                "libelle": ecart.message,
            }
            for ecart in rapproche.ecarts
        ],
    }


def _montrer(lu: Retour, rapproche: Rapprochement) -> None:
    if lu.encodage != UTF_8:
        montrer(
            Phrase(
                Marque("Encodage", Niveau.ATTENTION),
                f" : le texte n’est pas en UTF-8 ; il a été lu en {lu.encodage}. Vérifiez les accents.",
            ),
            "",
        )
    montrer(tableau_des_reponses(lu.lignes, specification=lu.specification))
    montrer(f"{comptes(ligne.issue for ligne in lu.lignes)}.")
    if rapproche.ecarts:
        montrer("", tableau_des_ecarts(rapproche.ecarts))
        ambigues = [ligne for ligne in lu.ambigues if ligne.numero_asp is not None]
        bloquees = sum(not ligne.sure for ligne in rapproche.lignes)
        montrer(
            Phrase(
                Marque("À vérifier", Niveau.ATTENTION),
                f" : {accorder(bloquees, 'demande')} sur {len(rapproche.lignes)} sans réponse sûre.",
            )
        )
        if ambigues:
            montrer(
                f"{accorder(len(ambigues), 'ligne ambiguë porte', 'lignes ambiguës portent')} une référence de l’ASP "
                f"({lu.specification.nom_de(Role.REFERENCE_ASP)}) : si l’ASP confirme l’acceptation, --appliquer --admettre "
                "ligne-ambigue l’enregistre."
            )
