"""Orders and scanned documents in, a folder that is ready to upload out, or everything that must be corrected."""

from __future__ import annotations

from collections import deque
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from attrs import define, evolve, field, frozen

from segur_pha.depot.antecedents import confronter
from segur_pha.depot.commandes import MOT_DE_BALISE, LecteurDeCommandes, entetes_connus
from segur_pha.depot.concordance import comparer
from segur_pha.depot.constats import CommandesRefusees, Constat, nom_lisible
from segur_pha.depot.dossier import dossier_entier, refuser_l_existant, restes
from segur_pha.depot.export import ouvrir_export
from segur_pha.depot.numeros import reserver_sans_doublon
from segur_pha.depot.officines import conseils_du_registre
from segur_pha.depot.pieces import DossierDePieces
from segur_pha.depot.redaction import Ecrit, Retenue, rediger
from segur_pha.depot.verification import verifier_depot
from segur_pha.erreurs import DepotRefuse, RegistreError
from segur_pha.rapports.csv import en_csv
from segur_pha.rapports.tableau import Tableau, accorder
from segur_pha.vagues.va1.noms import NOMS_DES_PIECES, NomFichierJSON
from segur_pha.vagues.va1.table import Demande, PieceJustificative

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
    from decimal import Decimal

    from segur_pha.depot.antecedents import Admissible, SourceDAntecedents
    from segur_pha.depot.commandes import CommandeLue
    from segur_pha.depot.documents import Document
    from segur_pha.depot.editeur import Editeur
    from segur_pha.depot.export import SourceDeCommandes
    from segur_pha.depot.manifeste import LigneDeposee
    from segur_pha.depot.numeros import SourceDeNumeros
    from segur_pha.depot.verification import Suivi, Verification
    from segur_pha.rapports.tableau import Cellule
    from segur_pha.tableurs import Rangee, TableauLu
    from segur_pha.vagues.va1.enumerations import TypeFichier

__all__ = ["DepotPrepare", "preparer_depot"]


@frozen(kw_only=True)
class DepotPrepare:
    """A deposit that lies in its folder, checked.

    Attributes:
        dossier: the folder.
        description: how the orders were read, in French (separator and encoding of a CSV, sheet of a workbook, row of titles).
        demandes: how many requests it holds.
        fichiers: the names of its files, in the order to upload them: each JSON file before its zips, then what is not uploaded.
        zips: how many zips.
        zips_au_moins: the number of zips below which no distribution could go.
        montant_ht: the total in euros before tax.
        avance: the total in euros of the advances expected.
        fautes: with ``partiel``, why the orders of ``a-corriger.csv`` were left aside; else empty.
        conseils: what a careful publisher would look at before the upload.
    """

    dossier: Path
    description: str
    demandes: int
    fichiers: tuple[str, ...]
    zips: int
    zips_au_moins: int
    montant_ht: Decimal
    avance: Decimal
    fautes: tuple[Constat, ...]
    conseils: tuple[Constat, ...]

    def _repr_html_(self) -> str:
        from segur_pha.depot.affichage import apercu_du_depot

        return apercu_du_depot(self)


def preparer_depot(
    commandes: SourceDeCommandes,
    editeur: Editeur,
    pieces: str | os.PathLike[str],
    sortie: str | os.PathLike[str],
    *,
    jour: date,
    premier_fichier: int = 1,
    numeros: SourceDeNumeros | None = None,
    majuscules: bool = False,
    zeros: bool = False,
    partiel: bool = False,
    concordance: bool = True,
    feuille: str | None = None,
    encodage: str | None = None,
    categories: Mapping[str, str] | None = None,
    suivi: Suivi | None = None,
    ecartees: Callable[[Sequence[Constat]], object] | None = None,
    avant: Callable[[Path], None] | None = None,
    antecedents: SourceDAntecedents | None = None,
    admettre: Collection[Admissible] = (),
) -> DepotPrepare:
    """Turn orders and documents into a folder to upload: JSON files, zips, summary, manifest (sections 1.2, 2.1 and 3).

    Args:
        commandes: the path of a CSV or XLSX file, or mappings header → value (``DataFrame.to_dict("records")``).
        editeur: the publisher's settings: header values, defaults, columns, ceilings.
        pieces: the folder of the documents; nothing in it is ever changed.
        sortie: the folder to make; it must not exist, its parent must.
        jour: the day of the deposit on the portal.
        premier_fichier: the number of the first JSON file of that day, 1 to 999.
        numeros: where orders without numeroEditeur get theirs.
        majuscules: put nomResponsable in upper case, and tell it of each.
        zeros: put the zero back in front of a FINESS of eight digits whose key is right with it, and tell it of each.
        partiel: deposit the orders that are right, and write the others to ``a-corriger.csv``.
        concordance: look for date, amount, name and FINESS in the text of the order forms, and say what is not there.
        feuille: the sheet of a workbook, by name or rank from 1; by default the first visible one with known titles.
        encodage: the encoding of a CSV, where it cannot be told (``macroman``, ``cp850``, …).
        categories: a register, FINESS → category: what it says of the pharmacies is advice.
        suivi: told the step, how far it is and how far it goes (0 where nobody knows).
        ecartees: told the faults of the orders that ``partiel`` leaves aside (none: an empty sequence) before ``avant``, so
            that a list of them may be written first; when it raises, nothing is recorded or shown.
        avant: called with the finished and checked folder just before it is shown under its name, so that a ledger may
            record it first; when it raises, nothing is shown.
        antecedents: what went before, a ledger: an order that it knows already is a fault, and so is a second request for a
            pharmacy that has a live one, there or in a row above.
        admettre: ``"officine-deja-demandee"``: a person says that such a second request shall go; it is the first advice then.

    The folder appears whole, after it has passed :func:`verifier_depot`, or not at all.

    Raises :class:`~segur_pha.depot.CommandesRefusees` (a :class:`~segur_pha.DepotRefuse`) with every fault of every order;
    :class:`~segur_pha.DepotRefuse` when the folder cannot be made; :class:`~segur_pha.ExtraManquant` for a missing library;
    ``OSError`` when the file of orders cannot be read.

    >>> from segur_pha import Editeur
    >>> depot = preparer_depot(Path("examples", "commandes.csv"), Editeur.lire("examples/editeur.toml"),
    ...                        "examples/pieces", "depot", jour=date(2022, 11, 15))
    >>> depot.demandes, depot.zips, str(depot.avance)
    (3, 1, '722.50')
    """
    suivre: Suivi = suivi or (lambda _etape, _fait, _total: None)
    dossier, racine = Path(sortie).absolute(), Path(pieces).absolute()
    _verifier_la_sortie(dossier, racine)
    NomFichierJSON(numero_ans=editeur.numero_ans, jour=jour, numero=premier_fichier)
    export = ouvrir_export(commandes, entetes_connus(editeur).values(), feuille=feuille, encodage=encodage)
    lecteur = LecteurDeCommandes(
        export, editeur, majuscules=majuscules, zeros=zeros, numeros_servis=numeros is not None
    )
    if lecteur.autre_tableau and export.titres:
        raise CommandesRefusees(lecteur.fautes, _de_la_lecture(export), export.description)
    tri = _Tri(DossierDePieces(racine, texte=concordance), lecteur.colonnes, concordance)
    tri.examiner(export, lecteur, suivre)
    if antecedents is not None:
        tri.confronter(antecedents, admettre)
    tri.conseils_d_officine += conseils_du_registre(tri.commandes, categories, lecteur.colonnes.get("finess_geo", ""))
    generaux = [*_de_la_lecture(export), *_conseils_generaux(lecteur, tri, dossier)]
    conseils = [*tri.conseils_d_officine, *generaux, *tri.conseils]
    _refuser_ou_non(lecteur, tri, conseils, export.description, partiel=partiel)
    retenues = _numeroter(tri.retenues, numeros, tri.numeros)
    with dossier_entier(dossier) as provisoire:
        ecrit = rediger(
            provisoire,
            retenues,
            editeur=editeur,
            jour=jour,
            premier_fichier=premier_fichier,
            a_corriger=_a_corriger(export, tri) if tri.fautes else None,
            suivi=suivre,
        )
        verification = verifier_depot(provisoire, jour=jour, sources=ecrit.sources, suivi=suivre)
        _exiger_un_bon_depot(verification)
        if ecartees is not None:
            ecartees(tuple(tri.fautes))
        if avant is not None:
            _inscrire(avant, provisoire, tri, conseils)
    conseils += _dans_la_source(verification.conseils, ecrit.lignes, lecteur.colonnes)
    return _prepare(dossier, export, ecrit, tri, conseils)


def _prepare(dossier: Path, export: TableauLu, ecrit: Ecrit, tri: _Tri, conseils: Sequence[Constat]) -> DepotPrepare:
    return DepotPrepare(
        dossier=dossier,
        description=export.description,
        demandes=len(ecrit.lignes),
        fichiers=(*(f.nom for f in ecrit.manifeste.fichiers), "manifeste.json"),
        zips=ecrit.manifeste.zips,
        zips_au_moins=ecrit.manifeste.zips_au_moins,
        montant_ht=ecrit.montant_ht,
        avance=ecrit.avance,
        fautes=tuple(tri.fautes),
        conseils=tuple(conseils),
    )


def _inscrire(avant: Callable[[Path], None], provisoire: Path, tri: _Tri, conseils: Sequence[Constat]) -> None:
    try:
        avant(provisoire)
    except RegistreError as refus:
        # Not the preparation that was stopped: every row that went already is named, not only the first one.
        if tri.en_attente:
            ou = Constat(code="numero-en-attente", message=str(refus))
            raise CommandesRefusees(tri.en_attente, [ou, *conseils]) from refus
        raise


def _verifier_la_sortie(dossier: Path, racine: Path) -> None:
    refuser_l_existant(dossier)
    if dossier.resolve().is_relative_to(racine.resolve()):
        raise DepotRefuse(
            "Le dossier de sortie est dans celui des pièces, où rien ne doit changer : choisissez-en un autre."
        )
    if not dossier.parent.is_dir():
        raise DepotRefuse(
            f"Le dossier {nom_lisible(dossier.parent.name)}, où écrire le dépôt, n’existe pas : créez-le."
        )


@define
class _Acceptee:
    """An order without fault, that may still need its number."""

    ligne: int
    demande: Demande
    numero: str | None
    documents: tuple[tuple[TypeFichier, Document], ...]


#: So many orders are read before the documents of the first one are asked for, which are opened meanwhile.
_ANNONCEES: Final = 64
#: Beyond so many faults this is no export of orders, or not read as it should be: reading on tells nobody anything.
_FAUTES_MAXIMUM: Final = 10_000


def _trop_de_fautes(ligne: int) -> Constat:
    message = (
        f"plus de {_FAUTES_MAXIMUM} fautes : l’export n’a pas été lu au-delà de cette ligne ; est-ce le bon fichier, avec les "
        "bons titres dans [colonnes] ?"
    )
    return Constat(code="trop-de-fautes", message=message, ligne=ligne)


def _de_la_lecture(export: TableauLu) -> list[Constat]:
    """Say what must be known of how the export was read: hidden rows, sheets left aside."""
    return [Constat(code=remarque.code, message=remarque.message) for remarque in export.remarques]


@define
class _Tri:
    """The orders seen so far: those that may be deposited, those that must be corrected."""

    pieces: DossierDePieces
    colonnes: Mapping[str, str]
    concordance: bool
    retenues: list[_Acceptee] = field(factory=list)
    ecartees: list[tuple[Rangee, list[Constat]]] = field(factory=list)
    fautes: list[Constat] = field(factory=list)
    conseils: list[Constat] = field(factory=list)
    conseils_d_officine: list[Constat] = field(factory=list)
    commandes: list[CommandeLue] = field(factory=list)
    en_attente: Sequence[Constat] = ()
    numeros: dict[str, int] = field(factory=dict)
    officines: dict[str, int] = field(factory=dict)

    def examiner(self, export: TableauLu, lecteur: LecteurDeCommandes, suivre: Suivi) -> None:
        """Look at every row of an export that holds anything."""
        annoncees: deque[CommandeLue] = deque()
        lues = 0
        with self.pieces:
            for rang, rangee in enumerate(export.rangees):
                suivre("Examen des commandes et des documents", rang, 0)
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
                    fautes = [*lecteur.fautes, *self.fautes, _trop_de_fautes(rangee.numero)]
                    raise CommandesRefusees(fautes, _de_la_lecture(export), export.description)
            for commande in annoncees:
                self._examiner(commande)

    def _examiner(self, commande: CommandeLue) -> None:
        """Look at what a row needs from the rest of the deposit: its documents, a number of its own."""
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
            self.conseils += comparer(commande.ligne, commande.demande, trouvees[0], self.colonnes)
        documents = tuple((trouvee.type_fichier, trouvee.document) for trouvee in trouvees)
        self.retenues.append(_Acceptee(commande.ligne, commande.demande, commande.numero, documents))

    def confronter(self, antecedents: SourceDAntecedents, admettre: Collection[Admissible]) -> None:
        """Set aside the orders that went already, and second requests for a pharmacy that nobody has admitted."""
        trouve = confronter(self.commandes, antecedents, self.colonnes, admettre)
        self.conseils_d_officine = [*trouve.conseils, *self.conseils_d_officine]
        self.en_attente = trouve.en_attente
        self.retenues = [a for a in self.retenues if a.ligne not in trouve.fautes]
        # Whatever else is wrong with such a row need not be corrected.
        autres = {rangee.numero: (rangee, fautes) for rangee, fautes in self.ecartees}
        rangees = {c.ligne: c.rangee for c in self.commandes}
        ecartees = autres | {ligne: (rangees[ligne], [faute]) for ligne, faute in trouve.fautes.items()}
        self.ecartees = [ecartees[ligne] for ligne in sorted(ecartees)]
        self.fautes = [faute for _, fautes in self.ecartees for faute in fautes]

    def _numero_deja_pris(self, commande: CommandeLue) -> Iterator[Constat]:
        if commande.numero is None:
            return
        avant = self.numeros.setdefault(commande.numero.casefold(), commande.ligne)
        if avant != commande.ligne:
            yield Constat(
                code="0806",
                message=f"numeroEditeur : la ligne {avant} porte déjà ce numéro, à la casse près ; donnez-en un autre",
                ligne=commande.ligne,
                colonne=self.colonnes.get("numero_editeur", ""),
                balise="numeroEditeur",
            )

    def _officine_deja_vue(self, commande: CommandeLue) -> Iterator[Constat]:
        if commande.finess is None:
            return
        avant = self.officines.setdefault(commande.finess, commande.ligne)
        if avant != commande.ligne:
            yield Constat(
                code="finess-double",
                message=f"FINESSGeo : la ligne {avant} concerne la même officine",
                ligne=commande.ligne,
                colonne=self.colonnes.get("finess_geo", ""),
                balise="FINESSGeo",
            )


def _conseils_generaux(lecteur: LecteurDeCommandes, tri: _Tri, dossier: Path) -> Iterator[Constat]:
    if lecteur.ignorees:
        colonnes = ", ".join(f"« {nom_lisible(colonne)} »" for colonne in lecteur.ignorees)
        yield Constat(code="colonnes-ignorees", message=f"ces colonnes ne servent à rien ici : {colonnes}")
    for nom in tri.pieces.inutilises():
        yield Constat(code="document-inutilise", message="aucune commande n’utilise ce document", document=nom)
    for reste in restes(dossier):
        message = "une préparation interrompue a laissé ce dossier : supprimez-le"
        yield Constat(code="reste", message=message, document=nom_lisible(reste.name))


def _refuser_ou_non(
    lecteur: LecteurDeCommandes, tri: _Tri, conseils: Sequence[Constat], lu: str, *, partiel: bool
) -> None:
    if not tri.retenues and not tri.ecartees:
        raise DepotRefuse(f"L’export ({lu}) ne contient aucune commande : rien n’a été écrit.")
    if lecteur.fautes or (tri.fautes and not (partiel and tri.retenues)):
        raise CommandesRefusees([*lecteur.fautes, *tri.fautes], conseils, lu)


def _numeroter(
    acceptees: Iterable[_Acceptee], numeros: SourceDeNumeros | None, pris: Mapping[str, int]
) -> list[Retenue]:
    """Give each order its number, and its documents the names that follow from it."""
    acceptees = list(acceptees)
    sans_numero = sum(a.numero is None for a in acceptees)
    servis = iter(reserver_sans_doublon(numeros, sans_numero, pris) if numeros and sans_numero else ())
    retenues = []
    for a in acceptees:
        numero = a.numero or next(servis)
        pieces = tuple(
            PieceJustificative(
                nom_fichier=NOMS_DES_PIECES.nommer(type_fichier, numero, document.format),
                format_fichier=document.format,
                type_fichier=type_fichier,
            )
            for type_fichier, document in a.documents
        )
        demande = a.demande
        if demande.numero_editeur != numero or demande.pieces_justificatives != pieces:
            demande = evolve(demande, numero_editeur=numero, pieces_justificatives=pieces)
        retenues.append(Retenue(a.ligne, demande, tuple(document for _, document in a.documents)))
    return retenues


#: The columns that a partial deposit adds to those of the source.
_AJOUTEES = ("Ligne de l’export", "À corriger")


def _a_corriger(export: TableauLu, tri: _Tri) -> bytes:
    """Give the rows left aside back, as they were, with what is to be corrected."""
    colonnes = [(place, titre) for place, titre in enumerate(export.titres) if titre and titre not in _AJOUTEES]
    rangees = [
        [
            *(_cellule(rangee.cellules[place]) for place, _ in colonnes),
            str(rangee.numero),
            " ; ".join(_resume(faute) for faute in fautes),
        ]
        for rangee, fautes in tri.ecartees
    ]
    return en_csv(Tableau((*(titre for _, titre in colonnes), *_AJOUTEES), rangees))


def _resume(faute: Constat) -> str:
    return " : ".join(filter(None, (faute.colonne, faute.document, faute.message)))


def _cellule(cellule: object) -> Cellule:
    if isinstance(cellule, datetime) and cellule.time() == datetime.min.time():
        return cellule.date()
    return cellule if isinstance(cellule, str | bool | int | date) else "" if cellule is None else str(cellule)


def _exiger_un_bon_depot(verification: Verification) -> None:
    if not verification.bon:
        raise DepotRefuse(
            "Le dépôt préparé ne passe pas sa propre vérification, rien n’a été écrit : "
            f"{accorder(len(verification.fautes), 'faute')}, dont « {verification.fautes[0]} »."
        )


def _dans_la_source(
    conseils: Iterable[Constat], lignes: Iterable[LigneDeposee], colonnes: Mapping[str, str]
) -> Iterator[Constat]:
    """Place the advice on the JSON files where the clerk finds it: in the rows of the source."""
    sources = {(ligne.fichier, ligne.num_ligne): ligne.ligne_source for ligne in lignes}
    vus: set[Constat] = set()
    for conseil in conseils:
        if conseil.code == "finess-double":
            continue  # said already, for the whole deposit
        ligne = sources.get((conseil.document, conseil.ligne or 0))
        place = evolve(
            conseil, ligne=ligne, document="", colonne=colonnes.get(MOT_DE_BALISE.get(conseil.balise, ""), "")
        )
        if place not in vus:
            vus.add(place)
            yield place
