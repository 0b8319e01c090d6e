"""The table of corrections: written with what was sent and what the agency said, filled in by a clerk, then read back."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Final

from attrs import field, frozen

from segur_pha.constats import Constat, ValeurRefusee
from segur_pha.depot.commandes import entetes_connus
from segur_pha.depot.export import ouvrir_export
from segur_pha.depot.valeurs import lire_valeur
from segur_pha.depot.vocabulaire import TRANCHE, vocabulaire
from segur_pha.erreurs import DepotRefuse
from segur_pha.rapports.tableau import Tableau, en_mots
from segur_pha.retour.lignes import Issue, LigneRetour
from segur_pha.retour.remedes import remede
from segur_pha.table.balise import Liste, Objet, balises
from segur_pha.table.formats import Format
from segur_pha.table.roles import Role
from segur_pha.tableurs import est_vide

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from segur_pha.depot.editeur import Editeur
    from segur_pha.depot.vocabulaire import Vocabulaire
    from segur_pha.rapports.tableau import Cellule
    from segur_pha.registre.etats import EtatDemande
    from segur_pha.registre.registre import Registre
    from segur_pha.table.balise import ClasseBloc
    from segur_pha.table.formats import Brut
    from segur_pha.table.specification import Specification
    from segur_pha.tableurs import Rangee, TableauLu

__all__ = [
    "CorrectionsLues",
    "est_inchangee",
    "lire_les_corrections",
    "modele_des_corrections",
    "rien_de_corrige",
    "valeurs_envoyees",
]

#: In a cell, this empties a facultative value; an empty cell leaves it as it was.
_VIDER: Final = "null"


@frozen(kw_only=True)
class CorrectionsLues:
    """What a table of corrections says.

    Attributes:
        description: how it was read, in French; ``remarques``: what else must be said about that.
        valeurs: number of a rejected request → keyword → right value, ``None`` for null.
        lignes: number → its row, as a spreadsheet counts.
        titres: keyword → the title of its column; keywords without a column are left out.
        ignorees: the titles of columns that hold no corrections.
        fautes: rows from which nothing can be taken.
    """

    description: str
    remarques: tuple[Constat, ...]
    valeurs: Mapping[str, Mapping[str, object]] = field(repr=False, hash=False)
    lignes: Mapping[str, int] = field(hash=False)
    titres: Mapping[str, str] = field(hash=False)
    ignorees: tuple[str, ...] = ()
    fautes: tuple[Constat, ...] = ()


def lire_les_corrections(
    source: str | os.PathLike[str], editeur: Editeur, *, feuille: str | None = None, encodage: str | None = None
) -> CorrectionsLues:
    """Read a table of corrections, CSV or XLSX: rows of the publisher's export, or of :func:`modele_des_corrections`.

    A column is recognised by its title in the settings, or by its keyword; others are left aside.  An empty cell changes nothing,
    ``null`` empties a facultative value.

    Raises :class:`~segur_pha.DepotRefuse` for anything but a table of corrections; a row that cannot be read is in ``fautes``.

    >>> from pathlib import Path
    >>> from segur_pha import Editeur
    >>> lignes = "numero_editeur;nom_responsable;Ville", "00003;DUPONT;Metz"
    >>> _ = Path("corrections.csv").write_text(chr(10).join(lignes), "utf-8")
    >>> lues = lire_les_corrections("corrections.csv", Editeur("ANS0000001", "12345678200010"))
    >>> lues.valeurs, lues.lignes, lues.ignorees
    ({'00003': {'nom_responsable': 'DUPONT'}}, {'00003': 2}, ('Ville',))
    """
    mots = vocabulaire(editeur.specification)
    entetes = entetes_connus(editeur)
    tableau = ouvrir_export(source, [*entetes.values(), *entetes], feuille=feuille, encodage=encodage)
    places = {mot: place for mot, titre in entetes.items() if (place := _place(tableau, mot, titre)) is not None}
    numero = mots.mot(Role.NUMERO_EDITEUR)
    ignorees = [tableau.nommer(p) for p, t in enumerate(tableau.titres) if t and p not in places.values()]
    if TRANCHE in places:
        ignorees.append(tableau.titres[places.pop(TRANCHE)])
    if numero not in places:
        raise DepotRefuse(
            f"Corrections : aucune colonne ne donne le numéro des demandes (« {entetes[numero]} » ou {numero})."
        )
    if len(places) == 1 and ignorees:
        noms = ", ".join(f"« {titre} »" for titre in ignorees)
        raise DepotRefuse(f"Corrections : aucune de ces colonnes n’est une correction : {noms}. Vérifiez leurs titres.")
    lecteur = _Lecteur(tableau, places, mots)
    for rangee in tableau.rangees:
        lecteur.prendre(rangee)
    return CorrectionsLues(
        description=tableau.description,
        remarques=tableau.remarques,
        valeurs=lecteur.valeurs,
        lignes=lecteur.lignes,
        titres={mot: tableau.titres[place] for mot, place in places.items()},
        ignorees=tuple(ignorees),
        fautes=tuple(lecteur.fautes),
    )


def _place(tableau: TableauLu, mot: str, titre: str) -> int | None:
    """Return the place of a keyword's column, found by the keyword itself or by its title in the settings."""
    places = tuple(dict.fromkeys((*tableau.places(titre), *tableau.places(mot))))
    if len(places) > 1:
        noms = " et ".join(f"« {tableau.titres[place]} »" for place in places)
        raise DepotRefuse(f"Corrections : les colonnes {noms} donnent toutes {mot} : gardez-en une.")
    return places[0] if places else None


class _Lecteur:
    """Rows of corrections, taken one after the other."""

    def __init__(self, tableau: TableauLu, places: Mapping[str, int], mots: Vocabulaire) -> None:
        self._titres = tableau.titres
        self._places = places
        self._mots = mots
        self._numero = mots.mot(Role.NUMERO_EDITEUR)
        self.valeurs: dict[str, dict[str, object]] = {}
        self.lignes: dict[str, int] = {}
        self.fautes: list[Constat] = []

    def prendre(self, rangee: Rangee) -> None:
        """Take what a row corrects, or say why nothing can be taken from it."""
        sans_titre = any(not est_vide(c) for c, titre in zip(rangee.cellules, self._titres, strict=True) if not titre)
        defaut = rangee.defaut or ("une cellule est remplie sous une colonne sans titre" if sans_titre else "")
        if defaut:
            self.fautes.append(Constat(code="ligne-decalee", message=defaut, ligne=rangee.numero))
            return
        try:
            numero = self._lire_le_numero(rangee.cellules[self._places[self._numero]])
        except ValeurRefusee as refus:
            self._fauter(rangee.numero, refus.constat.code, refus.constat.message)
            return
        if numero in self.lignes:
            message = f"la ligne {self.lignes[numero]} corrige déjà la demande {numero} : gardez-en une"
            self._fauter(rangee.numero, "numero-double", message, numero)
            return
        self.lignes[numero] = rangee.numero
        cellules = {mot: rangee.cellules[place] for mot, place in self._places.items() if mot != self._numero}
        self.valeurs[numero] = {mot: _ou_rien(c) for mot, c in cellules.items() if not est_vide(c)}

    def _lire_le_numero(self, cellule: object) -> str:
        attendu = self._mots.balises[self._numero].format
        assert isinstance(attendu, Format)
        numero = lire_valeur(attendu, cellule, personnelle=False)
        if numero is None:
            raise ValeurRefusee("numero-absent", "indiquez le numéro d’une demande rejetée")
        return str(numero)

    def _fauter(self, ligne: int, code: str, message: str, numero: str = "") -> None:
        titre = self._titres[self._places[self._numero]]
        balise = self._mots.specification.numero_de_demande.nom
        self.fautes.append(
            Constat(code=code, message=message, ligne=ligne, colonne=titre, balise=balise, numero=numero)
        )


def _ou_rien(cellule: object) -> object:
    return None if isinstance(cellule, str) and cellule.strip().casefold() == _VIDER else cellule


def modele_des_corrections(registre: Registre, editeur: Editeur) -> Tableau:
    """Lay out the rejected requests that nothing replaces yet as a table to fill in, with present values and the agency's words.

    Its columns have the publisher's own titles where the settings give some, otherwise the keywords; those of the agency are left
    aside when it is read back.  The columns of documents are empty: a name there means another document.

    >>> from segur_pha import Editeur
    >>> from segur_pha.registre import Registre
    >>> with Registre("sqlite://") as registre:
    ...     modele = modele_des_corrections(registre, Editeur.lire("examples/editeur.toml"))
    >>> modele.colonnes[0], len(modele.rangees)
    ('N° demande', 0)
    """
    vague = editeur.specification
    mots, entetes = vocabulaire(vague), entetes_connus(editeur)
    gardes = [mot for mot in mots.mots_cles if mot not in mots.formats.values()]
    colonnes = (mots.mot(Role.NUMERO_EDITEUR), *(mot for mot in gardes if mot != mots.mot(Role.NUMERO_EDITEUR)))
    rangees = [
        (
            demande.numero_editeur,
            demande.jour_reponse,
            demande.code_traitement,
            demande.libelle_traitement,
            remede(_de_l_etat(demande), specification=vague),
            *_presentes(
                registre.ligne_envoyee(demande.numero_editeur, specification=vague), colonnes[1:], vague.classe_demande
            ),
            *([None] * len(mots.pieces)),
        )
        for demande in registre.a_resoumettre()
        if demande.specification == vague.nom
    ]
    numero, *autres = (entetes[mot] for mot in colonnes)
    pieces = [entetes[mot] for mot in mots.pieces.values()]
    return Tableau((numero, *_DE_L_ASP, *autres, *pieces), rangees, titre="Corrections")


_DE_L_ASP: Final = ("Rejetée le", "Code de l’ASP", "Libellé de l’ASP", "Que faire")


def _de_l_etat(demande: EtatDemande) -> LigneRetour:
    return LigneRetour(
        num_ligne=None,
        numero_editeur=demande.numero_editeur,
        numero_asp=None,
        code_traitement=demande.code_traitement,
        libelle_traitement=demande.libelle_traitement,
        issue=Issue.REJETEE,
        brut=None,
        place=demande.rang,
    )


def _presentes(ligne: Brut, mots: Sequence[str], classe: ClasseBloc) -> Iterable[Cellule]:
    envoyees = dict(valeurs_envoyees(classe, ligne))
    return [_montree(envoyees.get(mot)) for mot in mots]


def valeurs_envoyees(classe: ClasseBloc, brut: Brut) -> Iterator[tuple[str, object]]:
    """Yield the values of a line by the keywords of the wave's builder; numbers come as text."""
    objet = brut if isinstance(brut, dict) else {}
    for rangee in balises(classe):
        valeur = objet.get(rangee.nom)
        if isinstance(rangee.format, Objet):
            yield from valeurs_envoyees(rangee.format.classe, valeur)
        elif rangee.attribut and not isinstance(rangee.format, Liste):
            yield rangee.attribut, valeur.decode() if isinstance(valeur, bytes) else valeur


def _montree(valeur: object) -> Cellule:
    """Return a sent value as a cell that reads back as that value."""
    if isinstance(valeur, bool):
        return en_mots(valeur)
    if isinstance(valeur, int | Decimal):
        return str(valeur)
    return valeur if isinstance(valeur, str) else None


def est_inchangee(cellule: object, envoyee: object) -> bool:
    """Tell whether a cell is what :func:`modele_des_corrections` put there, or what a CSV turns that into to be safe.

    >>> est_inchangee("'+33612345678", "+33612345678"), est_inchangee("oui", True), est_inchangee("oui", False)
    (True, True, False)
    """
    montree = _montree(envoyee)
    return isinstance(cellule, str) and isinstance(montree, str) and cellule in {montree, f"'{montree}"}


def rien_de_corrige(
    registre: Registre, remplace: Mapping[str, str], lignes: Mapping[str, int], vague: Specification
) -> Iterator[Constat]:
    """Advise on each rejected request whose successor has the same values and documents, in the order of the table.

    What was sent is compared, not what was typed: a row of the publisher's own export may be written differently.  A document
    without a recorded hash may be another one: nothing is said about its request.
    """
    for nouvelle, ancienne in remplace.items():
        if _envoi(registre, nouvelle, vague) == _envoi(registre, ancienne, vague):
            yield Constat(
                code="rien-de-corrige",
                message="rien n’a changé depuis le rejet, ni valeur ni pièce ; si la faute est chez vous, corrigez-la avant de "
                "déposer ce dossier",
                ligne=lignes[ancienne],
                numero=ancienne,
            )


def _envoi(registre: Registre, numero: str, vague: Specification) -> tuple[dict[str, object], list[str]]:
    """Return what was sent under a number, except what depends on the number itself; documents are given by their hashes."""
    ligne = registre.ligne_envoyee(numero, specification=vague)
    mots = vocabulaire(vague)
    gardes = {*mots.mots_cles} - {mots.mot(Role.NUMERO_EDITEUR)}
    valeurs = {mot: valeur for mot, valeur in valeurs_envoyees(vague.classe_demande, ligne) if mot in gardes}
    demande = registre.demande(numero, specification=vague)
    assert demande is not None
    return valeurs, sorted(piece.sha256 for piece in demande.pieces)
