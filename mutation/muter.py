"""Mutate the heart of the library, and report which faults its tests let through.

    python mutation/muter.py                           every room, what has no verdict yet
    python mutation/muter.py controle retour           some rooms
    python mutation/muter.py --survivants controle     what survived, again
    python mutation/muter.py --sur 4 controle          one mutant out of four, always the same ones
    python mutation/muter.py --compte                  nothing: only report what is known so far

Verdicts are kept in `mutation/verdicts/`, which git ignores: remove it to judge everything again. Explained survivors are in
`mutation/expliques.toml`.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tomllib
from collections import Counter
from hashlib import sha256
from itertools import chain
from pathlib import Path

from juges import Salle, Verdict, juger
from mutants import RACINE, Mutant, mutants

ICI = Path(__file__).parent
#: In bytes: an `__init__.py` up to this size only holds its docstring.
VIDE = 200


def _fichiers(*motifs: str) -> list[str]:
    """List the files that match patterns, without those that only describe a folder."""
    trouves = {chemin for motif in motifs for chemin in RACINE.glob(motif) if chemin.stat().st_size > VIDE}
    return sorted(str(chemin.relative_to(RACINE)) for chemin in trouves)


# Without those that start processes, which would run the right sources, and those that take long to make up examples.
_COEUR = [
    *("tests/table", "tests/texte_json", "tests/test_table_extensible.py", "tests/test_vecteurs.py"),
    "tests/test_pages_derivees.py",
    *(
        f"tests/proprietes/test_prop_{nom}.py"
        for nom in ("allers_retours", "construction", "deux_voies", "modele", "verdicts")
    ),
    *_fichiers("tests/controle/test_[!e]*.py"),
]
_DECISIFS = ["tests/table", "tests/controle/test_decisions.py", "tests/test_vecteurs.py"]


def _salle(sources: list[str], tests: list[str], decisifs: list[str]) -> Salle:
    """Add the examples of the docstrings."""
    return Salle(sources, [*tests, *sources], [*decisifs, *sources])


#: The fast ways (decision 27): source → what is fast in it; if nothing is named, all of it.
_RAPIDES: dict[str, tuple[str, ...]] = {
    "segur_pha/controle/colonnes.py": (),
    "segur_pha/retour/comparaison.py": ("differences", "_tel_quel", "_balises_de"),
    "segur_pha/table/construction.py": (
        "construire",
        "_chantier",
        "_batir",
        "_pieces_de",
        "_modele",
        "_regles",
        "_tues",
    ),
    **dict.fromkeys(
        _fichiers("segur_pha/table/formats/*.py"),
        ("preneur", "suspectes", "lire_colonne", "ecrire_colonne", "_membres", "_textes", "_Jours", "_JoursEcrits"),
    ),
    "segur_pha/table/motifs.py": ("adresse_courte", "_repete", "hors_du_motif"),
    "segur_pha/table/remplissage.py": (),
    "segur_pha/texte_json/lecture.py": ("sure", "sans_cle_double", "_deux_points", "_au_plus"),
    "segur_pha/texte_json/modele.py": (),
    "segur_pha/texte_json/structures.py": (),
    "segur_pha/vagues/va1/coherences.py": tuple(
        f"_{nom}"
        for nom in (
            *("lignes_hors_rang", "places_du_type", "lignes_sans_un_bon", "lignes_a_deux_preuves"),
            *("lignes_ht_sans_preuve", "lignes_mal_nommees"),
        )
    ),
}

SALLES = {
    "rapides": _salle([*_RAPIDES], [*_COEUR, "tests/retour", "tests/vagues"], _DECISIFS)._replace(noms=_RAPIDES),
    "regles": _salle(_fichiers("segur_pha/table/*.py", "segur_pha/table/formats/*.py"), _COEUR, _DECISIFS),
    "controle": _salle(
        _fichiers("segur_pha/controle/*.py"),
        [*_COEUR, "tests/rapports", "tests/cli/test_cli_controler.py"],
        ["tests/controle"],
    ),
    "echange": _salle(
        _fichiers("segur_pha/texte_json/*.py"), [*_COEUR, "tests/test_fichiers.py"], ["tests/texte_json"]
    ),
    "retour": _salle(
        _fichiers("segur_pha/retour/*.py"),
        [
            *("tests/retour", "tests/test_portail.py", "tests/test_vecteurs.py", "tests/rapports"),
            *("tests/registre/test_vie.py", "tests/registre/test_annuler_une_reponse.py"),
        ],
        ["tests/retour"],
    ),
    "etats": _salle(
        _fichiers("segur_pha/registre/etats.py"),
        [
            *(f"tests/registre/test_{nom}.py" for nom in ("etats_et_phases", "transitions", "vie", "questions")),
            *(
                f"tests/registre/test_{nom}.py"
                for nom in ("lignes_ambigues", "migrations", "paiement", "sorties_du_registre")
            ),
            "tests/test_pages_derivees.py",
        ],
        ["tests/registre/test_etats_et_phases.py", "tests/registre/test_transitions.py"],
    ),
    "certificats": _salle(
        _fichiers(*(f"segur_pha/certificats/{nom}.py" for nom in ("echeances", "jours", "lissage", "plan", "seuils"))),
        ["tests/certificats"],
        [
            f"tests/certificats/test_{nom}.py"
            for nom in ("mots_des_certificats", "echeances", "jours", "lissage", "plan")
        ],
    ),
    "depot": _salle(
        _fichiers("segur_pha/depot/*.py"),
        [
            *("tests/depot", "tests/test_editeur.py", "tests/rapports/test_notebook.py"),
            *("tests/registre/test_antecedents.py", "tests/registre/test_dossiers_en_attente.py"),
            "tests/vagues/test_vie_inventee.py",
        ],
        ["tests/depot/test_depot_valeurs.py", "tests/depot/test_depot_reglages.py", "tests/depot/test_depot_tables.py"],
    ),
    "registre": _salle(
        [source for source in _fichiers("segur_pha/registre/*.py") if not source.endswith("/etats.py")],
        # Without those that run programs side by side, or break off at each step.
        [
            *_fichiers(
                "tests/registre/test_[!cf]*.py", "tests/registre/test_corrections.py", "tests/registre/test_fai*.py"
            ),
            *("tests/api", "tests/test_valeurs_qui_voyagent.py", "tests/vagues/test_vie_inventee.py"),
        ],
        [
            f"tests/registre/test_{nom}.py"
            for nom in ("vie", "vie_entiere", "titres_des_notes", "transitions", "versions")
        ],
    ),
    "tableurs": _salle(
        _fichiers("segur_pha/tableurs/*.py"),
        ["tests/tableurs", "tests/depot/test_depot_tables.py", "tests/certificats/test_suivi.py"],
        ["tests/tableurs"],
    ),
    "va1": _salle(_fichiers("segur_pha/vagues/va1/*.py"), _COEUR, _DECISIFS),
}


def _expliques() -> dict[str, str]:
    """Read the explained survivors: name → why no test can notice it."""
    texte = (ICI / "expliques.toml").read_text(encoding="utf-8")
    return {nom: groupe["raison"] for groupe in tomllib.loads(texte)["groupe"] for nom in groupe["mutants"]}


def _verdicts(salle: str) -> dict[str, str]:
    """Read what the last runs found; a mutant judged twice has its last verdict."""
    fichier = ICI / "verdicts" / f"{salle}.jsonl"
    lignes = fichier.read_text(encoding="utf-8").splitlines() if fichier.exists() else []
    return dict(map(json.loads, lignes))


def _tires(tous: list[Mutant], sur: int, reste: int) -> list[Mutant]:
    """Select one mutant out of ``sur``: always the same ones, whatever else is in the file."""
    return [mutant for mutant in tous if int(sha256(str(mutant).encode()).hexdigest(), 16) % sur == reste]


def _juger(nom: str, choisis: list[Mutant]) -> int:
    """Judge mutants in a separate process, writing each verdict at once."""
    (ICI / "verdicts").mkdir(exist_ok=True)
    with (ICI / "verdicts" / f"{nom}.jsonl").open("a", encoding="utf-8") as sortie:

        def noter(verdict: Verdict) -> None:
            # Forks write here too, so nothing may wait in a buffer.
            os.write(sortie.fileno(), (json.dumps([str(verdict.mutant), verdict.par]) + "\n").encode())

        rates = juger(SALLES[nom], choisis, noter)
    for test in rates:
        print(f"fails without a mutant: {test}")
    return 1 if rates else 0


def _rendre_compte(nom: str, tous: list[Mutant], de_tous: set[str]) -> None:
    """Report what is known so far about a room's mutants; one whose source has changed since must be judged again."""
    verdicts, expliques = _verdicts(nom), _expliques()
    comptes: Counter[str] = Counter()
    for mutant in tous:
        par = verdicts.get(str(mutant))
        if par is None:
            comptes["not judged"] += 1
        elif par:
            comptes["killed"] += 1
        elif str(mutant) in expliques:
            comptes["explained"] += 1
        else:
            comptes["left"] += 1
            print(f"{mutant.fichier}:{mutant.ligne}: {mutant}")
    for perime in sorted(nom_du_mutant for nom_du_mutant in expliques if _est_perime(nom_du_mutant, de_tous)):
        print(f"explained, but no mutant of today: {perime}")
    juges = len(tous) - comptes["not judged"]
    if not juges:
        print(f"{nom}: none judged of {len(tous)}")
        return
    a_tuer = max(1, juges - comptes["explained"])
    print(
        f"{nom}: {comptes['killed']} killed of {a_tuer} = {100 * comptes['killed'] / a_tuer:.1f} %, {comptes['left']} left; "
        f"{comptes['explained']} explained; {juges} judged of {len(tous)}"
    )


def _est_perime(nom: str, du_jour: set[str]) -> bool:
    """Tell whether a mutant has a name that does not come from any of today's sources."""
    fichiers = {un.partition(" | ")[0] for un in du_jour}
    return nom.partition(" | ")[0] in fichiers and nom not in du_jour


def principal() -> int:
    lecteur = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    lecteur.add_argument("salles", nargs="*", help=f"rooms, of {', '.join(SALLES)}; all of them when none is named")
    lecteur.add_argument("--sur", type=int, help="judge one mutant out of so many")
    lecteur.add_argument("--reste", type=int, default=0, help="which one: another remainder draws another sample")
    lecteur.add_argument("--survivants", action="store_true", help="judge again those that survived")
    lecteur.add_argument("--compte", action="store_true", help="judge nothing: tell what the last runs found")
    choix = lecteur.parse_args()
    code = 0
    for nom in choix.salles or SALLES:
        des_sources = list(chain.from_iterable(map(mutants, SALLES[nom].sources)))
        tous = [*filter(SALLES[nom].a, des_sources)]
        verdicts = _verdicts(nom)
        tires = [] if choix.survivants and choix.sur is None else _tires(tous, choix.sur or 1, choix.reste)
        a_juger = [mutant for mutant in tires if str(mutant) not in verdicts]
        if choix.survivants:
            a_juger += [mutant for mutant in tous if verdicts.get(str(mutant)) == ""]
        if not choix.compte:
            pid = os.fork()
            if pid == 0:
                os._exit(_juger(nom, a_juger))
            code |= os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        _rendre_compte(nom, tous, set(map(str, des_sources)))
    return code


if __name__ == "__main__":
    sys.exit(principal())
