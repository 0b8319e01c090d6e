"""``segur-pha etat``: where the requests of a ledger stand, what waits, and what to type next."""

from __future__ import annotations

from datetime import date  # noqa: TC003 - cyclopts reads the annotations
from pathlib import Path  # noqa: TC003 - same
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Parameter

from segur_pha.cli.console import montrer, sortir, sortir_json
from segur_pha.cli.jours import EST_UN_JOUR
from segur_pha.cli.ouverture import PAR_DEFAUT, Jour, OuEstLeRegistre, aujourd_hui, ouvrir
from segur_pha.cli.sorties import verifier_les_sorties
from segur_pha.fichiers import ecrire_sans_ecraser
from segur_pha.rapports.html import chiffres, page, table
from segur_pha.rapports.tableau import Marque, Niveau, Phrase, Tableau, en_mots
from segur_pha.rapports.xlsx import en_xlsx

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from segur_pha.registre.attentes import Attente, EnAttente, Situation
    from segur_pha.registre.questions import Total

__all__ = ["etat", "objet_total", "tableau_des_totaux"]


def etat(
    *,
    jour: Jour = None,
    forme: Annotated[
        Literal["texte", "json", "html"],
        Parameter(name="--format", help="Forme de l’état, écrit sur la sortie standard."),
    ] = "texte",
    xlsx: Annotated[Path | None, Parameter(help="Classeur à écrire en plus : à faire, en attente, totaux.")] = None,
    depuis: Annotated[
        date | None, EST_UN_JOUR, Parameter(help="Dit aussi ce qui a été noté depuis ce jour.", show_default=False)
    ] = None,
    registre: OuEstLeRegistre = PAR_DEFAUT,
) -> int:
    """Dit où en sont les demandes : ce qui attend, combien, depuis quand, et quoi faire.

    Exemple :

        segur-pha etat --format html > etat.html
    """
    if xlsx is not None:
        verifier_les_sorties(xlsx)
    au = aujourd_hui(jour)
    with ouvrir(registre, existant=True) as livre:
        situations, totaux = livre.situation(), livre.totaux()
        notes = livre.notes_depuis(depuis) if depuis is not None else {}
        attentes = livre.attentes(jour=au, depuis=0) if xlsx is not None else {}
    a_faire = tableau_des_situations(situations, au)
    par_mois = tableau_des_totaux(totaux)
    change = Tableau(("Fait noté", "Nombre"), list(notes.items()), titre=f"Noté depuis le {en_mots(depuis)}")
    if xlsx is not None:
        en_attente = tableau_des_attentes(attentes)
        octets = en_xlsx(a_faire, en_attente, par_mois)
        ecrire_sans_ecraser(xlsx, octets)
    if forme == "json":
        sortir_json(_objet(situations, totaux, notes, au))
    elif forme == "html":
        resume = chiffres([(s.attente.value.capitalize(), en_mots(s.nombre)) for s in situations])
        tables = [table(a_faire, fiches=True), table(par_mois), *([table(change)] if notes else [])]
        sortir(page(f"Demandes Ségur au {en_mots(au)}", resume, *tables, filtrable=True))
    else:
        _montrer(situations, a_faire, par_mois, change if notes else None)
    return 0


def _montrer(situations: Sequence[Situation], a_faire: Tableau, par_mois: Tableau, change: Tableau | None) -> None:
    if not situations:
        montrer(Phrase(Marque("Rien n’attend.", Niveau.BON)))
    else:
        montrer(a_faire, "")
        for une in situations:
            montrer(Phrase(une.attente.suite, retrait=2, tete=Marque(une.attente.value, Niveau.FORT)))
    montrer("", par_mois)
    if change is not None:
        montrer("", change)


def tableau_des_situations(situations: Sequence[Situation], au: date) -> Tableau:
    """Lay out what waits: how many, how much, since when."""
    rangees = [
        (s.attente.value, s.nombre, s.avance, s.depuis, (au - s.depuis).days, s.attente.suite) for s in situations
    ]
    titres = ("Attente", "Demandes", "Avance attendue", "Depuis", "Jours", "À faire")
    return Tableau(titres, rangees, titre="Ce qui attend")


def tableau_des_totaux(totaux: Sequence[Total]) -> Tableau:
    """Lay out counts and amounts by month of deposit and phase; the wave is said where there are several."""
    plusieurs = len({t.specification for t in totaux}) > 1
    titres = ("Mois", "Phase", "Demandes", "Montant HT", "Avance attendue", "Avance payée", "Solde payé")
    rangees = [
        (
            *([t.specification] if plusieurs else []),
            *(t.mois, t.phase.value, t.nombre, t.montant_segur_ht, t.avance, t.paye, t.solde),
        )
        for t in totaux
    ]
    return Tableau((*(["Vague"] if plusieurs else []), *titres), rangees, titre="Par mois et par phase")


def tableau_des_attentes(attentes: Mapping[Attente, Sequence[EnAttente]]) -> Tableau:
    """Lay out each request that waits."""
    return Tableau(
        ("Attente", "Demande", "FINESS", "Référence de l’ASP", "Depuis", "Avance attendue", "Libellé de l’ASP"),
        [
            (a.value, d.numero_editeur, d.finess_geo, d.numero_asp, d.depuis, d.avance, d.libelle_traitement)
            for a, demandes in attentes.items()
            for d in demandes
        ],
        titre="En attente",
    )


def _objet(
    situations: Sequence[Situation], totaux: Sequence[Total], notes: Mapping[str, int], au: date
) -> dict[str, object]:
    return {
        "version": 1,
        "jour": au.isoformat(),
        "attentes": [
            {
                "attente": s.attente.value,
                "nombre": s.nombre,
                "avance": f"{s.avance:.2f}",
                "paye": f"{s.paye:.2f}",
                "depuis": s.depuis.isoformat(),
                "a_faire": s.attente.suite,
            }
            for s in situations
        ],
        "totaux": [objet_total(t) for t in totaux],
        "notes": [{"fait": fait, "nombre": nombre} for fait, nombre in notes.items()],
    }


def objet_total(total: Total) -> Mapping[str, object]:
    """Give counts and amounts for a program."""
    return {
        "specification": total.specification,
        "mois": total.mois,
        "phase": total.phase.value,
        "nombre": total.nombre,
        "montant_segur_ht": f"{total.montant_segur_ht:.2f}",
        "avance": f"{total.avance:.2f}",
        "paye": f"{total.paye:.2f}",
        "solde": f"{total.solde:.2f}",
    }
