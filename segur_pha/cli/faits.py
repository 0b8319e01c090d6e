"""``segur-pha registre noter`` and ``annuler``: facts from a table, and facts that are taken back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, Literal

from cyclopts import Parameter

from segur_pha.cli.console import montrer, montrer_erreur, sortir_json
from segur_pha.cli.fautes import Fautes, ListeDesFautes, montrer_les_fautes
from segur_pha.cli.montrer import rendre_les_demandes
from segur_pha.cli.objets import noms_des_fichiers, objet_du_constat
from segur_pha.cli.options import Forme, Vague, specification_nommee
from segur_pha.cli.ouverture import PAR_DEFAUT, Jour, OuEstLeRegistre, aujourd_hui, jour_du_fait, ouvrir
from segur_pha.cli.sorties import verifier_les_sorties
from segur_pha.erreurs import RegistreError
from segur_pha.rapports.tableau import Marque, Niveau, Phrase, accorder
from segur_pha.tableurs import octets_du_fichier
from segur_pha.textes import plier

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from segur_pha.constats import Constat
    from segur_pha.registre import CompteRenduDesNotes, Registre
    from segur_pha.registre.tableau_de_notes import NotesLues
    from segur_pha.table.specification import Specification

__all__ = ["annuler", "noter", "regulariser"]

_AUCUN, _A_REVOIR = 0, 1
#: Even a table of facts for the whole programme is smaller.
OCTETS_MAXIMUM: Final = 50_000_000


def noter(
    tableau: Annotated[
        Path,
        Parameter(
            help="CSV ou XLSX : référence de l’ASP ou numéro éditeur, puis décision, montant payé, date de la VA."
        ),
    ],
    /,
    *,
    partiel: Annotated[
        bool, Parameter(help="Note ce qui peut l’être ; sans cette option, tout ou rien.", negative="")
    ] = False,
    jour: Jour = None,
    feuille: Annotated[str | None, Parameter(help="Feuille du classeur, par son nom ou son rang.")] = None,
    encodage: Annotated[str | None, Parameter(help="Encodage du CSV, s’il n’est pas reconnu.")] = None,
    fautes: Fautes = None,
    vague: Vague = None,
    registre: OuEstLeRegistre = PAR_DEFAUT,
    forme: Forme = "texte",
) -> int:
    """Note d’un coup les faits d’un tableau : décisions, paiements, VA, factures, soldes, contrôles.

    Ce qui est déjà noté à l’identique ne change rien. Code de sortie : 1 quand quelque chose est à revoir.

    Exemple :

        segur-pha registre noter decisions.csv
    """
    from segur_pha.registre.compte_rendu_des_notes import NotesRefusees
    from segur_pha.registre.tableau_de_notes import lire_les_notes

    liste = ListeDesFautes(fautes)
    verifier_les_sorties(*liste.a_ecrire(), registre=registre)
    octets = octets_du_fichier(tableau, maximum=OCTETS_MAXIMUM, refus=RegistreError)
    lues = lire_les_notes(
        octets,
        nom=tableau.name,
        jour=jour_du_fait(jour),
        au_plus_tard=aujourd_hui(None),
        feuille=feuille,
        encodage=encodage,
    )
    en_json = forme == "json"
    if not en_json:
        _dire_la_lecture(lues)
    with ouvrir(registre, existant=True) as livre:
        try:
            bilan = livre.noter(
                lues.notes, partiel=partiel, specification=specification_nommee(vague), fautes=lues.constats
            )
        except NotesRefusees as refus:
            return _rien(lues, _une_fois(refus.constats), liste, en_json=en_json)
    a_revoir = _une_fois(bilan.refus)
    liste.ecrire([*a_revoir, *bilan.ecarts])
    if en_json:
        sortir_json(_objet(lues, a_revoir, bilan))
        return _A_REVOIR if a_revoir or bilan.ecarts else _AUCUN
    for constats in (a_revoir, bilan.ecarts):
        montrer_les_fautes(constats)
    montrer(
        f"{accorder(bilan.notees, 'fait noté', 'faits notés')}, {accorder(bilan.deja, 'déjà connu', 'déjà connus')}, "
        f"{len(a_revoir)} à revoir."
    )
    return _A_REVOIR if a_revoir or bilan.ecarts else _AUCUN


def _dire_la_lecture(lues: NotesLues) -> None:
    montrer(f"Tableau lu comme : {lues.tableau.description}.")
    montrer(*(Phrase(Marque("À vérifier : ", Niveau.ATTENTION), r.message, ".") for r in lues.tableau.remarques))
    if lues.ignorees:
        montrer(f"Colonnes laissées de côté : {', '.join(lues.ignorees)}.")


def _une_fois(constats: Sequence[Constat]) -> list[Constat]:
    # A row may give several facts, all refused for the same reason.
    return list(dict.fromkeys(constats))


def _objet(lues: NotesLues, a_revoir: Iterable[Constat], bilan: CompteRenduDesNotes | None = None) -> dict[str, object]:
    return {
        "version": 1,
        "source": lues.tableau.description,
        "nombre_notes": 0 if bilan is None else bilan.notees,
        "nombre_deja_notes": 0 if bilan is None else bilan.deja,
        "fautes": list(map(objet_du_constat, a_revoir)),
        "ecarts_de_paiement": [] if bilan is None else list(map(objet_du_constat, bilan.ecarts)),
        "conseils": list(map(objet_du_constat, lues.tableau.remarques)),
        "colonnes_laissees": list(lues.ignorees),
    }


def _rien(lues: NotesLues, constats: Sequence[Constat], liste: ListeDesFautes, *, en_json: bool) -> int:
    lignes = len({constat.ligne for constat in constats})
    liste.ecrire(constats)
    if en_json:
        sortir_json(_objet(lues, constats))
        return _A_REVOIR
    montrer_les_fautes(constats)
    montrer_erreur(
        Phrase(
            Marque(f"Rien n’a été noté : {accorder(lignes, 'ligne')} à revoir.", Niveau.MAUVAIS),
            " Corrigez le tableau, ou notez le reste avec --partiel.",
        )
    )
    return _A_REVOIR


#: The word for a fact on the command line → how to report that it was taken back.
_ANNULES: Final = {
    "depot": "dépôt annulé",
    "refus": "refus annulé",
    "abandon": "abandon annulé",
    "reponse": "réponse annulée",
    "incomplete": "note « incomplète » annulée",
    "modification": "note « à modifier » annulée",
    "decision": "décision annulée",
    "paiement": "paiement annulé",
    "service": "service fait (VA) annulé",
    "facture": "facture annulée",
    "solde": "demande du solde annulée",
    "solde-paye": "paiement du solde annulé",
    "controle": "contrôle annulé",
}


def _sans_les_accents(_: object, mots: Sequence[object]) -> str:
    """Accept a fact with accents, in capitals or as two words; raises ``ValueError`` for any other word."""
    dit = "-".join(plier(str(getattr(mots[0], "value", ""))).replace("-", " ").split())
    if dit in _ANNULES:
        return dit
    raise ValueError("no fact")


def annuler(
    numero: Annotated[
        str,
        Parameter(help="Le numéro éditeur de la demande, comme 00001 ; pour reponse, aussi le fichier de la réponse."),
    ],
    fait: Annotated[
        Literal[
            "depot",
            "refus",
            "abandon",
            "reponse",
            "incomplete",
            "modification",
            "decision",
            "paiement",
            "service",
            "facture",
            "solde",
            "solde-paye",
            "controle",
        ],
        Parameter(
            help="Ce qui a été noté à tort, avec ou sans accents : dépôt, refus et abandon (pour tout le fichier), réponse (pour "
            "toute la réponse), incomplète, modification, décision, paiement, service, facture, solde, solde-payé ou contrôle.",
            converter=_sans_les_accents,
            n_tokens=1,
        ),
    ],
    /,
    *,
    motif: Annotated[str, Parameter(help="Pourquoi ; gardé au journal.")],
    jour: Jour = None,
    vague: Vague = None,
    registre: OuEstLeRegistre = PAR_DEFAUT,
    forme: Forme = "texte",
) -> int:
    """Annule un fait noté par erreur : le registre répond comme s’il n’avait jamais été noté, le journal garde les deux.

    Exemples :

        segur-pha registre annuler 00001 paiement --motif "montant d’une autre officine"
        segur-pha registre annuler retour.json reponse --motif "réponse d’un essai"
    """
    from segur_pha.registre.evenements import Fait

    with ouvrir(registre, existant=True) as livre:
        specification = specification_nommee(vague)
        if fait == "reponse":
            numeros = _annuler_la_reponse(livre, numero, jour_du_fait(jour), motif, specification)
            if forme == "json":
                # If several waves have one of these numbers, nothing tells which is meant: all are shown.
                return rendre_les_demandes(livre, [d for d in livre.demandes() if d.numero_editeur in numeros])
            _dire_l_annulation(numeros)
            return 0
        livre.annuler(numero, Fait(fait), jour=jour_du_fait(jour), motif=motif, specification=specification)
        demande = livre.demande(numero, specification=specification)
        assert demande is not None
        du_fichier = [d for d in livre.demandes() if d.fichier == demande.fichier] if fait in _DU_FICHIER else [demande]
        if forme == "json":
            return rendre_les_demandes(livre, du_fichier)
        nom = noms_des_fichiers(livre)[demande.fichier]
    if fait in _DU_FICHIER:
        montrer(
            f"Fichier {nom} : {_ANNULES[fait]}, pour {accorder(len(du_fichier), 'demande')} ; phase de {numero} : {demande.phase}."
        )
    else:
        montrer(f"Demande {numero} : {_ANNULES[fait]}, elle est maintenant {demande.phase}.")
    return 0


#: The facts that concern the whole file of a request.
_DU_FICHIER: Final = frozenset({"depot", "refus", "abandon"})


def _annuler_la_reponse(
    livre: Registre, cle: str, jour: date, motif: str, specification: Specification | None
) -> tuple[str, ...]:
    fichier = Path(cle)
    if fichier.is_file():
        return livre.annuler_retour(fichier, jour=jour, motif=motif)
    return livre.annuler_reponse(cle, jour=jour, motif=motif, specification=specification)


def _dire_l_annulation(numeros: Sequence[str]) -> None:
    montrer(
        f"Réponse annulée, pour {accorder(len(numeros), 'demande')}. Enregistrez maintenant la bonne (segur-pha retour … "
        "--appliquer) : une réponse déjà enregistrée, que celle-ci empêchait, s’enregistre de nouveau."
    )


def regulariser(
    numero: Annotated[str, Parameter(help="Le numéro éditeur de la demande, comme 00001.")],
    /,
    *,
    jour: Jour = None,
    vague: Vague = None,
    registre: OuEstLeRegistre = PAR_DEFAUT,
    forme: Forme = "texte",
) -> int:
    """Note qu’une demande incomplète ou à modifier ne l’est plus : elle attend de nouveau l’ASP.

    Exemple :

        segur-pha registre regulariser 00001
    """
    with ouvrir(registre, existant=True) as livre:
        specification = specification_nommee(vague)
        livre.regulariser(numero, jour=jour_du_fait(jour), specification=specification)
        if forme == "json":
            return rendre_les_demandes(livre, [livre.demande(numero, specification=specification)])
    montrer(f"Demande {numero} : régularisée.")
    return 0
