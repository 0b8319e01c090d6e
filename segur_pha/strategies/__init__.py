"""Hypothesis strategies derived from the table: right ones, and ones that are wrong in one known way (extra ``strategies``).

Every strategy takes the ``specification`` it walks (:data:`~segur_pha.VA1` by default), so that a row added to a table is drawn
and broken without another edit.  Once segur_pha is installed, hypothesis finds :func:`enregistrer` by itself, and
``hypothesis.strategies.from_type(Demande)`` works.

Hypothesis is imported when a strategy is asked for, not before: it loads this module while it is itself being imported.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeVar, cast

from segur_pha.erreurs import ExtraManquant, SegurError
from segur_pha.table.balise import Liste, Objet
from segur_pha.table.modele import depuis_brut
from segur_pha.vagues import PAR_DEFAUT
from segur_pha.vagues.va1.table import (
    Beneficiaire,
    CertificatsServeur,
    Commande,
    Demande,
    Fichier,
    PieceJustificative,
    ScenarioInstallation,
)

if TYPE_CHECKING:
    from collections.abc import Collection

    from hypothesis.strategies import SearchStrategy

    from segur_pha.table.specification import Specification

__all__ = [
    "Faute",
    "beneficiaires",
    "certificats_serveur",
    "commandes",
    "demandes",
    "enregistrer",
    "fautes",
    "fichiers",
    "pieces_justificatives",
    "scenarios_installation",
]

B = TypeVar("B")

#: The largest number of requests in a drawn file, unless the caller says otherwise: small examples are easier to read.
DEMANDES_PAR_DEFAUT = 4


class Faute(NamedTuple):
    """A faulty file.

    Attributes:
        octets: the file, as bytes.
        code: the code of its one fault.
        chemin: the JSON Pointer of that fault.
    """

    octets: bytes
    code: str
    chemin: str


def fichiers(
    *, minimum: int = 1, maximum: int | None = None, specification: Specification = PAR_DEFAUT
) -> SearchStrategy[Fichier]:
    """Draw files of ``minimum`` to ``maximum`` requests that both controls accept (4 at most by default).

    After the fourth one, requests repeat the first ones under other numbers.  Raises :class:`~segur_pha.SegurError` for numbers
    of requests that no file may have.

    >>> from hypothesis import given
    >>> from segur_pha import en_json, lire
    >>> @given(fichiers(maximum=2))
    ... def aller_et_retour(fichier: Fichier) -> None:
    ...     assert lire(en_json(fichier)) == fichier
    >>> aller_et_retour()
    """
    plafond = specification.limites.demandes_par_fichier
    if maximum is None:
        maximum = max(minimum, min(DEMANDES_PAR_DEFAUT, plafond))
    if not 1 <= minimum <= maximum <= plafond:
        raise SegurError(f"Un fichier contient de 1 à {plafond} demandes.", balise=specification.liste_des_demandes.nom)
    _exiger_hypothesis()
    from segur_pha.strategies.arbres import arbres

    bruts = arbres(specification, minimum=minimum, maximum=maximum)
    return cast("SearchStrategy[Fichier]", bruts.map(lambda brut: depuis_brut(specification.racine, brut)))


def demandes(*, specification: Specification = PAR_DEFAUT) -> SearchStrategy[Demande]:
    """Draw requests that the 2nd control accepts, with their documents named and numbered as the rules between balises require.

    >>> from hypothesis import given
    >>> @given(demandes())
    ... def un_seul_bon_de_commande(demande: Demande) -> None:
    ...     assert [p.type_fichier for p in demande.pieces_justificatives].count("BON_COMMANDE") == 1
    >>> un_seul_bon_de_commande()
    """
    _exiger_hypothesis()
    from segur_pha.strategies.arbres import lignes

    brutes = lignes(specification)
    return cast("SearchStrategy[Demande]", brutes.map(lambda brut: depuis_brut(specification.classe_demande, brut)))


def commandes(*, specification: Specification = PAR_DEFAUT) -> SearchStrategy[Commande]:
    """Draw the block ``commande``, valid by itself.

    >>> from hypothesis import given
    >>> @given(commandes())
    ... def essai(bloc):
    ...     assert bloc.montant_segur_ht >= 0
    >>> essai()
    """
    return _blocs(Commande, specification)


def certificats_serveur(*, specification: Specification = PAR_DEFAUT) -> SearchStrategy[CertificatsServeur]:
    """Draw the block ``certificatsServeur``, valid by itself.

    >>> from hypothesis import given
    >>> @given(certificats_serveur())
    ... def essai(bloc):
    ...     assert len(bloc.numero_carte_cpx) == 10
    >>> essai()
    """
    return _blocs(CertificatsServeur, specification)


def beneficiaires(*, specification: Specification = PAR_DEFAUT) -> SearchStrategy[Beneficiaire]:
    """Draw the block ``beneficiaire``, valid by itself.

    >>> from hypothesis import given
    >>> @given(beneficiaires())
    ... def essai(bloc):
    ...     assert len(bloc.finess_geo) == 9
    >>> essai()
    """
    return _blocs(Beneficiaire, specification)


def pieces_justificatives(*, specification: Specification = PAR_DEFAUT) -> SearchStrategy[PieceJustificative]:
    """Draw one document of ``piecesJustificatives``, valid by itself: only a request knows which name it must have.

    >>> from hypothesis import given
    >>> @given(pieces_justificatives())
    ... def essai(piece):
    ...     assert piece.nom_fichier.startswith("PHA-LGO-Va1-")
    >>> essai()
    """
    return _blocs(PieceJustificative, specification)


def scenarios_installation(*, specification: Specification = PAR_DEFAUT) -> SearchStrategy[ScenarioInstallation]:
    """Draw the block ``scenarioInstallation``, valid by itself.

    >>> from hypothesis import given
    >>> @given(scenarios_installation())
    ... def essai(bloc):
    ...     assert isinstance(bloc.has_bal_ms_sante_personnelle, bool)
    >>> essai()
    """
    return _blocs(ScenarioInstallation, specification)


def fautes(*, codes: Collection[str] | None = None, specification: Specification = PAR_DEFAUT) -> SearchStrategy[Faute]:
    """Draw files with exactly one fault, together with the code and the JSON Pointer that a control must report.

    ``codes`` chooses among those of ``specification.catalogue`` (all but ``"0000"`` by default).  The fault is at a random
    line and place, in a text whose blanks, order of keys and escapes vary.

    Raises :class:`~segur_pha.SegurError` for a code that no fault has.

    >>> from hypothesis import given
    >>> from segur_pha import controler
    >>> @given(fautes(codes={"2303", "2407"}))
    ... def est_rejetee(faute: Faute) -> None:
    ...     assert faute.code in [ligne.code_traitement for ligne in controler(faute.octets).lignes]
    >>> est_rejetee()
    """
    _exiger_hypothesis()
    from segur_pha.strategies.fichiers_fautifs import fichiers_fautifs

    return fichiers_fautifs(codes, specification).map(lambda trio: Faute(*trio))


def enregistrer() -> None:
    """Tell hypothesis how ``from_type`` draws each class of the model (the entry point; calling it again changes nothing).

    >>> from hypothesis import given
    >>> from hypothesis.strategies import from_type
    >>> enregistrer()
    >>> @given(from_type(Fichier))
    ... def essai(fichier):
    ...     assert 1 <= len(fichier.demandes) <= 200
    >>> essai()
    """
    from hypothesis.strategies import register_type_strategy

    # Functions rather than strategies, so that nothing is built at the start of an unrelated test run.
    register_type_strategy(Fichier, lambda _: fichiers())
    register_type_strategy(Demande, lambda _: demandes())
    register_type_strategy(Commande, lambda _: commandes())
    register_type_strategy(CertificatsServeur, lambda _: certificats_serveur())
    register_type_strategy(Beneficiaire, lambda _: beneficiaires())
    register_type_strategy(PieceJustificative, lambda _: pieces_justificatives())
    register_type_strategy(ScenarioInstallation, lambda _: scenarios_installation())


def _exiger_hypothesis() -> None:
    try:
        import hypothesis  # noqa: F401 - whether it is there
    except ImportError as erreur:
        raise ExtraManquant("strategies") from erreur


def _blocs(classe: type[B], specification: Specification) -> SearchStrategy[B]:
    """Draw the block of a wave that corresponds to one of the default wave: the one with the same tag."""
    nom = next(b.nom for b in PAR_DEFAUT.balises if isinstance(b.format, Objet | Liste) and b.format.classe is classe)
    rangee = next((b for b in specification.balises if b.nom == nom), None)
    if rangee is None or not isinstance(rangee.format, Objet | Liste):
        raise SegurError(f"La table {specification.nom} n’a pas de bloc « {nom} ».", balise=nom)
    du_bloc = rangee.format.classe
    _exiger_hypothesis()
    from segur_pha.strategies.arbres import objets

    return cast("SearchStrategy[B]", objets(du_bloc).map(lambda brut: depuis_brut(du_bloc, brut)))
