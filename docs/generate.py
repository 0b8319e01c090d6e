"""Write again what is derived from the table and checked in: `python docs/generate.py`, from the project's folder."""

from pathlib import Path

from segur_pha.registre.reference import page_du_registre
from segur_pha.specification.reference import page_de_la_table, page_des_codes
from segur_pha.specification.schema import texte_du_schema

PROJET = Path(__file__).resolve().parents[1]

ENGENDRES = {
    "docs/reference/table.md": page_de_la_table,
    "docs/reference/codes.md": page_des_codes,
    "docs/reference/registre.md": page_du_registre,
    "segur_pha/specification/va1/PHA-LGO-Va1.schema.json": texte_du_schema,
}

if __name__ == "__main__":
    for nom, ecrire_page in ENGENDRES.items():
        (PROJET / nom).write_text(ecrire_page(), encoding="utf-8", newline="\n")
