"""From a national export (CSV) to the monthly table and the plan, against pandas on the same files in the same run.

    python benchmarks/certificats.py

pandas is timed twice: only reading and grouping (no superseded certificates, no plan, no check of rows), and computing the same
results, which are compared with ours.  The two sides take turns and the medians are compared. Peak memory is that of a fresh
process that only runs our side.
"""

from __future__ import annotations

import gc
import random
import subprocess
import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from segur_pha.certificats import Action, bilan, lire_suivi, plan_renouvellement, tableau_du_travail, tableau_mensuel

if TYPE_CHECKING:
    from collections.abc import Callable

OFFICINES, CERTIFICATS, TOURS, CAPACITE = 20_174, 128_698, 9, 400
JOUR = date(2025, 6, 12)
SORTES = (("ORG", "AUTH_CLI"), ("ORG", "SIGN"), ("ORG", "CONF"), ("SERV", "SSL_SERV"), ("SERV", "S/MIME"))
ENTETES = "N° produit;Canal;Date début de validité;Fin de validité;Offre;Usage;Etat;FQDN;Adresse mail;FINESS\n"


def fabriquer(dossier: Path, nombre: int = CERTIFICATS) -> None:
    """Write a made-up country with that many certificates: 1 in 25 revoked, and some renewed alongside their old ones."""
    tirage = random.Random(20250612)
    with (dossier / "suivi.csv").open("w", encoding="utf-8") as suivi:
        suivi.write(ENTETES)
        for rang in range(nombre):
            officine, tour = rang % OFFICINES, rang // OFFICINES
            offre, usage = SORTES[tour % len(SORTES)]
            # The sixth and seventh rounds renew the certificates of the first two, for most pharmacies.
            debut = date(2022, 6, 1) + timedelta(days=tirage.randrange(850) + (400 if tour >= len(SORTES) else 0))
            fin, etat = debut + timedelta(days=1096), "Révoqué" if tirage.random() < 0.04 else "Actif"
            suivi.write(
                f"{300_000 + rang};IHM;{debut:%d/%m/%Y};{fin:%d/%m/%Y};{offre};{usage};{etat};"
                f"{usage.lower()}.officine-{officine}.exemple.fr;contact@officine-{officine}.exemple.fr;{officine:09d}\n"
            )
    with (dossier / "officines.csv").open("w", encoding="utf-8") as officines:
        officines.write("finess;editeur;nom;courriel\n")
        for officine in range(OFFICINES):
            editeur = f"EDITEUR {officine % 8}" if officine % 25 else ""
            officines.write(f"{officine:09d};{editeur};PHARMACIE {officine};contact@officine-{officine}.exemple.fr\n")


def notre(dossier: Path) -> dict[str, object]:
    parc = lire_suivi(dossier / "suivi.csv", officines=dossier / "officines.csv")
    table = tableau_mensuel(parc)
    plan = plan_renouvellement(parc, jour=JOUR)
    return {
        "table": {(c["editeur"], c["mois"]): (c["nombre"], c["part"]) for c in table},
        "plan": {action.value: nombre for action, nombre in plan.compte().items() if nombre},
    }


def page_et_plan(dossier: Path) -> object:
    """What a publisher runs every night: the page of the fleet, and who renews what on which day."""
    parc = lire_suivi(dossier / "suivi.csv", officines=dossier / "officines.csv")
    etat = bilan(parc, jour=JOUR, capacite=CAPACITE)
    return etat.html(), tableau_du_travail(parc, etat.plan, etat.lissage)


def lire_et_grouper(dossier: Path) -> object:
    import pandas as pd

    suivi = pd.read_csv(dossier / "suivi.csv", sep=";", dtype=str)
    officines = pd.read_csv(dossier / "officines.csv", sep=";", dtype=str)
    suivi["fin"] = pd.to_datetime(suivi["Fin de validité"], format="%d/%m/%Y")
    premieres = suivi[suivi["Etat"] != "Révoqué"].groupby("FINESS", as_index=False)["fin"].min()
    premieres = premieres.merge(officines, left_on="FINESS", right_on="finess", how="left")
    premieres["editeur"] = premieres["editeur"].fillna("Autres")
    premieres["mois"] = premieres["fin"].dt.strftime("%Y-%m")
    table = premieres.groupby(["editeur", "mois"]).size()
    return table / premieres.groupby("editeur").size()


def memes_resultats(dossier: Path) -> dict[str, object]:
    import numpy as np
    import pandas as pd

    suivi = pd.read_csv(dossier / "suivi.csv", sep=";", dtype=str)
    officines = pd.read_csv(dossier / "officines.csv", sep=";", dtype=str)
    suivi["fin"] = pd.to_datetime(suivi["Fin de validité"], format="%d/%m/%Y")
    suivi["debut"] = pd.to_datetime(suivi["Date début de validité"], format="%d/%m/%Y")
    revoque = suivi["Etat"] == "Révoqué"
    cle = ["FINESS", "Offre", "Usage", "FQDN"]
    derniers = suivi[~revoque].groupby(cle)["fin"].transform("max").reindex(suivi.index)
    remplace = ~revoque & (suivi["fin"] < derniers)
    premieres = suivi[~revoque & ~remplace].groupby("FINESS", as_index=False)["fin"].min()
    editeurs = suivi[["FINESS"]].drop_duplicates().merge(officines, left_on="FINESS", right_on="finess", how="left")
    editeurs["editeur"] = editeurs["editeur"].fillna("Autres")
    premieres = premieres.merge(editeurs[["FINESS", "editeur"]], on="FINESS")
    premieres["mois"] = premieres["fin"].dt.strftime("%Y-%m")
    table = premieres.groupby(["editeur", "mois"]).size()
    parts = table / editeurs.groupby("editeur").size()
    jour = pd.Timestamp(JOUR)
    sans_suite = revoque & ~pd.MultiIndex.from_frame(suivi[cle]).isin(pd.MultiIndex.from_frame(suivi[~revoque][cle]))
    choix = [sans_suite, revoque, remplace, suivi["fin"] < jour, suivi["fin"] <= jour + pd.Timedelta(days=90)]
    actions = [Action.COMMANDER, Action.REVOQUE, Action.ATTENDRE, Action.COMMANDER, Action.RENOUVELER]
    plan = np.select(choix, [a.value for a in actions], Action.ATTENDRE.value)
    return {
        "table": {cellule: (int(table[cellule]), float(parts[cellule])) for cellule in table.index},
        "plan": pd.Series(plan).value_counts().to_dict(),
    }


def par_polars(dossier: Path) -> dict[str, object]:
    import polars as pl

    suivi = pl.read_csv(dossier / "suivi.csv", separator=";", infer_schema=False)
    officines = pl.read_csv(dossier / "officines.csv", separator=";", infer_schema=False)
    cle = ["FINESS", "Offre", "Usage", "FQDN"]
    suivi = suivi.with_columns(
        fin=pl.col("Fin de validité").str.to_date("%d/%m/%Y"), revoque=pl.col("Etat") == "Révoqué"
    ).with_columns(dernier=pl.col("fin").filter(~pl.col("revoque")).max().over(cle))
    suivi = suivi.with_columns(remplace=~pl.col("revoque") & (pl.col("fin") < pl.col("dernier")))
    premieres = suivi.filter(~pl.col("revoque") & ~pl.col("remplace")).group_by("FINESS").agg(pl.col("fin").min())
    editeurs = suivi.select("FINESS").unique().join(officines, left_on="FINESS", right_on="finess", how="left")
    editeurs = editeurs.select("FINESS", pl.col("editeur").fill_null("Autres"))
    premieres = premieres.join(editeurs, on="FINESS").with_columns(mois=pl.col("fin").dt.strftime("%Y-%m"))
    table = premieres.group_by("editeur", "mois").len().join(editeurs.group_by("editeur").len("tous"), on="editeur")
    action = (
        pl.when(pl.col("revoque") & pl.col("dernier").is_null())
        .then(pl.lit(Action.COMMANDER.value))
        .when("revoque")
        .then(pl.lit(Action.REVOQUE.value))
        .when("remplace")
        .then(pl.lit(Action.ATTENDRE.value))
        .when(pl.col("fin") < JOUR)
        .then(pl.lit(Action.COMMANDER.value))
        .when(pl.col("fin") <= JOUR + timedelta(days=90))
        .then(pl.lit(Action.RENOUVELER.value))
        .otherwise(pl.lit(Action.ATTENDRE.value))
    )
    plan = suivi.select(action=action).group_by("action").len()
    return {"table": {(e, m): (n, n / tous) for e, m, n, tous in table.rows()}, "plan": dict(plan.rows())}


REQUETES = """
create temp view suivi as select *, strptime("Fin de validité", '%d/%m/%Y')::date as fin, Etat = 'Révoqué' as revoque
    from read_csv('{suivi}', delim = ';', header = true, all_varchar = true);
create temp table certificats as select *, not revoque and fin < dernier as remplace from (
    select *, max(fin) filter (not revoque) over (partition by FINESS, Offre, Usage, FQDN) as dernier from suivi);
create temp table editeurs as select c.FINESS, coalesce(o.editeur, 'Autres') as editeur
    from (select distinct FINESS from certificats) c left join
    read_csv('{officines}', delim = ';', header = true, all_varchar = true) o on c.FINESS = o.finess;
"""
TABLE = """select editeur, strftime(fin, '%Y-%m') as mois, count(*) as nombre, any_value(tous) from
    (select FINESS, min(fin) as fin from certificats where not revoque and not remplace group by FINESS)
    join editeurs using (FINESS) join (select editeur, count(*) as tous from editeurs group by editeur) using (editeur)
    group by editeur, mois"""
PLAN = """select case when revoque and dernier is null then ? when revoque then ? when remplace then ? when fin < ? then ?
    when fin <= ? then ? else ? end as action, count(*) from certificats group by action"""


def par_duckdb(dossier: Path) -> dict[str, object]:
    import duckdb

    attendre, commander = Action.ATTENDRE.value, Action.COMMANDER.value
    valeurs = [commander, Action.REVOQUE.value, attendre, JOUR, commander, JOUR + timedelta(days=90)]
    with duckdb.connect() as base:
        base.execute(REQUETES.format(suivi=dossier / "suivi.csv", officines=dossier / "officines.csv"))
        table = base.execute(TABLE).fetchall()
        plan = base.execute(PLAN, [*valeurs, Action.RENOUVELER.value, attendre]).fetchall()
    return {"table": {(e, m): (n, n / tous) for e, m, n, tous in table}, "plan": dict(plan)}


def chronometrer(fonction: Callable[[Path], object], dossier: Path) -> float:
    gc.collect()
    debut = time.perf_counter()
    fonction(dossier)
    return time.perf_counter() - debut


def memoire(dossier: Path) -> float:
    """Return the peak memory, in MB, of a process that only runs our side (Linux counts in kB)."""
    code = (
        "import resource, sys; sys.path.insert(0, sys.argv[2]); import certificats; from pathlib import Path;"
        "certificats.notre(Path(sys.argv[1])); print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
    )
    arguments = [sys.executable, "-c", code, str(dossier), str(Path(__file__).parent)]
    return int(subprocess.run(arguments, check=True, capture_output=True, text=True).stdout) / 1000


def main() -> None:
    with tempfile.TemporaryDirectory() as temporaire:
        dossier = Path(temporaire)
        fabriquer(dossier)
        assert notre(dossier) == memes_resultats(dossier), "the two sides disagree"
        fonctions = (notre, lire_et_grouper, memes_resultats, page_et_plan)
        temps = [[chronometrer(f, dossier) for f in fonctions] for _ in range(TOURS)]
        nous, grouper, memes, page = (median(colonne) for colonne in zip(*temps, strict=True))
        print(f"{CERTIFICATS} certificates, {OFFICINES} pharmacies, medians of {TOURS} rounds")
        print(f"segur_pha, CSV to table and plan      {nous:6.3f} s   peak {memoire(dossier):.0f} MB")
        print(f"pandas, the same results              {memes:6.3f} s   ratio {nous / memes:.2f}")
        print(f"pandas, reading and grouping only     {grouper:6.3f} s   ratio {nous / grouper:.2f}")
        print(f"segur_pha, CSV to page and day's work {page:6.3f} s   {page / grouper:.1f} times that of pandas")


if __name__ == "__main__":
    main()
