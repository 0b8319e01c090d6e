"""Attack the entry points ("doors") of the library with texts that a coverage-guided fuzzer (atheris) makes up.

    python fuzz/attaquer.py                        every target for two seconds: what the CI runs
    python fuzz/attaquer.py --duree 3600           every target for an hour, one after the other
    python fuzz/attaquer.py --duree 600 controler  one target

What breaks the rule is written to `fuzz/trouvailles/`, with its traceback on the screen; fix the cause, and put the file into
`fuzz/corpus/TARGET/`, where the tests replay it every day.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from hashlib import sha256
from pathlib import Path

ICI = Path(__file__).parent
CORPUS = ICI / "corpus"
#: Good starting points elsewhere in the repository.
AUSSI = {"controler": [ICI.parent / "vecteurs" / "entrees"], "retour": [CORPUS / "controler"]}
#: The limits of one input: seconds, MB, and length (bytes).
SECONDES, MEMOIRE, LONGUEUR = 5, 1_000, 8_000


def _attaquer(cible: str, options: list[str]) -> None:
    """Run the fuzzer in this process, which it ends itself."""
    import atheris

    with atheris.instrument_imports(include=["segur_pha"]):
        from cibles import CIBLES

    def juger(octets: bytes) -> None:
        try:
            CIBLES[cible](octets)
        except Exception:
            (ICI / "trouvailles" / f"{cible}-{sha256(octets).hexdigest()[:12]}").write_bytes(octets)
            raise

    atheris.Setup([sys.argv[0], *options], juger)
    atheris.Fuzz()


def _mots() -> list[str]:
    """List words worth trying: tags, codes of enumerations, headers, and the marks of each syntax."""
    from segur_pha import VA1
    from segur_pha.certificats.colonnes import SUIVI
    from segur_pha.depot.vocabulaire import vocabulaire

    balises = [f'\\"{balise.nom}\\":' for balise in VA1.balises]
    marques = [
        r"\"\"",
        "{}",
        "[]",
        "null",
        "true",
        r"\\ud800",
        r"\\u003a",
        "\\xef\\xbb\\xbf",
        "\\x00",
        ";",
        "-----BEGIN ",
        "endobj",
    ]
    return [
        *balises,
        *vocabulaire(VA1).mots_cles,
        *SUIVI,
        *marques,
        "TTC",
        "HT",
        "PDF",
        "BON_COMMANDE",
        "PREUVE_HT",
        "708.33",
        "15/11/2022",
    ]


def _lancer(cible: str, duree: int, graine: int) -> bool:
    """Run a target in a separate process; tell whether the rule held."""
    (ICI / "trouvailles").mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as recolte, tempfile.NamedTemporaryFile("w", suffix=".dict") as mots:
        mots.writelines(f'"{mot}"\n' for mot in _mots())
        mots.flush()
        options = [
            f"-max_total_time={duree}",
            f"-seed={graine}",
            f"-timeout={SECONDES}",
            f"-rss_limit_mb={MEMOIRE}",
            f"-max_len={LONGUEUR}",
            f"-artifact_prefix={ICI / 'trouvailles'}/{cible}-",
            f"-dict={mots.name}",
            "-print_final_stats=1",
            recolte,
            *(str(dossier) for dossier in (CORPUS / cible, *AUSSI.get(cible, [])) if dossier.is_dir()),
        ]
        commande = [sys.executable, __file__, "--ici", cible]
        return subprocess.run([*commande, *options], check=False).returncode == 0


def principal() -> int:
    lecteur = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    lecteur.add_argument("cibles", nargs="*", help="targets; all of them when none is named")
    lecteur.add_argument("--duree", type=int, default=2, help="seconds for each target")
    lecteur.add_argument(
        "--graine", type=int, default=0, help="draw the same texts again; 0, the usual: others each time"
    )
    choix = lecteur.parse_args()
    from cibles import CIBLES

    rompues = [cible for cible in choix.cibles or CIBLES if not _lancer(cible, choix.duree, choix.graine)]
    print(f"rule broken by: {', '.join(rompues)}" if rompues else "the rule held everywhere")
    return 1 if rompues else 0


if __name__ == "__main__":
    if sys.argv[1:2] == ["--ici"]:
        _attaquer(sys.argv[2], sys.argv[3:])
    else:
        sys.exit(principal())
