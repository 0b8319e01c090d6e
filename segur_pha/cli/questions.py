"""What ``segur-pha registre`` answers: lists of requests, their totals, the history of one; for people or for programs."""

from __future__ import annotations

from decimal import Context, Decimal
from functools import reduce
from pathlib import Path  # noqa: TC003 - cyclopts reads the annotations
from typing import TYPE_CHECKING, Annotated, Final, Literal, TypeAlias

from cyclopts import Parameter

from segur_pha.cli.console import montrer, sortir_json
from segur_pha.cli.etat import objet_total, tableau_des_totaux
from segur_pha.cli.messages import UsageErrone
from segur_pha.cli.ouverture import PAR_DEFAUT, Jour, OuEstLeRegistre, aujourd_hui, ouvrir
from segur_pha.cli.sorties import verifier_les_sorties
from segur_pha.cli.vague import Vague, specification_de
from segur_pha.erreurs import RegistreError
from segur_pha.fichiers import ecrire_sans_ecraser
from segur_pha.rapports.tableau import Marque, Niveau, Phrase, Tableau, accorder, euros
from segur_pha.rapports.xlsx import en_xlsx
from segur_pha.table.roles import Role
from segur_pha.vagues import PAR_DEFAUT as VAGUE_PAR_DEFAUT

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from segur_pha.rapports.tableau import Cellule
    from segur_pha.registre.attentes import EnAttente, Solde
    from segur_pha.registre.etats import EtatDemande
    from segur_pha.registre.evenements import Evenement
    from segur_pha.registre.questions import Soldable, Total

__all__ = ["lister", "montrer_demande", "relancer", "soldables", "soldes"]

#: A ledger speaks of the agency's reference by the name that it has in an advance.
_REFERENCE: Final = VAGUE_PAR_DEFAUT.role(Role.REFERENCE_ASP).nom

Forme: TypeAlias = Annotated[
    Literal["texte", "json"], Parameter(name="--format", help="Forme de la liste ; json, pour un programme.")
]


def lister(
    *,
    phase: Annotated[str | None, Parameter(help="Seulement les demandes de cette phase, comme rejetée.")] = None,
    totaux: Annotated[bool, Parameter(help="Montre les totaux par mois et par phase.", negative="")] = False,
    registre: OuEstLeRegistre = PAR_DEFAUT,
    forme: Forme = "texte",
) -> int:
    """Liste les demandes, ou leurs totaux par mois.

    Exemple :

        segur-pha registre lister --phase rejetée
    """
    from segur_pha.registre.etats import Phase

    if phase is not None and phase not in set(Phase):
        raise UsageErrone(f"Phase inconnue : {phase}. Phases : {', '.join(Phase)}.")
    if phase is not None and totaux:
        raise UsageErrone("--totaux compte toutes les phases, chacune à part : retirez --phase.")
    with ouvrir(registre, existant=True) as livre:
        if totaux:
            _rendre_les_totaux(livre.totaux(), forme)
            return 0
        demandes = [d for d in livre.demandes() if phase in {None, d.phase.value}]
        doublons = livre.doublons()
    if forme == "json":
        plusieurs = [{"finess_geo": finess, "numeros": list(numeros)} for finess, numeros in doublons.items()]
        sortir_json({"version": 1, "demandes": list(map(_objet, demandes)), "doublons": plusieurs})
        return 0
    _montrer_demandes(demandes)
    for finess, numeros in doublons.items():
        montrer(f"Officine {finess} : plusieurs demandes en cours ({', '.join(numeros)}).")
    return 0


def _rendre_les_totaux(totaux: Sequence[Total], forme: str) -> None:
    if forme == "json":
        sortir_json({"version": 1, "totaux": list(map(objet_total, totaux))})
    else:
        montrer(tableau_des_totaux(totaux))


def montrer_demande(
    cle: Annotated[str, Parameter(help="Un numéro éditeur, une référence de l’ASP ou un FINESS, même ancien.")],
    /,
    *,
    registre: OuEstLeRegistre = PAR_DEFAUT,
) -> int:
    """Montre une demande ou toutes celles d’une officine, ce qui leur est arrivé, et ce qui est à regarder.

    Exemple :

        segur-pha registre montrer 00001
    """
    with ouvrir(registre, existant=True) as livre:
        demandes = livre.chercher(cle.strip())
        if not demandes:
            raise RegistreError(
                f"Ni demande, ni référence de l’ASP, ni officine de ce nom au registre : {cle}. Vérifiez-le, et que c’est bien ce "
                "registre."
            )
        _montrer_demandes(demandes)
        for une in demandes:
            _montrer_le_detail(une)
        finess = {d.finess_geo for d in demandes if d.finess_geo}
        rangees = [_rangee_d_evenement(e) for f in sorted(finess) for e in livre.historique(f)]
        montrer("", Tableau(("Jour", "Événement", "Demande", "Précision"), rangees, titre="Historique"))
    return 0


def _montrer_le_detail(demande: EtatDemande) -> None:
    from segur_pha.registre.attentes import attente_de
    from segur_pha.registre.notes import ARRONDI, dire_l_ecart

    numero = demande.numero_editeur
    for reference, texte in (("remplace", demande.remplace), ("est remplacée par", demande.remplacee_par)):
        if texte:
            montrer(f"La demande {numero} {reference} la demande {texte}.")
    dits = (
        ("avance attendue", demande.avance),
        ("avance payée", demande.montant_paye),
        ("solde payé", demande.montant_solde),
    )
    montants = ", ".join(f"{quoi} {euros(montant)}" for quoi, montant in dits if montant is not None)
    montrer(f"Demande {numero} : {montants or 'aucun montant connu'}.")
    ecart = demande.ecart_de_paiement
    if demande.montant_paye is not None and (ecart is None or abs(ecart) > ARRONDI):
        montrer(Phrase(Marque("À vérifier", Niveau.ATTENTION), f" : {dire_l_ecart(ecart, demande.avance)}."))
    if demande.a_verifier:
        reponses = ", ".join(f"{r.issue} {r.numero_asp}".strip() for r in demande.reserves)
        montrer(
            Phrase(
                Marque("À vérifier", Niveau.ATTENTION),
                f" : une réponse n’a pas pu être suivie ({reponses}) ; demandez à l’ASP ce qu’il en est, puis admettez-la.",
            )
        )
    attente = attente_de(demande)
    if attente is not None:
        montrer(f"Demande {numero} : {attente} ; {attente.suite.replace('NUMERO', numero)}.")


#: What happened, as a clerk would say it.
_FAITS: Final = {
    "FichierPrepare": "fichier préparé",
    "DemandePreparee": "demande préparée",
    "FichierDepose": "fichier déposé",
    "FichierRefuse": "fichier refusé au premier contrôle",
    "FichierAbandonne": "fichier abandonné",
    "RetourRecu": "réponse reçue",
    "LigneRecue": "ligne de réponse",
    "DemandeIncomplete": "notée incomplète",
    "DemandeAModifier": "à modifier",
    "DemandeRegularisee": "régularisée",
    "DecisionRendue": "décision",
    "AvancePayee": "avance payée",
    "ServiceFait": "service fait (VA)",
    "FactureEmise": "facture émise",
    "SoldeDemande": "solde demandé",
    "SoldePaye": "solde payé",
    "DemandeControlee": "contrôlée",
    "FaitAnnule": "fait annulé",
    "ReponseAnnulee": "réponse annulée",
    "RetourAnnule": "réponse annulée en entier",
    "DonneesEffacees": "données personnelles effacées",
}


def _rangee_d_evenement(evenement: Evenement) -> tuple[Cellule, ...]:
    return (
        getattr(evenement, "jour", None),
        _FAITS[type(evenement).__name__],
        getattr(evenement, "numero_editeur", None),
        ", ".join(_precisions(evenement)) or None,
    )


def _precisions(evenement: Evenement) -> Iterator[str]:
    favorable, montant, fait = (getattr(evenement, nom, None) for nom in ("favorable", "montant", "fait"))
    if favorable is not None:
        yield "attribuée" if favorable else "refusée"
    if montant is not None:
        yield euros(montant)
    if fait is not None:
        yield str(fait)
    for nom in ("nom", "numero_asp", "libelle_traitement", "raison", "motif", "reference"):
        if texte := getattr(evenement, nom, None):
            yield str(texte)


def soldables(*, registre: OuEstLeRegistre = PAR_DEFAUT, forme: Forme = "texte") -> int:
    """Liste les demandes qui portent un numeroASP : celles dont le solde pourra être demandé.

    Exemple :

        segur-pha registre soldables
    """
    with ouvrir(registre, existant=True) as livre:
        trouvees = livre.soldables()
    if forme == "json":
        sortir_json({"version": 1, "soldables": list(map(_objet_soldable, trouvees))})
        return 0
    rangees = [
        (s.numero_editeur, s.numero_asp, s.finess_geo, s.phase.value, s.avance_payee, s.montant_paye, s.a_verifier)
        for s in trouvees
    ]
    montrer(
        Tableau(("Demande", _REFERENCE, "FINESS", "Phase", "Avance payée", "Montant payé", "À vérifier"), rangees),
        f"{accorder(len(rangees), 'demande')} avec un {_REFERENCE}.",
    )
    return 0


def soldes(
    *,
    registre: OuEstLeRegistre = PAR_DEFAUT,
    forme: Forme = "texte",
    xlsx: Annotated[Path | None, Parameter(help="Classeur à écrire en plus.")] = None,
    vague: Vague = None,
) -> int:
    """Liste les demandes dont le solde reste à demander, ce qui manque à chacune, et le solde attendu.

    Le format du solde n’est publié nulle part : il se demande sur le portail. Code de sortie : 1 quand un solde peut l’être.

    Exemple :

        segur-pha registre soldes
    """
    if xlsx is not None:
        verifier_les_sorties(xlsx)
    from segur_pha.registre.rangees import euros as euros_de

    specification = specification_de(vague)
    with ouvrir(registre, existant=True, specification=specification) as livre:
        trouves = [(s, s.attendu(specification)) for s in livre.soldes()]
    rangees = [
        (
            s.numero_editeur,
            s.numero_asp,
            s.finess_geo,
            euros_de(s.paye_centimes),
            attendu,
            ", ".join(s.manque) or "rien",
        )
        for s, attendu in trouves
    ]
    tableau = Tableau(
        ("Demande", "Référence de l’ASP", "FINESS", "Avance payée", "Solde attendu", "Il manque"),
        rangees,
        titre="Soldes",
    )
    prets = [attendu for s, attendu in trouves if not s.manque]
    if xlsx is not None:
        ecrire_sans_ecraser(xlsx, en_xlsx(tableau))
    if forme == "json":
        objets = [_objet_solde(s, attendu) for s, attendu in trouves]
        sortir_json({"version": 1, "soldes": objets, "prets": len(prets), "total": _en_euros(_somme(prets))})
    else:
        montrer(tableau, f"{accorder(len(prets), 'solde')} à demander, {euros(_somme(prets))} attendus.")
    return 1 if prets else 0


def _objet_solde(solde: Solde, attendu: Decimal | None) -> Mapping[str, object]:
    return {
        "numero_editeur": solde.numero_editeur,
        "numero_asp": solde.numero_asp,
        "finess_geo": solde.finess_geo,
        "solde_attendu": _en_euros(attendu),
        "manque": list(solde.manque),
    }


def _somme(montants: Iterable[Decimal | None]) -> Decimal:
    # The caller's precision must not round a total.
    return reduce(Context(prec=60).add, (m for m in montants if m is not None), Decimal("0.00"))


def relancer(
    *,
    depuis: Annotated[int, Parameter(help="Nombre de jours d’attente, quand c’est au tour de l’ASP.")] = 15,
    jour: Jour = None,
    registre: OuEstLeRegistre = PAR_DEFAUT,
    forme: Forme = "texte",
) -> int:
    """Liste tout ce qui attend, chaque demande une fois : à regarder, à resoumettre, à déposer, sans réponse, sans décision.

    Code de sortie : 1 quand il y en a.

    Exemple :

        segur-pha registre relancer --depuis 15
    """
    if depuis < 0:
        raise UsageErrone("--depuis : indiquez un nombre de jours, 0 ou plus.")
    au = aujourd_hui(jour)
    with ouvrir(registre, existant=True) as livre:
        attentes = livre.attentes(jour=au, depuis=depuis)
        noms = {fichier.fichier: fichier.nom for fichier in livre.fichiers()}
        if forme == "json":
            anciennes = {
                "sans_reponse": livre.sans_reponse(jour=au, depuis=depuis),
                "a_resoumettre": livre.a_resoumettre(),
                "a_verifier": livre.a_verifier(),
            }
            dites = [
                {"attente": a.value, "a_faire": a.suite, "numeros": [d.numero_editeur for d in demandes]}
                for a, demandes in attentes.items()
            ]
            completes = {cle: list(map(_objet, demandes)) for cle, demandes in anciennes.items()}
            sortir_json({"version": 1, **completes, "attentes": dites})
            return 1 if attentes else 0
    for attente, demandes in attentes.items():
        montrer(Phrase(Marque(f"{attente.capitalize()} : {accorder(len(demandes), 'demande')}.", Niveau.FORT)))
        montrer(_groupees(demandes, noms) if len(demandes) > _EN_DETAIL else _une_a_une(demandes, noms))
        montrer(Phrase(f"À faire : {attente.suite}.", retrait=2), "")
    if not attentes:
        montrer("Rien n’attend.")
    return 1 if attentes else 0


#: Beyond so many requests, a wait is told by file.
_EN_DETAIL: Final = 10


def _une_a_une(demandes: Sequence[EnAttente], noms: Mapping[str, str]) -> Tableau:
    rangees = [
        (d.numero_editeur, d.finess_geo, d.depuis, d.numero_asp, d.libelle_traitement, noms.get(d.fichier))
        for d in demandes
    ]
    return Tableau(("Demande", "FINESS", "Depuis", "Référence de l’ASP", "Libellé de l’ASP", "Fichier"), rangees)


def _groupees(demandes: Sequence[EnAttente], noms: Mapping[str, str]) -> Tableau:
    par_fichier: dict[str, list[EnAttente]] = {}
    for demande in demandes:
        par_fichier.setdefault(demande.fichier, []).append(demande)
    rangees = [
        (noms.get(fichier), len(unes), min(d.depuis for d in unes), unes[0].numero_editeur, unes[-1].numero_editeur)
        for fichier, unes in par_fichier.items()
    ]
    return Tableau(("Fichier", "Demandes", "Depuis", "Première", "Dernière"), rangees)


def _montrer_demandes(demandes: Iterable[EtatDemande]) -> None:
    rangees = [
        (
            d.numero_editeur,
            d.finess_geo,
            f"{d.phase.value} (à vérifier)" if d.a_verifier else d.phase.value,
            d.jour_phase,
            d.numero_asp,
            # What the agency said of an acceptance is no reason for what came after it.
            d.motif or (None if d.attribuee is not None else d.libelle_traitement),
        )
        for d in demandes
    ]
    montrer(Tableau(("Demande", "FINESS", "Phase", "Depuis", _REFERENCE, "Libellé de l’ASP, ou motif"), rangees))


# --- Objects for programs: what the schemas of sorties.schema.json promise ------------------------------------------------


def _objet(demande: EtatDemande) -> Mapping[str, object]:
    from segur_pha.registre.rangees import DEMANDES

    return {**DEMANDES.objet(demande), "motif": demande.motif or None}


def _objet_soldable(soldable: Soldable) -> Mapping[str, object]:
    return {
        "numero_editeur": soldable.numero_editeur,
        "numero_asp": soldable.numero_asp,
        "finess_geo": soldable.finess_geo,
        "phase": soldable.phase.value,
        "avance_payee": soldable.avance_payee,
        "montant_paye": _en_euros(soldable.montant_paye),
        "a_verifier": soldable.a_verifier,
    }


def _en_euros(montant: Decimal | None) -> str | None:
    return None if montant is None else f"{montant:.2f}"
