"""A table of facts as people keep them: decisions, payments and what follows, row by row → notes for the ledger."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from attrs import evolve, frozen

from segur_pha.constats import Constat, ValeurRefusee
from segur_pha.depot.ressemblances import TITRES_D_OFFICINE, mots_plies
from segur_pha.depot.valeurs import lire_valeur
from segur_pha.erreurs import RegistreError
from segur_pha.rapports.tableau import en_mots, nom_lisible
from segur_pha.registre.evenements import Fait
from segur_pha.registre.notes import Note
from segur_pha.table.formats import DateJJMMAAAA, Montant, Texte
from segur_pha.table.roles import Role
from segur_pha.tableurs import CelluleAbimee, cle_de_titre, est_vide, lire_tableau, titres_connus
from segur_pha.vagues import PAR_DEFAUT

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from segur_pha.table.formats import Format
    from segur_pha.tableurs import Rangee, TableauLu

__all__ = ["TITRES", "NotesLues", "lire_les_notes"]

#: What people call the columns: what a column holds → its possible titles.
TITRES: Final[dict[str, tuple[str, ...]]] = {
    "asp": (
        *(
            PAR_DEFAUT.role(Role.REFERENCE_ASP).nom,
            "numéro ASP",
            "numero ASP",
            "n° ASP",
            "référence ASP",
            "reference ASP",
        ),
    ),
    "numero": (
        *(PAR_DEFAUT.role(Role.NUMERO_EDITEUR).nom, "numéro éditeur", "numero editeur", "n° éditeur", "n° demande"),
        *("numéro", "demande"),
    ),
    "decision": ("décision", "decision", "statut", "état", "etat"),
    "motif": ("motif", "motif de la décision", "motif de la decision", "commentaire"),
    "jour": ("jour", "date"),
    "jour_decision": ("date de décision", "date de la décision", "jour de la décision", "décidée le", "date decision"),
    "montant": ("montant payé", "montant paye", "montant versé", "avance payée", "avance payee", "avance versée"),
    "jour_paiement": (
        *("date de paiement", "date du paiement", "date paiement", "payée le", "payé le", "date de versement"),
        *("date du versement", "date versement", "versée le", "versé le"),
    ),
    "reference": ("référence", "reference", "référence du paiement", "référence de paiement", "avis de paiement"),
    "service": ("VA", "date de la VA", "date VA", "VA signée le", "service fait", "service fait le"),
    "mssante": ("MSSanté", "MSSante", "adresse MSSanté", "adresse MSSante", "BAL MSSanté"),
    "jour_facture": ("date de la facture", "date de facture", "facturée le"),
    "facture": ("facture", "numéro de facture", "n° facture", "référence de la facture"),
    "jour_solde": ("solde demandé le", "date de la demande de solde", "solde demande le"),
    "solde": ("solde payé", "solde paye", "montant du solde", "solde versé"),
    "jour_solde_paye": ("solde payé le", "date de paiement du solde", "date du solde"),
    "jour_controle": ("contrôlée le", "date du contrôle", "controle le"),
    "controle": ("contrôle", "résultat du contrôle", "controle"),
}
#: What people write about a decision; the last two kinds are states on the portal rather than decisions.
_DECISIONS: Final[dict[str, bool | Fait]] = {
    **dict.fromkeys(("attribuée", "attribuee", "accordée", "favorable", "oui", "décidée et payée", "décidée"), True),
    **dict.fromkeys(("refusée", "refusee", "rejetée par l'asp", "défavorable", "defavorable", "non"), False),
    **dict.fromkeys(("incomplète", "incomplete"), Fait.INCOMPLETE),
    **dict.fromkeys(("à modifier", "a modifier"), Fait.MODIFICATION),
}
_JOURS: Final = frozenset(c for c in TITRES if c.startswith("jour") or c == "service")
_MONTANTS: Final = frozenset({"montant", "solde"})
#: A title that means what was paid only if there is also the day of a payment.
_MONTANT_SEUL: Final = "montant"
#: Days that say nothing without another value: the day, the value, the words for the fault, what to add.
_JOURS_SEULS: Final = (
    ("jour_decision", "decision", "une date de décision sans décision", "la décision"),
    ("jour_paiement", "montant", "une date de paiement sans montant", "le montant payé"),
    ("jour_solde_paye", "solde", "une date de paiement du solde sans montant", "le solde payé"),
)


@frozen
class NotesLues:
    """What a table says: the table as it was read, the notes, and the cells that cannot be read.

    ``ignorees``: the titles of columns that hold no fact.
    """

    tableau: TableauLu
    notes: tuple[Note, ...]
    constats: tuple[Constat, ...]
    ignorees: tuple[str, ...]


def lire_les_notes(
    source: bytes | str,
    *,
    nom: str,
    jour: date,
    au_plus_tard: date | None = None,
    feuille: str | None = None,
    encodage: str | None = None,
) -> NotesLues:
    r"""Read a table of facts: a CSV or a workbook with the titles that people use (:data:`TITRES`).

    ``jour`` is the day of facts that the table does not date; a day after ``au_plus_tard``, usually today, is a fault.

    Raises :class:`~segur_pha.RegistreError` for anything but a table, for two columns with the same meaning, and for a table
    without a number or a reference.

    >>> from datetime import date
    >>> lues = lire_les_notes("N° demande;Décision;Le\n00001;attribuée;x\n", nom="f.csv", jour=date(2023, 1, 9))
    >>> [(note.cle, note.fait.value, note.favorable) for note in lues.notes], lues.ignorees
    ([('00001', 'decision', True)], ('Le',))
    """
    connus = [_MONTANT_SEUL, *(titre for titres in TITRES.values() for titre in titres)]
    tableau = lire_tableau(
        source, titres_connus(connus), nom=nom, feuille=feuille, encodage=encodage, refus=RegistreError
    )
    places = _places(tableau)
    if not places.keys() & {"asp", "numero"}:
        raise RegistreError(
            f"{nom} : aucune colonne ne dit de quelle demande il s’agit (référence de l’ASP ou numéro éditeur)."
        )
    if places.keys() <= {"asp", "numero", "jour", "motif", "reference"}:
        raise RegistreError(
            f"{nom} : aucune colonne ne dit ce qui est arrivé (décision, montant payé, date de la VA…)."
        )
    du_nom = next((p for p, titre in enumerate(tableau.titres) if mots_plies(titre) in TITRES_D_OFFICINE), None)
    lecteur = _Lecteur(tableau, places, jour, au_plus_tard, du_nom)
    notes: list[Note] = []
    constats: list[Constat] = []
    for rangee in tableau.rangees:
        lues, refus = lecteur.lire(rangee)
        notes += lues
        numero, officine = lecteur.numero(rangee), lecteur.officine(rangee)
        constats += [evolve(r.constat, ligne=rangee.numero, numero=numero, officine=officine) for r in refus]
    ignorees = tuple(
        tableau.nommer(p) for p, t in enumerate(tableau.titres) if t and p not in {*places.values(), du_nom}
    )
    return NotesLues(tableau, tuple(notes), tuple(constats), ignorees)


def _places(tableau: TableauLu) -> dict[str, int]:
    places = {contenu: place for contenu, titres in TITRES.items() if (place := _place(tableau, titres)) is not None}
    paye = "montant" if "jour_paiement" in places else "solde" if "jour_solde_paye" in places else None
    if paye is not None and not places.keys() & {"montant", paye}:
        seule = _place(tableau, (_MONTANT_SEUL,))
        places |= {} if seule is None else {paye: seule}
    return places


def _place(tableau: TableauLu, titres: Iterable[str]) -> int | None:
    places = sorted({place for titre in titres for place in tableau.places(titre)})
    if len(places) > 1:
        noms = " et ".join(f"« {tableau.titres[place]} »" for place in places)
        raise RegistreError(f"Les colonnes {noms} disent la même chose : gardez-en une.")
    return places[0] if places else None


@frozen
class _Lecteur:
    tableau: TableauLu
    places: Mapping[str, int]
    jour: date
    au_plus_tard: date | None
    du_nom: int | None

    def lire(self, rangee: Rangee) -> tuple[list[Note], list[ValeurRefusee]]:
        """Return the facts of a row, in the order in which they happen, or everything that is wrong with it."""
        if rangee.defaut:
            return [], [ValeurRefusee("rangee-illisible", rangee.defaut)]
        valeurs: dict[str, object] = {}
        refus: list[ValeurRefusee] = []
        for contenu in self.places:
            try:
                valeurs[contenu] = self._valeur(rangee, contenu)
            except ValeurRefusee as refusee:
                refus.append(refusee)
        refus += self._manques(valeurs, {*self.places} - valeurs.keys())
        return ([], refus) if refus else ([*self._notes(rangee, valeurs)], [])

    def _manques(self, valeurs: Mapping[str, object], illisibles: Collection[str]) -> Iterator[ValeurRefusee]:
        """Say what a row lacks, or says in an unknown word; a cell that was already reported is not asked for."""
        ou = "asp" if "asp" in self.places else "numero"
        if not valeurs.get("asp") and not valeurs.get("numero") and not {"asp", "numero"}.intersection(illisibles):
            yield self._illisible(ou, "indiquez de quelle demande il s’agit")
        for du_jour, fait, sans, manque in _JOURS_SEULS:
            if valeurs.get(du_jour) is not None and valeurs.get(fait) is None and fait not in illisibles:
                yield self._illisible(du_jour, f"{sans} ne note rien : indiquez aussi {manque}, ou videz cette date")
        dite = valeurs.get("decision")
        if dite is not None and cle_de_titre(str(dite)) not in _DECISIONS:
            yield self._illisible(
                "decision", "décision inconnue : écrivez attribuée, refusée, incomplète ou à modifier"
            )

    def _notes(self, rangee: Rangee, valeurs: Mapping[str, object]) -> Iterator[Note]:
        asp, numero = str(valeurs.get("asp") or ""), str(valeurs.get("numero") or "")

        def note(fait: Fait, jour: object, texte: object, montant: object = None, *, oui: bool | None = None) -> Note:
            return Note(
                cle=asp or numero,
                aussi=numero if asp else "",
                fait=fait,
                jour=next(j for j in (jour, valeurs.get("jour"), self.jour) if isinstance(j, date)),
                texte=str(texte or ""),
                montant=montant if isinstance(montant, Decimal) else None,
                favorable=oui,
                ligne=rangee.numero,
                officine=self.officine(rangee),
            )

        lu = valeurs.get
        if lu("decision") is not None:
            decision = _DECISIONS[cle_de_titre(str(lu("decision")))]
            autre = decision if isinstance(decision, Fait) else Fait.DECISION
            oui = None if isinstance(decision, Fait) else decision
            yield note(autre, lu("jour_decision"), lu("motif"), oui=oui)
        if lu("montant") is not None:
            yield note(Fait.PAIEMENT, lu("jour_paiement"), lu("reference"), lu("montant"))
        if lu("service") is not None:
            yield note(Fait.SERVICE, lu("service"), lu("mssante"))
        if lu("jour_facture") is not None or lu("facture") is not None:
            yield note(Fait.FACTURE, lu("jour_facture"), lu("facture"))
        if lu("jour_solde") is not None:
            yield note(Fait.SOLDE, lu("jour_solde"), "")
        if lu("solde") is not None:
            yield note(
                Fait.SOLDE_PAYE, lu("jour_solde_paye"), lu("reference") if lu("montant") is None else "", lu("solde")
            )
        if lu("jour_controle") is not None or lu("controle") is not None:
            yield note(Fait.CONTROLE, lu("jour_controle"), lu("controle"))

    def numero(self, rangee: Rangee) -> str:
        """Return what a row calls its request, to be mentioned with what is wrong with it."""
        ecrits = (rangee.cellules[self.places[contenu]] for contenu in ("numero", "asp") if contenu in self.places)
        return next((nom_lisible(str(ecrit).strip()) for ecrit in ecrits if not est_vide(ecrit)), "")

    def officine(self, rangee: Rangee) -> str:
        """Name the pharmacy of a row, if a column of the table does."""
        cellule = rangee.cellules[self.du_nom] if self.du_nom is not None else None
        return nom_lisible(cellule.strip()) if isinstance(cellule, str) else ""

    def _valeur(self, rangee: Rangee, contenu: str) -> object:
        cellule = rangee.cellules[self.places[contenu]]
        if est_vide(cellule):
            return None
        try:
            if (attendu := _format(contenu)) is None:
                self._exiger_un_numero(contenu, cellule)
                return _texte(cellule)
            lue = lire_valeur(attendu, cellule, personnelle=False, epoque=self.tableau.epoque)
        except ValeurRefusee as refus:
            raise self._illisible(contenu, refus.constat.message, refus.constat.attendu) from None
        if isinstance(lue, date) and self.au_plus_tard is not None and lue > self.au_plus_tard:
            raise self._illisible(contenu, f"le {en_mots(lue)} n’est pas encore venu : vérifiez cette date")
        return lue

    def _exiger_un_numero(self, contenu: str, cellule: object) -> None:
        """Refuse a day in the column of the invoice's number, where it would be taken for that number."""
        if contenu == "facture" and _est_un_jour(cellule):
            raise self._illisible(
                contenu,
                "cette colonne tient le numéro de la facture ; sa date se met dans une autre, sous « date de facture »",
            )

    def _illisible(self, contenu: str, message: str, attendu: str = "") -> ValeurRefusee:
        refus = ValeurRefusee("note-illisible", message, attendu)
        refus.constat = evolve(refus.constat, colonne=self.tableau.titres[self.places[contenu]])
        return refus


def _format(contenu: str) -> Format | None:
    if contenu in _JOURS:
        return DateJJMMAAAA()
    if contenu in _MONTANTS:
        return Montant(decimales=2)
    # The publisher's numbers have five characters: one that lost its leading zeros in a spreadsheet is reported.
    return Texte(exact=5) if contenu == "numero" else None


def _est_un_jour(cellule: object) -> bool:
    if isinstance(cellule, date):
        return True
    if not isinstance(cellule, str) or cellule.strip().isdigit():
        return False
    try:
        lire_valeur(DateJJMMAAAA(), cellule, personnelle=False)
    except ValeurRefusee:
        return False
    return True


def _texte(cellule: object) -> str:
    """Read words or a reference; the latter may be a number of any length."""
    if isinstance(cellule, CelluleAbimee):
        raise ValeurRefusee(cellule.code, cellule.message(str))
    if not isinstance(cellule, str | int) or isinstance(cellule, bool):
        raise ValeurRefusee(
            "tableur-valeur",
            "le tableur a changé cette valeur : mettez la cellule au format Texte et saisissez-la de nouveau",
        )
    return str(cellule).strip()
