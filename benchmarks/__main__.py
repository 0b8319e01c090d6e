"""Measure segur_pha in comparison with its peers, in about five minutes.

    python -m benchmarks                       # all of it, as Markdown
    python -m benchmarks controle ecriture     # only these
    python -m benchmarks --ecrire              # all of it, into docs/explications/vitesse.md

Needs the dependency group `bench`.  Only ratios from one run are comparable, and a quiet machine gives smaller spreads.
"""

from __future__ import annotations

import argparse
import sys

from benchmarks.page import SECTIONS, ecrire, texte


def main() -> None:
    mots = argparse.ArgumentParser(
        prog="python -m benchmarks", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    mots.add_argument("sections", nargs="*", metavar="SECTION", help=f"among: {', '.join(SECTIONS)}")
    mots.add_argument("--ecrire", action="store_true", help="write the page of the documentation as well")
    choix = mots.parse_args()
    if inconnues := set(choix.sections) - SECTIONS.keys():
        mots.error(f"no such section: {', '.join(sorted(inconnues))}")
    if choix.ecrire and choix.sections:
        mots.error("--ecrire wants all sections, so that the page comes from one run")
    tableaux = []
    for nom in choix.sections or SECTIONS:
        print(f"{nom}…", file=sys.stderr)
        tableaux += SECTIONS[nom]()
    mesures = texte(tableaux)
    print(mesures)
    if choix.ecrire:
        ecrire(mesures)


if __name__ == "__main__":
    main()
