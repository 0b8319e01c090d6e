"""Requests from flat values, as a billing system holds them, for the table of any wave."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar

import attrs

from segur_pha.erreurs import DemandeInvalide
from segur_pha.table.balise import Liste, blocs
from segur_pha.table.formats import Brut, Doute, Format, Montant
from segur_pha.table.modele import ObjetBrut, depuis_brut, en_brut, etapes
from segur_pha.table.motifs import est_blanc
from segur_pha.table.regles import anomalies_d_encodage, anomalies_de_la_demande, juger_valeur
from segur_pha.table.remplissage import batir, planifier, poseur, preneur
from segur_pha.table.roles import Role

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from segur_pha.anomalies import Anomalie
    from segur_pha.table.balise import Balise, ClasseBloc
    from segur_pha.table.modele import Coherence
    from segur_pha.table.noms import NomsDePieces
    from segur_pha.table.remplissage import Plan, Poseur

__all__ = ["Constructeur"]

B = TypeVar("B", bound=attrs.AttrsInstance)


class Constructeur(Generic[B]):
    """Builds the requests of a wave from flat values, as a billing system holds them.

    Attributes:
        classe: the class of the request; the roles in its table say which row holds its number, and which one lists its
            documents.
        noms: how its documents are named.
        coherences: the rules between balises.
    """

    def __init__(self, classe: type[B], noms: NomsDePieces, coherences: Sequence[Coherence]) -> None:
        self.classe, self.noms, self.coherences = classe, noms, coherences

    def construire(self, valeurs: Mapping[str, object], formats: Mapping[str, object]) -> B:
        """Build a request from its values (attribute of the model → value), as Python values or as text.

        ``formats``: type of each document → its format.  The documents are named from both.  What is wrong with the documents and
        their names is not reported: it follows from faults that are.

        Raises :class:`~segur_pha.DemandeInvalide` with every fault of the request at once.

        >>> from segur_pha import Demande
        >>> from segur_pha.vagues.va1.noms import NOMS_DES_PIECES
        >>> demandes = Constructeur(Demande, NOMS_DES_PIECES, Demande.coherences)
        >>> valeurs = {
        ...     "numero_editeur": "00001", "date_commande": "15/11/2022", "regime_tva": "TTC", "montant_segur_ht": "708.33",
        ...     "statut_admin_technique": "E", "numero_carte_cpx": "1234567890", "nom_admin_technique": "MARTIN",
        ...     "tel_admin_technique": "0102030405", "email_admin_technique": "certificats@editeur.example",
        ...     "nom_responsable": "DURAND", "email_responsable": None, "telephone_responsable": None, "finess_geo": "777777777",
        ...     "has_bal_ms_sante_personnelle": True, "operateur_messagerie": None}
        >>> demandes.construire(valeurs, {"BON_COMMANDE": "PNG"}).pieces_justificatives[0].nom_fichier
        'PHA-LGO-Va1-BDC-00001.png'
        """
        try:
            return self._batir(valeurs, formats)
        except Doute:
            return self._juger(valeurs, formats)

    # --- The quick way, which raises Doute unless a request is certainly right ---

    def _batir(self, valeurs: Mapping[str, object], formats: Mapping[str, object]) -> B:
        plan, poser_les_pieces, attribut_du_numero, regles = self._chantier
        demande = batir(plan, valeurs)
        poser_les_pieces(demande, tuple(self._pieces_de(valeurs[attribut_du_numero], formats)))
        if regles and not all(regle.tenue(en_brut(demande), 1) for regle in regles):
            raise Doute
        return demande

    @cached_property
    def _chantier(self) -> _Chantier[B]:
        numero, pieces = (self._rangee(role) for role in (Role.NUMERO_EDITEUR, Role.PIECES))
        ecrites = {e.rangee.nom for e in etapes(self.classe) if e.ecrit is not None}
        regles = [c for c in self._regles if not ecrites.issuperset(c.lit)]
        return _Chantier(planifier(self.classe), poseur(self.classe, pieces.attribut), numero.attribut, regles)

    def _pieces_de(self, numero: object, formats: Mapping[str, object]) -> list[attrs.AttrsInstance]:
        """Build each document like the first one of its type and format, but for its name: the number in it has just been judged."""
        modeles, nouvelle = self._modeles, object.__new__
        pieces = []
        for choix in formats.items():
            try:
                modele = modeles[choix]
            except (KeyError, TypeError):
                modele = modeles[choix] = self._modele(str(numero), *choix)
            classe, avant, apres, nommer, autres = modele
            piece = nouvelle(classe)
            nommer(piece, f"{avant}{numero}{apres}")
            for poser, valeur in autres:
                poser(piece, valeur)
            pieces.append(piece)
        return pieces

    @cached_property
    def _modeles(self) -> dict[tuple[object, object], _Modele]:
        return {}

    def _modele(self, numero: str, type_fichier: object, format_fichier: object) -> _Modele:
        classe, nom, format_, type_ = self._pieces
        format_lu, type_lu = str(preneur(format_)(format_fichier)), str(preneur(type_)(type_fichier))
        nomme = self.noms.nommer(type_lu, numero, format_lu)
        donnees = {nom.attribut: nomme, format_.attribut: format_lu, type_.attribut: type_lu}
        plan = planifier(classe)
        piece = batir(plan, {attribut: donnees.get(attribut) for _, _, attribut, _ in plan.champs})
        autres = [e.rangee.attribut for e in etapes(classe) if e.rangee.attribut not in {"", nom.attribut}]
        return _Modele(
            classe,
            *self.noms.autour_du_numero(type_lu, format_lu),
            nommer=poseur(classe, nom.attribut),
            autres=[(poseur(classe, attribut), getattr(piece, attribut)) for attribut in autres],
        )

    # --- The plain way ---

    def _juger(self, valeurs: Mapping[str, object], formats: Mapping[str, object]) -> B:
        pieces = self._annoncer(valeurs[self._rangee(Role.NUMERO_EDITEUR).attribut], formats)
        brut = _assembler(self.classe, valeurs, {self._rangee(Role.PIECES).nom: pieces})
        anomalies = [
            *anomalies_d_encodage(self.classe, brut),
            *(
                anomalie
                for anomalie in anomalies_de_la_demande(self.classe, brut, rang=1, coherences=self._regles)
                if anomalie.balise not in self._tues
            ),
        ]
        if anomalies:
            raise DemandeInvalide([_en_python(self.classe, anomalie, valeurs) for anomalie in anomalies]) from None
        return depuis_brut(self.classe, brut)

    def _annoncer(self, numero: object, formats: Mapping[str, object]) -> list[Brut]:
        """Lay out the documents of a request as raw objects, named for the request."""
        _, nom, format_, type_ = self._pieces
        return [
            {
                nom.nom: self.noms.nommer(str(type_fichier), str(numero), str(format_fichier)),
                format_.nom: format_fichier if type(format_fichier) is str else _texte(format_fichier),
                type_.nom: str(type_fichier),
            }
            for type_fichier, format_fichier in formats.items()
        ]

    # --- What the table says ---

    def _rangee(self, role: Role) -> Balise:
        return next(rangee for _, rangee in blocs(self.classe) if rangee.role is role)

    @cached_property
    def _pieces(self) -> tuple[ClasseBloc, Balise, Balise, Balise]:
        """The class of a document, and the rows of its name, its format and its type."""
        liste = self._rangee(Role.PIECES).format
        assert isinstance(liste, Liste)
        nom, format_, type_ = map(self._rangee, (Role.NOM_PIECE, Role.FORMAT_PIECE, Role.TYPE_PIECE))
        return liste.classe, nom, format_, type_

    @cached_property
    def _tues(self) -> frozenset[str]:
        """The balises whose faults are not reported: the documents, and their names."""
        return frozenset(self._rangee(role).nom for role in (Role.PIECES, Role.NOM_PIECE))

    @cached_property
    def _regles(self) -> list[Coherence]:
        return [coherence for coherence in self.coherences if coherence.balise not in self._tues]


class _Chantier(NamedTuple, Generic[B]):
    """How requests are built, worked out once.

    Attributes:
        plan: how a request is made from flat values.
        poser_les_pieces: puts a request's documents into it.
        numero: the keyword of its number among the flat values.
        regles: the rules that the values can break: those that do not read only what the codec writes.
    """

    plan: Plan[B]
    poser_les_pieces: Poseur
    numero: str
    regles: list[Coherence]


class _Modele(NamedTuple):
    """How a document of one type and format is made: what surrounds the number in its name, and its other values."""

    classe: ClasseBloc
    avant: str
    apres: str
    nommer: Poseur
    autres: list[tuple[Poseur, object]]


def _en_python(classe: ClasseBloc, anomalie: Anomalie, valeurs: Mapping[str, object]) -> Anomalie:
    """Word a fault of a flat value for somebody who writes Python."""
    from segur_pha.table.en_python import anomalie_en_python, sans_mots_de_fichier

    for _, rangee in blocs(classe):
        if rangee.nom == anomalie.balise and rangee.attribut in valeurs and isinstance(rangee.format, Format):
            valeur = valeurs[rangee.attribut]
            defaut = juger_valeur(rangee, _brut(rangee.format, valeur))
            if defaut is not None:
                return anomalie_en_python(rangee, defaut, anomalie.chemin, valeur)
    return attrs.evolve(anomalie, libelle=sans_mots_de_fichier(anomalie.libelle))


def _assembler(classe: ClasseBloc, valeurs: Mapping[str, object], deduites: Mapping[str, Brut]) -> ObjetBrut:
    """Lay flat values out as the raw values of a block, in the table's order."""
    brut: ObjetBrut = {}
    for etape in etapes(classe):
        nom = etape.rangee.nom
        if nom in deduites:
            brut[nom] = deduites[nom]
        elif etape.objet is not None:
            brut[nom] = _assembler(etape.objet, valeurs, deduites)
        elif etape.ecrit is not None:
            brut[nom] = etape.ecrit(1)
        else:
            assert etape.champ is not None
            brut[nom] = _brut(etape.champ, valeurs[etape.rangee.attribut])
    return brut


def _brut(champ: Format, valeur: object) -> Brut:
    if champ.est_du_type(valeur):
        return champ.ecrire(valeur)
    if isinstance(valeur, str) and isinstance(champ, Montant) and not est_blanc(valeur):
        return valeur.encode(errors="surrogatepass")
    return _texte(valeur)


def _texte(valeur: object) -> Brut:
    # A float, a datetime…: an empty object has the wrong type for every format, and that is the fault to report.
    return None if valeur is None else str(valeur) if isinstance(valeur, str) else {}
