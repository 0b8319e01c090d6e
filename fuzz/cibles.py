"""What is attacked: for each entry point ("door"), a function that takes any bytes, and fails when the rule is broken.

The rule: `controler` returns a report, whatever it is given; every other door returns a value or raises a `SegurError` that says
what to do.  A target also compares the output with the input, wherever there is a second way to know what it should be.
"""

from __future__ import annotations

import io
import pickle
import zipfile
from contextlib import contextmanager, redirect_stdout, suppress
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final
from unittest.mock import patch

from segur_pha import (
    VA1,
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
from segur_pha.certificats.sorties import evolution, noter
from segur_pha.certificats.x509 import lire_x509
from segur_pha.cli.editeur import editeur as repondre_aux_questions
from segur_pha.cli.genre_de_fichier import qui_lit_ce_tableau
from segur_pha.constats import ValeurRefusee
from segur_pha.depot.commandes import LecteurDeCommandes, entetes_connus
from segur_pha.depot.concordance import absents_du_texte
from segur_pha.depot.documents import examiner, exiger_les_bibliotheques
from segur_pha.depot.fonds import FondsDeDocuments
from segur_pha.depot.jpeg import verifier_le_jpeg
from segur_pha.depot.manifeste import json_du_dossier, manifeste_du_dossier
from segur_pha.depot.telecopie import Telecopie, verifier_la_telecopie
from segur_pha.depot.travail import Abime, Demesure, Travail
from segur_pha.depot.verification import verifier_depot
from segur_pha.depot.zips import lire_le_membre, ouvrir_le_zip
from segur_pha.registre import Registre
from segur_pha.registre.reprise import Reponse
from segur_pha.registre.tableau_de_notes import lire_les_notes
from segur_pha.repertoire.lecture import lire_repertoire
from segur_pha.table.comparaison import comparer_au_modele
from segur_pha.tableurs import lire_tableau, titres_connus
from segur_pha.texte_json.lecture import lire_octets
from segur_pha.vagues.va1.exemples import demande_du_guide, fichier_du_guide

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from segur_pha.tableurs import TableauLu

__all__ = ["CIBLES"]


@contextmanager
def _refus_permis() -> Iterator[None]:
    """Accept a refusal, provided that it says something."""
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


def _questions(octets: bytes) -> None:
    """Treat the bytes as the answers to the questions of `editeur`: they make settings that are read, or nothing."""
    with TemporaryDirectory() as dossier, _refus_permis():
        reglages = Path(dossier, "editeur.toml")
        try:
            with patch("sys.stdin", io.TextIOWrapper(io.BytesIO(octets), "utf-8")), redirect_stdout(io.StringIO()):
                repondre_aux_questions(reglages)
        except SegurError:
            assert not [*Path(dossier).iterdir()]
            raise
        Editeur.lire(reglages)


def _lire_les_commandes(export: TableauLu) -> None:
    lecteur = LecteurDeCommandes(export, _EDITEUR, numeros_servis=False)
    for rangee in export.rangees:
        if rangee.illisible:
            continue
        commande = lecteur.lire(rangee)
        assert commande.demande is not None or commande.fautes or lecteur.fautes


def _commandes_csv(octets: bytes) -> None:
    with _refus_permis():
        _lire_les_commandes(lire_tableau(octets, titres_connus(entetes_connus(_EDITEUR).values())))


def _commandes_xlsx(octets: bytes) -> None:
    with _refus_permis():
        _lire_les_commandes(lire_tableau(octets, titres_connus([])))


def _feuille(octets: bytes) -> None:
    """Put the bytes into an intact workbook, as its only sheet."""
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
        assert parc.certificats or parc.lignes_illisibles or parc.ecartes


def _documents(octets: bytes) -> None:
    exiger_les_bibliotheques()
    with suppress(ValeurRefusee):
        examen = examiner(octets, texte=True)
        if examen.texte is not None:
            absents_du_texte(examen.texte.texte, _DEMANDE)


def _images(octets: bytes) -> None:
    """Treat the bytes as the data of every kind of image, and check that a good image stays good with an end mark added."""
    with suppress(Abime, Demesure):
        verifier_le_jpeg(octets, Travail())
        verifier_le_jpeg(octets + b"\xff\xd9", Travail())
    for colonnes, rangees, k in ((8, 8, -1), (8, 0, -1), (8, 8, 0), (8, 0, 1)):
        with suppress(Abime, Demesure):
            verifier_la_telecopie(octets, Telecopie(colonnes=colonnes, rangees=rangees, k=k), Travail())


def _flux(octets: bytes) -> None:
    """Put the bytes into an intact PDF, as the content of its page and as an image on it, behind each filter."""
    exiger_les_bibliotheques()
    for filtre in (b"", b"/FlateDecode", b"/LZWDecode", b"/RunLengthDecode", b"/ASCII85Decode", b"/CCITTFaxDecode"):
        objets = (
            b"<</Type/Catalog/Pages 2 0 R>>",
            b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R/Resources<</XObject<</X 5 0 R>>>>>>",
            b"<</Length 5>>stream\n/X Do\nendstream",
            b"<</Subtype/Image/Width 8/Height 8/BitsPerComponent 1%sLength %d>>stream\n%s\nendstream"
            % (b"/Filter" + filtre + b"/" if filtre else b"/", len(octets), octets),
        )
        pdf, places = b"%PDF-1.7\n", []
        for rang, objet in enumerate(objets, start=1):
            places.append(len(pdf))
            pdf += b"%d 0 obj\n%s\nendobj\n" % (rang, objet)
        table = b"".join(b"%010d 00000 n \n" % place for place in places)
        fin = b"trailer<</Size 6/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % len(pdf)
        with suppress(ValeurRefusee):
            examiner(pdf + b"xref\n0 6\n0000000000 65535 f \n" + table + fin, texte=True)


def _zip(octets: bytes) -> None:
    """Treat the bytes as a zip: each of its members is read whole, with the length that it declares, or refused."""
    with _pose(octets, "pieces.zip") as chemin:
        with suppress(ValeurRefusee), ouvrir_le_zip(chemin) as archive:
            for membre in archive.infolist():
                with suppress(ValeurRefusee):
                    assert len(lire_le_membre(archive, membre)) == membre.file_size
        ecartes: dict[str, str] = {}
        with _refus_permis():
            for emplacement, contenu in FondsDeDocuments(chemin.parent).tout_lire(ecartes):
                assert emplacement.lire() == contenu
        assert all(ecartes.values())


def _manifeste(octets: bytes) -> None:
    with _pose(octets, "manifeste.json") as chemin:
        with _refus_permis():
            json_du_dossier(chemin.parent, manifeste_du_dossier(chemin.parent))
        assert not verifier_depot(chemin.parent).bon


def _registre(octets: bytes) -> None:
    """Treat the bytes as the file of a ledger: it answers, or says what is wrong with it."""
    with _pose(octets, "registre.sqlite") as chemin, _refus_permis(), Registre(chemin, creer=False) as registre:
        list(registre.demandes())


def _importer(octets: bytes) -> None:
    """Treat the bytes as a ledger's export, as they are and with a right hash."""
    texte = octets.decode("utf-8", errors="replace")
    for sans_empreinte in (False, True):
        with _refus_permis(), Registre("sqlite://") as registre:
            registre.importer(texte.removesuffix("\n").split("\n"), sans_empreinte=sans_empreinte)
            assert len(registre.demandes()) == len({d.cle for d in registre.demandes()})


def _inscrire(octets: bytes) -> None:
    """Treat the bytes as a file deposited before the ledger, and as the answer to one."""
    with _refus_permis(), Registre("sqlite://") as registre:
        registre.inscrire({"JSON-ANS0000001-20221115-001.json": octets}, [], jour=_JOUR)
    with _refus_permis(), Registre("sqlite://") as registre:
        sain = {"JSON-ANS0000001-20221115-001.json": en_json(_ENVOYE)}
        registre.inscrire(sain, [Reponse("retour.json", octets, _JOUR)], jour=_JOUR)


def _noter(octets: bytes) -> None:
    with _refus_permis():
        lues = lire_les_notes(octets, nom="notes.csv", jour=_JOUR)
        assert all(str(constat) for constat in lues.constats)


def _repertoire(octets: bytes) -> None:
    with _pose(octets, "finess.json") as chemin, _refus_permis():
        assert len(lire_repertoire(chemin))


def _alertes(octets: bytes) -> None:
    with _refus_permis():
        evolution((), octets, jour=_JOUR)


def _journal(octets: bytes) -> None:
    """Treat the bytes as the log of a task: a line is added to a log, nothing is changed in anything else."""
    with _pose(octets, "journal.txt") as chemin:
        try:
            noter(chemin, "2022-11-15 code=0")
        except SegurError:
            assert chemin.read_bytes() == octets
        else:
            assert chemin.read_bytes().startswith(octets)


def _genre(octets: bytes) -> None:
    with _pose(octets, "commandes.csv") as chemin:
        dit = qui_lit_ce_tableau(chemin)
        assert not dit or dit.startswith("commandes.csv est un tableau")


def _modele(octets: bytes) -> None:
    lecture = lire_octets(octets, VA1.limites)
    if not lecture.fautes:
        assert all(d.nature.value for d in comparer_au_modele(VA1.racine, lecture.arbre))


def _classeur() -> bytes:
    import openpyxl

    classeur = openpyxl.Workbook()
    classeur.active.append(["Titulaire", "FINESS"])
    tampon = io.BytesIO()
    classeur.save(tampon)
    return tampon.getvalue()


_JOUR: Final = date(2022, 11, 15)
_ENVOYE: Final[Fichier] = fichier_du_guide()
_DEMANDE: Final = demande_du_guide()
_EDITEUR: Final = Editeur("ANS0000001", "12345678200010", statut_admin_technique="E")
_SUIVI: Final = "Fin de validité;FINESS\n20/02/2026;750000002\n"
_CLASSEUR: Final = _classeur()

CIBLES: Final[dict[str, Callable[[bytes], None]]] = {
    "controler": _controler,
    "genre": _genre,
    "retour": _retour,
    "noms": _noms,
    "editeur": _editeur,
    "questions": _questions,
    "commandes-csv": _commandes_csv,
    "commandes-xlsx": _commandes_xlsx,
    "feuille": _feuille,
    "suivi": _suivi,
    "x509": _x509,
    "documents": _documents,
    "images": _images,
    "flux": _flux,
    "zip": _zip,
    "manifeste": _manifeste,
    "registre": _registre,
    "importer": _importer,
    "inscrire": _inscrire,
    "noter": _noter,
    "repertoire": _repertoire,
    "alertes": _alertes,
    "journal": _journal,
    "modele": _modele,
}
