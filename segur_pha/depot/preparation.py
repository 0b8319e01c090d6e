"""Orders and scanned documents in; out comes a folder ready to upload, or everything that must be corrected."""

from __future__ import annotations

import contextlib
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, cast

from segur_pha.argent import somme
from segur_pha.constats import Constat
from segur_pha.depot.antecedents import dire_les_laissees
from segur_pha.depot.commandes import LecteurDeCommandes, entetes_connus
from segur_pha.depot.constats import CommandesRefusees, depot_fautif
from segur_pha.depot.dossier import A_MONTRER, DossierCache, dossier_entier, restes, verifier_la_sortie
from segur_pha.depot.export import en_csv_a_corriger, ouvrir_export
from segur_pha.depot.numeros import reserver_sans_doublon
from segur_pha.depot.pieces import DossierDePieces
from segur_pha.depot.redaction import Ecrit, Retenue, dans_la_source, demandes_deposees, piece_changee, rediger
from segur_pha.depot.resultats import DepotPrepare
from segur_pha.depot.tri import Tri
from segur_pha.depot.verification import AUTRE_PIECE, verifier_l_ecrit
from segur_pha.depot.vocabulaire import vocabulaire
from segur_pha.erreurs import DepotRefuse, RegistreError
from segur_pha.rapports.tableau import nom_lisible
from segur_pha.table.roles import Role

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
    from datetime import date

    from segur_pha.depot.antecedents import Admissible, SourceDAntecedents
    from segur_pha.depot.commandes import CommandeLue
    from segur_pha.depot.editeur import Editeur
    from segur_pha.depot.export import SourceDeCommandes
    from segur_pha.depot.numeros import SourceDeNumeros
    from segur_pha.depot.resultats import Verification
    from segur_pha.depot.verification import Suivi
    from segur_pha.table.specification import Specification
    from segur_pha.tableurs import TableauLu
    from segur_pha.vagues import Demande

__all__ = ["conseils_du_registre", "preparer_depot"]


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
    numerotees: Callable[[Sequence[str | None]], object] | None = None,
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
        majuscules: put nomResponsable in upper case, and report each change.
        zeros: put the zero back in front of a FINESS of eight digits whose key is right with it, and report each change.
        partiel: deposit the orders that are right and write the others to ``a-corriger.csv``.
        concordance: look for the date, amount, name and FINESS in the text of the order forms, and say what is not there.
        feuille: the sheet of a workbook, by name or rank from 1; by default the first visible one with known titles.
        encodage: the encoding of a CSV, when it cannot be recognised (``macroman``, ``cp850``, …).
        categories: a register, FINESS → category: what it says about the pharmacies is given as advice.
        suivi: called with the step, how far it has got, and its total (0 when unknown).
        ecartees: called with the faults of the orders that ``partiel`` leaves aside (an empty sequence when there are none)
            before ``avant``, so that a list of them may be written first; if it raises, nothing is recorded or shown.
        avant: called with the finished and checked folder just before it is shown under its name, so that a ledger may record it
            first; if it raises, nothing is shown.
        numerotees: called with the number of each order, in the order of the export (``None``: it is not sent), before anything
            is written; if it raises, nothing is.
        antecedents: what was sent before, such as a ledger: an order that it already knows is a fault, and so is a second request
            for a pharmacy that has a live one, there or in a row above.
        admettre: ``"officine-deja-demandee"``: somebody says that such a second request is to be sent; it then comes first in the
            advice.
        nouvelles: leave aside the orders that ``antecedents`` certainly knows, by number and pharmacy, or by pharmacy where the
            export gives no number, and prepare the others.
        montrer: ``False`` leaves the finished folder out of sight until :meth:`DepotPrepare.montrer` is called.

    The folder appears whole, after it has passed :func:`~segur_pha.depot.verifier_depot`, or not at all.

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
    verifier_la_sortie(dossier, racine)
    vague = editeur.specification
    vague.nommer_fichier(editeur.numero_ans, jour, premier_fichier)
    export = ouvrir_export(commandes, entetes_connus(editeur).values(), feuille=feuille, encodage=encodage)
    lecteur = LecteurDeCommandes(
        export, editeur, majuscules=majuscules, zeros=zeros, numeros_servis=numeros is not None
    )
    if lecteur.autre_tableau and export.titres:
        raise CommandesRefusees(lecteur.fautes, export.remarques, export.description)
    tri = Tri(DossierDePieces(racine, texte=concordance, specification=vague), lecteur.colonnes, concordance, vague)
    tri.examiner(export, lecteur, suivre)
    if antecedents is not None:
        tri.confronter(antecedents, admettre, nouvelles=nouvelles)
    tri.conseils_d_officine += conseils_du_registre(tri.commandes, categories, lecteur.colonnes, vague)
    generaux = [*export.remarques, *_conseils_generaux(lecteur, tri, dossier)]
    conseils = [*tri.conseils_d_officine, *generaux, *tri.conseils]
    tri.fautes = tri.nommer(tri.fautes)
    _refuser_ou_non(lecteur, tri, conseils, export.description, partiel=partiel)
    retenues = _numeroter(tri, numeros, numerotees)
    inscrire = avant and partial(_inscrire, avant, tri=tri, conseils=conseils, lu=export.description)
    with dossier_entier(dossier, montrer=montrer, avant=inscrire) as provisoire:
        ecrit = rediger(
            provisoire,
            retenues,
            editeur=editeur,
            jour=jour,
            premier_fichier=premier_fichier,
            a_corriger=en_csv_a_corriger(export, tri.ecartees) if tri.fautes else None,
            suivi=suivre,
            conseils=tri.nommer(conseils),
            colonnes=lecteur.colonnes,
        )
        verification = _verifier_l_ecrit(provisoire, jour, ecrit, suivre, vague)
        if ecartees is not None:
            ecartees(tuple(tri.fautes))
    conseils += _dans_l_export(verification.conseils, ecrit, lecteur, vague)
    return _prepare(dossier, None if montrer else provisoire, export, ecrit, retenues, tri, conseils)


def _prepare(
    dossier: Path,
    provisoire: Path | None,
    export: TableauLu,
    ecrit: Ecrit,
    retenues: Sequence[Retenue],
    tri: Tri,
    conseils: Sequence[Constat],
) -> DepotPrepare:
    return DepotPrepare(
        dossier=dossier,
        cache=None if provisoire is None else DossierCache(provisoire.with_suffix(A_MONTRER), dossier),
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
        conseils=tuple(tri.nommer(conseils)),
        laissees=tuple(tri.laissees),
        specification=tri.specification,
    )


def _dans_l_export(
    conseils: Sequence[Constat], ecrit: Ecrit, lecteur: LecteurDeCommandes, vague: Specification
) -> Iterable[Constat]:
    """Place the advice on what was written at the rows it came from; the summary has done so for what the files alone say."""
    if conseils == ecrit.avis:
        return ecrit.places
    return dans_la_source(conseils, ecrit.lignes, lecteur.colonnes, vague)


def _verifier_l_ecrit(dossier: Path, jour: date, ecrit: Ecrit, suivre: Suivi, vague: Specification) -> Verification:
    """Check what was written like any other folder; nothing in it may be wrong, and each document must be the examined one."""
    sources = {nom: document.sha256 for nom, document in ecrit.origines.items()}
    verification = verifier_l_ecrit(
        dossier, jour=jour, sources=sources, controles=ecrit.controles, suivi=suivre, specification=vague
    )
    for faute in verification.fautes:
        if faute.code == AUTRE_PIECE:
            raise piece_changee(ecrit.origines[faute.document])
    if not verification.bon:
        raise depot_fautif(verification.fautes)
    return verification


def _inscrire(avant: Callable[[Path], None], provisoire: Path, tri: Tri, conseils: Sequence[Constat], lu: str) -> None:
    try:
        avant(provisoire)
    except RegistreError as refus:
        # This is not an interrupted preparation made again: name every row that was already sent, not only the first.
        if tri.en_attente:
            ou = Constat(code="numero-en-attente", message=str(refus))
            raise CommandesRefusees(tri.nommer(tri.en_attente), tri.nommer([ou, *conseils]), lu) from refus
        raise


def _conseils_generaux(lecteur: LecteurDeCommandes, tri: Tri, dossier: Path) -> Iterator[Constat]:
    if lecteur.ignorees:
        colonnes = ", ".join(f"« {nom_lisible(colonne)} »" for colonne in lecteur.ignorees)
        yield Constat(code="colonnes-ignorees", message=f"ces colonnes ne servent à rien ici : {colonnes}")
    for nom in tri.pieces.inutilises():
        yield Constat(code="document-inutilise", message="aucune commande n’utilise ce document", document=nom)
    with contextlib.suppress(OSError):  # this is only advice; a ledger that needs to know refuses by itself
        for reste in restes(dossier):
            message = "une préparation interrompue a laissé ce dossier : supprimez-le"
            yield Constat(code="reste", message=message, document=nom_lisible(reste.name))


def _refuser_ou_non(
    lecteur: LecteurDeCommandes, tri: Tri, conseils: Sequence[Constat], lu: str, *, partiel: bool
) -> None:
    if tri.laissees and not tri.retenues and not tri.ecartees:
        raise DepotRefuse(f"Aucune commande nouvelle, rien n’a été écrit : {dire_les_laissees(tri.laissees)}.")
    if not tri.retenues and not tri.ecartees:
        raise DepotRefuse(f"L’export ({lu}) ne contient aucune commande : rien n’a été écrit.")
    if lecteur.fautes or (tri.fautes and not (partiel and tri.retenues)):
        avances = [] if lecteur.fautes else [tri.specification.montant_attendu(a.demande) for a in tri.retenues]
        raise CommandesRefusees(
            [*lecteur.fautes, *tri.fautes],
            tri.nommer(conseils),
            lu,
            pretes=len(avances),
            commandes=tri.nombre,
            avance=somme(avances),
        )


def _numeroter(
    tri: Tri, numeros: SourceDeNumeros | None, numerotees: Callable[[Sequence[str | None]], object] | None
) -> list[Retenue]:
    """Give each order its number, and its documents the matching names."""
    sans_numero = sum(a.numero is None for a in tri.retenues)
    servis = iter(reserver_sans_doublon(numeros, sans_numero, tri.numeros) if numeros and sans_numero else ())
    retenues = []
    attribues = {a.ligne: a.numero or next(servis) for a in tri.retenues}
    if numerotees is not None:
        numerotees([attribues.get(commande.ligne) for commande in tri.vraies])
    for a in tri.retenues:
        formats = {type_fichier: document.format for type_fichier, document in a.documents}
        demande = a.demande
        if a.numero is None or formats != _formats(demande, tri.specification):
            demande = cast("Demande", tri.specification.numeroter(a.demande, attribues[a.ligne], formats))
        documents = tuple(document for _, document in a.documents)
        retenues.append(Retenue(a.ligne, demande, documents))
    return retenues


def _formats(demande: Demande, specification: Specification) -> dict[object, object]:
    """Tell what a request says of its documents: type → format."""
    return {
        specification.valeur(piece, Role.TYPE_PIECE): specification.valeur(piece, Role.FORMAT_PIECE)
        for piece in specification.pieces_de(demande)
    }


def conseils_du_registre(
    commandes: Iterable[CommandeLue],
    categories: Mapping[str, str] | None,
    colonnes: Mapping[str, str],
    specification: Specification,
) -> Iterator[Constat]:
    """Yield the advice on each order whose FINESS could be read; ``colonnes``: keyword → its header in the export."""
    colonne = colonnes.get(vocabulaire(specification).mot(Role.OFFICINE), "")
    for commande in commandes:
        for identifiant, phrase in specification.avis_sur_l_officine(commande.finess or "", categories):
            yield Constat(
                code=identifiant,
                message=phrase,
                ligne=commande.ligne,
                colonne=colonne,
                balise=specification.nom_de(Role.OFFICINE),
            )
