"""``segur-pha retour``: the portal's answers, matched with what was sent, and recorded when asked."""

from __future__ import annotations

import sys
from collections import defaultdict
from datetime import date  # noqa: TC003 - cyclopts reads the annotations
from operator import attrgetter
from pathlib import Path  # noqa: TC003 - same
from typing import TYPE_CHECKING, Annotated, Final, Literal

from cyclopts import Parameter

from segur_pha.cli.console import montrer, montrer_erreur, octets_json, sortir
from segur_pha.cli.genre_de_fichier import exiger_du_json
from segur_pha.cli.messages import UsageErrone, erreur, erreur_du_systeme, sans_mot_de_passe
from segur_pha.cli.objets import objet_du_refus
from segur_pha.cli.options import EST_UN_JOUR, Vague, specification_de
from segur_pha.cli.ouverture import PAR_DEFAUT, jour_du_fait, ouvrir
from segur_pha.cli.sorties import verifier_les_sorties
from segur_pha.cli.suite import apres_la_reponse
from segur_pha.erreurs import RetourIllisible, SegurError
from segur_pha.fichiers import ecrire_sans_ecraser
from segur_pha.rapports.csv import en_csv
from segur_pha.rapports.tableau import Marque, Niveau, Phrase, Tableau, accorder
from segur_pha.rapports.xlsx import en_xlsx
from segur_pha.retour.affichage import comptes
from segur_pha.retour.compte_rendu import ReponseVue, en_page, en_tableaux
from segur_pha.retour.ecarts import Admission, NatureEcart
from segur_pha.retour.lecture import lire_brut, lire_retour
from segur_pha.retour.lignes import Issue
from segur_pha.retour.provenance import ce_n_est_pas_la_reponse
from segur_pha.retour.rapprochement import rapprocher
from segur_pha.retour.remedes import remede
from segur_pha.table.roles import Role
from segur_pha.texte_json.lecture import octets_de
from segur_pha.vagues import vagues

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

    from segur_pha.rapports.console import Morceau
    from segur_pha.registre import Registre
    from segur_pha.retour.lecture import Retour
    from segur_pha.retour.rapprochement import Rapprochement
    from segur_pha.table.specification import Specification

__all__ = ["retour"]

#: How many rows of a table the screen shows; the other forms have them all.
_MONTREES: Final = 50
_MOTS: Final = {
    nature.name.lower().replace("_", "-"): nature for nature in NatureEcart if nature.admissible
}  # as they are typed
_FORMES: Final = ("json", "html", "csv", "xlsx")


def retour(
    *reponses: Annotated[Path, Parameter(help="Les fichiers que le portail a rendus, un ou plusieurs.")],
    envoye: Annotated[
        Path | None, Parameter(help="Le fichier déposé, pour comparer sans registre.", negative="")
    ] = None,
    registre: Annotated[str, Parameter(help="Le fichier du registre, ou une URL SQLAlchemy.")] = PAR_DEFAUT,
    appliquer: Annotated[
        bool, Parameter(help="Enregistre les réponses ; sans cette option, rien n’est enregistré.", negative="")
    ] = False,
    admettre: Annotated[
        list[str] | None,
        Parameter(
            help="Écart que vous avez examiné et qui ne doit pas bloquer, pour toute la réponse ou pour une demande "
            f"(ligne-ambigue:00007) : {', '.join(_MOTS)}.",
            negative="",
        ),
    ] = None,
    jour: Annotated[
        date | None, EST_UN_JOUR, Parameter(help="Jour de la réponse, JJ/MM/AAAA ; aujourd’hui par défaut.")
    ] = None,
    format: Annotated[  # noqa: A002 - the option's name
        Literal["texte", "json", "html", "csv", "xlsx"],
        Parameter(help="Forme du résultat, écrit sur la sortie standard."),
    ] = "texte",
    sortie: Annotated[
        Path | None,
        Parameter(help="Écrit aussi le résultat dans ce fichier .html, .csv, .xlsx ou .json (n’écrase rien)."),
    ] = None,
    complet: Annotated[bool, Parameter(help="Montre aussi les demandes acceptées, une à une.", negative="")] = False,
    vague: Vague = None,
) -> int:
    """Lit les réponses du portail, les rapproche ligne à ligne de ce qui est parti, et dit quoi faire.

    Ce qui est à regarder et les rejets viennent d’abord, les demandes acceptées sont comptées. N’enregistre rien sans
    --appliquer. Code de sortie : 0 tout est accepté, 1 quelque chose reste à faire, 2 une réponse est illisible ou n’en est
    pas une ; le plus élevé de tous.

    Exemple :

        segur-pha retour retour-JSON-ANS0000001-20221115-001.json --registre registre.sqlite --appliquer
    """
    _verifier(reponses, envoye, sortie, forme=format, appliquer=appliquer)
    mots = [_lire_le_mot(mot) for mot in admettre or []]
    if mots and not appliquer:
        raise UsageErrone("--admettre ne sert qu’avec --appliquer, qui enregistre.")
    specification, le_jour = specification_de(vague), jour_du_fait(jour)
    if envoye is not None:
        vues = _vues(reponses, lambda reponse: _rapprocher(envoye, reponse, specification))
    else:
        with ouvrir(registre, existant=True, specification=specification) as livre:
            suivre = _suivi(livre, le_jour, mots, None if vague is None else specification, appliquer=appliquer)
            vues = _vues(reponses, suivre, enregistree=appliquer)
    if sortie is not None:
        ecrire_sans_ecraser(sortie, _octets(vues, sortie.suffix.lower()[1:], complet=complet, jour=le_jour))
    if format == "texte":
        _montrer(vues, complet=complet)
        if envoye is None:
            montrer("", _ce_qui_est_enregistre(vues) if appliquer else "Rien n’a encore été enregistré.")
        rejets = any(vue.retour is not None and vue.retour.rejetees for vue in vues)
        lues = [reponse for reponse, vue in zip(reponses, vues, strict=True) if not vue.erreur]
        if lues:
            montrer(
                *apres_la_reponse(
                    lues,
                    registre=registre,
                    envoye=envoye,
                    enregistree=appliquer,
                    acceptations=any(map(_suit_une_acceptation, vues)),
                    rejets=rejets,
                    jour=jour,
                    specification=next(v.rapprochement.specification for v in vues if v.rapprochement is not None),
                )
            )
    else:
        sortir(_octets(vues, format, complet=complet, jour=le_jour))
    return max(2 if vue.erreur else 0 if vue.tout_est_accepte else 1 for vue in vues)


def _suit_une_acceptation(vue: ReponseVue) -> bool:
    lignes = () if vue.rapprochement is None else vue.rapprochement.lignes
    return any(ligne.admise or (ligne.sure and ligne.issue is Issue.ACCEPTEE) for ligne in lignes)


def _verifier(
    reponses: Sequence[Path], envoye: Path | None, sortie: Path | None, *, forme: str, appliquer: bool
) -> None:
    if not reponses:
        raise UsageErrone("Indiquez au moins une réponse du portail.")
    if len(reponses) == 1:
        exiger_du_json(*reponses)
    if envoye is not None and appliquer:
        raise UsageErrone("--appliquer enregistre dans le registre, qui sait ce qui est parti : retirez --envoye.")
    if forme == "xlsx" and sys.stdout.isatty():
        raise UsageErrone("--format xlsx : un classeur ne se montre pas à l’écran ; donnez --sortie reponses.xlsx.")
    if sortie is not None:
        if sortie.suffix.lower()[1:] not in _FORMES:
            raise UsageErrone("--sortie : indiquez un fichier .html, .csv, .xlsx ou .json.")
        verifier_les_sorties(sortie)


def _lire_le_mot(mot: str) -> NatureEcart | Admission:
    nom, deux_points, numero = mot.partition(":")
    nature = _MOTS.get(nom)
    if nature is None or (deux_points and not numero):
        raise UsageErrone(
            f"--admettre : valeur incorrecte « {mot} » ; choisissez parmi {', '.join(_MOTS)}, suivi au besoin de « : » et du "
            "numéro d’une demande."
        )
    return Admission(nature, numero) if numero else nature


def _suivi(
    livre: Registre,
    jour: date,
    mots: Collection[NatureEcart | Admission],
    nommee: Specification | None,
    *,
    appliquer: bool,
) -> Callable[[Path], tuple[Retour, Rapprochement]]:
    """Give what reads an answer, matches it with the ledger, and records it when asked.

    Where nobody has named the wave and there are several, the ledger knows whose numbers the answer bears.
    """

    def rapprocher(revenu: Retour | bytes) -> Rapprochement:
        if not appliquer:
            return livre.rapprocher(revenu, jour=jour)
        return livre.enregistrer_retour(revenu, jour=jour, admettre=mots)

    def suivre(reponse: Path) -> tuple[Retour, Rapprochement]:
        possibles = tuple(vagues().values()) if nommee is None else (nommee,)
        if len(possibles) == 1:
            lu = lire_retour(reponse, specification=possibles[0])
            return lu, rapprocher(lu)
        octets = octets_de(reponse, max((vague.limites for vague in possibles), key=attrgetter("octets_du_json")))
        rapproche = rapprocher(octets)
        return lire_retour(octets, specification=rapproche.specification), rapproche

    return suivre


def _rapprocher(envoye: Path, reponse: Path, specification: Specification) -> tuple[Retour, Rapprochement]:
    lu = lire_retour(reponse, specification=specification)
    parti = lire_brut(envoye, specification)
    autre = ce_n_est_pas_la_reponse(lu, parti.entete, le_meme_fichier=parti.octets == lu.octets)
    if autre:
        raise RetourIllisible(autre)
    return lu, rapprocher(envoye, lu, specification=specification)


def _vues(
    reponses: Sequence[Path],
    suivre: Callable[[Path], tuple[Retour, Rapprochement]],
    *,
    enregistree: bool = False,
) -> list[ReponseVue]:
    """Read and match each answer; among several, one for which that fails is reported and does not stop the others."""
    vues = []
    for chemin in reponses:
        try:
            exiger_du_json(chemin)
            lu, rapproche = suivre(chemin)
            vue = ReponseVue(nom=chemin.name, retour=lu, rapprochement=rapproche, enregistree=enregistree)
        except (SegurError, OSError) as refus:
            if len(reponses) == 1:
                raise
            dit = sans_mot_de_passe(erreur_du_systeme(refus) if isinstance(refus, OSError) else str(refus))
            # The system's own words already name the file.
            montrer_erreur(erreur(dit if isinstance(refus, OSError) else f"{chemin.name} : {dit}"))
            vue = ReponseVue(nom=chemin.name, erreur=dit)
        vues.append(vue)
    return vues


def _octets(vues: Sequence[ReponseVue], forme: str, *, complet: bool, jour: date) -> bytes:
    if forme == "html":
        return en_page(vues, complet=complet, jour=jour)
    if forme == "json":
        return octets_json(_objet(vues[0]) if len(vues) == 1 else [_objet(vue) for vue in vues])
    tableaux = en_tableaux(vues)
    return en_xlsx(*tableaux) if forme == "xlsx" else en_csv(tableaux[0])


def _objet(vue: ReponseVue) -> dict[str, object]:
    lu, rapproche = vue.retour, vue.rapprochement
    return {
        "version": 1,
        "fichier": vue.nom,
        "erreur": objet_du_refus(vue.erreur) if vue.erreur else None,
        "enregistree": vue.enregistree,
        "encodage": None if lu is None else lu.encodage,
        "lignes": [
            {
                "place": ligne.place,
                "numero_editeur": ligne.numero_editeur or None,
                "issue": ligne.issue.value,
                "numero_asp": ligne.numero_asp or None,
                "code_traitement": ligne.code_traitement or None,
                "libelle_traitement": ligne.libelle_traitement or None,
                "remede": remede(ligne, specification=lu.specification),
            }
            for ligne in lu.lignes
        ]
        if lu is not None
        else [],
        "ecarts": [
            {
                "nature": NatureEcart.de(ecart).value,
                "bloquant": NatureEcart.de(ecart).bloquant,
                "numero_editeur": ecart.numero or None,
                "chemin": ecart.chemin,
                "message": ecart.message,
                "attendu": ecart.attendu or None,
                "recu": ecart.recu or None,
            }
            for ecart in rapproche.ecarts
        ]
        if rapproche is not None
        else [],
    }


def _montrer(vues: Sequence[ReponseVue], *, complet: bool) -> None:
    blocs = [bloc for vue in vues for bloc in _blocs(vue, nommee=len(vues) > 1, complet=complet)]
    if len(vues) > 1:
        issues = [ligne.issue for vue in vues if vue.retour is not None for ligne in vue.retour.lignes]
        refusees = sum(bool(vue.erreur) for vue in vues)
        blocs.append([f"{accorder(len(vues), 'réponse')}, dont {accorder(refusees, 'refusée')} : {comptes(issues)}."])
    for rang, bloc in enumerate(blocs):
        montrer(*([""] if rang else []), *bloc)


def _blocs(vue: ReponseVue, *, nommee: bool, complet: bool) -> Iterator[Sequence[Morceau]]:
    """Yield what is shown of an answer, in pieces with a blank line between them."""
    if nommee:
        yield [Phrase(Marque(vue.nom, Niveau.FORT))]
    if vue.remarques:
        yield [Phrase(Marque("À vérifier", Niveau.ATTENTION), f" : {remarque}") for remarque in vue.remarques]
    for tableau in vue.tableaux(complet=complet):
        yield list(_coupe(tableau))
    # The refusal of an answer was already reported as an error.
    yield list(_conclusions(vue)) if vue.retour is not None else [Phrase(vue.resume, ".")]


def _ce_qui_est_enregistre(vues: Sequence[ReponseVue]) -> str:
    suivies = [vue.rapprochement for vue in vues if vue.rapprochement is not None]
    deja = sum(rapproche.deja_enregistree for rapproche in suivies)
    if len(vues) == 1:
        return "Réponse déjà enregistrée : rien n’a changé." if deja else "Réponse enregistrée."
    neuves = accorder(len(suivies) - deja, "réponse enregistrée", "réponses enregistrées")
    return f"{neuves}, {accorder(deja, 'déjà enregistrée', 'déjà enregistrées')}, {accorder(len(vues) - len(suivies), 'refusée')}."


def _coupe(tableau: Tableau) -> Iterator[Tableau | str]:
    yield Tableau(tableau.colonnes, tableau.rangees[:_MONTREES], titre=tableau.titre)
    reste = len(tableau.rangees) - _MONTREES
    if reste > 0:
        yield f"… et {accorder(reste, 'autre')} : --sortie reponses.xlsx les donne toutes."


def _conclusions(vue: ReponseVue) -> Iterator[Phrase | str]:
    lu, rapproche = vue.retour, vue.rapprochement
    assert lu is not None
    assert rapproche is not None
    yield f"{comptes(ligne.issue for ligne in lu.lignes)}."
    bloquees = sum(not (ligne.sure or ligne.admise) for ligne in rapproche.lignes)
    if bloquees:
        yield Phrase(
            Marque("À vérifier", Niveau.ATTENTION),
            f" : {accorder(bloquees, 'demande')} sur {len(rapproche.lignes)} sans réponse sûre.",
        )
    for natures, numeros in _a_admettre(rapproche).items():
        yield _dire_l_admission(natures, numeros, lu.specification.nom_de(Role.REFERENCE_ASP))


def _a_admettre(rapproche: Rapprochement) -> dict[tuple[NatureEcart, ...], list[str]]:
    """Find the requests whose answer brings a reference that a person may let in: what stands against them → their numbers."""
    trouvees: dict[tuple[NatureEcart, ...], list[str]] = defaultdict(list)
    for ligne in rapproche.lignes:
        numero, reponse = ligne.numero_editeur, ligne.reponse
        if ligne.sure or ligne.admise or not ligne.admissible or numero is None or reponse is None:
            continue
        dites = {NatureEcart.de(ecart) for ecart in (*rapproche.ecarts_du_fichier, *ligne.ecarts)}
        natures = tuple(nature for nature in NatureEcart if nature in dites and nature.bloquant)
        if reponse.numero_asp is not None and all(nature.admissible for nature in natures):
            trouvees[natures].append(numero)
    return trouvees


def _dire_l_admission(natures: Sequence[NatureEcart], numeros: Sequence[str], reference: str) -> str:
    pour_une, pour_toutes = (
        " ".join(f"--admettre {nature.id}{suite}" for nature in natures) for suite in (f":{numeros[0]}", "")
    )
    if list(natures) == [NatureEcart.LIGNE_AMBIGUE]:
        porte = accorder(len(numeros), "ligne ambiguë porte", "lignes ambiguës portent")
        condition = "si l’ASP confirme l’acceptation"
    else:
        porte = accorder(len(numeros), "demande non suivie porte", "demandes non suivies portent")
        condition = f"si l’écart ({', '.join(natures)}) ne change rien"
    return (
        f"{porte} une référence de l’ASP ({reference}) : {condition}, --appliquer {pour_une} l’enregistre pour une demande, "
        f"{pour_toutes} pour toutes."
    )
