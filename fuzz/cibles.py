"""What is attacked: for each door of the library a function that takes any bytes, and fails when the rule is broken.

The rule: `controler` gives a report, whatever it is given; every other door gives a value or a `SegurError` that says what
to do.  A target also holds what comes out against what went in, wherever a second way to know it exists.
"""

from __future__ import annotations

import io
import pickle
import zipfile
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

from segur_pha import (
    Editeur,
    Fichier,
    NomFichierJSON,
    NomPiece,
    RapportControle,
    SegurError,
    controler,
    en_json,
    lire,
    lire_retour,
    rapprocher,
)
from segur_pha.certificats import lire_suivi
from segur_pha.certificats.x509 import lire_x509
from segur_pha.depot.commandes import LecteurDeCommandes, entetes_connus
from segur_pha.depot.concordance import absents_du_texte
from segur_pha.depot.constats import ValeurRefusee
from segur_pha.depot.documents import examiner, exiger_les_bibliotheques
from segur_pha.depot.export import lire_csv
from segur_pha.depot.tableur import lire_tableur
from segur_pha.vagues.va1.exemples import demande_du_guide, fichier_du_guide

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from segur_pha.depot.rangees import Export

__all__ = ["CIBLES"]


@contextmanager
def _refus_permis() -> Iterator[None]:
    """Let a refusal pass, if it says something."""
    try:
        yield
    except SegurError as refus:
        assert str(refus).strip()


@contextmanager
def _pose(octets: bytes, nom: str) -> Iterator[Path]:
    with TemporaryDirectory() as dossier:
        chemin = Path(dossier, nom)
        chemin.write_bytes(octets)
        yield chemin


def _controler(octets: bytes) -> None:
    rapport = controler(octets)
    assert isinstance(rapport, RapportControle)
    assert rapport.recevable == bool(rapport.lignes)
    assert str(rapport)
    for anomalie in (*rapport.anomalies_fichier, *(a for ligne in rapport.lignes for a in ligne.anomalies)):
        assert anomalie.libelle
        assert anomalie.position is not None or anomalie.code == "9909"
    for conseil in rapport.conseils:
        assert conseil.libelle
    assert len(rapport.en_lignes()) == len(rapport.lignes)
    assert pickle.loads(pickle.dumps(rapport)) == rapport  # noqa: S301 - our own bytes
    if rapport.recevable:
        retour = lire_retour(rapport.en_retour())
        assert [ligne.code_traitement for ligne in retour.lignes] == [ligne.code_traitement for ligne in rapport.lignes]
    if rapport.tout_accepte:
        fichier = lire(octets)
        assert lire(en_json(fichier)) == fichier


def _retour(octets: bytes) -> None:
    with _refus_permis():
        retour = lire_retour(octets)
        assert len(retour.lignes) == len([*retour.acceptees, *retour.rejetees, *retour.non_traitees, *retour.ambigues])
        rapprocher(_ENVOYE, retour)


def _noms(octets: bytes) -> None:
    texte = octets.decode("utf-8", errors="surrogateescape")
    for classe in (NomFichierJSON, NomPiece):
        with _refus_permis():
            assert str(classe.lire(texte)) == texte


def _editeur(octets: bytes) -> None:
    with _pose(octets, "editeur.toml") as chemin, _refus_permis():
        editeur = Editeur.lire(chemin)
        editeur.demande(numero_editeur="00001")


def _lire_les_commandes(export: Export) -> None:
    lecteur = LecteurDeCommandes(export, _EDITEUR, numeros_servis=False)
    for rangee in export.rangees:
        commande = lecteur.lire(rangee)
        assert commande.demande is not None or commande.fautes or lecteur.fautes


def _commandes_csv(octets: bytes) -> None:
    with _refus_permis():
        _lire_les_commandes(lire_csv(octets, set(entetes_connus(_EDITEUR).values())))


def _commandes_xlsx(octets: bytes) -> None:
    with _refus_permis():
        _lire_les_commandes(lire_tableur(octets, nom="commandes.xlsx"))


def _feuille(octets: bytes) -> None:
    """Put the bytes into a sound workbook, as its only sheet."""
    tampon = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(_CLASSEUR)) as sain, zipfile.ZipFile(tampon, "w") as archive:
        for partie in sain.namelist():
            archive.writestr(partie, octets if partie == "xl/worksheets/sheet1.xml" else sain.read(partie))
    _commandes_xlsx(tampon.getvalue())
    _suivi(tampon.getvalue())


def _suivi(octets: bytes) -> None:
    with _refus_permis():
        parc = lire_suivi(octets)
        assert all(str(ligne) for ligne in parc.lignes_illisibles)
    with _refus_permis():
        lire_suivi(_SUIVI, officines=octets)


def _x509(octets: bytes) -> None:
    with _pose(octets, "certificat.pem") as chemin, _refus_permis():
        parc = lire_x509(chemin)
        assert parc.certificats or parc.lignes_illisibles or parc.avertissements


def _documents(octets: bytes) -> None:
    exiger_les_bibliotheques()
    with suppress(ValeurRefusee):
        examen = examiner(octets, texte=True)
        if examen.texte is not None:
            absents_du_texte(examen.texte.texte, _DEMANDE)


def _classeur() -> bytes:
    import openpyxl

    classeur = openpyxl.Workbook()
    classeur.active.append(["Titulaire", "FINESS"])
    tampon = io.BytesIO()
    classeur.save(tampon)
    return tampon.getvalue()


_ENVOYE: Final[Fichier] = fichier_du_guide()
_DEMANDE: Final = demande_du_guide()
_EDITEUR: Final = Editeur("ANS0000001", "12345678200010", statut_admin_technique="E")
_SUIVI: Final = "Fin de validité;FINESS\n20/02/2026;750000002\n"
_CLASSEUR: Final = _classeur()

CIBLES: Final[dict[str, Callable[[bytes], None]]] = {
    "controler": _controler,
    "retour": _retour,
    "noms": _noms,
    "editeur": _editeur,
    "commandes-csv": _commandes_csv,
    "commandes-xlsx": _commandes_xlsx,
    "feuille": _feuille,
    "suivi": _suivi,
    "x509": _x509,
    "documents": _documents,
}
