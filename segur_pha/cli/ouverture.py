"""What the commands on a ledger share: where it is, which day is meant, and how to open it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated, Final, Literal

from cyclopts import Parameter

from segur_pha.cli.console import montrer_erreur
from segur_pha.cli.messages import UsageErrone
from segur_pha.cli.options import EST_UN_JOUR
from segur_pha.erreurs import RegistreError
from segur_pha.rapports.tableau import Marque, Niveau, Phrase, en_mots
from segur_pha.vagues import PAR_DEFAUT as VAGUE_PAR_DEFAUT
from segur_pha.vagues import vagues

if TYPE_CHECKING:
    from collections.abc import Sequence

    from segur_pha.registre import Registre
    from segur_pha.table.specification import Specification

__all__ = [
    "PAR_DEFAUT",
    "Admettre",
    "Creer",
    "Jour",
    "JourDeCompte",
    "OuEstLeRegistre",
    "aujourd_hui",
    "jour_du_fait",
    "ouvrir",
    "refuser_autre_chose",
    "verifier_export",
]

OuEstLeRegistre = Annotated[
    str, Parameter(name="--registre", help="Le fichier du registre, ou l’adresse d’une base (URL SQLAlchemy).")
]
Jour = Annotated[date | None, EST_UN_JOUR, Parameter(help="Jour de l’événement, JJ/MM/AAAA ; aujourd’hui par défaut.")]
JourDeCompte = Annotated[
    date | None,
    EST_UN_JOUR,
    Parameter(help="Jour jusqu’auquel les jours d’attente sont comptés, JJ/MM/AAAA ; aujourd’hui par défaut."),
]
Admettre = Annotated[
    list[Literal["officine-deja-demandee"]] | None,
    Parameter(
        help="Laisse partir une seconde demande pour une officine qui en a déjà une en cours au registre.", negative=""
    ),
]
Creer = Annotated[bool, Parameter(name="--creer", help="Crée le registre s’il n’existe pas encore.", negative="")]
PAR_DEFAUT: Final = "registre.sqlite"


def ouvrir(
    ou: str,
    *,
    existant: bool = True,
    option_creer: bool = False,
    premier: str | None = None,
    specification: Specification = VAGUE_PAR_DEFAUT,
) -> Registre:
    """Open a ledger; unless ``existant`` is false it must exist, so that a mistyped name does not make an empty one.

    ``option_creer``: whether the command has ``--creer``; ``premier``: the first number that a new ledger serves.
    """
    from segur_pha.registre import Registre
    from segur_pha.registre.adresse import en_clair, fichier_de, introuvable, lire_adresse

    url = lire_adresse(ou)
    if url.database is None and url.get_backend_name() == "sqlite":
        raise RegistreError("Registre en mémoire : il serait perdu à la fin de cette commande ; indiquez un fichier.")
    fichier = fichier_de(url)
    if existant and fichier is not None and not fichier.is_file():
        raise introuvable(en_clair(ou), fichier, option=option_creer)
    if not existant:
        refuser_autre_chose(ou)
    _taire_sqlalchemy()
    return Registre(
        ou,
        creer=not existant,
        premier=premier,
        specification=specification,
        specifications=tuple(vagues().values()),
        si_occupe=lambda: _dire_l_attente(ou),
    )


def refuser_autre_chose(ou: str) -> None:
    """Refuse to make a ledger where something else is, in a database of others too."""
    from segur_pha.registre.adresse import (
        autre_chose,
        autres_tables,
        en_clair,
        fichier_de,
        lire_adresse,
        pas_un_registre,
    )
    from segur_pha.registre.stockage import Stockage

    url = lire_adresse(ou)
    fichier = fichier_de(url)
    if fichier is not None:
        quoi = autre_chose(fichier)
    else:
        from sqlalchemy import inspect

        stockage = Stockage(url)
        try:
            with stockage.lecture() as connexion:
                quoi = autres_tables(inspect(connexion).get_table_names())
        finally:
            stockage.fermer()
    if quoi:
        raise pas_un_registre(en_clair(ou), quoi, url.get_backend_name())


def _taire_sqlalchemy() -> None:
    """Keep SQLAlchemy's own log from the error output, where Python sends what nobody listens to, with a traceback."""
    import logging

    journal = logging.getLogger("sqlalchemy")
    if not journal.handlers:
        journal.addHandler(logging.NullHandler())


def _dire_l_attente(ou: str) -> None:
    from segur_pha.registre.adresse import en_clair

    montrer_erreur(
        Phrase(
            Marque("Patience", Niveau.ATTENTION),
            f" : un autre programme se sert de {en_clair(ou)} ; cette commande attend qu’il ait fini.",
        )
    )


def verifier_export(lignes: Sequence[str], *, sans_empreinte: bool) -> None:
    """Refuse anything but a complete export of a ledger; see :meth:`~segur_pha.registre.Registre.importer`."""
    from segur_pha.registre import Registre  # noqa: F401 - says in words that the extra is missing
    from segur_pha.registre.export import lire_export

    lire_export(lignes, sans_empreinte=sans_empreinte)


def aujourd_hui(jour: date | None) -> date:
    """Return the day that was meant."""
    return jour or date.today()  # noqa: DTZ011 - the day on the user's calendar


def jour_du_fait(jour: date | None) -> date:
    """Return the day of something that has happened.

    Raises :class:`~segur_pha.cli.messages.UsageErrone` for a day in the future: a slip in the year would hide what waits until
    then.
    """
    au = aujourd_hui(None)
    if jour is not None and jour > au:
        raise UsageErrone(
            f"--jour : le {en_mots(jour)} n’est pas encore venu ; indiquez le jour où cela s’est passé, au plus tard "
            f"aujourd’hui ({en_mots(au)})."
        )
    return jour or au
