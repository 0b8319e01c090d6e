"""``segur-pha registre montrer``: one request, or those of a pharmacy, and what happened to them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from segur_pha.cli.console import montrer, sortir_json
from segur_pha.cli.listes import (
    Xlsx,
    ecrire_le_classeur,
    sortie_de,
    tableau_complet,
    tableau_des_demandes,
)
from segur_pha.cli.objets import (
    noms_des_fichiers,
    objet_de_demande,
    objet_ecart_de_paiement,
    objet_ecart_de_solde,
    objet_evenement,
    objets_des_attentes,
)
from segur_pha.cli.options import Forme
from segur_pha.cli.ouverture import PAR_DEFAUT, OuEstLeRegistre, ouvrir
from segur_pha.erreurs import RegistreError
from segur_pha.rapports.tableau import Marque, Niveau, Phrase, accorder, euros

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from segur_pha.registre import Registre
    from segur_pha.registre.attentes import Attente
    from segur_pha.registre.ecarts import EcartDeSolde
    from segur_pha.registre.etats import EtatDemande
    from segur_pha.registre.evenements import Evenement

__all__ = ["montrer_demande", "rendre_les_demandes"]


def montrer_demande(
    cle: Annotated[
        str,
        Parameter(
            help="Un numéro éditeur, une référence de l’ASP, un FINESS même ancien, ou le nom du responsable de l’officine."
        ),
    ],
    /,
    *,
    registre: OuEstLeRegistre = PAR_DEFAUT,
    forme: Forme = "texte",
    xlsx: Xlsx = None,
) -> int:
    """Montre une demande ou toutes celles d’une officine, ce qui leur est arrivé, et ce qui est à regarder.

    Quand plusieurs officines répondent au même nom, elles sont listées : indiquez alors un FINESS ou un numéro.

    Exemple :

        segur-pha registre montrer 00001
    """
    from segur_pha.registre.dossier import tableau_de_l_histoire
    from segur_pha.registre.memoire import proposer

    sortie_de(xlsx)
    with ouvrir(registre, existant=True) as livre:
        demandes = livre.chercher(cle.strip())
        if not demandes:
            raise RegistreError(
                f"Ni demande, ni référence de l’ASP, ni FINESS, ni responsable de ce nom au registre : {cle}."
                f"{proposer(cle, (d.numero_editeur for d in livre.demandes())) or ' Vérifiez-le, et que c’est bien ce registre.'}"
            )
        officines = sorted({d.finess_geo or "" for d in demandes})
        if forme == "json":
            _rendre_les_trouvees(livre, demandes, officines, xlsx)
            return 0
        montrer(tableau_des_demandes(demandes))
        if len(officines) > 1:
            ecrire_le_classeur(xlsx, tableau_complet(demandes))
            montrer(
                f"{accorder(len(officines), 'officine')} : indiquez le FINESS ou le numéro de celle que vous cherchez."
            )
            return 0
        absentes = {d.cle for d in livre.absentes_des_reponses()}
        soldes = {(e.specification, e.numero_editeur): e for e in livre.ecarts_de_solde()}
        for une in demandes:
            _montrer_le_detail(une, absente=une.cle in absentes, solde=soldes.get(une.cle))
        histoire = tableau_de_l_histoire(_histoire(livre, officines))
    montrer("", histoire)
    ecrire_le_classeur(xlsx, tableau_complet(demandes), histoire)
    return 0


def _montrer_le_detail(demande: EtatDemande, *, absente: bool, solde: EcartDeSolde | None) -> None:
    from segur_pha.registre.attentes import attente_de
    from segur_pha.registre.ecarts import ARRONDI, dire_l_ecart
    from segur_pha.registre.mots import NOMS_DES_MONTANTS

    numero = demande.numero_editeur
    for reference, texte in (("remplace", demande.remplace), ("est remplacée par", demande.remplacee_par)):
        if texte:
            montrer(f"La demande {numero} {reference} la demande {texte}.")
    attendu, paye = NOMS_DES_MONTANTS[demande.solde_de is not None]
    dits = (
        (attendu, demande.avance),
        (paye, demande.montant_paye),
        ("solde payé", demande.montant_solde),
    )
    montants = ", ".join(f"{quoi} {euros(montant)}" for quoi, montant in dits if montant is not None)
    montrer(f"Demande {numero} : {montants or 'aucun montant connu'}.")
    ecart = demande.ecart_de_paiement
    if demande.montant_paye is not None and (ecart is None or abs(ecart) > ARRONDI):
        montrer(Phrase(Marque("À vérifier", Niveau.ATTENTION), f" : {dire_l_ecart(demande)}."))
    if solde is not None:
        montrer(Phrase(Marque("À vérifier", Niveau.ATTENTION), f" : {solde.message}."))
    if demande.a_verifier:
        reponses = ", ".join(f"{r.issue} {r.numero_asp}".strip() for r in demande.reserves)
        montrer(
            Phrase(
                Marque("À vérifier", Niveau.ATTENTION),
                f" : une réponse n’a pas pu être suivie ({reponses}) ; demandez à l’ASP ce qu’il en est, puis admettez-la.",
            )
        )
    attente = attente_de(demande, absente=absente)
    if attente is not None:
        montrer(f"Demande {numero} : {attente} ; {attente.suite.replace('NUMERO', numero)}.")


def _rendre_les_trouvees(
    livre: Registre, demandes: Sequence[EtatDemande], officines: Sequence[str], xlsx: Path | None
) -> None:
    """Write what was found for programs: if it is a single pharmacy, with its history, as on the screen."""
    from segur_pha.registre.attentes import attente_de
    from segur_pha.registre.dossier import tableau_de_l_histoire
    from segur_pha.registre.ecarts import ARRONDI

    absentes = {d.cle for d in livre.absentes_des_reponses()}
    attentes: dict[Attente, list[EtatDemande]] = {}
    for demande in demandes:
        attente = attente_de(demande, absente=demande.cle in absentes)
        if attente is not None:
            attentes.setdefault(attente, []).append(demande)
    histoire = _histoire(livre, officines) if len(officines) == 1 else []
    noms = noms_des_fichiers(livre)
    suite = [tableau_de_l_histoire(histoire)] if len(officines) == 1 else []
    ecrire_le_classeur(xlsx, tableau_complet(demandes), *suite)
    payees = (d for d in demandes if d.montant_paye is not None)
    ecarts = [d for d in payees if d.ecart_de_paiement is None or abs(d.ecart_de_paiement) > ARRONDI]
    cles = {demande.cle for demande in demandes}
    soldes = [e for e in livre.ecarts_de_solde() if (e.specification, e.numero_editeur) in cles]
    sortir_json(
        {
            "version": 1,
            "demandes": [objet_de_demande(demande, noms) for demande in demandes],
            "attentes": objets_des_attentes(attentes),
            "ecarts_de_paiement": list(map(objet_ecart_de_paiement, ecarts)),
            "ecarts_de_solde": list(map(objet_ecart_de_solde, soldes)),
            "historique": list(map(objet_evenement, histoire)),
        }
    )


def _histoire(livre: Registre, officines: Iterable[str]) -> list[Evenement]:
    return [evenement for finess in officines for evenement in livre.historique(finess)]


def rendre_les_demandes(livre: Registre, demandes: Iterable[EtatDemande | None], **autres: Sequence[str]) -> int:
    """Write for programs what the ledger now knows about requests, and ``autres`` beside that."""
    noms = noms_des_fichiers(livre)
    sortir_json({"version": 1, "demandes": [objet_de_demande(d, noms) for d in demandes if d is not None], **autres})
    return 0
