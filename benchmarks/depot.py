"""A deposit for every pharmacy with certificates, in comparison with the least one could do: `zip -0` and `json.dumps`.

    python benchmarks/depot.py                  # 20,174 requests, a small PDF each
    python benchmarks/depot.py --demandes 400 --octets 2500000   # 1 GB of documents: the memory does not follow

Times are only comparable within one run, on a quiet machine.  Peak memory is only that of the process that prepares: it starts by
importing segur_pha and ends with the folder.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.boucle import temps_des_enfants

DEMANDES = 20_174
EDITEUR = Path(__file__).parents[1] / "examples" / "editeur.toml"
TITRES = (
    "N° demande",
    "Date de signature",
    "Titulaire",
    "FINESS",
    "Régime",
    "Montant HT",
    "Tranche",
    "Bon de commande",
)


def _finess(rang: int) -> str:
    """Make up a FINESS with a right key, as real ones have: a wrong one brings advice for each row."""
    radical = f"75{rang:06}"
    somme = sum(sum(divmod(int(c) * (2 - place % 2), 10)) for place, c in enumerate(reversed(radical)))
    return f"{radical}{-somme % 10}"


def pdf(finess: str, numero: str, octets: int) -> bytes:
    """Build a PDF with the text of an order form, padded with noise to the size asked for."""
    texte = b"BT /F1 12 Tf 40 700 Td (Bon de commande DURAND 15/11/2022 708,33 EUR %s %s) Tj ET" % (
        finess.encode(),
        numero.encode(),
    )
    objets = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        (
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 << /Type /Font"
            b" /Subtype /Type1 /BaseFont /Helvetica >> >> >> >>"
        ),
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(texte), texte),
    ]
    if octets:
        bruit = hashlib.shake_256(numero.encode()).digest(octets - 900)
        objets.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(bruit), bruit))
    sortie, places = bytearray(b"%PDF-1.4\n"), []
    for rang, objet in enumerate(objets, start=1):
        places.append(len(sortie))
        sortie += b"%d 0 obj\n%s\nendobj\n" % (rang, objet)
    debut = len(sortie)
    sortie += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objets) + 1)
    sortie += b"".join(b"%010d 00000 n \n" % place for place in places)
    return bytes(sortie + b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objets) + 1, debut))


def fabriquer(dossier: Path, demandes: int, octets: int) -> tuple[Path, Path]:
    """Write the export and the documents."""
    pieces = dossier / "pieces"
    pieces.mkdir()
    commandes = dossier / "commandes.csv"
    with commandes.open("w", encoding="utf-8", newline="") as flux:
        plume = csv.writer(flux, delimiter=";")
        plume.writerow(TITRES)
        for rang in range(demandes):
            numero, finess = f"{rang:05}", _finess(rang)
            (pieces / f"bon-{numero}.pdf").write_bytes(pdf(finess, numero, octets))
            plume.writerow((numero, "15/11/2022", "DURAND", finess, "TTC", "708,33", "B", f"bon-{numero}.pdf"))
    return commandes, pieces


def preparer(commandes: str, pieces: str, sortie: str, concordance: str) -> None:
    """Prepare the deposit in a separate process; print the time in seconds and the peak memory in megabytes."""
    from datetime import date

    from segur_pha import Editeur
    from segur_pha.depot import preparer_depot
    from segur_pha.depot.documents import exiger_les_bibliotheques

    exiger_les_bibliotheques()  # imported beforehand, as pypdf is before its loop
    debut, debut_processeur = time.perf_counter(), _processeur()
    depot = preparer_depot(
        commandes, Editeur.lire(EDITEUR), pieces, sortie, jour=date(2022, 11, 15), concordance=concordance == "oui"
    )
    duree, processeur = time.perf_counter() - debut, _processeur() - debut_processeur
    pic = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024 * 1.024**2
    mesures = {"duree": duree, "processeur": processeur, "pic": pic}
    print(json.dumps({**mesures, "zips": depot.zips, "au_moins": depot.zips_au_moins}))


def _processeur() -> float:
    """Return the processor time so far, in seconds, including that of the processes that open documents."""
    return time.process_time() + temps_des_enfants()


def boucle_pypdf(pieces: str, textes: str) -> None:
    """Open every document with pypdf and count its pages, or extract their texts; print the processor time in seconds."""
    from pypdf import PdfReader

    debut = time.process_time()
    for chemin in Path(pieces).iterdir():
        pages = PdfReader(chemin).pages
        assert len(pages) == 1
        if textes == "oui":
            assert "DURAND" in pages[0].extract_text()
    print(json.dumps({"processeur": time.process_time() - debut}))


def reference(dossier: Path, commandes: Path, pieces: Path) -> float:
    """Time the minimum: read the rows, dump them as JSON 200 at a time, and `zip -0` the documents."""
    debut = time.perf_counter()
    with commandes.open(encoding="utf-8", newline="") as flux:
        lignes = list(csv.DictReader(flux, delimiter=";"))
    for rang in range(0, len(lignes), 200):
        lot = lignes[rang : rang + 200]
        (dossier / f"{rang}.json").write_text(json.dumps(lot, ensure_ascii=False, indent=2), encoding="utf-8")
        noms = "\n".join(ligne["Bon de commande"] for ligne in lot)
        subprocess.run(
            ["zip", "-0", "-q", "-X", "-@", str(dossier / f"{rang}.zip")], cwd=pieces, input=noms, text=True, check=True
        )
    return time.perf_counter() - debut


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--demandes", type=int, default=DEMANDES)
    arguments.add_argument("--octets", type=int, default=0, help="bytes per document (0: about 700)")
    choix = arguments.parse_args()
    with tempfile.TemporaryDirectory() as nom:
        dossier = Path(nom)
        commandes, pieces = fabriquer(dossier, choix.demandes, choix.octets)
        total = sum(piece.stat().st_size for piece in pieces.iterdir())
        print(f"{choix.demandes} demandes, {total / 1e6:.0f} Mo de documents, Python {sys.version.split()[0]}")
        moindre = reference(dossier, commandes, pieces)
        print(f"zip -0 et json.dumps             {moindre:6.2f} s")
        for concordance in ("non", "oui"):
            ordre = [
                sys.executable,
                __file__,
                "_preparer",
                str(commandes),
                str(pieces),
                str(dossier / concordance),
                concordance,
            ]
            mesure = json.loads(subprocess.run(ordre, stdout=subprocess.PIPE, check=True).stdout)
            print(
                f"preparer_depot, concordance {concordance}  {mesure['duree']:6.2f} s = {mesure['duree'] / moindre:.1f} fois ; "
                f"pic {mesure['pic']:.0f} Mo ; {mesure['zips']} zips pour {mesure['au_moins']} au moins"
            )


if __name__ == "__main__":
    if sys.argv[1:2] == ["_preparer"]:
        preparer(*sys.argv[2:])
    elif sys.argv[1:2] == ["_pypdf"]:
        boucle_pypdf(*sys.argv[2:])
    else:
        main()
