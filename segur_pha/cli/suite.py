"""What to do next, and the command for it: the last lines of the commands that take part in a deposit."""

from __future__ import annotations

import shlex
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Final

from segur_pha.cli.ouverture import PAR_DEFAUT
from segur_pha.depot.manifeste import MANIFESTE
from segur_pha.rapports.tableau import Marque, Niveau, Phrase, en_mots
from segur_pha.vagues import PAR_DEFAUT as VAGUE_PAR_DEFAUT

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import date

    from segur_pha.rapports.console import Morceau
    from segur_pha.table.specification import Specification

__all__ = ["apres_la_preparation", "apres_la_reponse", "apres_la_verification", "apres_le_depot", "ensuite", "ligne"]

#: How many file names are put on a command line that is meant to be copied.
_NOMS_MONTRES: Final = 3


def ligne(*mots: str, registre: str | None = None) -> str:
    """Write a command line to be copied; ``registre``: the ledger, unless it is the one that commands use by default.

    >>> ligne("retour", "ma réponse.json", registre="registre.sqlite")
    "segur-pha retour 'ma réponse.json'"
    """
    ailleurs = [] if registre is None or registre == PAR_DEFAUT else ["--registre", _sans_secret(registre)]
    return shlex.join(["segur-pha", *mots, *ailleurs])


def _sans_secret(registre: str) -> str:
    # An address may hold a password, and others may see the screen.
    return "ADRESSE" if "://" in registre else registre


def ensuite(*etapes: tuple[str, str]) -> Iterator[Morceau]:
    """Lay out what to do next: sentences, each with its command below, or without a command (``""``)."""
    yield ""
    yield Phrase(Marque("Ensuite", Niveau.FORT))
    for phrase, tapee in etapes:
        yield Phrase(phrase, retrait=2)
        if tapee:
            yield Phrase(Marque(tapee, Niveau.BON), retrait=6, entiere=True)


def apres_la_preparation(
    sortie: Path,
    fichiers: Sequence[str],
    jour: date,
    *,
    registre: str | None,
    specification: Specification,
    partiel: bool = False,
) -> Iterator[Morceau]:
    """After ``preparer`` and ``resoumettre``: look at the folder, upload it, note it; ``specification``: its wave."""
    jsons = _jsons(fichiers)
    etapes = [
        ("Le jour du dépôt, vérifiez encore le dossier :", ligne("verifier", str(sortie))),
        (
            f"Sur le portail, déposez les fichiers JSON (type de demande : {specification.type_de_demande}) et les zips de {sortie}.",
            "",
        ),
    ]
    if registre is not None:
        deposer = ligne("registre", "deposer", *_montres(jsons), "--jour", en_mots(jour), registre=registre)
        etapes.append(("Notez le dépôt :", deposer))
    else:
        envoye = str(sortie / jsons[0])
        lire = ligne("retour", "REPONSE.json", "--envoye", envoye, *_de_la_vague(specification))
        etapes.append(("Gardez ce dossier pour lire la réponse :", lire))
    if partiel:
        a_corriger = str(sortie / "a-corriger.csv")
        etapes.append((f"Corrigez les commandes écartées dans {a_corriger}, et préparez-les à leur tour.", ""))
    yield from ensuite(*etapes)


def _de_la_vague(specification: Specification) -> list[str]:
    """Give the option that names a wave, where commands do not mean it by themselves."""
    return [] if specification is VAGUE_PAR_DEFAUT else ["--vague", specification.nom]


def _tableau(nom: str) -> str:
    """Name a table by what this installation can write, preferably a workbook, which keeps the zeros of a FINESS."""
    return f"{nom}.csv" if find_spec("openpyxl") is None else f"{nom}.xlsx"


def _jsons(fichiers: Iterable[str]) -> list[str]:
    return sorted(nom for nom in fichiers if nom.lower().endswith(".json") and nom != MANIFESTE)


def _montres(jsons: Sequence[str]) -> Sequence[str]:
    return jsons if len(jsons) <= _NOMS_MONTRES else [jsons[0], "…"]


def apres_la_verification(dossier: Path, *, bon: bool, jour: date | None = None) -> Iterator[Morceau]:
    """After ``verifier``: upload, or correct and check again; ``jour``: the day of the deposit, if it was given."""
    if not bon:
        yield from ensuite(("Corrigez, ou préparez le dossier de nouveau, puis :", ligne("verifier", str(dossier))))
        return
    noms = _montres(_jsons(chemin.name for chemin in dossier.iterdir()))
    # What was not given here is left for the clerk to fill in: today, or another ledger, would be a guess.
    le_jour = "JJ/MM/AAAA" if jour is None else en_mots(jour)
    registre = PAR_DEFAUT if Path(PAR_DEFAUT).is_file() else "REGISTRE"
    deposer = ligne("registre", "deposer", *noms, "--jour", le_jour, registre=registre)
    yield from ensuite(
        (f"Sur le portail, déposez les fichiers JSON et les zips de {dossier}.", ""),
        ("Si ce dépôt est inscrit à un registre, notez qu’il est fait :", deposer),
    )


def apres_le_depot(registre: str) -> Iterator[Morceau]:
    """After ``registre deposer``: the answer."""
    yield from ensuite(
        (
            "Quand le portail rend le fichier complété, lisez-le :",
            ligne("retour", "REPONSE.json", "--appliquer", registre=registre),
        ),
        ("Et chaque semaine, regardez ce qui attend :", ligne("etat", registre=registre)),
    )


def apres_la_reponse(
    reponses: Sequence[Path],
    *,
    registre: str,
    envoye: Path | None,
    enregistree: bool,
    rejets: bool,
    acceptations: bool = True,
    jour: date | None = None,
    specification: Specification = VAGUE_PAR_DEFAUT,
) -> Iterator[Morceau]:
    """After ``retour``: record the answers, then what their lines call for; ``envoye``: the sent file, if no ledger was used.

    ``jour``, ``specification``: the day that was typed and the wave that was read, which the next command has to bear too.
    """
    le_jour = [] if jour is None else ["--jour", en_mots(jour)]
    la_vague = _de_la_vague(specification)
    noms = _montres([str(reponse) for reponse in reponses])
    if envoye is not None:
        nouveau = [] if Path(registre).exists() or "://" in registre else ["--creer"]
        inscrire = ligne(
            "registre", "inscrire", str(envoye), "--retour", *noms, *le_jour, *la_vague, *nouveau, registre=registre
        )
        yield from ensuite(("Gardez les références de l’ASP dans un registre :", inscrire))
        return
    if not enregistree:
        enregistrer = ligne("retour", *noms, *le_jour, "--appliquer", *la_vague, registre=registre)
        yield from ensuite(("Enregistrez ce qui est sûr :", enregistrer))
        return
    etapes = []
    if rejets:
        modele = ligne("resoumettre", "--modele", _tableau("corrections"), *la_vague, registre=registre)
        etapes.append(("Écrivez le tableau des demandes rejetées, corrigez-le, et donnez-le à resoumettre :", modele))
    if acceptations:
        decider = ligne("registre", "decider", "NUMERO", "attribuée", registre=registre)
        etapes.append(("Quand la décision arrive, notez-la :", decider))
    etapes.append(("Regardez ce qui attend :", ligne("etat", registre=registre)))
    yield from ensuite(*etapes)
