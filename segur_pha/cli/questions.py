"""What ``segur-pha registre`` answers: lists of requests, and their totals, for people or for programs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

from cyclopts import Parameter

from segur_pha.argent import somme
from segur_pha.cli.console import montrer, sortir_json
from segur_pha.cli.listes import (
    REFERENCE,
    Xlsx,
    ecrire_le_classeur,
    phrases_des_ecarts,
    sortie_de,
    tableau_complet,
    tableau_des_attentes,
    tableau_des_demandes,
    tableau_des_doublons,
    tableau_des_ecarts_de_paiement,
    tableau_des_ecarts_de_solde,
    tableau_des_soldables,
    tableaux_des_totaux,
)
from segur_pha.cli.messages import UsageErrone
from segur_pha.cli.objets import (
    en_euros,
    noms_des_fichiers,
    objet_de_demande,
    objet_ecart_de_paiement,
    objet_ecart_de_solde,
    objet_total,
    objets_des_attentes,
)
from segur_pha.cli.options import Forme, Vague, specification_de
from segur_pha.cli.ouverture import PAR_DEFAUT, JourDeCompte, OuEstLeRegistre, aujourd_hui, ouvrir
from segur_pha.rapports.tableau import Marque, Niveau, Phrase, Tableau, accorder, euros
from segur_pha.textes import a_majuscule, plier

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from decimal import Decimal
    from pathlib import Path

    from segur_pha.registre.attentes import EnAttente, Solde
    from segur_pha.registre.etats import Phase
    from segur_pha.registre.questions import Soldable, Total

__all__ = ["lister", "relancer", "soldables", "soldes"]


def lister(
    *,
    phase: Annotated[str | None, Parameter(help="Seulement les demandes de cette phase, comme rejetée.")] = None,
    totaux: Annotated[bool, Parameter(help="Montre les totaux par mois et par phase.", negative="")] = False,
    registre: OuEstLeRegistre = PAR_DEFAUT,
    forme: Forme = "texte",
    xlsx: Xlsx = None,
) -> int:
    """Liste les demandes, ou leurs totaux par mois.

    Exemple :

        segur-pha registre lister --phase rejetée
    """
    voulue = None if phase is None else _phase(phase)
    if phase is not None and totaux:
        raise UsageErrone("--totaux compte toutes les phases, chacune à part : retirez --phase.")
    sortie_de(xlsx)
    with ouvrir(registre, existant=True) as livre:
        if totaux:
            _rendre_les_totaux(livre.totaux(), forme, xlsx)
            return 0
        demandes = [d for d in livre.demandes() if voulue in {None, d.phase}]
        doublons = livre.doublons()
        noms = noms_des_fichiers(livre)
    ecrire_le_classeur(xlsx, tableau_complet(demandes), tableau_des_doublons(doublons))
    if forme == "json":
        plusieurs = [{"finess_geo": finess, "numeros_editeur": list(numeros)} for finess, numeros in doublons.items()]
        dites = [objet_de_demande(demande, noms) for demande in demandes]
        sortir_json({"version": 1, "demandes": dites, "doublons": plusieurs})
        return 0
    rien = "Aucune demande au registre." if voulue is None else f"Aucune demande de la phase « {voulue} »."
    montrer(tableau_des_demandes(demandes) if demandes else rien)
    for finess, numeros in doublons.items():
        montrer(f"Officine {finess} : plusieurs demandes en cours ({', '.join(numeros)}).")
    return 0


def _rendre_les_totaux(totaux: Sequence[Total], forme: str, xlsx: Path | None) -> None:
    ecrire_le_classeur(xlsx, *tableaux_des_totaux(totaux))
    if forme == "json":
        sortir_json({"version": 1, "totaux": list(map(objet_total, totaux))})
    else:
        montrer(*(tableaux_des_totaux(totaux) if totaux else ["Aucune demande au registre."]))


def _phase(dite: str) -> Phase:
    """Accept a phase with or without its accents, in capitals, or in the plural."""
    from segur_pha.registre.etats import Phase

    phases = {plier(phase): phase for phase in Phase}
    if (phase := phases.get(plier(dite)) or phases.get(plier(dite).removesuffix("s"))) is None:
        raise UsageErrone(f"Phase inconnue : {dite}. Phases : {', '.join(Phase)}.")
    return phase


def soldables(*, registre: OuEstLeRegistre = PAR_DEFAUT, forme: Forme = "texte", xlsx: Xlsx = None) -> int:
    """Liste les demandes qui portent un numeroASP : celles dont le solde pourra être demandé.

    Exemple :

        segur-pha registre soldables
    """
    sortie_de(xlsx)
    with ouvrir(registre, existant=True) as livre:
        trouvees = livre.soldables()
    tableau = tableau_des_soldables(trouvees)
    ecrire_le_classeur(xlsx, tableau)
    if forme == "json":
        sortir_json({"version": 1, "soldables": list(map(_objet_soldable, trouvees))})
        return 0
    montrer(*([tableau] if trouvees else []), f"{accorder(len(trouvees), 'demande')} avec un {REFERENCE}.")
    return 0


def soldes(
    *,
    registre: OuEstLeRegistre = PAR_DEFAUT,
    forme: Forme = "texte",
    xlsx: Xlsx = None,
    vague: Vague = None,
) -> int:
    """Liste les demandes dont le solde reste à demander, ce qui manque à chacune, et le solde attendu.

    Le format du solde n’est publié nulle part : il se demande sur le portail. Code de sortie : 1 quand un solde peut l’être.

    Exemple :

        segur-pha registre soldes
    """
    sortie_de(xlsx)
    from segur_pha.registre.rangees import depuis_centimes

    specification = specification_de(vague)
    with ouvrir(registre, existant=True, specification=specification) as livre:
        trouves = [(s, s.attendu(specification)) for s in livre.soldes()]
    rangees = [
        (
            s.numero_editeur,
            s.numero_asp,
            s.finess_geo,
            depuis_centimes(s.paye_centimes),
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
    ecrire_le_classeur(xlsx, tableau)
    if forme == "json":
        objets = [_objet_solde(s, attendu) for s, attendu in trouves]
        tous = en_euros(somme(attendu for _, attendu in trouves))
        pret = {"nombre_prets": len(prets), "solde_pret": en_euros(somme(prets))}
        sortir_json({"version": 1, "soldes": objets, "solde_attendu": tous, **pret})
    else:
        montrer(*([tableau] if trouves else []), _bilan_des_soldes(trouves, prets))
    return 1 if prets else 0


def _bilan_des_soldes(trouves: Sequence[tuple[Solde, Decimal | None]], prets: Sequence[Decimal | None]) -> str:
    """Add up the balances of the table, and those among them that can be asked for now."""
    if not trouves:
        return "Aucun solde n’est attendu."
    attendus = accorder(len(trouves), "solde attendu", "soldes attendus")
    dont = f"dont {accorder(len(prets), 'solde')} à demander ({euros(somme(prets))})" if prets else "aucun prêt"
    manques = dict.fromkeys(mot for solde, _ in trouves for mot in solde.manque)
    suite = f" ; il manque : {', '.join(manques)}" if manques else ""
    return f"{attendus} ({euros(somme(attendu for _, attendu in trouves))}), {dont}{suite}."


def _objet_solde(solde: Solde, attendu: Decimal | None) -> Mapping[str, object]:
    return {
        "numero_editeur": solde.numero_editeur,
        "numero_asp": solde.numero_asp,
        "finess_geo": solde.finess_geo,
        "solde_attendu": en_euros(attendu),
        "manque": list(solde.manque),
    }


def relancer(
    *,
    depuis: Annotated[int, Parameter(help="Nombre de jours d’attente, quand c’est au tour de l’ASP.")] = 15,
    jour: JourDeCompte = None,
    registre: OuEstLeRegistre = PAR_DEFAUT,
    forme: Forme = "texte",
    xlsx: Xlsx = None,
) -> int:
    """Liste tout ce qui attend, chaque demande une fois : à regarder, à resoumettre, à déposer, sans réponse, sans décision.

    Code de sortie : 1 quand il y en a.

    Exemple :

        segur-pha registre relancer --depuis 15
    """
    if depuis < 0:
        raise UsageErrone("--depuis : indiquez un nombre de jours, 0 ou plus.")
    au = aujourd_hui(jour)
    sortie_de(xlsx)
    with ouvrir(registre, existant=True) as livre:
        attentes = livre.attentes(jour=au, depuis=depuis)
        noms = noms_des_fichiers(livre)
        anciennes = (
            {}
            if forme != "json"
            else {
                "demandes_sans_reponse": livre.sans_reponse(jour=au, depuis=depuis),
                "demandes_a_resoumettre": livre.a_resoumettre(),
                "demandes_a_verifier": livre.a_verifier(),
            }
        )
        avances, soldes_payes = livre.ecarts_de_paiement(), livre.ecarts_de_solde()
    suite = [tableau_des_ecarts_de_paiement(avances), tableau_des_ecarts_de_solde(soldes_payes)]
    ecrire_le_classeur(xlsx, tableau_des_attentes(attentes, noms), *(t for t in suite if t.rangees))
    if forme == "json":
        completes = {cle: [objet_de_demande(d, noms) for d in demandes] for cle, demandes in anciennes.items()}
        ecarts = {
            "ecarts_de_paiement": list(map(objet_ecart_de_paiement, avances)),
            "ecarts_de_solde": list(map(objet_ecart_de_solde, soldes_payes)),
        }
        sortir_json({"version": 1, **completes, "attentes": objets_des_attentes(attentes), **ecarts})
        return 1 if attentes else 0
    for attente, demandes in attentes.items():
        montrer(Phrase(Marque(f"{a_majuscule(attente)} : {accorder(len(demandes), 'demande')}.", Niveau.FORT)))
        montrer(_groupees(demandes, noms) if len(demandes) > _EN_DETAIL else _une_a_une(demandes, noms))
        montrer(Phrase(f"À faire : {attente.suite}.", retrait=2), "")
    if not attentes:
        montrer("Rien n’attend.")
    montrer(*phrases_des_ecarts(avances, soldes_payes))
    return 1 if attentes else 0


#: With more requests than this, a wait is shown by file.
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


# --- Objects for programs, as promised in the schemas of sorties.schema.json ------------------------------------------------


def _objet_soldable(soldable: Soldable) -> Mapping[str, object]:
    return {
        "numero_editeur": soldable.numero_editeur,
        "numero_asp": soldable.numero_asp,
        "finess_geo": soldable.finess_geo,
        "phase": soldable.phase.value,
        "avance_payee": soldable.avance_payee,
        "montant_paye": en_euros(soldable.montant_paye),
        "a_verifier": soldable.a_verifier,
    }
