"""The made-up requests of wave 1 as files, for ``segur-pha demo``, the guide and first steps."""

from __future__ import annotations

import zipfile
from datetime import date
from io import BytesIO
from typing import TYPE_CHECKING, Final

from segur_pha.depot.zips import nom_de_zip
from segur_pha.fichiers import ecrire_sans_ecraser
from segur_pha.texte_json.ecriture import ecrire, json_du_brut
from segur_pha.vagues.va1.demonstration import ERREURS, brut_fautif, fichier_corrige, fichier_invente

if TYPE_CHECKING:
    from pathlib import Path

    from segur_pha.vagues.va1.table import Fichier

__all__ = ["ERREURS", "depot_invente", "fichier_corrige", "fichier_fautif", "fichier_invente"]

#: The day of the made-up deposit: after the last of its orders.
JOUR_DU_DEPOT: Final = date(2022, 11, 15)

#: A PDF with one blank page, in place of a scanned document.  Each line of its table takes 20 bytes, hence the blank at its end.
_PAGE_BLANCHE: Final = b"""%PDF-1.4
1 0 obj << /Type /Catalog /Pages 2 0 R >> endobj
2 0 obj << /Type /Pages /Kids [3 0 R] /Count 1 >> endobj
3 0 obj << /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >> endobj
xref
0 4
0000000000 65535 f\x20
0000000009 00000 n\x20
0000000058 00000 n\x20
0000000115 00000 n\x20
trailer << /Size 4 /Root 1 0 R >>
startxref
186
%%EOF
"""


def fichier_fautif() -> bytes:
    """Write the made-up file as if somebody had put it together by hand: ``ERREURS`` tells what went wrong.

    >>> from segur_pha import controler
    >>> [ligne.num_ligne for ligne in controler(fichier_fautif()).lignes if not ligne.acceptee] == list(ERREURS)
    True
    """
    return json_du_brut(brut_fautif())


def depot_invente(fichier: Fichier, dossier: Path) -> Path:
    """Write a file of requests and the zip of its documents, all of them blank PDFs, and return the folder.

    Raises ``OSError`` when the folder cannot be written or already holds them.

    >>> from pathlib import Path
    >>> sorted(chemin.name for chemin in depot_invente(fichier_invente(), Path("depot-invente")).iterdir())
    ['JSON-ANS0000001-20221115-001.json', 'PJ-ANS0000001-20221115-001.zip']
    """
    chemin = ecrire(fichier, dossier, jour=JOUR_DU_DEPOT)
    octets = BytesIO()
    with zipfile.ZipFile(octets, "w") as archive:
        for demande in fichier.demandes:
            for piece in demande.pieces_justificatives:
                archive.writestr(piece.nom_fichier, _PAGE_BLANCHE)
    ecrire_sans_ecraser(dossier / nom_de_zip(chemin.name, 1, 1), octets.getvalue())
    return dossier
