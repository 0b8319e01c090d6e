"""Orders → requests: which column is which keyword, cells read, values judged by the one engine, faults placed in the source."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from attrs import field, frozen
from msgspec.structs import replace

from segur_pha.depot.constats import Constat, ValeurRefusee, nom_lisible
from segur_pha.depot.valeurs import lire_valeur, simplifier
from segur_pha.depot.vocabulaire import TRANCHE, Vocabulaire, vocabulaire
from segur_pha.erreurs import DemandeInvalide
from segur_pha.rapports.tableau import euros
from segur_pha.table.formats import Format, Texte
from segur_pha.table.roles import Role
from segur_pha.tableurs import CelluleAbimee, est_vide

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from segur_pha.anomalies import Anomalie
    from segur_pha.depot.editeur import Editeur
    from segur_pha.table.balise import Balise
    from segur_pha.table.specification import Specification
    from segur_pha.tableurs import Rangee, TableauLu
    from segur_pha.vagues import Demande

__all__ = ["CommandeLue", "LecteurDeCommandes", "entetes_connus"]


@frozen(kw_only=True)
class CommandeLue:
    """A row of the export, read.

    Attributes:
        ligne: its number in the source.
        demande: the request, under a provisional number when ``numero`` is ``None``; ``None`` when something is wrong.
        numero: the publisher's number that the row bears.
        finess: the FINESS as far as it could be read, by which documents may be found.
        dues: the types of the documents that it needs, as far as its cells and the defaults tell.
        inutiles: those that it certainly does not need.
        documents: type of a document → the name that the row gives.
        formats: type of a document → the format that the row says.
        rangee: the cells, to give them back.
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


def entetes_connus(editeur: Editeur) -> dict[str, str]:
    """Map keyword (and ``bon_commande``, ``preuve_ht``, ``tranche``) → the header that the settings give it, or itself."""
    return {mot: editeur.colonnes.get(mot, mot) for mot in vocabulaire(editeur.specification).colonnes}


class LecteurDeCommandes:
    """Reads the rows of an export, one after the other.

    ``fautes`` holds what is wrong before any row is looked at: announced columns that are missing or stand there twice,
    obligatory values that nobody fills in, defaults that the rules refuse.  ``ignorees`` lists the columns that mean nothing.
    """

    def __init__(self, export: TableauLu, editeur: Editeur, *, majuscules: bool = False, numeros_servis: bool) -> None:
        self._editeur = editeur
        self._majuscules = majuscules
        self._numeros_servis = numeros_servis
        self._epoque = export.epoque
        self._mots = vocabulaire(editeur.specification)
        self._numero = self._mots.mot(Role.NUMERO_EDITEUR)
        self._plafonds = {**editeur.specification.plafonds, **editeur.plafonds}
        trouvees = {mot: places for mot, e in entetes_connus(editeur).items() if (places := export.places(e))}
        self._places = {mot: places[0] for mot, places in trouvees.items()}
        self.colonnes = {mot: export.titres[place] for mot, place in self._places.items()}
        utiles = {place for places in trouvees.values() for place in places}
        self.ignorees = tuple(
            sorted({titre for place, titre in enumerate(export.titres) if titre and place not in utiles})
        )
        self._sans_titre = [place for place, titre in enumerate(export.titres) if not titre]
        servis = {self._numero} if numeros_servis else set()
        exiges = set(self._mots.obligatoires) - set(editeur.defauts) - servis
        self._exigees = [place for mot, place in self._places.items() if mot in exiges]
        self._muets: set[str] = set()
        self.fautes = (
            *self._colonnes_doubles(trouvees),
            *self._colonnes_absentes(),
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

    def _colonnes_absentes(self) -> Iterator[Constat]:
        for mot, entete in self._editeur.colonnes.items():
            if mot not in self.colonnes:
                self._muets.add(mot)
                yield Constat(
                    code="colonne-absente",
                    message="cette colonne, annoncée dans [colonnes], n’est pas dans l’export : ajoutez-la, ou corrigez son titre",
                    colonne=entete,
                    balise=self._mots.balises[mot].nom if mot in self._mots.balises else "",
                )
        for mot in self._mots.obligatoires:
            servi = mot == self._numero and self._numeros_servis
            if mot in self.colonnes or mot in self._muets or mot in self._editeur.defauts or servi:
                continue
            self._muets.add(mot)
            remede = ", ou donnez un premier numéro (--premier-numero)" if mot == self._numero else ""
            yield Constat(
                code="colonne-absente",
                message=f"aucune colonne ne donne {mot} : ajoutez-la, nommez-la dans [colonnes] ou fixez-la dans [defauts]{remede}",
                colonne=mot,
                balise=self._mots.balises[mot].nom,
                attendu=_attendu(self._mots.balises[mot]),
            )

    def _defauts_refuses(self) -> Iterator[Constat]:
        try:
            self._editeur.demande(**{self._numero: self._mots.numero_provisoire})
        except DemandeInvalide as refus:
            for anomalie in refus.anomalies:
                mot = self._mots.mot_de_balise.get(anomalie.balise, "")
                if self._editeur.defauts.get(mot) is not None:
                    self._muets.add(mot)
                    yield _de_l_anomalie(anomalie, None, f"[defauts] {mot}", self._mots)

    def lire(self, rangee: Rangee) -> CommandeLue:
        """Read a row: every fault it has, each with its column and balise."""
        # Cells that may stand under the wrong titles say nothing.
        rangee = replace(rangee, defaut=self._defaut(rangee))
        decalee = Constat(code="ligne-decalee", message=rangee.defaut, ligne=rangee.numero) if rangee.defaut else None
        valeurs, fautes = ({}, [decalee]) if decalee else self._lire_cellules(rangee)
        toutes = {**self._editeur.defauts, **valeurs}
        demande = None if decalee else self._construire(rangee.numero, valeurs, fautes)
        conseils = tuple(self._juger_tranche(rangee.numero, demande, valeurs.get(TRANCHE), fautes))
        dues = self._editeur.specification.pieces_dues(toutes)
        return CommandeLue(
            ligne=rangee.numero,
            demande=None if fautes else demande,
            numero=_texte_ou_rien(toutes.get(self._numero)),
            finess=_texte_ou_rien(valeurs.get(self._mots.mot(Role.OFFICINE))),
            dues=() if decalee else tuple(map(str, dues)),
            inutiles=tuple(piece for piece in self._mots.pieces if piece not in dues) if demande else (),
            documents={piece: str(valeurs[mot]) for piece, mot in self._mots.pieces.items() if mot in valeurs},
            formats={piece: str(valeurs[mot]) for piece, mot in self._mots.formats.items() if mot in valeurs},
            rangee=rangee,
            fautes=tuple(fautes),
            conseils=conseils,
        )

    def _defaut(self, rangee: Rangee) -> str:
        """Say what is wrong with a row as a whole, if anything is."""
        if any(not est_vide(rangee.cellules[place]) for place in self._sans_titre):
            return rangee.defaut or "une cellule de cette ligne est remplie sous une colonne sans titre"
        # A spreadsheet leaves out the last cells where they are empty: right as long as nothing there is needed.
        if any(place >= len(rangee.cellules) - rangee.manquantes for place in self._exigees):
            return "cette ligne a moins de cellules que de titres : il en manque, ou elle est coupée en deux"
        return rangee.defaut

    def _lire_cellules(self, rangee: Rangee) -> tuple[dict[str, object], list[Constat]]:
        valeurs: dict[str, object] = {}
        fautes = []
        for mot, entete in self.colonnes.items():
            balise = self._mots.balises.get(mot)
            try:
                valeur = self._lire_cellule(balise, rangee.cellules[self._places[mot]])
            except ValeurRefusee as refus:
                fautes.append(
                    Constat(
                        code=refus.code,
                        message=refus.message,
                        ligne=rangee.numero,
                        colonne=entete,
                        balise=balise.nom if balise else "",
                        attendu=refus.attendu or _attendu(balise),
                    )
                )
            else:
                if valeur is not None:
                    valeurs[mot] = valeur
        return valeurs, fautes

    def _lire_cellule(self, balise: Balise | None, cellule: object) -> object:
        if balise is None:
            return _nom(cellule)
        assert isinstance(balise.format, Format)
        return lire_valeur(
            balise.format,
            cellule,
            personnelle=balise.personnelle,
            majuscules=self._majuscules,
            epoque=self._epoque,
        )

    def _construire(self, ligne: int, valeurs: Mapping[str, object], fautes: list[Constat]) -> Demande | None:
        """Let the engine judge the values; what could not be read already has its fault."""
        deja_dits = {faute.colonne for faute in fautes}
        formats = set(self._mots.formats.values())
        plat = {mot: v for mot, v in valeurs.items() if mot in self._mots.balises and mot not in formats}
        if self._numeros_servis or self.colonnes.get(self._numero) in deja_dits:
            defaut = self._editeur.defauts.get(self._numero, self._mots.numero_provisoire)
            plat.setdefault(self._numero, defaut)
        try:
            return self._editeur.demande(**{**dict.fromkeys(formats, "PDF"), **plat})
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


def _attendu(balise: Balise | None) -> str:
    return balise.format.attendu if balise and isinstance(balise.format, Format) else ""


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
    if balise and isinstance(balise.format, Texte) and balise.format.majuscules and anomalie.code.endswith("04"):
        message += " (l’option --majuscules le fait pour vous)"
    return Constat(
        code=anomalie.code,
        message=message,
        ligne=ligne,
        colonne=colonne,
        balise=anomalie.balise,
        attendu=_attendu(balise),
    )
