"""What ``segur-pha registre`` answers: lists of requests, their totals, the history of one; for people or for programs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final, Literal, TypeAlias

from cyclopts import Parameter

from segur_pha.cli.console import montrer, sortir_json
from segur_pha.cli.messages import UsageErrone
from segur_pha.cli.ouverture import PAR_DEFAUT, Jour, OuEstLeRegistre, aujourd_hui, ouvrir
from segur_pha.erreurs import RegistreError
from segur_pha.rapports.tableau import Tableau, accorder
from segur_pha.table.roles import Role
from segur_pha.vagues import PAR_DEFAUT as VAGUE_PAR_DEFAUT

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from decimal import Decimal

    from segur_pha.rapports.tableau import Cellule
    from segur_pha.registre.etats import EtatDemande
    from segur_pha.registre.questions import Soldable, Total

__all__ = ["lister", "montrer_demande", "relancer", "soldables"]

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
        sortir_json({"version": 1, "totaux": list(map(_objet_total, totaux))})
    else:
        plusieurs = len({t.specification for t in totaux}) > 1
        titres = ("Mois", "Phase", "Demandes", "Montant HT", "Avance attendue", "Avance payée", "Solde payé")
        rangees: list[tuple[Cellule, ...]] = [
            (
                *([t.specification] if plusieurs else []),
                *(t.mois, t.phase.value, t.nombre, t.montant_segur_ht, t.avance, t.paye, t.solde),
            )
            for t in totaux
        ]
        montrer(Tableau((*(["Vague"] if plusieurs else []), *titres), rangees))


def montrer_demande(
    cle: Annotated[str, Parameter(help="Un numéro éditeur, ou un FINESS.")],
    /,
    *,
    registre: OuEstLeRegistre = PAR_DEFAUT,
) -> int:
    """Montre une demande (son numéro) ou toutes celles d’une officine (son FINESS), avec ce qui leur est arrivé.

    Exemple :

        segur-pha registre montrer 00001
    """
    with ouvrir(registre, existant=True) as livre:
        demande = livre.demande(cle)
        demandes = livre.officine(cle) if demande is None else (demande,)
        if not demandes:
            raise RegistreError(
                f"Ni demande ni officine de ce nom au registre : {cle}. Vérifiez le numéro ou le FINESS."
            )
        _montrer_demandes(demandes)
        for un in demandes:
            for reference, texte in (("remplace", un.remplace), ("est remplacée par", un.remplacee_par)):
                if texte:
                    montrer(f"La demande {un.numero_editeur} {reference} la demande {texte}.")
        finess = {d.finess_geo for d in demandes if d.finess_geo}
        rangees = [_rangee_d_evenement(e) for f in sorted(finess) for e in livre.historique(f)]
        montrer("", Tableau(("Jour", "Événement", "Demande", "Précision"), rangees, titre="Historique"))
    return 0


#: What happened, as a clerk would say it.
_FAITS: Final = {
    "FichierPrepare": "fichier préparé",
    "DemandePreparee": "demande préparée",
    "FichierDepose": "fichier déposé",
    "FichierRefuse": "fichier refusé au premier contrôle",
    "FichierAbandonne": "fichier abandonné",
    "RetourRecu": "réponse reçue",
    "LigneRecue": "ligne de réponse",
    "DecisionRendue": "décision",
    "AvancePayee": "avance payée",
    "DonneesEffacees": "données personnelles effacées",
}


def _rangee_d_evenement(evenement: object) -> tuple[Cellule, ...]:
    precisions = (
        getattr(evenement, nom, None) for nom in ("nom", "libelle_traitement", "raison", "motif", "reference")
    )
    return (
        getattr(evenement, "jour", None),
        _FAITS[type(evenement).__name__],
        getattr(evenement, "numero_editeur", None),
        next((p for p in precisions if p), None),
    )


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


def relancer(
    *,
    depuis: Annotated[int, Parameter(help="Nombre de jours sans réponse.")] = 15,
    jour: Jour = None,
    registre: OuEstLeRegistre = PAR_DEFAUT,
    forme: Forme = "texte",
) -> int:
    """Liste ce qui attend : sans réponse depuis N jours, rejetée et pas encore resoumise, réponse à vérifier.

    Code de sortie : 1 quand il y en a.

    Exemple :

        segur-pha registre relancer --depuis 15
    """
    if depuis < 0:
        raise UsageErrone("--depuis : indiquez un nombre de jours, 0 ou plus.")
    with ouvrir(registre, existant=True) as livre:
        attentes = {
            "sans_reponse": livre.sans_reponse(jour=aujourd_hui(jour), depuis=depuis),
            "a_resoumettre": livre.a_resoumettre(),
            "a_verifier": livre.a_verifier(),
        }
    if forme == "json":
        sortir_json({"version": 1, **{cle: list(map(_objet, demandes)) for cle, demandes in attentes.items()}})
    else:
        titres = {
            "sans_reponse": f"Sans réponse depuis {accorder(depuis, 'jour')} ou plus",
            "a_resoumettre": "Rejetées, pas encore resoumises",
            "a_verifier": "Réponse à vérifier",
        }
        for cle, demandes in attentes.items():
            montrer(f"{titres[cle]} : {accorder(len(demandes), 'demande')}.")
            if demandes:
                _montrer_demandes(demandes)
    return 1 if any(attentes.values()) else 0


def _montrer_demandes(demandes: Iterable[EtatDemande]) -> None:
    rangees = [
        (
            d.numero_editeur,
            d.finess_geo,
            f"{d.phase.value} (à vérifier)" if d.a_verifier else d.phase.value,
            d.jour_phase,
            d.numero_asp,
            d.libelle_traitement or d.motif or None,
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


def _objet_total(total: Total) -> Mapping[str, object]:
    return {
        "specification": total.specification,
        "mois": total.mois,
        "phase": total.phase.value,
        "nombre": total.nombre,
        "montant_segur_ht": _en_euros(total.montant_segur_ht),
        "avance": _en_euros(total.avance),
        "paye": _en_euros(total.paye),
        "solde": _en_euros(total.solde),
    }


def _en_euros(montant: Decimal | None) -> str | None:
    return None if montant is None else f"{montant:.2f}"
