"""Orders → requests: columns matched with keywords, cells read, values judged by the one engine, faults placed in the source."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Final, cast

from attrs import evolve, field, frozen
from msgspec.structs import replace

from segur_pha.constats import Constat, ValeurRefusee
from segur_pha.depot.fausses_commandes import FaussesCommandes
from segur_pha.depot.reparations import Reparations, majuscules_mises, mis_en_majuscules, zero_rendu
from segur_pha.depot.ressemblances import TITRES_D_OFFICINE, attendu_de, colonnes_absentes, mots_plies
from segur_pha.depot.valeurs import lire_valeur, simplifier
from segur_pha.depot.vocabulaire import TRANCHE, Vocabulaire, vocabulaire
from segur_pha.erreurs import DemandeInvalide
from segur_pha.rapports.tableau import euros, nom_lisible
from segur_pha.table.formats import Format, Nature, Texte
from segur_pha.table.roles import Role
from segur_pha.tableurs import CelluleAbimee, est_vide

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from segur_pha.anomalies import Anomalie
    from segur_pha.depot.editeur import Editeur
    from segur_pha.table.balise import Balise
    from segur_pha.table.specification import Specification
    from segur_pha.tableurs import Rangee, TableauLu
    from segur_pha.vagues import Demande, ValeursDeDemande

__all__ = ["CommandeLue", "LecteurDeCommandes", "entetes_connus"]

#: The code of a row whose cells may be under the wrong titles, so that they tell nothing.
_DECALEE: Final = "ligne-decalee"


@frozen(kw_only=True)
class CommandeLue:
    """A row of the export that was read.

    Attributes:
        ligne: its number in the source.
        demande: the request, under a provisional number when ``numero`` is ``None``; ``None`` when something is wrong.
        numero: the publisher's number in the row.
        finess: the FINESS as far as it could be read; documents may be found by it.
        dues: the types of the documents that it needs, as far as the cells and the defaults tell.
        inutiles: the types that it certainly does not need.
        documents: type of a document → the name given in the row.
        formats: type of a document → the format given in the row.
        rangee: the cells, so that they can be written back.
        reperes: other texts by which documents may be found: a number or a FINESS with the zeros it has probably lost.
        officine: the pharmacy's name, ``""`` where no column of the export gives it.
        repere_fautif: whether its number or its FINESS is present but faulty, which may be why no document is found by name.
    """

    ligne: int
    demande: Demande | None
    numero: str | None
    finess: str | None
    dues: tuple[str, ...]
    inutiles: tuple[str, ...]
    documents: Mapping[str, str]
    formats: Mapping[str, str]
    rangee: Rangee = field(repr=False)
    fautes: tuple[Constat, ...]
    conseils: tuple[Constat, ...]
    reperes: tuple[str, ...] = field(default=(), repr=False)
    officine: str = field(default="", repr=False)
    repere_fautif: bool = False


def entetes_connus(editeur: Editeur) -> dict[str, str]:
    """Map keyword (and ``bon_commande``, ``preuve_ht``, ``tranche``) → the header that the settings give it, or itself."""
    return {mot: editeur.colonnes.get(mot, mot) for mot in vocabulaire(editeur.specification).colonnes}


class LecteurDeCommandes:
    """Reads the rows of an export, one after the other.

    ``fautes`` holds what is wrong before any row is read: announced columns that are missing or occur twice, obligatory values
    that no column or default fills in, defaults that the rules refuse.  ``ignorees`` lists the columns that have no meaning here.
    """

    def __init__(
        self,
        export: TableauLu,
        editeur: Editeur,
        *,
        majuscules: bool = False,
        zeros: bool = False,
        numeros_servis: bool,
    ) -> None:
        self._editeur = editeur
        self._reparations = Reparations(majuscules=majuscules, zeros=zeros)
        self._numeros_servis = numeros_servis
        self._epoque = export.epoque
        self._mots = vocabulaire(editeur.specification)
        self._numero = self._mots.mot(Role.NUMERO_EDITEUR)
        self._officine = self._mots.mot(Role.OFFICINE)
        # The keywords by which documents can be found when no column names them.
        self._reperes = {self._numero, self._officine} - {""}
        self._plafonds = {**editeur.specification.plafonds, **editeur.plafonds}
        trouvees = {mot: places for mot, e in entetes_connus(editeur).items() if (places := export.places(e))}
        self._places = {mot: places[0] for mot, places in trouvees.items()}
        self.colonnes = {mot: export.titres[place] for mot, place in self._places.items()}
        utiles = {place for places in trouvees.values() for place in places}
        self.ignorees = tuple(
            sorted({export.nommer(p) for p, titre in enumerate(export.titres) if titre and p not in utiles})
        )
        self._sans_titre = [place for place, titre in enumerate(export.titres) if not titre]
        servis = {self._numero} if numeros_servis else set()
        dus = [mot for mot in self._mots.obligatoires if mot not in {*editeur.defauts, *servis}]
        self._exigees = [place for mot, place in self._places.items() if mot in dus]
        titres_plies = (mots_plies(titre) if titre else "" for titre in export.titres)
        self._place_du_nom = next((p for p, titre in enumerate(titres_plies) if titre in TITRES_D_OFFICINE), None)
        self._fausses = FaussesCommandes(self._places, self._mots)
        self._muets: set[str] = set()
        absentes = self._colonnes_absentes(tuple(export.nommer(p) for p, t in enumerate(export.titres) if t), dus)
        #: Whether this is not the table that the settings announce: reading its rows would be pointless.
        self.autre_tableau = bool(absentes)
        self.fautes = (
            *self._colonnes_doubles(trouvees),
            *absentes,
            *self._defauts_refuses(),
        )

    def _colonnes_doubles(self, trouvees: Mapping[str, tuple[int, ...]]) -> Iterator[Constat]:
        for mot, places in trouvees.items():
            if len(places) > 1:
                self._muets.add(mot)
                yield Constat(
                    code="colonne-double",
                    message=f"{len(places)} colonnes portent ce titre : renommez celles qui ne doivent pas servir",
                    colonne=self.colonnes[mot],
                    balise=self._mots.balises[mot].nom if mot in self._mots.balises else "",
                )

    def _colonnes_absentes(self, titres: tuple[str, ...], dus: Iterable[str]) -> list[Constat]:
        annoncees = {mot: entete for mot, entete in self._editeur.colonnes.items() if mot not in self.colonnes}
        absentes = {**annoncees, **{mot: "" for mot in dus if mot not in {*self.colonnes, *annoncees}}}
        self._muets |= absentes.keys()
        return colonnes_absentes(absentes, titres, self.ignorees, self._mots) if absentes else []

    def _defauts_refuses(self) -> Iterator[Constat]:
        try:
            self._editeur.demande(**cast("ValeursDeDemande", {self._numero: self._mots.numero_provisoire}))
        except DemandeInvalide as refus:
            for anomalie in refus.anomalies:
                mot = self._mots.mot_de_balise.get(anomalie.balise, "")
                if self._editeur.defauts.get(mot) is not None:
                    self._muets.add(mot)
                    yield _de_l_anomalie(anomalie, None, f"[defauts] {mot}", self._mots)

    def lire(self, rangee: Rangee) -> CommandeLue:
        """Read a row, with all its faults, each with its column and balise."""
        # Cells that may be under the wrong titles tell nothing, nor do those of a row that is not an order.
        code, defaut = (_DECALEE, self._defaut(rangee))
        if not defaut:
            code, defaut = self._fausses.reconnaitre(rangee)
        rangee = rangee if defaut == rangee.defaut else replace(rangee, defaut=defaut)
        if defaut:
            faute = Constat(code=code, message=defaut, ligne=rangee.numero)
            return CommandeLue(
                ligne=rangee.numero, demande=None, numero=None, finess=None, dues=(), inutiles=(), documents={}, formats={},
                rangee=rangee, fautes=(faute,), conseils=(), officine="" if code == _DECALEE else self._nom_de_l_officine(rangee),
            )  # fmt: skip
        reperes: list[str] = []
        repares: list[Constat] = []
        valeurs, fautes = self._lire_cellules(rangee, reperes, repares)
        toutes = {**self._editeur.defauts, **valeurs}
        demande = self._construire(rangee.numero, valeurs, fautes)
        conseils = (*repares, *self._juger_tranche(rangee.numero, demande, valeurs.get(TRANCHE), fautes))
        dues = self._editeur.specification.pieces_dues(toutes)
        return CommandeLue(
            ligne=rangee.numero,
            demande=None if fautes else demande,
            numero=_texte_ou_rien(toutes.get(self._numero)),
            # As the ledger knows it: a letter of Corsica may be typed in lower case.
            finess=(_texte_ou_rien(valeurs.get(self._officine)) or "").upper() or None,
            dues=tuple(map(str, dues)),
            inutiles=tuple(piece for piece in self._mots.pieces if piece not in dues) if demande else (),
            documents={piece: str(valeurs[mot]) for piece, mot in self._mots.pieces.items() if mot in valeurs},
            formats={piece: str(valeurs[mot]) for piece, mot in self._mots.formats.items() if mot in valeurs},
            rangee=rangee,
            fautes=tuple(fautes),
            conseils=conseils,
            reperes=tuple(reperes),
            officine=self._nom_de_l_officine(rangee),
            repere_fautif=any(map(self._sur_un_repere, fautes)),
        )

    def _nom_de_l_officine(self, rangee: Rangee) -> str:
        """Name the pharmacy for whoever corrects the order, if the export does."""
        cellule = rangee.cellules[self._place_du_nom] if self._place_du_nom is not None else None
        return nom_lisible(cellule.strip()) if isinstance(cellule, str) else ""

    def _sur_un_repere(self, faute: Constat) -> bool:
        repere = self._mots.mot_de_balise.get(faute.balise) in self._reperes
        return repere and not faute.code.endswith(Nature.NON_RENSEIGNEE)

    def _defaut(self, rangee: Rangee) -> str:
        """Say what is wrong with a row as a whole, if anything is."""
        if any(not est_vide(rangee.cellules[place]) for place in self._sans_titre):
            return rangee.defaut or "une cellule de cette ligne est remplie sous une colonne sans titre"
        # A spreadsheet leaves out the last cells when they are empty, which is fine unless one of them is needed.
        if any(place >= len(rangee.cellules) - rangee.manquantes for place in self._exigees):
            return "cette ligne a moins de cellules que de titres : il en manque, ou elle est coupée en deux"
        return rangee.defaut

    def _lire_cellules(
        self, rangee: Rangee, reperes: list[str], repares: list[Constat]
    ) -> tuple[dict[str, object], list[Constat]]:
        valeurs: dict[str, object] = {}
        fautes = []
        for mot, entete in self.colonnes.items():
            balise = self._mots.balises.get(mot)
            cellule = rangee.cellules[self._places[mot]]
            try:
                valeur = self._lire_cellule(balise, cellule)
            except ValeurRefusee as refus:
                finess = self._reparations.rendre_le_zero(refus) if mot == self._officine else ""
                if balise is not None and finess:
                    valeurs[mot] = finess
                    repares.append(zero_rendu(finess, rangee.numero, entete, balise.nom))
                    continue
                if mot in self._reperes and refus.propose:
                    reperes.append(refus.propose)
                fautes.append(
                    evolve(
                        refus.constat,
                        ligne=rangee.numero,
                        colonne=entete,
                        balise=balise.nom if balise else "",
                        attendu=refus.constat.attendu or attendu_de(balise),
                    )
                )
            else:
                if valeur is not None:
                    valeurs[mot] = valeur
                if balise is not None and self._reparations.majuscules and mis_en_majuscules(valeur, cellule):
                    repares.append(majuscules_mises(rangee.numero, entete, balise.nom))
        return valeurs, fautes

    def _lire_cellule(self, balise: Balise | None, cellule: object) -> object:
        if balise is None:
            return _nom(cellule)
        assert isinstance(balise.format, Format)
        return lire_valeur(
            balise.format,
            cellule,
            personnelle=balise.personnelle,
            majuscules=self._reparations.majuscules,
            epoque=self._epoque,
        )

    def _construire(self, ligne: int, valeurs: Mapping[str, object], fautes: list[Constat]) -> Demande | None:
        """Have the engine judge the values; what could not be read already has its fault."""
        deja_dits = {faute.colonne for faute in fautes}
        formats = set(self._mots.formats.values())
        plat = {mot: v for mot, v in valeurs.items() if mot in self._mots.balises and mot not in formats}
        if self._numeros_servis or self.colonnes.get(self._numero) in deja_dits:
            defaut = self._editeur.defauts.get(self._numero, self._mots.numero_provisoire)
            plat.setdefault(self._numero, defaut)
        try:
            return self._editeur.demande(**cast("ValeursDeDemande", {**dict.fromkeys(formats, "PDF"), **plat}))
        except DemandeInvalide as refus:
            for anomalie in refus.anomalies:
                mot = self._mots.mot_de_balise.get(anomalie.balise, "")
                colonne = self.colonnes.get(mot, "")
                if mot not in self._muets and not (colonne and colonne in deja_dits):
                    fautes.append(_de_l_anomalie(anomalie, ligne, colonne, self._mots))
            return None

    def _juger_tranche(
        self, ligne: int, demande: Demande | None, tranche: object, fautes: list[Constat]
    ) -> Iterator[Constat]:
        """Compare the amount with the ceiling of the turnover tranche (decision 16)."""
        if tranche is None:
            return
        try:
            depassement = _montant(demande, self._editeur.specification) - self._plafonds[str(tranche)]
        except KeyError:
            connues = ", ".join(map(nom_lisible, self._plafonds))
            message = f"le plafond de cette tranche est inconnu : ajoutez-le dans [plafonds] (connus : {connues})"
            fautes.append(
                Constat(code="tranche-inconnue", message=message, ligne=ligne, colonne=self.colonnes[TRANCHE])
            )
            return
        if depassement > 0:
            yield Constat(
                code="plafond-depasse",
                message=f"le montant dépasse de {euros(depassement)} le plafond de la tranche",
                ligne=ligne,
                colonne=self.colonnes.get(self._mots.mot(Role.MONTANT), ""),
                balise=self._editeur.specification.role(Role.MONTANT).nom,
                attendu=f"{euros(self._plafonds[str(tranche)])} hors taxe au plus",
            )


def _montant(demande: Demande | None, specification: Specification) -> Decimal:
    montant = specification.valeur(demande, Role.MONTANT) if demande else None
    return montant if isinstance(montant, Decimal) else Decimal(0)


def _texte_ou_rien(valeur: object) -> str | None:
    return None if valeur is None else str(valeur)


def _nom(cellule: object) -> str | None:
    valeur = simplifier(cellule)
    if isinstance(valeur, CelluleAbimee):
        raise ValeurRefusee(valeur.code, valeur.message(str))
    if valeur is not None and not isinstance(valeur, str):
        raise ValeurRefusee("nom-illisible", "cette cellule n’est pas un texte : mettez-la au format Texte")
    return valeur


def _de_l_anomalie(anomalie: Anomalie, ligne: int | None, colonne: str, mots: Vocabulaire) -> Constat:
    balise = mots.balises.get(mots.mot_de_balise.get(anomalie.balise, ""))
    message = anomalie.libelle
    if ligne is not None and colonne and anomalie.code.endswith(Nature.NON_RENSEIGNEE):
        message = f"{anomalie.balise} : cette cellule est vide, alors que la valeur est obligatoire ; remplissez-la"
    if (
        balise
        and isinstance(balise.format, Texte)
        and balise.format.majuscules
        and anomalie.code.endswith(Nature.FORMAT)
    ):
        message += " (l’option --majuscules le fait pour vous)"
    return Constat(
        code=anomalie.code,
        message=message,
        ligne=ligne,
        colonne=colonne,
        balise=anomalie.balise,
        attendu=attendu_de(balise),
    )
