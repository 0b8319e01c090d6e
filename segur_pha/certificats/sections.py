"""What the page of a fleet shows, section by section, as values in tables, which are drawn as in any report."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final, Protocol

from segur_pha.certificats.adresses import (
    TOTAL,
    avis_adresses,
    meilleurs_avis,
    mois_invalides,
    parts_valides,
    tableau_des_adresses,
)
from segur_pha.certificats.echeances import mois_entre, premieres_echeances, tableau_mensuel
from segur_pha.certificats.jours import mois_en_lettres
from segur_pha.certificats.plan import (
    A_VENIR,
    COMMANDE_DE_TEST,
    HABILITATION_SERVEUR,
    PREREQUIS,
    RAPPEL_ADRESSE,
    RAPPEL_EXPEDITEUR,
    Action,
    tableau_du_plan,
)
from segur_pha.certificats.seuils import motif_montre
from segur_pha.certificats.travail import lignes_du_travail, reserves, tableau_des_impossibles, verbe
from segur_pha.certificats.trois import phrase_des_trois, tableau_des_trois, trois_certificats
from segur_pha.rapports.html import Html, chiffres, element, table
from segur_pha.rapports.tableau import Barre, Part, Tableau, accorder, en_mots

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from segur_pha.certificats.lissage import Lissage
    from segur_pha.certificats.parc import Parc
    from segur_pha.certificats.plan import PlanRenouvellement
    from segur_pha.certificats.seuils import Alerte
    from segur_pha.courriels import AvisCourriel
    from segur_pha.rapports.tableau import Cellule

__all__ = ["EtatDuParc", "sections", "tableau_montre"]

#: How many rows of a long table are shown; the files hold them all.
_AFFICHEES: Final = 1000
_MOIS_VIDES_ADMIS: Final = 3
#: Twelve months, and one column for the total.
_MOIS_PAR_TABLEAU: Final = 13
#: « seules ~61 % des adresses sont valides », for the first address of each pharmacy.
PART_DU_WEBINAIRE: Final = 61

_REGLES: Final = (
    "Une officine est touchée le jour où finit le premier de ses certificats qui comptent (webinaire de l’ANS, 12/06/2025).",
    "La fin est celle du certificat, ou celle de sa clé si elle vient avant : c’est notre règle, la plus prudente.",
    "Un certificat ne se renouvelle que tant qu’il est actif (webinaire) ; commencer 90 jours avant est notre choix.",
    "Les intitulés et les états de l’export ne sont pas publiés : tout état autre qu’actif, révoqué ou expiré est « à vérifier ».",
    "Les trois certificats et l’erreur DESIR_560 viennent de pages d’assistance d’éditeurs, pas de documents de l’ANS.",
)


class EtatDuParc(Protocol):
    """A fleet on one day, as in :class:`~segur_pha.certificats.Bilan`, a class that this module may not import."""

    @property
    def parc(self) -> Parc:
        """The fleet."""
        ...

    @property
    def jour(self) -> date:
        """The day."""
        ...

    @property
    def plan(self) -> PlanRenouvellement:
        """What to renew, and when."""
        ...

    @property
    def alertes(self) -> Sequence[Alerte]:
        """The alerts of that day."""
        ...

    @property
    def lissage(self) -> Lissage | None:
        """The plan spread over working days, ``None`` without a capacity."""
        ...


def sections(etat: EtatDuParc) -> Iterator[Html]:
    """Yield the sections of the page, in reading order."""
    parc = etat.parc
    premieres = premieres_echeances(parc)
    avis = avis_adresses(parc)
    yield _chiffres(etat, avis)
    yield from (element("p", phrase) for phrase in parc.lectures)
    yield element("h2", "Le mur des échéances")
    yield table(_mur(premieres))
    yield _croise(tableau_mensuel(parc), "Part des officines de chaque éditeur, par mois de première échéance")
    yield from _alertes(etat)
    yield from _adresses(parc, avis, premieres)
    yield from _trois(etat)
    yield from _plan(etat)
    if etat.lissage is not None:
        yield from _charge(etat, etat.lissage)
    yield from _non_compte(parc)
    yield element("h2", "D’où viennent ces règles")
    yield element("ul", *(element("li", regle) for regle in _REGLES))


def _chiffres(etat: EtatDuParc, avis: Mapping[str, AvisCourriel]) -> Html:
    parc, compte = etat.parc, etat.plan.compte()
    valides = sum(un_avis.valide for un_avis in avis.values())
    dits = [
        ("Officines", len(parc.finess)),
        ("Certificats", len(parc.certificats)),
        ("Alertes", len(etat.alertes)),
        ("À renouveler", compte[Action.RENOUVELER]),
        ("À commander", compte[Action.COMMANDER]),
        ("Lignes illisibles", len(parc.lignes_illisibles)),
        *((f"Hors du compte : {nature.value}", nombre) for nature, nombre in parc.compte_ecartes().items()),
    ]
    parts = [("Adresses qui paraissent valides", en_mots(Part(valides / len(avis))))] if avis else []
    return chiffres([*((nom, en_mots(nombre)) for nom, nombre in dits), *parts])


def _mur(premieres: Mapping[str, date]) -> Tableau:
    nombres = Counter(f"{fin.year:04}-{fin.month:02}" for fin in premieres.values())
    plus = max(nombres.values(), default=1)
    rangees: list[list[Cellule]] = [
        [_mois(mois), nombres[mois], Barre(nombres[mois] / plus)] for mois in _mois_montres(sorted(nombres))
    ]
    return Tableau(("mois", "officines", "graphique"), rangees, titre="Officines par mois de première échéance")


def _mois(mois: str) -> str:
    # A month is never split over two lines.
    return mois_en_lettres(mois).replace(" ", "\N{NO-BREAK SPACE}")


def _mois_montres(touches: Sequence[str]) -> list[str]:
    # Months without a pharmacy help to see the calendar, unless a stray date far away adds centuries of them.
    tous = mois_entre([{"mois": mois} for mois in touches])
    return tous if len(tous) <= _MOIS_VIDES_ADMIS * len(touches) else list(touches)


def _croise(cellules: Sequence[Mapping[str, object]], titre: str) -> Html:
    """Lay out shares by publisher and month, a year per table, since more would not fit on paper."""
    mois = _mois_montres(sorted({str(c["mois"]) for c in cellules if c["mois"] != TOTAL}))
    totaux = [TOTAL] if any(c["mois"] == TOTAL for c in cellules) else []
    parts = {(str(c["editeur"]), str(c["mois"])): Part(float(str(c["part"]))) for c in cellules}
    editeurs = dict.fromkeys(str(c["editeur"]) for c in cellules)
    colonnes = [*mois, *totaux]
    tranches = [colonnes[i : i + _MOIS_PAR_TABLEAU] for i in range(0, len(colonnes), _MOIS_PAR_TABLEAU)] or [[]]
    tableaux = [
        Tableau(
            ("éditeur", *(m if m == TOTAL else _mois(m) for m in tranche)),
            [[editeur, *(parts.get((editeur, m)) for m in tranche)] for editeur in editeurs],
            titre=titre if len(tranches) == 1 else f"{titre} ({rang} sur {len(tranches)})",
        )
        for rang, tranche in enumerate(tranches, start=1)
    ]
    return Html("".join(map(table, tableaux)))


def tableau_montre(etat: EtatDuParc, montrees: Sequence[Alerte]) -> Tableau:
    """Return alerts as a table in which to look through them."""
    prevus = etat.lissage.jours_par_certificat if etat.lissage else {}
    entetes = ["FINESS", "officine", "éditeur", "expiration", "jours", "à faire", "certificats", "motif"]
    rangees: list[list[Cellule]] = [
        [a.finess, a.nom, a.editeur, a.fin, a.jours, a.action.value, len(a.certificats), motif_montre(a)]
        for a in montrees
    ]
    if etat.lissage is not None:
        entetes.append("prévu le")
        for rangee, a in zip(rangees, montrees, strict=True):
            rangee.append(min((prevus[id(c)] for c in a.certificats if id(c) in prevus), default=None))
    return Tableau(
        entetes, rangees, titre="Les plus urgentes d’abord, ce qui peut encore être renouvelé à temps avant le reste"
    )


def _alertes(etat: EtatDuParc) -> Iterator[Html]:
    yield element("h2", "Alertes")
    yield table(tableau_montre(etat, etat.alertes[:_AFFICHEES]))
    yield from _reste(len(etat.alertes), "la sortie CSV les donne toutes")


def _reste(nombre: int, ou: str) -> Iterator[Html]:
    if nombre > _AFFICHEES:
        yield element("p", f"… et {accorder(nombre - _AFFICHEES, 'autre')} : {ou}.")


def _adresses(parc: Parc, avis: Mapping[str, AvisCourriel], premieres: Mapping[str, date]) -> Iterator[Html]:
    meilleure = {str(ligne["editeur"]): ligne for ligne in parts_valides(parc, meilleurs_avis(parc, avis))}
    lignes = [(str(ligne["editeur"]), float(str(ligne["part"]))) for ligne in parts_valides(parc, avis)]
    rangees: list[list[Cellule]] = [[e, Part(part), Part(float(str(meilleure[e]["part"])))] for e, part in lignes]
    yield element("h2", "Adresses de notification")
    if lignes:
        valides = sum(un_avis.valide for un_avis in avis.values())
        yield element(
            "p",
            f"Ici, la première adresse paraît valide pour {accorder(valides, 'officine')} sur {en_mots(len(avis))} "
            f"({en_mots(Part(lignes[-1][1]))}) : c’est notre mesure, sans envoi de courrier. Le webinaire du 12/06/2025 comptait "
            f"environ {PART_DU_WEBINAIRE} % d’adresses valides, selon ses propres règles.",
        )
    entetes = ("éditeur", "première adresse", "l’une des adresses")
    yield table(Tableau(entetes, rangees, titre="Officines dont l’adresse paraît valide"))
    yield _croise(mois_invalides(parc, avis), "Première échéance des officines dont l’adresse paraît invalide")
    yield table(tableau_des_adresses(parc, avis, maximum=_AFFICHEES))
    yield from _reste(sum(not avis[finess].valide for finess in premieres), "--adresses les donne toutes")
    yield element("p", RAPPEL_ADRESSE)
    yield element("p", RAPPEL_EXPEDITEUR)


def _trois(etat: EtatDuParc) -> Iterator[Html]:
    trois = trois_certificats(etat.parc, jour=etat.jour)
    yield element("h2", "Les trois certificats")
    yield element("p", phrase_des_trois(trois, len(etat.parc.lignes_illisibles)))
    if trois:
        yield table(tableau_des_trois(etat.parc, trois, maximum=_AFFICHEES))
        yield from _reste(len(trois), "--plan en .xlsx les donne toutes")


def _plan(etat: EtatDuParc) -> Iterator[Html]:
    groupes: list[list[Cellule]] = [
        [nom or "administrateur non indiqué", len(lignes), lignes[0].certificat.fin]
        for nom, lignes in etat.plan.par_administrateur().items()
    ]
    qui = Tableau(("administrateur", "à traiter", "première échéance"), groupes, titre="Par administrateur technique")
    yield element("h2", "Plan de renouvellement")
    yield table(tableau_du_plan(etat.plan))
    yield table(qui)
    yield element("h3", "Pour une nouvelle commande")
    yield element("ol", *(element("li", etape) for etape in PREREQUIS))
    yield from (element("p", phrase) for phrase in (HABILITATION_SERVEUR, A_VENIR, COMMANDE_DE_TEST))


def _charge(etat: EtatDuParc, lissage: Lissage) -> Iterator[Html]:
    yield element("h2", "Capacité")
    yield element("p", lissage.phrase)
    yield table(_par_semaine(lissage))
    if lissage.perdues:
        yield table(tableau_des_impossibles(etat.parc, lissage))
    lignes = lignes_du_travail(etat.plan, lissage)
    prevus, dites = lissage.jours_prevus, reserves(lissage)
    rangees: list[list[Cellule]] = [
        [
            *(
                prevus.get(id(li), "sans jour"),
                verbe(li),
                li.finess,
                etat.parc.nom_officine(li.finess),
                li.certificat.administrateur,
            ),
            *(li.certificat.numero, li.certificat.nom, li.certificat.fin, dites.get(id(li), "")),
        ]
        for li in lignes[:_AFFICHEES]
    ]
    entetes = ("jour prévu", "à faire", "FINESS", "officine", "qui", "produit", "nom", "expiration", "réserve")
    yield table(Tableau(entetes, rangees, titre="Qui fait quoi, et quel jour"))
    yield from _reste(len(lignes), "--plan les donne toutes")


def _par_semaine(lissage: Lissage) -> Tableau:
    avant, apres, commandes = Counter[date](), Counter[date](), Counter[date]()
    for jour, nombre in lissage.charge_avant.items():
        avant[jour - timedelta(days=jour.weekday())] += nombre
    for semaines, taches in ((apres, lissage.taches), (commandes, lissage.commandes)):
        semaines.update(t.jour_prevu - timedelta(days=t.jour_prevu.weekday()) for t in taches)
    plus = max([*avant.values(), *(apres[s] + commandes[s] for s in apres | commandes)], default=1)
    rangees: list[list[Cellule]] = [
        [
            *(s, avant[s], Barre(avant[s] / plus), apres[s], Barre(apres[s] / plus)),
            *(commandes[s], Barre(commandes[s] / plus)),
        ]
        for s in sorted(avant | apres | commandes)
    ]
    entetes = ("semaine du", "au dernier jour", "graphique", "lissés", "graphique", "commandes", "graphique")
    return Tableau(
        entetes, rangees, titre="Renouvellements par semaine : au dernier jour utile, ou lissés ; et commandes"
    )


def _non_compte(parc: Parc) -> Iterator[Html]:
    if parc.ecartes:
        hors: list[list[Cellule]] = [[e.tableau, e.ligne, e.fin, e.raison] for e in parc.ecartes[:_AFFICHEES]]
        yield element("h2", "Ce qui ne compte pas")
        yield table(Tableau(("tableau", "ligne", "fin", "raison"), hors, titre="Certificats lus, hors du compte"))
        yield from _reste(len(parc.ecartes), "Parc.ecartes les donne tous")
    lignes = [(i.fichier, i.ligne, i.message) for i in parc.lignes_illisibles]
    yield element("h2", "Ce qui n’a pas été lu")
    yield table(Tableau(("tableau", "ligne", "raison"), lignes, titre="Lignes illisibles"))
    yield element("ul", *(element("li", f"{avis}.") for avis in parc.avertissements))
