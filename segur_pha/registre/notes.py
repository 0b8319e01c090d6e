"""What a publisher tells the ledger about requests that the portal has: one fact, or many at once."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from attrs import define, evolve, field, frozen

from segur_pha.constats import Constat
from segur_pha.erreurs import RegistreError
from segur_pha.registre.annulation import CHAMPS, FAITS_DU_FICHIER
from segur_pha.registre.base import charger, ecrire_les_changements, enregistrer, exiger
from segur_pha.registre.compte_rendu_des_notes import CompteRenduDesNotes, NotesRefusees, certains, ligne_de
from segur_pha.registre.ecarts import ARRONDI, dire_l_ecart, ecart_de_solde
from segur_pha.registre.evenements import (
    AvancePayee,
    DecisionRendue,
    DemandeAModifier,
    DemandeControlee,
    DemandeIncomplete,
    DemandeRegularisee,
    FactureEmise,
    Fait,
    FaitAnnule,
    ServiceFait,
    SoldeDemande,
    SoldePaye,
)
from segur_pha.registre.histoire import appliquer
from segur_pha.registre.memoire import inconnue
from segur_pha.registre.mots import FAITS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import date

    from segur_pha.registre.etats import Changements, Cle, EtatDemande
    from segur_pha.registre.evenements import Evenement
    from segur_pha.registre.memoire import EtatsEnMemoire
    from segur_pha.registre.stockage import Stockage
    from segur_pha.registre.vagues import Vagues
    from segur_pha.table.specification import Specification

__all__ = ["Note", "Notes", "evenement_de"]


@frozen(kw_only=True)
class Note:
    """A fact told about a request, which is designated by its number or by the agency's reference.

    Attributes:
        cle: its numeroEditeur or its numeroASP.
        fait: what happened; one of the facts about a request, not about a file.
        jour: when.
        favorable: for a decision, whether funding was granted.
        montant: for a payment, in euros.
        texte: the reason, the reference or the MSSanté address, whichever goes with the fact.
        ligne: the row of the table that it comes from, ``None`` without a table.
        aussi: the request's other identifier, if both are given: it must designate the same request.
        officine: the pharmacy's name, if the table gives it, to be mentioned with what is wrong.
    """

    cle: str
    fait: Fait
    jour: date
    favorable: bool | None = None
    montant: Decimal | None = None
    texte: str = field(default="", repr=False)
    ligne: int | None = None
    aussi: str = ""
    officine: str = field(default="", repr=False)


class Notes:
    """The facts that a :class:`~segur_pha.registre.Registre` is told about requests; the commit point of each is its end.

    Each raises :class:`~segur_pha.RegistreError` for a request that the ledger does not know, and for what may not happen to it
    (decision 19).  If several waves may have the number, ``specification`` says which one is meant.
    """

    _stockage: Stockage
    _vagues: Vagues

    def decider(
        self,
        numero_editeur: str,
        *,
        favorable: bool,
        jour: date,
        motif: str = "",
        specification: Specification | None = None,
    ) -> None:
        """Record the agency's decision on an accepted request."""
        note = Note(cle=numero_editeur, fait=Fait.DECISION, jour=jour, favorable=favorable, texte=motif)
        self._noter(note, specification)

    def payer(
        self,
        numero_editeur: str,
        montant: Decimal,
        *,
        jour: date,
        reference: str = "",
        specification: Specification | None = None,
    ) -> None:
        """Record that the advance of a granted request was paid (euros).

        The amount is recorded as given; ``EtatDemande.ecart_de_paiement`` tells how much it differs from what was due.

        Raises :class:`~segur_pha.RegistreError` for a request that was not granted or was already paid, and for anything but an
        amount of money: more than zero, in whole cents, with fewer than sixteen digits before them.
        """
        note = Note(cle=numero_editeur, fait=Fait.PAIEMENT, jour=jour, montant=montant, texte=reference)
        self._noter(note, specification)

    def noter_incomplete(
        self, numero_editeur: str, *, jour: date, motif: str = "", specification: Specification | None = None
    ) -> None:
        """Record that the portal has a request without its documents."""
        self._noter(Note(cle=numero_editeur, fait=Fait.INCOMPLETE, jour=jour, texte=motif), specification)

    def noter_a_modifier(
        self, numero_editeur: str, *, jour: date, motif: str = "", specification: Specification | None = None
    ) -> None:
        """Record that the agency wants a request changed before it decides."""
        self._noter(Note(cle=numero_editeur, fait=Fait.MODIFICATION, jour=jour, texte=motif), specification)

    def regulariser(self, numero_editeur: str, *, jour: date, specification: Specification | None = None) -> None:
        """Record that what was missing has arrived, or that what was to be changed has been."""
        with self._stockage.ecriture() as connexion:
            demande = exiger(connexion, numero_editeur, specification)
            vague, numero = demande.cle
            enregistrer(connexion, [DemandeRegularisee(jour=jour, specification=vague, numero_editeur=numero)])

    def noter_service(
        self, numero_editeur: str, *, jour: date, adresse_mssante: str = "", specification: Specification | None = None
    ) -> None:
        """Record the day of the signed VA (the client's statement that the service was done), and the address on it."""
        self._noter(Note(cle=numero_editeur, fait=Fait.SERVICE, jour=jour, texte=adresse_mssante), specification)

    def noter_facture(
        self, numero_editeur: str, *, jour: date, reference: str = "", specification: Specification | None = None
    ) -> None:
        """Record the invoice of a request."""
        self._noter(Note(cle=numero_editeur, fait=Fait.FACTURE, jour=jour, texte=reference), specification)

    def demander_solde(
        self, numero_editeur: str, *, jour: date, reference: str = "", specification: Specification | None = None
    ) -> None:
        """Record that the balance of a granted request was asked for."""
        self._noter(Note(cle=numero_editeur, fait=Fait.SOLDE, jour=jour, texte=reference), specification)

    def payer_solde(
        self,
        numero_editeur: str,
        montant: Decimal,
        *,
        jour: date,
        reference: str = "",
        specification: Specification | None = None,
    ) -> None:
        """Record that the balance was paid (euros); amounts as for :meth:`payer`.

        The amount is recorded as given; :meth:`~segur_pha.registre.Registre.ecarts_de_solde` lists those that differ from what
        was due.
        """
        note = Note(cle=numero_editeur, fait=Fait.SOLDE_PAYE, jour=jour, montant=montant, texte=reference)
        self._noter(note, specification)

    def noter_controle(
        self, numero_editeur: str, *, jour: date, motif: str = "", specification: Specification | None = None
    ) -> None:
        """Record that the agency checked a paid request after the fact, and the result."""
        self._noter(Note(cle=numero_editeur, fait=Fait.CONTROLE, jour=jour, texte=motif), specification)

    def annuler(
        self,
        numero_editeur: str,
        fait: Fait,
        *,
        jour: date,
        motif: str,
        specification: Specification | None = None,
    ) -> None:
        """Take back a fact that was noted by mistake: what the ledger knows is as if it had never been noted.

        The journal keeps both.  ``depot``, ``refus`` and ``abandon`` concern the whole file that holds the request.

        Raises :class:`~segur_pha.RegistreError` when no reason is given, for a fact that was not noted, and for one on which
        another rests (take that one back first).
        """
        if not motif.strip():
            raise RegistreError("Dites pourquoi ce fait s’annule (motif).")
        with self._stockage.ecriture() as connexion:
            demande = exiger(connexion, numero_editeur, specification)
            annule = FaitAnnule(
                jour=jour,
                specification=demande.specification,
                numero_editeur=demande.numero_editeur,
                fait=Fait(fait),
                motif=motif,
                fichier=demande.fichier if fait in FAITS_DU_FICHIER else None,
            )
            enregistrer(connexion, [annule])

    def noter(
        self,
        notes: Iterable[Note],
        *,
        partiel: bool = False,
        specification: Specification | None = None,
        fautes: Sequence[Constat] = (),
    ) -> CompteRenduDesNotes:
        """Record many facts at once, in order: all of them, or with ``partiel`` those that may happen.

        A fact that is already known exactly as told changes nothing.  Without ``specification``, each fact is about whichever
        wave has its number or reference.  ``fautes``: what could not be read in the table that the notes come from; it is
        reported with the facts that may not happen, in the order of the rows.  Without ``partiel``, a refusal that may only be
        due to such a row of the same request above it is not reported.

        Raises :class:`NotesRefusees`, which names every fact that may not happen; then nothing is recorded.
        """
        with self._stockage.ecriture() as connexion:
            dites = list(notes)
            cles = {cle for note in dites for cle in (note.cle, note.aussi) if cle}
            etats = charger(connexion, asp=cles, portes=cles)
            tri = _Tri(etats, specification, self._vagues)
            for note in dites:
                tri.prendre(note)
            refus = sorted([*fautes, *(tri.refus if partiel else certains(tri.refus, fautes))], key=ligne_de)
            if refus and not partiel:
                raise NotesRefusees(refus)
            ecrire_les_changements(connexion, etats, tri.essai, tri.evenements, tri.changements)
        notees = len(tri.evenements)
        deja = len(dites) - notees - len(tri.refus)
        return CompteRenduDesNotes(notees=notees, deja=deja, refus=tuple(refus), ecarts=tuple(tri.ecarts))

    def _noter(self, note: Note, specification: Specification | None) -> None:
        with self._stockage.ecriture() as connexion:
            demande = exiger(connexion, note.cle, specification)
            enregistrer(connexion, [evenement_de(note, demande)])


@define(init=False)
class _Tri:
    """Notes, taken one after the other: the event that each leads to, why it may not happen, how its payment differs."""

    essai: EtatsEnMemoire
    vagues: Vagues
    porteurs: dict[str, list[Cle]]
    evenements: list[Evenement]
    changements: list[Changements]
    refus: list[Constat]
    ecarts: list[Constat]

    def __init__(self, etats: EtatsEnMemoire, specification: Specification | None, vagues: Vagues) -> None:
        porteurs: dict[str, list[Cle]] = {}
        for demande in etats.demandes.values():
            if specification is None or demande.specification == specification.nom:
                for cle in {demande.numero_editeur, demande.numero_asp or demande.numero_editeur}:
                    porteurs.setdefault(cle, []).append(demande.cle)
        self.__attrs_init__(etats.copie(), vagues, porteurs, [], [], [], [])

    def prendre(self, note: Note) -> None:
        """Look at the next note."""
        try:
            demande = self._demande(note)
            if _deja(note, demande):
                return
            evenement = evenement_de(note, demande)
            changements = appliquer(evenement, self.essai)
        except RegistreError as refus:
            self.refus.append(_constat("note-refusee", str(refus), note))
            return
        self.evenements.append(evenement)
        self.changements.append(changements)
        self._comparer(note, self.essai.demandes[demande.cle])

    def _comparer(self, note: Note, demande: EtatDemande) -> None:
        """Report a payment that is not the one that was due."""
        debut = f"Demande {demande.numero_editeur} : "
        ecart = demande.ecart_de_paiement
        if note.fait is Fait.PAIEMENT and (ecart is None or abs(ecart) > ARRONDI):
            message = f"{debut}{dire_l_ecart(demande)}"
            self.ecarts.append(_constat("ecart-de-paiement", message, note))
        solde = ecart_de_solde(demande, self.vagues) if note.fait is Fait.SOLDE_PAYE else None
        if solde is not None:
            self.ecarts.append(_constat("ecart-de-solde", f"{debut}{solde.message}", note))

    def _demande(self, note: Note) -> EtatDemande:
        demande = self._de_cle(note.cle)
        if note.aussi and self._de_cle(note.aussi) is not demande:
            raise RegistreError(f"{note.cle} et {note.aussi} ne sont pas la même demande.")
        return demande

    def _de_cle(self, cle: str) -> EtatDemande:
        porteurs = self.porteurs.get(cle, [])
        if not porteurs:
            raise inconnue(cle)
        if len(porteurs) > 1:
            noms = ", ".join(f"{numero} ({vague})" for vague, numero in sorted(porteurs))
            raise RegistreError(f"{cle} peut être plusieurs demandes : {noms} ; précisez la vague, ou le numéro.")
        return self.essai.demandes[porteurs[0]]


def _constat(code: str, message: str, note: Note) -> Constat:
    numero = note.aussi or note.cle
    return Constat(code=code, message=message, ligne=note.ligne, numero=numero, officine=note.officine)


def _deja(note: Note, demande: EtatDemande) -> bool:
    """Tell whether a fact is already known exactly as told.

    Raises :class:`~segur_pha.RegistreError` when it is known differently.
    """
    connu = tuple(getattr(demande, nom) for nom in CHAMPS.get(note.fait, ()))
    if not connu or connu[0] is None:
        return False
    valeurs = {Fait.DECISION: (note.favorable,), **dict.fromkeys((Fait.PAIEMENT, Fait.SOLDE_PAYE), (note.montant,))}
    texte = "" if demande.effacee and note.fait is Fait.SERVICE else note.texte
    if connu == (note.jour, *valeurs.get(note.fait, ()), texte):
        return True
    raise RegistreError(
        f"Demande {demande.numero_editeur} ({demande.phase}) : le fait « {FAITS[note.fait]} » est déjà noté, avec d’autres "
        f"valeurs ; s’il était faux, annulez-le d’abord (segur-pha registre annuler {demande.numero_editeur} {note.fait} --motif …)."
    )


def evenement_de(note: Note, demande: EtatDemande) -> Evenement:
    """Return the event that a note reports about a request."""
    if note.fait not in _EVENEMENTS:
        raise RegistreError(f"« {FAITS[note.fait]} » est le fait d’un fichier entier : notez-le par le nom du fichier.")
    if demande.effacee and note.fait is Fait.SERVICE:
        # The address would bring back what was erased.
        note = evolve(note, texte="")
    qui = {"jour": note.jour, "specification": demande.specification, "numero_editeur": demande.numero_editeur}
    return _EVENEMENTS[note.fait](note, qui)


def _decision(note: Note, qui: dict[str, Any]) -> Evenement:
    if note.favorable is None:
        raise RegistreError("Décision : dites si elle est favorable ou non.")
    return DecisionRendue(**qui, favorable=note.favorable, motif=note.texte)


def _montant(note: Note) -> Decimal:
    if not isinstance(note.montant, Decimal):
        raise RegistreError('Montant payé : donnez un Decimal, comme Decimal("255.00").')
    return note.montant


_EVENEMENTS: Final[dict[Fait, Callable[[Note, dict[str, Any]], Evenement]]] = {
    Fait.INCOMPLETE: lambda note, qui: DemandeIncomplete(**qui, motif=note.texte),
    Fait.MODIFICATION: lambda note, qui: DemandeAModifier(**qui, motif=note.texte),
    Fait.DECISION: _decision,
    Fait.PAIEMENT: lambda note, qui: AvancePayee(**qui, montant=_montant(note), reference=note.texte),
    Fait.SERVICE: lambda note, qui: ServiceFait(**qui, adresse_mssante=note.texte),
    Fait.FACTURE: lambda note, qui: FactureEmise(**qui, reference=note.texte),
    Fait.SOLDE: lambda note, qui: SoldeDemande(**qui, reference=note.texte),
    Fait.SOLDE_PAYE: lambda note, qui: SoldePaye(**qui, montant=_montant(note), reference=note.texte),
    Fait.CONTROLE: lambda note, qui: DemandeControlee(**qui, motif=note.texte),
}
