"""Requests from flat values, as a billing system holds them."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Final, TypeVar

from segur_pha.erreurs import SegurError
from segur_pha.table.construction import Constructeur
from segur_pha.vagues.va1.coherences import COHERENCES
from segur_pha.vagues.va1.enumerations import LIMITES, FormatFichier, RegimeTVA, StatutAdminTechnique, TypeFichier
from segur_pha.vagues.va1.noms import NOMS_DES_PIECES
from segur_pha.vagues.va1.table import Demande

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import date
    from decimal import Decimal

__all__ = ["construire_demande", "decouper", "pieces_dues"]

T = TypeVar("T")

# Plain texts: in Python 3.11 the value of an enumeration costs a descriptor call, for each request.
_HT: Final = RegimeTVA.HT.value
_SANS_PREUVE: Final = (TypeFichier.BON_COMMANDE,)
_DEMANDES: Final = Constructeur(Demande, NOMS_DES_PIECES, COHERENCES)
_AVEC_PREUVE: Final = (TypeFichier.BON_COMMANDE, TypeFichier.PREUVE_HT)
_BON_COMMANDE, _PREUVE_HT = _AVEC_PREUVE


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
    """Build a request from flat values, name its documents, and add the PREUVE_HT if the regime is HT.

    Days are ``date`` or ``"15/11/2022"``; amounts, in euros before tax, are ``Decimal`` or the text of the number
    (``"708.33"``; a float is refused, ``Decimal("850")`` is written 850.00, the text ``"850"`` is fault 1204).

    Raises :class:`~segur_pha.DemandeInvalide` with every fault of the request at once; faults in what was named for you are not
    reported.

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
    valeurs = locals()
    formats: dict[str, object] = {_BON_COMMANDE: format_bon_commande}
    if pieces_dues(valeurs) is _AVEC_PREUVE:
        formats[_PREUVE_HT] = format_preuve_ht
    return _DEMANDES.construire(valeurs, formats)


def pieces_dues(valeurs: Mapping[str, object]) -> tuple[TypeFichier, ...]:
    """Say which documents a request with these flat values needs: the order form and, for the HT regime, its proof (section 3.2).

    >>> [str(piece) for piece in pieces_dues({"regime_tva": "HT"})]
    ['BON_COMMANDE', 'PREUVE_HT']
    """
    return _AVEC_PREUVE if valeurs.get("regime_tva") == _HT else _SANS_PREUVE


def decouper(demandes: Iterable[T], taille: int = LIMITES.demandes_par_fichier) -> Iterator[tuple[T, ...]]:
    """Cut requests into lots of ``taille`` (1 to 200), in order and lazily; the last lot is never empty.

    Raises :class:`~segur_pha.SegurError` at once for any other size.

    >>> [len(lot) for lot in decouper(range(401))]
    [200, 200, 1]
    """
    if type(taille) is not int or not 1 <= taille <= LIMITES.demandes_par_fichier:
        raise SegurError(f"Un fichier contient de 1 à {LIMITES.demandes_par_fichier} demandes.", balise="lignesImport")
    source = iter(demandes)
    return iter(lambda: tuple(islice(source, taille)), ())
