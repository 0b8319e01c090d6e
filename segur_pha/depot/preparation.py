"""Orders and scanned documents in, a folder that is ready to upload out, or everything that must be corrected."""

from __future__ import annotations

from collections import deque
from pathlib import Path
from typing import TYPE_CHECKING, Final, cast

from attrs import define, field

from segur_pha.constats import Constat
from segur_pha.depot.a_corriger import en_csv_a_corriger
from segur_pha.depot.antecedents import confronter, dire_les_laissees
from segur_pha.depot.commandes import LecteurDeCommandes, entetes_connus
from segur_pha.depot.concordance import comparer
from segur_pha.depot.constats import CommandesRefusees, depot_fautif, nom_lisible
from segur_pha.depot.depot_prepare import DepotPrepare, demandes_deposees
from segur_pha.depot.dossier import DossierCache, dossier_entier, refuser_l_existant, restes
from segur_pha.depot.export import ouvrir_export
from segur_pha.depot.numeros import reserver_sans_doublon
from segur_pha.depot.officines import conseils_du_registre
from segur_pha.depot.pieces import DossierDePieces
from segur_pha.depot.redaction import Ecrit, Retenue, dans_la_source, rediger
from segur_pha.depot.verification import verifier_depot
from segur_pha.erreurs import DepotRefuse, RegistreError
from segur_pha.table.codes import code_de
from segur_pha.table.formats import Nature
from segur_pha.table.roles import Role

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
    from datetime import date

    from segur_pha.depot.antecedents import Admissible, DejaPartie, SourceDAntecedents
    from segur_pha.depot.commandes import CommandeLue
    from segur_pha.depot.documents import Document
    from segur_pha.depot.editeur import Editeur
    from segur_pha.depot.export import SourceDeCommandes
    from segur_pha.depot.numeros import SourceDeNumeros
    from segur_pha.depot.verification import Suivi
    from segur_pha.table.balise import Balise
    from segur_pha.table.specification import Specification
    from segur_pha.tableurs import Rangee, TableauLu
    from segur_pha.vagues import Demande

__all__ = ["preparer_depot"]


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
    nouvelles: bool = False,
    montrer: bool = True,
) -> DepotPrepare:
    """Turn orders and documents into a folder to upload: JSON files, zips, summary, manifest (sections 1.2, 2.1 and 3).

    Args:
        commandes: the path of a CSV or XLSX file, or mappings header → value (``DataFrame.to_dict("records")``).
        editeur: the publisher's settings: header values, defaults, columns, ceilings, and the wave of the requests.
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
        nouvelles: leave the orders aside that ``antecedents`` surely knows, by number and pharmacy, or by pharmacy where the
            export bears no number, and prepare the others.
        montrer: ``False`` leaves the finished folder out of sight until :meth:`DepotPrepare.montrer` is called.

    The folder appears whole, after it has passed :func:`verifier_depot`, or not at all.

    Raises :class:`~segur_pha.depot.CommandesRefusees` (a :class:`~segur_pha.DepotRefuse`) with every fault of every order;
    :class:`~segur_pha.DepotRefuse` when the folder cannot be made; :class:`~segur_pha.ExtraManquant` for a missing library;
    ``OSError`` when the file of orders cannot be read.

    >>> from datetime import date
    >>> from segur_pha import Editeur
    >>> depot = preparer_depot(Path("examples", "commandes.csv"), Editeur.lire("examples/editeur.toml"),
    ...                        "examples/pieces", "depot", jour=date(2022, 11, 15))
    >>> depot.demandes, depot.zips, str(depot.avance)
    (3, 1, '722.50')
    """
    suivre: Suivi = suivi or (lambda _etape, _fait, _total: None)
    dossier, racine = Path(sortie).absolute(), Path(pieces).absolute()
    _verifier_la_sortie(dossier, racine)
    vague = editeur.specification
    vague.nommer_fichier(editeur.numero_ans, jour, premier_fichier)
    export = ouvrir_export(commandes, entetes_connus(editeur).values(), feuille=feuille, encodage=encodage)
    lecteur = LecteurDeCommandes(
        export, editeur, majuscules=majuscules, zeros=zeros, numeros_servis=numeros is not None
    )
    if lecteur.autre_tableau and export.titres:
        raise CommandesRefusees(lecteur.fautes, _de_la_lecture(export), export.description)
    tri = _Tri(DossierDePieces(racine, texte=concordance, specification=vague), lecteur.colonnes, concordance, vague)
    tri.examiner(export, lecteur, suivre)
    if antecedents is not None:
        tri.confronter(antecedents, admettre, nouvelles=nouvelles)
    tri.conseils_d_officine += conseils_du_registre(tri.commandes, categories, lecteur.colonnes, vague)
    generaux = [*_de_la_lecture(export), *_conseils_generaux(lecteur, tri, dossier)]
    conseils = [*tri.conseils_d_officine, *generaux, *tri.conseils]
    _refuser_ou_non(lecteur, tri, conseils, export.description, partiel=partiel)
    retenues = _numeroter(tri, numeros)
    with dossier_entier(dossier, montrer=montrer) as provisoire:
        ecrit = rediger(
            provisoire,
            retenues,
            editeur=editeur,
            jour=jour,
            premier_fichier=premier_fichier,
            a_corriger=en_csv_a_corriger(export, tri.ecartees) if tri.fautes else None,
            suivi=suivre,
        )
        verification = verifier_depot(provisoire, jour=jour, sources=ecrit.sources, suivi=suivre, specification=vague)
        if not verification.bon:
            raise depot_fautif(verification.fautes)
        if ecartees is not None:
            ecartees(tuple(tri.fautes))
        if avant is not None:
            _inscrire(avant, provisoire, tri, conseils)
    conseils += dans_la_source(verification.conseils, ecrit.lignes, lecteur.colonnes, vague)
    cache = None if montrer else DossierCache(provisoire, dossier)
    return _prepare(dossier, cache, export, ecrit, retenues, tri, conseils)


def _prepare(
    dossier: Path,
    cache: DossierCache | None,
    export: TableauLu,
    ecrit: Ecrit,
    retenues: Sequence[Retenue],
    tri: _Tri,
    conseils: Sequence[Constat],
) -> DepotPrepare:
    return DepotPrepare(
        dossier=dossier,
        cache=cache,
        description=export.description,
        demandes=len(ecrit.lignes),
        fichiers=(*(f.nom for f in ecrit.manifeste.fichiers), "manifeste.json"),
        fichiers_json=sum(f.nature == "json" for f in ecrit.manifeste.fichiers),
        zips=ecrit.manifeste.zips,
        zips_au_moins=ecrit.manifeste.zips_au_moins,
        montant_ht=ecrit.montant_ht,
        avance=ecrit.avance,
        lignes=demandes_deposees(ecrit, retenues, tri.specification),
        fautes=tuple(tri.fautes),
        conseils=tuple(conseils),
        laissees=tuple(tri.laissees),
        specification=tri.specification,
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
    documents: tuple[tuple[str, Document], ...]


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
    return [*export.remarques]


@define
class _Tri:
    """The orders seen so far: those that may be deposited, those that must be corrected."""

    pieces: DossierDePieces
    colonnes: Mapping[str, str]
    concordance: bool
    specification: Specification
    retenues: list[_Acceptee] = field(factory=list)
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
            self.conseils += comparer(commande.ligne, commande.demande, trouvees[0], self.colonnes, self.specification)
        documents = tuple((trouvee.type_fichier, trouvee.document) for trouvee in trouvees)
        self.retenues.append(_Acceptee(commande.ligne, commande.demande, commande.numero, documents))

    def confronter(self, antecedents: SourceDAntecedents, admettre: Collection[Admissible], *, nouvelles: bool) -> None:
        """Set aside the orders that went already, and second requests for a pharmacy that nobody has admitted."""
        trouve = confronter(
            self.commandes, antecedents, self.colonnes, admettre, self.specification, nouvelles=nouvelles
        )
        self.laissees = trouve.laissees
        self.conseils_d_officine = [*trouve.conseils, *self.conseils_d_officine]
        self.en_attente = trouve.en_attente
        laissees = {partie.ligne for partie in trouve.laissees}
        self.retenues = [a for a in self.retenues if a.ligne not in trouve.fautes and a.ligne not in laissees]
        # Whatever else is wrong with such a row need not be corrected.
        autres = {rangee.numero: (rangee, fautes) for rangee, fautes in self.ecartees if rangee.numero not in laissees}
        self.conseils = [c for c in self.conseils if c.ligne not in laissees]
        self.conseils_d_officine = [c for c in self.conseils_d_officine if c.ligne not in laissees]
        rangees = {c.ligne: c.rangee for c in self.commandes}
        ecartees = autres | {ligne: (rangees[ligne], [faute]) for ligne, faute in trouve.fautes.items()}
        self.ecartees = [ecartees[ligne] for ligne in sorted(ecartees)]
        self.fautes = [faute for _, fautes in self.ecartees for faute in fautes]

    def _numero_deja_pris(self, commande: CommandeLue) -> Iterator[Constat]:
        rangee, numero = self.specification.numero_de_demande, commande.numero
        phrase = "porte déjà ce numéro, à la casse près ; donnez-en un autre"
        cle = None if numero is None else numero.casefold()
        return self._deja_vu(self.numeros, cle, commande, rangee, code_de(rangee, Nature.DOUBLON), phrase)

    def _officine_deja_vue(self, commande: CommandeLue) -> Iterator[Constat]:
        rangee = self.specification.role(Role.OFFICINE)
        phrase = "concerne la même officine"
        return self._deja_vu(self.officines, commande.finess, commande, rangee, "finess-double", phrase)

    def _deja_vu(
        self, vues: dict[str, int], cle: str | None, commande: CommandeLue, rangee: Balise, code: str, phrase: str
    ) -> Iterator[Constat]:
        avant = commande.ligne if cle is None else vues.setdefault(cle, commande.ligne)
        if avant != commande.ligne:
            message = f"{rangee.nom} : la ligne {avant} {phrase}"
            colonne = self.colonnes.get(rangee.attribut, "")
            yield Constat(code=code, message=message, ligne=commande.ligne, colonne=colonne, balise=rangee.nom)


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
    if tri.laissees and not tri.retenues and not tri.ecartees:
        raise DepotRefuse(f"Aucune commande nouvelle, rien n’a été écrit : {dire_les_laissees(tri.laissees)}.")
    if not tri.retenues and not tri.ecartees:
        raise DepotRefuse(f"L’export ({lu}) ne contient aucune commande : rien n’a été écrit.")
    if lecteur.fautes or (tri.fautes and not (partiel and tri.retenues)):
        raise CommandesRefusees([*lecteur.fautes, *tri.fautes], conseils, lu)


def _numeroter(tri: _Tri, numeros: SourceDeNumeros | None) -> list[Retenue]:
    """Give each order its number, and its documents the names that follow from it."""
    sans_numero = sum(a.numero is None for a in tri.retenues)
    servis = iter(reserver_sans_doublon(numeros, sans_numero, tri.numeros) if numeros and sans_numero else ())
    retenues = []
    for a in tri.retenues:
        formats = {type_fichier: document.format for type_fichier, document in a.documents}
        demande = tri.specification.numeroter(a.demande, a.numero or next(servis), formats)
        documents = tuple(document for _, document in a.documents)
        retenues.append(Retenue(a.ligne, cast("Demande", demande), documents))
    return retenues
