"""The orders, seen one by one: those that may be deposited, those that must be corrected, and what is said about each."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Final

from attrs import define, evolve, field

from segur_pha.constats import Constat
from segur_pha.depot.antecedents import OFFICINE_DEJA_DEMANDEE, confronter
from segur_pha.depot.concordance import comparer
from segur_pha.depot.constats import CommandesRefusees
from segur_pha.depot.fausses_commandes import DE_TROP
from segur_pha.table.codes import code_de
from segur_pha.table.formats import Nature
from segur_pha.table.roles import Role

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from segur_pha.depot.antecedents import Admissible, DejaPartie, SourceDAntecedents
    from segur_pha.depot.commandes import CommandeLue, LecteurDeCommandes
    from segur_pha.depot.documents import Document
    from segur_pha.depot.pieces import DossierDePieces
    from segur_pha.depot.verification import Suivi
    from segur_pha.table.balise import Balise
    from segur_pha.table.specification import Specification
    from segur_pha.tableurs import Rangee, TableauLu
    from segur_pha.vagues import Demande

__all__ = ["Acceptee", "Tri"]


@define
class Acceptee:
    """A faultless order that may still need its number."""

    ligne: int
    demande: Demande
    numero: str | None
    documents: tuple[tuple[str, Document], ...]


#: How many orders are read ahead, while the documents of the first one are being opened.
_ANNONCEES: Final = 64
#: With more faults than this, it is not an export of orders, or it was misread: reading on would be pointless.
_FAUTES_MAXIMUM: Final = 10_000
_EXAMEN: Final = "Examen des commandes et des pièces"


def _trop_de_fautes(ligne: int) -> Constat:
    message = (
        f"plus de {_FAUTES_MAXIMUM} fautes : l’export n’a pas été lu au-delà de cette ligne ; est-ce le bon fichier, avec les "
        "bons titres dans [colonnes] ?"
    )
    return Constat(code="trop-de-fautes", message=message, ligne=ligne)


@define
class Tri:
    """The orders seen so far: those that may be deposited, those that must be corrected."""

    pieces: DossierDePieces
    colonnes: Mapping[str, str]
    concordance: bool
    specification: Specification
    retenues: list[Acceptee] = field(factory=list)
    ecartees: list[tuple[Rangee, list[Constat]]] = field(factory=list)
    fautes: list[Constat] = field(factory=list)
    conseils: list[Constat] = field(factory=list)
    conseils_d_officine: list[Constat] = field(factory=list)
    commandes: list[CommandeLue] = field(factory=list)
    en_attente: Sequence[Constat] = ()
    laissees: Sequence[DejaPartie] = ()
    numeros: dict[str, int] = field(factory=dict)
    officines: dict[str, int] = field(factory=dict)

    def examiner(self, export: TableauLu, lecteur: LecteurDeCommandes, suivre: Suivi) -> None:
        """Look at every row of an export that is not empty."""
        annoncees: deque[CommandeLue] = deque()
        lues = 0
        with self.pieces:
            for rang, rangee in enumerate(export.rangees):
                suivre(_EXAMEN, rang, 0)
                if not rangee.est_vide:
                    commande = lecteur.lire(rangee)
                    self.pieces.annoncer(commande)
                    annoncees.append(commande)
                    lues += len(commande.fautes)
                if len(annoncees) > _ANNONCEES:
                    self._examiner(annoncees.popleft())
                if max(lues, len(self.fautes)) >= _FAUTES_MAXIMUM:
                    for commande in annoncees:
                        self._examiner(commande)
                    fautes = [*lecteur.fautes, *self.nommer(self.fautes), _trop_de_fautes(rangee.numero)]
                    raise CommandesRefusees(fautes, export.remarques, export.description)
            # Every row has been read: from here on the total is known.
            total = len(self.commandes) + len(annoncees)
            for commande in annoncees:
                suivre(_EXAMEN, len(self.commandes), total)
                self._examiner(commande)

    def _examiner(self, commande: CommandeLue) -> None:
        """Look at what a row needs from the rest of the deposit: its documents, and a number that no other row has."""
        trouvees, fautes_des_pieces, conseils = self.pieces.chercher(commande, self.colonnes)
        fautes = [*commande.fautes, *self._numero_deja_pris(commande), *fautes_des_pieces]
        self.conseils += [*commande.conseils, *conseils]
        self.conseils_d_officine += self._officine_deja_vue(commande)
        self.commandes.append(commande)
        if fautes or commande.demande is None:
            self.fautes += fautes
            self.ecartees.append((commande.rangee, fautes))
            return
        if self.concordance:
            self.conseils += comparer(commande.ligne, commande.demande, trouvees[0], self.colonnes, self.specification)
        documents = tuple((trouvee.type_fichier, trouvee.document) for trouvee in trouvees)
        self.retenues.append(Acceptee(commande.ligne, commande.demande, commande.numero, documents))

    def confronter(self, antecedents: SourceDAntecedents, admettre: Collection[Admissible], *, nouvelles: bool) -> None:
        """Set aside the orders that were already sent, and unadmitted second requests for a pharmacy."""
        trouve = confronter(
            self.commandes, antecedents, self.colonnes, admettre, self.specification, nouvelles=nouvelles
        )
        self.laissees = trouve.laissees
        self.conseils_d_officine = [*trouve.conseils, *self.conseils_d_officine]
        self.en_attente = trouve.en_attente
        laissees = {partie.ligne for partie in trouve.laissees}
        self.retenues = [a for a in self.retenues if a.ligne not in trouve.fautes and a.ligne not in laissees]
        autres = {rangee.numero: (rangee, fautes) for rangee, fautes in self.ecartees if rangee.numero not in laissees}
        self.conseils = [c for c in self.conseils if c.ligne not in laissees]
        self.conseils_d_officine = [c for c in self.conseils_d_officine if c.ligne not in laissees]
        lues = {c.ligne: c for c in self.commandes}
        ecartees = dict(autres)
        for ligne, faute in trouve.fautes.items():
            commande = lues[ligne]
            # The row may be meant nevertheless, with --admettre or under another number, so its other faults are reported at
            # once.  The documents of an order that was already sent need not be here any more.
            siennes = autres.get(ligne, (None, []))[1] if faute.code == OFFICINE_DEJA_DEMANDEE else commande.fautes
            ecartees[ligne] = (commande.rangee, [faute, *siennes])
        self.ecartees = [ecartees[ligne] for ligne in sorted(ecartees)]
        self.fautes = [faute for _, fautes in self.ecartees for faute in fautes]

    @property
    def nombre(self) -> int:
        """How many orders this deposit is about, not counting totals, repeated rows, or orders sent in another deposit."""
        laissees = {partie.ligne for partie in self.laissees}
        return sum(c.ligne not in laissees for c in self.vraies)

    @property
    def vraies(self) -> list[CommandeLue]:
        """The rows that are orders, whatever becomes of them: neither totals nor repeated rows."""
        return [c for c in self.commandes if DE_TROP.isdisjoint(faute.code for faute in c.fautes)]

    def nommer(self, constats: Iterable[Constat]) -> list[Constat]:
        """Add to each finding which order its row is: its own number, its pharmacy's name."""
        connues = {commande.ligne: commande for commande in self.commandes}
        return [
            constat
            if constat.ligne is None or (commande := connues.get(constat.ligne)) is None
            else evolve(constat, numero=constat.numero or commande.numero or "", officine=commande.officine)
            for constat in constats
        ]

    def _numero_deja_pris(self, commande: CommandeLue) -> list[Constat]:
        avant = _vu_avant(self.numeros, commande.numero and commande.numero.casefold(), commande.ligne)
        if avant is None:
            return []
        rangee = self.specification.numero_de_demande
        phrase = f"la ligne {avant} porte déjà ce numéro (majuscules ignorées) ; donnez-en un autre"
        return [self._deja_vu(commande, rangee, code_de(rangee, Nature.DOUBLON), phrase)]

    def _officine_deja_vue(self, commande: CommandeLue) -> list[Constat]:
        avant = _vu_avant(self.officines, commande.finess, commande.ligne)
        if avant is None:
            return []
        rangee = self.specification.role(Role.OFFICINE)
        return [self._deja_vu(commande, rangee, "finess-double", f"la ligne {avant} concerne la même officine")]

    def _deja_vu(self, commande: CommandeLue, rangee: Balise, code: str, phrase: str) -> Constat:
        colonne = self.colonnes.get(rangee.attribut, "")
        message = f"{rangee.nom} : {phrase}"
        return Constat(code=code, message=message, ligne=commande.ligne, colonne=colonne, balise=rangee.nom)


def _vu_avant(vues: dict[str, int], cle: str | None, ligne: int) -> int | None:
    """Give the row that bore a value before, and note this one where none did."""
    if cle is None:
        return None
    avant = vues.setdefault(cle, ligne)
    return None if avant == ligne else avant
