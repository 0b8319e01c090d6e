"""The folder of supporting documents: which file each request means, and whether it may be deposited."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Final, Self

from attrs import define, evolve, frozen

from segur_pha.constats import Constat, ValeurRefusee
from segur_pha.depot.documents import Document, ExamenDeDocument, exiger_les_bibliotheques
from segur_pha.depot.fonds import FondsDeDocuments
from segur_pha.depot.ouvriers import Ouvriers
from segur_pha.depot.systeme import laisse_par
from segur_pha.depot.vocabulaire import vocabulaire
from segur_pha.rapports.tableau import nom_lisible
from segur_pha.table.roles import Role
from segur_pha.vagues import PAR_DEFAUT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from segur_pha.depot.commandes import CommandeLue
    from segur_pha.depot.ouvriers import Ouvert
    from segur_pha.table.specification import Specification

__all__ = ["DossierDePieces", "PieceTrouvee"]


_ABSENT: Final = "document-absent"


@frozen
class PieceTrouvee:
    """A document of a request.

    Attributes:
        type_fichier: its type, as the request uses it.
        nom: its name as a clerk knows it: relative to the folder, fit for a message.
        document: the document itself.
        examen: the result of its examination, for further checks.
    """

    type_fichier: str
    nom: str
    document: Document
    examen: ExamenDeDocument


@define(eq=False)
class _Vue:
    """A file that an order means, and what has become of it: asked for, examined, used (as what, by which row)."""

    chemin: Path
    demande: Callable[[], Ouvert] | None = None
    examinee: Document | ValeurRefusee | None = None
    emploi: tuple[str, int] | None = None


class DossierDePieces:
    """Finds and examines the documents of one folder; remembers which order used which.

    ``texte`` asks for the text layer of the documents that every request has: the order forms; ``specification`` is the wave of
    the requests.

    Raises :class:`~segur_pha.DepotRefuse` when the folder cannot be listed, :class:`~segur_pha.ExtraManquant` when documents
    cannot be examined.
    """

    def __init__(self, racine: Path, *, texte: bool = False, specification: Specification = PAR_DEFAUT) -> None:
        exiger_les_bibliotheques()
        self._noms = specification.noms_des_pieces
        self._colonnes = vocabulaire(specification).pieces
        self._balise = specification.role(Role.PIECES).nom
        # The type of document of which every request has its own.
        self._propre = next(iter(self._noms.codes))
        self._fonds = FondsDeDocuments(racine, specification.limites)
        self._texte = texte
        self._ouvriers = Ouvriers(len(self._fonds.noms), specification.limites)
        self._vues: dict[Path, _Vue] = {}
        self._contenus: dict[str, int] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *erreur: object) -> None:
        self._ouvriers.fermer()

    def annoncer(self, commande: CommandeLue) -> None:
        """Have the documents of a request opened, since :meth:`chercher` will ask for them later."""
        for besoin in commande.dues:
            with suppress(ValeurRefusee):  # said when it is asked for
                vue = self._vue(self._nom(commande, besoin))
                if vue.examinee is None:
                    self._demander(vue, besoin)

    def chercher(
        self, commande: CommandeLue, colonnes: Mapping[str, str]
    ) -> tuple[list[PieceTrouvee], list[Constat], list[Constat]]:
        """Find and examine the documents that a request needs; return the documents, the faults, the advice.

        ``colonnes``: the column of a document (``bon_commande``, ``preuve_ht``) → the header in the source.
        """
        conseils: list[Constat] = []
        if commande.rangee.defaut:
            return [], [], conseils
        conseils += [
            self._inutile(commande, piece, colonnes[self._colonnes[piece]])
            for piece in commande.inutiles
            if piece in commande.documents
        ]
        trouvees: list[PieceTrouvee] = []
        fautes: list[Constat] = []
        for besoin in commande.dues:
            colonne = colonnes.get(self._colonnes[besoin])
            if any(faute.colonne == colonne for faute in commande.fautes):
                continue  # the cell could not be read, which was reported
            try:
                trouvee = self._trouver(commande, besoin)
            except ValeurRefusee as refus:
                if refus.constat.code == _ABSENT and besoin not in commande.documents and commande.repere_fautif:
                    continue  # its number or its FINESS must be corrected first, which was reported
                fautes.append(self._introuvable(commande, besoin, refus, colonne or ""))
            else:
                trouvees.append(trouvee)
                conseils += self._conseiller(commande, trouvee)
        return trouvees, fautes, conseils

    def inutilises(self) -> list[str]:
        """List the documents that no order used, fit for a message."""
        utilises = {vue.chemin for vue in self._vues.values() if vue.emploi is not None}
        return [
            nom_lisible(nom)
            for nom in self._fonds.noms
            if self._fonds.chemin(nom) not in utilises and not laisse_par(nom)
        ]

    def _trouver(self, commande: CommandeLue, besoin: str) -> PieceTrouvee:
        nom = self._nom(commande, besoin)
        vue = self._vue(nom)
        partageable = besoin in self._noms.communes
        avant = vue.emploi
        if avant is not None and (avant[0] != besoin or not partageable):
            raise ValeurRefusee(
                "document-double", f"la ligne {avant[1]} utilise déjà cette pièce : indiquez celle de cette commande"
            )
        vue.emploi = avant or (besoin, commande.ligne)
        document, examen = self._examiner(vue, besoin)
        dit = commande.formats.get(besoin)
        if dit is not None and dit != document.format:
            raise ValeurRefusee(
                "document-format",
                f"cette pièce est un {document.format}, ce que l’export ne dit pas : corrigez le format",
            )
        return PieceTrouvee(besoin, nom_lisible(nom), document, examen)

    def _vue(self, nom: str) -> _Vue:
        chemin = self._fonds.localiser(nom)
        return self._vues.get(chemin) or self._vues.setdefault(chemin, _Vue(chemin))

    def _demander(self, vue: _Vue, besoin: str) -> Callable[[], Ouvert]:
        if vue.demande is None:
            texte = self._texte and besoin == self._propre
            vue.demande = self._ouvriers.demander(vue.chemin, texte=texte)
        return vue.demande

    def _examiner(self, vue: _Vue, besoin: str) -> tuple[Document, ExamenDeDocument]:
        """Examine a document once, however many requests share it."""
        if isinstance(vue.examinee, Document):
            return vue.examinee, ExamenDeDocument(vue.examinee.format)
        if isinstance(vue.examinee, ValeurRefusee):
            raise vue.examinee
        ouvert = self._demander(vue, besoin)()
        vue.demande = None
        if isinstance(ouvert, ValeurRefusee):
            vue.examinee = ouvert
            raise ouvert
        vue.examinee, examen = ouvert
        assert vue.examinee is not None
        return vue.examinee, examen

    def _conseiller(self, commande: CommandeLue, trouvee: PieceTrouvee) -> Iterator[Constat]:
        for reserve in trouvee.examen.reserves:
            yield evolve(reserve, ligne=commande.ligne, balise=self._balise, document=trouvee.nom)
        if trouvee.type_fichier in self._noms.communes:
            return
        avant = self._contenus.setdefault(trouvee.document.sha256, commande.ligne)
        if avant != commande.ligne:
            yield Constat(
                code="document-identique",
                message=f"{self._noms.mots[trouvee.type_fichier]} a le même contenu que celui de la ligne {avant}",
                ligne=commande.ligne,
                balise=self._balise,
                document=trouvee.nom,
            )

    def _nom(self, commande: CommandeLue, besoin: str) -> str:
        return commande.documents.get(besoin) or self._par_convention(commande, besoin)

    def _par_convention(self, commande: CommandeLue, besoin: str) -> str:
        """Find a document by its name: that of section 3.3, BDC-00001, BDC-FINESS (HT-… for the proof), or the shared proof."""
        code = self._noms.codes[besoin]
        reperes = [repere for repere in (commande.numero, commande.finess, *commande.reperes) if repere]
        prefixes = [f"{self._noms.prefixe}-{code}-", f"{code}-"]
        radicaux = [f"{prefixe}{repere}" for prefixe in prefixes for repere in reperes]
        for radical in (*radicaux, *self._noms.communes.get(besoin, ())):
            noms = self._fonds.de_radical(radical)
            if len(noms) > 1:
                raise ValeurRefusee(
                    "document-ambigu",
                    f"plusieurs pièces s’appellent {nom_lisible(radical)} : gardez-en une, ou nommez-la",
                )
            if noms:
                return noms[0]
        exemple = f"{radicaux[-1]}.pdf" if radicaux else f"{code}-….pdf"
        raise ValeurRefusee(
            _ABSENT,
            "aucune pièce n’est indiquée ni trouvée par son nom : ajoutez-la au dossier des pièces",
            f"un nom dans la colonne {self._colonnes[besoin]}, ou un fichier {nom_lisible(exemple)}",
        )

    def _inutile(self, commande: CommandeLue, piece: str, colonne: str) -> Constat:
        return Constat(
            code=f"{self._colonnes[piece].replace('_', '-')}-inutile",
            message=f"cette demande n’a pas besoin de cette pièce ({self._noms.mots[piece]}) : elle n’est pas déposée",
            ligne=commande.ligne,
            colonne=colonne,
            balise=self._balise,
            document=nom_lisible(commande.documents[piece]),
        )

    def _introuvable(self, commande: CommandeLue, besoin: str, refus: ValeurRefusee, colonne: str) -> Constat:
        donne = commande.documents.get(besoin, "")
        return evolve(
            refus.constat,
            message=f"{self._noms.mots[besoin]} : {refus.constat.message}",
            ligne=commande.ligne,
            colonne=colonne if donne else "",
            balise=self._balise,
            document=nom_lisible(donne),
        )
