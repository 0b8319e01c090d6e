"""Orders → requests: which column is which keyword, cells read, values judged by the one engine, faults placed in the source."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Final

from attrs import field, frozen
from msgspec.structs import replace

from segur_pha.depot.constats import Constat, ValeurRefusee, nom_lisible
from segur_pha.depot.editeur import COLONNES_DE_PIECES, MOTS_CLES, OBLIGATOIRES
from segur_pha.depot.fausses_commandes import FaussesCommandes
from segur_pha.depot.reparations import Reparations, majuscules_mises, mis_en_majuscules, zero_rendu
from segur_pha.depot.ressemblances import rapprocher
from segur_pha.depot.valeurs import attendu_en_cellule, lire_valeur, simplifier
from segur_pha.erreurs import DemandeInvalide, SegurError
from segur_pha.rapports.tableau import euros
from segur_pha.table.balise import Balise, blocs
from segur_pha.table.formats import Format, Nature, Texte
from segur_pha.tableurs import CelluleAbimee, est_vide
from segur_pha.vagues.va1.avance import PLAFONDS_HT, depassement_du_plafond
from segur_pha.vagues.va1.table import Demande

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from segur_pha.anomalies import Anomalie
    from segur_pha.depot.editeur import Editeur
    from segur_pha.tableurs import Rangee, TableauLu

__all__ = ["BALISES", "MOT_DE_BALISE", "CommandeLue", "LecteurDeCommandes", "entetes_connus"]

#: Stands for a number that is allotted later, when every order is known to be right.
NUMERO_PROVISOIRE: Final = "00000"

_FORMATS_DE_PIECES: Final = ("format_bon_commande", "format_preuve_ht")
#: By what documents are found that no column names.
_REPERES: Final = ("numero_editeur", "finess_geo")


def _balises() -> dict[str, Balise]:
    """Map the keywords of construire_demande to their rows."""
    rangees = {b.attribut: b for _, b in blocs(Demande) if b.attribut}
    return {mot: rangees["format_fichier" if mot in _FORMATS_DE_PIECES else mot] for mot in MOTS_CLES}


BALISES: Final[Mapping[str, Balise]] = _balises()
_BALISES_REPERES: Final = frozenset(BALISES[mot].nom for mot in _REPERES)
#: The other way round: the keyword that a tag's value comes from.
MOT_DE_BALISE: Final = {rangee.nom: mot for mot, rangee in BALISES.items() if mot not in _FORMATS_DE_PIECES}


@frozen(kw_only=True)
class CommandeLue:
    """A row of the export, read.

    Attributes:
        ligne: its number in the source.
        demande: the request, under :data:`NUMERO_PROVISOIRE` when ``numero`` is ``None``; ``None`` when something is wrong.
        numero: the numeroEditeur that the row bears.
        finess: the FINESS as far as it could be read, by which documents may be found.
        regime: the VAT regime as it was written or by default, which tells what documents are due.
        documents: ``bon_commande`` and ``preuve_ht``: the names that the row gives.
        formats: ``format_bon_commande`` and ``format_preuve_ht``: what the row says of them.
        rangee: the cells, to give them back.
        reperes: other texts by which documents may be found: a number or a FINESS with the zeros it probably lost.
    """

    ligne: int
    demande: Demande | None
    numero: str | None
    finess: str | None
    regime: str | None
    documents: Mapping[str, str]
    formats: Mapping[str, str]
    rangee: Rangee = field(repr=False)
    fautes: tuple[Constat, ...]
    conseils: tuple[Constat, ...]
    reperes: tuple[str, ...] = field(default=(), repr=False)

    @property
    def repere_fautif(self) -> bool:
        """Whether its number or its FINESS is there and faulty, which may be why no document is found by name."""
        return any(f.balise in _BALISES_REPERES and not f.code.endswith(Nature.NON_RENSEIGNEE) for f in self.fautes)


def entetes_connus(editeur: Editeur) -> dict[str, str]:
    """Map keyword (and ``bon_commande``, ``preuve_ht``, ``tranche``) → the header that the settings give it, or itself."""
    return {mot: editeur.colonnes.get(mot, mot) for mot in (*MOTS_CLES, *COLONNES_DE_PIECES)}


class LecteurDeCommandes:
    """Reads the rows of an export, one after the other.

    ``fautes`` holds what is wrong before any row is looked at: announced columns that are missing or stand there twice,
    obligatory values that nobody fills in, defaults that the rules refuse.  ``ignorees`` lists the columns that mean nothing.
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
        self._plafonds = {**PLAFONDS_HT, **editeur.plafonds}
        trouvees = {mot: places for mot, e in entetes_connus(editeur).items() if (places := export.places(e))}
        self._places = {mot: places[0] for mot, places in trouvees.items()}
        self.colonnes = {mot: export.titres[place] for mot, place in self._places.items()}
        utiles = {place for places in trouvees.values() for place in places}
        self.ignorees = tuple(
            sorted({titre for place, titre in enumerate(export.titres) if titre and place not in utiles})
        )
        self._sans_titre = [place for place, titre in enumerate(export.titres) if not titre]
        self._exigees = [
            place
            for mot, place in self._places.items()
            if mot in OBLIGATOIRES and mot not in editeur.defauts and not (mot == "numero_editeur" and numeros_servis)
        ]
        self._fausses = FaussesCommandes(self._places)
        self._muets: set[str] = set()
        absentes = [*self._colonnes_absentes(export.titres)]
        #: Whether this is another table than the settings announce: reading its rows would tell nothing.
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
                    balise=BALISES[mot].nom if mot in BALISES else "",
                )

    def _colonnes_absentes(self, titres: tuple[str, ...]) -> list[Constat]:
        """Say which columns are missing, what the export has instead, and which of its titles resembles which of ours."""
        annoncees = {mot: entete for mot, entete in self._editeur.colonnes.items() if mot not in self.colonnes}
        servis = {"numero_editeur"} if self._numeros_servis else set()
        dues = [m for m in OBLIGATOIRES if m not in {*self.colonnes, *annoncees, *self._editeur.defauts, *servis}]
        absentes = {**annoncees, **dict.fromkeys(dues, "")}
        if not absentes:
            return []
        self._muets |= absentes.keys()
        proches = rapprocher(self.ignorees, {mot: _noms(mot, entete) for mot, entete in absentes.items()})
        constats = [_colonne_absente(mot, entete, proches.get(mot, "")) for mot, entete in absentes.items()]
        return [*constats, _titres_lus(titres, {titre: mot for mot, titre in proches.items()})]

    def _defauts_refuses(self) -> Iterator[Constat]:
        try:
            self._editeur.demande(numero_editeur=NUMERO_PROVISOIRE)
        except DemandeInvalide as refus:
            for anomalie in refus.anomalies:
                mot = MOT_DE_BALISE.get(anomalie.balise, "")
                if self._editeur.defauts.get(mot) is not None:
                    self._muets.add(mot)
                    yield _de_l_anomalie(anomalie, None, f"[defauts] {mot}")

    def lire(self, rangee: Rangee) -> CommandeLue:
        """Read a row: every fault it has, each with its column and balise."""
        # Cells that may stand under the wrong titles say nothing, nor do those of a row that is no order.
        code, defaut = ("ligne-decalee", self._defaut(rangee))
        if not defaut:
            code, defaut = self._fausses.reconnaitre(rangee)
        rangee = replace(rangee, defaut=defaut)
        if defaut:
            faute = Constat(code=code, message=defaut, ligne=rangee.numero)
            return CommandeLue(
                ligne=rangee.numero, demande=None, numero=None, finess=None, regime=None, documents={}, formats={},
                rangee=rangee, fautes=(faute,), conseils=(),
            )  # fmt: skip
        reperes: list[str] = []
        repares: list[Constat] = []
        valeurs, fautes = self._lire_cellules(rangee, reperes, repares)
        numero = valeurs.get("numero_editeur", self._editeur.defauts.get("numero_editeur"))
        demande = self._construire(rangee.numero, valeurs, fautes)
        conseils = (*repares, *self._juger_tranche(rangee.numero, demande, valeurs.get("tranche"), fautes))
        return CommandeLue(
            ligne=rangee.numero,
            demande=None if fautes else demande,
            numero=_texte_ou_rien(numero),
            finess=_texte_ou_rien(valeurs.get("finess_geo")),
            regime=_texte_ou_rien({**self._editeur.defauts, **valeurs}.get("regime_tva")),
            documents={mot: str(valeurs[mot]) for mot in ("bon_commande", "preuve_ht") if mot in valeurs},
            formats={mot: str(valeurs[mot]) for mot in _FORMATS_DE_PIECES if mot in valeurs},
            rangee=rangee,
            fautes=tuple(fautes),
            conseils=conseils,
            reperes=tuple(reperes),
        )

    def _defaut(self, rangee: Rangee) -> str:
        """Say what is wrong with a row as a whole, if anything is."""
        if any(not est_vide(rangee.cellules[place]) for place in self._sans_titre):
            return rangee.defaut or "une cellule de cette ligne est remplie sous une colonne sans titre"
        # A spreadsheet leaves out the last cells where they are empty: right as long as nothing there is needed.
        if any(place >= len(rangee.cellules) - rangee.manquantes for place in self._exigees):
            return "cette ligne a moins de cellules que de titres : il en manque, ou elle est coupée en deux"
        return rangee.defaut

    def _lire_cellules(
        self, rangee: Rangee, reperes: list[str], repares: list[Constat]
    ) -> tuple[dict[str, object], list[Constat]]:
        valeurs: dict[str, object] = {}
        fautes = []
        for mot, entete in self.colonnes.items():
            balise = BALISES.get(mot)
            cellule = rangee.cellules[self._places[mot]]
            try:
                valeur = self._lire_cellule(balise, cellule)
            except ValeurRefusee as refus:
                finess = self._reparations.rendre_le_zero(refus) if mot == "finess_geo" else ""
                if balise is not None and finess:
                    valeurs[mot] = finess
                    repares.append(zero_rendu(finess, rangee.numero, entete, balise.nom))
                    continue
                if mot in _REPERES and refus.propose:
                    reperes.append(refus.propose)
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
                if balise is not None and mis_en_majuscules(valeur, cellule):
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
        """Let the engine judge the values; what could not be read already has its fault."""
        deja_dits = {faute.colonne for faute in fautes}
        plat = {mot: v for mot, v in valeurs.items() if mot in BALISES and mot not in _FORMATS_DE_PIECES}
        if self._numeros_servis or self.colonnes.get("numero_editeur") in deja_dits:
            plat.setdefault("numero_editeur", self._editeur.defauts.get("numero_editeur", NUMERO_PROVISOIRE))
        try:
            return self._editeur.demande(**{**dict.fromkeys(_FORMATS_DE_PIECES, "PDF"), **plat})
        except DemandeInvalide as refus:
            for anomalie in refus.anomalies:
                mot = MOT_DE_BALISE.get(anomalie.balise, "")
                colonne = self.colonnes.get(mot, "")
                if mot not in self._muets and not (colonne and colonne in deja_dits):
                    fautes.append(_de_l_anomalie(anomalie, ligne, colonne))
            return None

    def _juger_tranche(
        self, ligne: int, demande: Demande | None, tranche: object, fautes: list[Constat]
    ) -> Iterator[Constat]:
        """Compare the amount with the ceiling of the turnover tranche (decision 16)."""
        if tranche is None:
            return
        try:
            montant = demande.commande.montant_segur_ht if demande else Decimal(0)
            depassement = depassement_du_plafond(montant, str(tranche), self._plafonds)
        except SegurError:
            connues = ", ".join(map(nom_lisible, self._plafonds))
            message = f"le plafond de cette tranche est inconnu : ajoutez-le dans [plafonds] (connus : {connues})"
            fautes.append(
                Constat(code="tranche-inconnue", message=message, ligne=ligne, colonne=self.colonnes["tranche"])
            )
            return
        if depassement is not None:
            yield Constat(
                code="plafond-depasse",
                message=f"le montant dépasse de {euros(depassement)} le plafond de la tranche",
                ligne=ligne,
                colonne=self.colonnes.get("montant_segur_ht", ""),
                balise=BALISES["montant_segur_ht"].nom,
                attendu=f"{euros(self._plafonds[str(tranche)])} hors taxe au plus",
            )


def _noms(mot: str, entete: str) -> list[str]:
    """Name a keyword as the table and the settings do."""
    rangee = BALISES.get(mot)
    return [*([entete] if entete else []), *([rangee.nom, rangee.titre] if rangee else [])]


def _colonne_absente(mot: str, entete: str, proche: str) -> Constat:
    rangee = BALISES.get(mot)
    if entete:
        message = "cette colonne, annoncée dans [colonnes], n’est pas dans l’export : ajoutez-la, ou corrigez son titre"
    else:
        remede = ", ou donnez un premier numéro (--premier-numero)" if mot == "numero_editeur" else ""
        message = (
            f"aucune colonne ne donne {mot} : ajoutez-la, nommez-la dans [colonnes] ou fixez-la dans [defauts]{remede}"
        )
    if proche:
        message += f' ; si c’est « {nom_lisible(proche)} », écrivez {mot} = "{nom_lisible(proche)}" dans [colonnes]'
    return Constat(
        code="colonne-absente",
        message=message,
        colonne=entete or mot,
        balise=rangee.nom if rangee else "",
        attendu="" if entete else _attendu(rangee),
    )


#: How many titles of an export one message names.
_TITRES_NOMMES: Final = 40


def _titres_lus(titres: Sequence[str], proches: Mapping[str, str]) -> Constat:
    ecrits = [titre for titre in titres if titre]
    noms = [
        f"« {nom_lisible(titre)} »" + (f" (ressemble à {proches[titre]})" if titre in proches else "")
        for titre in ecrits[:_TITRES_NOMMES]
    ]
    reste = len(ecrits) - len(noms)
    suite = f" et {reste} autres" if reste else ""
    message = f"l’export a ces titres : {', '.join(noms)}{suite} ; ses lignes n’ont pas été lues"
    return Constat(code="titres-de-l-export", message=message)


def _texte_ou_rien(valeur: object) -> str | None:
    return None if valeur is None else str(valeur)


def _attendu(balise: Balise | None) -> str:
    return attendu_en_cellule(balise.format) if balise and isinstance(balise.format, Format) else ""


def _nom(cellule: object) -> str | None:
    valeur = simplifier(cellule)
    if isinstance(valeur, CelluleAbimee):
        raise ValeurRefusee(valeur.code, valeur.message(str))
    if valeur is not None and not isinstance(valeur, str):
        raise ValeurRefusee("nom-illisible", "cette cellule n’est pas un texte : mettez-la au format Texte")
    return valeur


def _de_l_anomalie(anomalie: Anomalie, ligne: int | None, colonne: str) -> Constat:
    balise = BALISES.get(MOT_DE_BALISE.get(anomalie.balise, ""))
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
        attendu=_attendu(balise),
    )
