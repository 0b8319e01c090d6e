"""Requests from flat values, as a billing system holds them."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Final, TypeVar

from segur_pha.erreurs import DemandeInvalide, SegurError
from segur_pha.table.construction import batir, remplir
from segur_pha.table.formats import Brut, Code, Doute, Format, Montant
from segur_pha.table.modele import ObjetBrut, depuis_brut, etapes
from segur_pha.table.motifs import est_blanc
from segur_pha.table.regles import anomalies_d_encodage, anomalies_de_la_demande
from segur_pha.vagues.va1.coherences import COHERENCES
from segur_pha.vagues.va1.enumerations import FormatFichier, RegimeTVA, StatutAdminTechnique, TypeFichier
from segur_pha.vagues.va1.limites import LIMITES
from segur_pha.vagues.va1.noms import NOMS_DES_PIECES
from segur_pha.vagues.va1.table import Demande, PieceJustificative

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import date
    from decimal import Decimal

    from segur_pha.table.balise import ClasseBloc

__all__ = ["construire_demande", "decouper", "pieces_dues"]

T = TypeVar("T")

#: What construire_demande makes of other values: its rules hold, and a fault there follows from theirs, which are reported.
_DEDUITES: Final = frozenset({"piecesJustificatives", "nomFichier"})
_COHERENCES: Final = tuple(coherence for coherence in COHERENCES if coherence.balise not in _DEDUITES)

_PRENDRE_UN_FORMAT: Final = Code(FormatFichier).preneur()
#: Type and format of a document → what stands before the number in its name, and after it.
_DEBUTS_ET_FINS: Final[Mapping[tuple[object, object], tuple[str, ...]]] = {
    (t, f): tuple(NOMS_DES_PIECES.nommer(t, "/", f).split("/")) for t in TypeFichier for f in FormatFichier
}


def construire_demande(
    *,
    # The table laid flat, as docs/generate.py writes it: what is obligatory, then what may be left out.
    numero_editeur: str,
    date_commande: date | str,
    regime_tva: RegimeTVA | str,
    montant_segur_ht: Decimal | str,
    statut_admin_technique: StatutAdminTechnique | str,
    numero_carte_cpx: str,
    nom_admin_technique: str,
    tel_admin_technique: str,
    email_admin_technique: str,
    nom_responsable: str,
    finess_geo: str,
    has_bal_ms_sante_personnelle: bool,
    email_responsable: str | None = None,
    telephone_responsable: str | None = None,
    operateur_messagerie: str | None = None,
    # The documents are named for you; only their formats are yours to say.
    format_bon_commande: FormatFichier | str = "PDF",
    format_preuve_ht: FormatFichier | str = "PDF",
) -> Demande:
    """Build a request from flat values, name its documents, and add the PREUVE_HT when the regime is HT.

    Days are ``date`` or ``"15/11/2022"``; amounts, in euros before tax, are ``Decimal`` or the text of the number
    (``"708.33"``; a float is refused, ``Decimal("850")`` is written 850.00, the text ``"850"`` is fault 1204).

    Raises :class:`~segur_pha.DemandeInvalide` with every fault of the request at once; what was named for you is not
    reproached to you.

    >>> from datetime import date; from decimal import Decimal
    >>> from segur_pha import construire_demande
    >>> demande = construire_demande(
    ...     numero_editeur="00001", date_commande=date(2022, 11, 15), regime_tva="TTC", montant_segur_ht=Decimal("708.33"),
    ...     statut_admin_technique="E", numero_carte_cpx="1234567890", nom_admin_technique="MARTIN",
    ...     tel_admin_technique="0102030405", email_admin_technique="certificats@editeur.example",
    ...     nom_responsable="DURAND", finess_geo="777777777", has_bal_ms_sante_personnelle=True)
    >>> demande.pieces_justificatives[0].nom_fichier
    'PHA-LGO-Va1-BDC-00001.pdf'
    """
    plat = locals()
    try:
        return _batir(plat)
    except Doute:
        return _juger(plat)


def _batir(plat: Mapping[str, object]) -> Demande:
    """Build the request the quick way; its documents are named after the number that is judged on the way.

    No rule between balises is left to try: the codec writes the rank, and the documents are made here.
    """
    numero = plat["numero_editeur"]
    if type(numero) is not str:
        raise Doute(numero)
    pieces = tuple([_piece(p, plat[f"format_{p.lower()}"], numero) for p in pieces_dues(plat)])
    return batir(Demande, {**plat, "pieces_justificatives": pieces})


def _piece(type_fichier: TypeFichier, format_donne: object, numero_editeur: str) -> PieceJustificative:
    format_fichier = _PRENDRE_UN_FORMAT(format_donne)
    debut, fin = _DEBUTS_ET_FINS[type_fichier, format_fichier]
    return remplir(PieceJustificative, (f"{debut}{numero_editeur}{fin}", format_fichier, type_fichier))


def _juger(plat: Mapping[str, object]) -> Demande:
    """Build the request with the plain rules, or say all that is wrong with it."""
    brut = _assembler(Demande, plat)
    anomalies = [
        *anomalies_d_encodage(Demande, brut),
        *(
            a
            for a in anomalies_de_la_demande(Demande, brut, rang=1, coherences=_COHERENCES)
            if a.balise not in _DEDUITES
        ),
    ]
    if anomalies:
        raise DemandeInvalide(anomalies)
    return depuis_brut(Demande, brut)


def _assembler(classe: ClasseBloc, valeurs: Mapping[str, object]) -> ObjetBrut:
    """Lay flat values out as the raw values of a block, in the table's order."""
    brut: ObjetBrut = {}
    for etape in etapes(classe):
        nom = etape.rangee.nom
        if etape.objet is not None:
            brut[nom] = _assembler(etape.objet, valeurs)
        elif etape.champ is None:
            brut[nom] = _pieces(valeurs)
        elif etape.ecrit is not None:
            brut[nom] = etape.ecrit(1)
        else:
            brut[nom] = _brut(etape.champ, valeurs[etape.rangee.attribut])
    return brut


def _brut(champ: Format, valeur: object) -> Brut:
    if champ.est_du_type(valeur):
        return champ.ecrire(valeur)
    if isinstance(valeur, str) and isinstance(champ, Montant) and not est_blanc(valeur):
        return valeur.encode(errors="surrogatepass")
    return _texte(valeur)


def _texte(valeur: object) -> Brut:
    # A float, a datetime…: an empty object is of the wrong type for every format, which is the fault to report.
    return None if valeur is None else str(valeur) if isinstance(valeur, str) else {}


def pieces_dues(valeurs: Mapping[str, object]) -> tuple[TypeFichier, ...]:
    """Say which documents a request needs, from its flat values: the order form, and at the regime HT its proof (section 3.2).

    >>> [str(piece) for piece in pieces_dues({"regime_tva": "HT"})]
    ['BON_COMMANDE', 'PREUVE_HT']
    """
    ht = valeurs.get("regime_tva") == RegimeTVA.HT.value
    return (TypeFichier.BON_COMMANDE, TypeFichier.PREUVE_HT) if ht else (TypeFichier.BON_COMMANDE,)


def _pieces(valeurs: Mapping[str, object]) -> list[Brut]:
    formats = {piece: valeurs[f"format_{piece.lower()}"] for piece in pieces_dues(valeurs)}
    return [
        {
            "nomFichier": NOMS_DES_PIECES.nommer(type_fichier, str(valeurs["numero_editeur"]), str(format_fichier)),
            "formatFichier": _texte(format_fichier),
            "typeFichier": type_fichier.value,
        }
        for type_fichier, format_fichier in formats.items()
    ]


def decouper(demandes: Iterable[T], taille: int = LIMITES.demandes_par_fichier) -> Iterator[tuple[T, ...]]:
    """Cut requests into lots of ``taille`` (1 to 200), in order and lazily; the last lot is never empty.

    Raises :class:`~segur_pha.SegurError` at once for another size.

    >>> [len(lot) for lot in decouper(range(401))]
    [200, 200, 1]
    """
    if type(taille) is not int or not 1 <= taille <= LIMITES.demandes_par_fichier:
        raise SegurError(f"Un fichier contient de 1 à {LIMITES.demandes_par_fichier} demandes.", balise="lignesImport")
    source = iter(demandes)
    return iter(lambda: tuple(islice(source, taille)), ())
