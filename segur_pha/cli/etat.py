"""``segur-pha etat``: where the requests of a ledger stand, what waits, and what to type next."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated, Final, Literal

from attrs import frozen
from cyclopts import Parameter

from segur_pha.argent import somme
from segur_pha.cli.console import montrer, sortir, sortir_json
from segur_pha.cli.listes import (
    Xlsx,
    demande_le_solde,
    ecrire_le_classeur,
    phrases_des_ecarts,
    sortie_de,
    tableau_des_attentes,
    tableau_des_ecarts_de_paiement,
    tableau_des_ecarts_de_solde,
    tableaux_des_totaux,
)
from segur_pha.cli.objets import en_euros, objet_ecart_de_paiement, objet_ecart_de_solde, objet_total
from segur_pha.cli.options import EST_UN_JOUR
from segur_pha.cli.ouverture import PAR_DEFAUT, JourDeCompte, OuEstLeRegistre, aujourd_hui, ouvrir
from segur_pha.rapports.html import chiffres, element, page, table
from segur_pha.rapports.tableau import Barre, Marque, Niveau, Phrase, Tableau, en_mots, euros
from segur_pha.vagues import vagues

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from decimal import Decimal

    from segur_pha.registre import Registre
    from segur_pha.registre.attentes import Attente, Situation
    from segur_pha.registre.ecarts import EcartDeSolde
    from segur_pha.registre.etats import EtatDemande
    from segur_pha.registre.questions import Total

__all__ = ["etat"]


def etat(
    *,
    jour: JourDeCompte = None,
    forme: Annotated[
        Literal["texte", "json", "html"],
        Parameter(name="--format", help="Forme de l’état, écrit sur la sortie standard."),
    ] = "texte",
    xlsx: Xlsx = None,
    depuis: Annotated[
        date | None, EST_UN_JOUR, Parameter(help="Dit aussi ce qui a changé depuis ce jour.", show_default=False)
    ] = None,
    registre: OuEstLeRegistre = PAR_DEFAUT,
) -> int:
    """Dit où en sont les demandes : ce qui attend, combien, depuis quand, et quoi faire.

    Exemple :

        segur-pha etat --format html > etat.html
    """
    sortie_de(xlsx)
    au = aujourd_hui(jour)
    with ouvrir(registre, existant=True) as livre:
        situations = livre.situation()
        lu = _Etat(
            au=au,
            depuis=depuis,
            situations=situations,
            ages=livre.anciennetes(jour=au),
            totaux=livre.totaux(),
            ecarts=livre.ecarts_de_paiement(),
            ecarts_de_solde=livre.ecarts_de_solde(),
            notes={} if depuis is None else livre.notes_depuis(depuis),
            arrivees=() if depuis is None else livre.totaux(depuis=depuis),
            soldes=_soldes_attendus(livre, situations),
        )
        if xlsx is not None:
            attentes = livre.attentes(jour=au, depuis=0)
            noms = {fichier.fichier: fichier.nom for fichier in livre.fichiers()}
            en_attente = tableau_des_attentes(attentes, noms)
            ecrire_le_classeur(xlsx, lu.a_faire, en_attente, *lu.suite)
    if forme == "json":
        sortir_json(_objet(lu))
    elif forme == "html":
        sortir(_page(lu))
    else:
        _montrer(lu)
    return 0


@frozen(kw_only=True)
class _Etat:
    """What the ledger answered; ``notes`` and ``arrivees`` are what has changed since ``depuis``."""

    au: date
    depuis: date | None
    situations: Sequence[Situation]
    ages: Mapping[Attente, Sequence[int]]
    totaux: Sequence[Total]
    ecarts: Sequence[EtatDemande]
    ecarts_de_solde: Sequence[EcartDeSolde]
    notes: Mapping[str, int]
    arrivees: Sequence[Total]
    soldes: Mapping[Attente, Decimal]

    @property
    def a_faire(self) -> Tableau:
        """Lay out what waits: how many requests, how much money, since when."""
        rangees = [
            (s.attente.value, s.nombre, *self._attendu(s), s.depuis, (self.au - s.depuis).days, s.attente.suite)
            for s in self.situations
        ]
        solde = ("Solde attendu",) if self.soldes else ()
        attendu = "Avance attendue" if len(self.d_avance) == len(self.totaux) else "Montant attendu"
        titres = ("Attente", "Demandes", attendu, *solde, "Depuis", "Jours", "À faire")
        return Tableau(titres, rangees, titre="Ce qui attend")

    def _attendu(self, situation: Situation) -> tuple[Decimal | None, ...]:
        # If the balance comes next, the advance was paid and is no longer expected.
        if not self.soldes:
            return (situation.avance,)
        solde = self.soldes.get(situation.attente)
        return (situation.avance if solde is None else None, solde)

    @property
    def anciennetes(self) -> Tableau:
        """Lay out how long it has waited."""
        from segur_pha.registre.attentes import TRANCHES

        premiere, *autres = TRANCHES
        bornes = [f"{de} à {a - 1} j" for de, a in zip(TRANCHES, autres, strict=False)]
        titres = ("Attente", f"Moins de {premiere} j", *bornes, f"{TRANCHES[-1]} j et plus")
        rangees = [(a.value, *(n or None for n in comptes)) for a, comptes in self.ages.items()]
        return Tableau(titres, rangees, titre="Âge de ce qui attend")

    @property
    def par_mois(self) -> list[Tableau]:
        """Lay out counts and amounts by month and phase."""
        return tableaux_des_totaux(self.totaux)

    @property
    def d_avance(self) -> list[Total]:
        """What is counted of the requests for an advance, which know the balances that were paid too."""
        return [t for t in self.totaux if not demande_le_solde(t.specification)]

    @property
    def change(self) -> list[Tableau]:
        """Lay out what has changed since the given day: the facts, and the requests whose phase changed."""
        if self.depuis is None:
            return []
        from segur_pha.registre.mots import EVENEMENTS

        faits = [(EVENEMENTS[nature], nombre) for nature, nombre in self.notes.items()]
        depuis = f"depuis le {en_mots(self.depuis)}"
        return [
            Tableau(("Fait noté", "Nombre"), faits, titre=f"Noté {depuis}"),
            *_par_phase(self.arrivees, titre=f"Changé de phase {depuis}"),
        ]

    @property
    def suite(self) -> list[Tableau]:
        """Return what follows the waiting requests: each table that is not empty."""
        ecarts = [tableau_des_ecarts_de_paiement(self.ecarts)] if self.ecarts else []
        soldes = [tableau_des_ecarts_de_solde(self.ecarts_de_solde)] if self.ecarts_de_solde else []
        ages = [self.anciennetes] if self.ages else []
        return [*ages, *ecarts, *soldes, *self.par_mois, *self.change]


def _soldes_attendus(livre: Registre, situations: Iterable[Situation]) -> dict[Attente, Decimal]:
    """Add up the balances of the requests that wait for them, by what they wait for (euros)."""
    from segur_pha.registre.attentes import Attente

    attendus: dict[Attente, list[Decimal | None]] = {
        s.attente: [] for s in situations if s.attente in {Attente.SANS_FACTURE, Attente.SOLDE_A_DEMANDER}
    }
    if not attendus:
        return {}
    numeros = {
        (d.specification, d.numero_editeur): attente
        for attente, demandes in livre.attentes(jour=date.max, depuis=0).items()
        if attente in attendus
        for d in demandes
    }
    for vague in vagues().values():
        for solde in livre.soldes(specification=vague):
            attente = numeros.get((solde.specification, solde.numero_editeur))
            if attente is not None:
                attendus[attente].append(solde.attendu(vague))
    return {attente: somme(montants) for attente, montants in attendus.items()}


def _par_phase(totaux: Sequence[Total], *, titre: str) -> Iterator[Tableau]:
    from segur_pha.registre.etats import Phase

    for du_solde, montants in _MONTANTS.items():
        siens = [t for t in totaux if demande_le_solde(t.specification) is du_solde]
        par_phase = {phase: [t for t in siens if t.phase is phase] for phase in Phase}
        rangees = [
            (phase.value, sum(t.nombre for t in eux), *(somme(getattr(t, quoi) for t in eux) for quoi in montants))
            for phase, eux in par_phase.items()
            if eux
        ]
        if rangees or not du_solde:
            titre_du_genre = f"{titre}, demandes de solde" if du_solde else titre
            yield Tableau(("Phase", "Demandes", *montants.values()), rangees, titre=titre_du_genre)


#: Whether the requests ask for a balance → what is added up, under which title.
_MONTANTS: Final = {
    False: {"avance": "Avance attendue", "paye": "Avance payée", "solde": "Solde payé"},
    True: {"avance": "Solde attendu", "paye": "Solde payé"},
}


def _montrer(lu: _Etat) -> None:
    if not lu.situations:
        montrer(Phrase(Marque("Rien n’attend.", Niveau.BON)))
    else:
        # A sentence would make the column too wide for a screen, so it comes below, once.
        titres, rangees = lu.a_faire.colonnes[:-1], [rangee[:-1] for rangee in lu.a_faire.rangees]
        montrer(Tableau(titres, rangees, titre=lu.a_faire.titre), "", Phrase(Marque("À faire", Niveau.FORT)))
        for une in lu.situations:
            montrer(Phrase(une.attente.suite, retrait=2, tete=Marque(une.attente.value, Niveau.FORT)))
    for phrase in phrases_des_ecarts(lu.ecarts, lu.ecarts_de_solde):
        montrer("", phrase)
    if lu.totaux:
        for tableau in lu.par_mois:
            montrer("", tableau)
    for tableau in lu.change:
        montrer("", tableau)


def _page(lu: _Etat) -> bytes:
    vivants = _vivants(lu.d_avance)
    resume = chiffres(
        [
            ("Demandes", en_mots(sum(t.nombre for t in lu.totaux))),
            ("En attente", en_mots(sum(s.nombre for s in lu.situations))),
            ("Avances attendues", euros(somme(t.avance for t in vivants))),
            ("Avances payées", euros(somme(t.paye for t in lu.d_avance))),
            ("Soldes payés", euros(somme(t.solde for t in lu.d_avance))),
        ]
    )
    corps = [table(lu.a_faire, fiches=True)] if lu.situations else [element("p", "Rien n’attend.")]
    tables = [table(t) for t in (_mois(vivants), *lu.suite) if t.rangees]
    rien = [] if lu.depuis is None or lu.notes else [element("p", f"Rien de noté depuis le {en_mots(lu.depuis)}.")]
    return page(f"Demandes Ségur au {en_mots(lu.au)}", resume, *corps, *tables, *rien, filtrable=True)


def _vivants(totaux: Iterable[Total]) -> list[Total]:
    """Leave out what no longer claims money."""
    from segur_pha.registre.etats import VIVANTES

    return [t for t in totaux if t.phase in VIVANTES]


def _mois(totaux: Sequence[Total]) -> Tableau:
    """Lay out the advances by month of deposit, each with a bar of its length."""
    par_mois = {mois: [t for t in totaux if t.mois == mois] for mois in sorted({t.mois for t in totaux})}
    sommes = {mois: (somme(t.avance for t in eux), somme(t.paye for t in eux)) for mois, eux in par_mois.items()}
    plus = max((attendue for attendue, _ in sommes.values()), default=0) or 1
    rangees = [
        (mois, sum(t.nombre for t in par_mois[mois]), attendue, Barre(float(attendue / plus)), payee)
        for mois, (attendue, payee) in sommes.items()
    ]
    return Tableau(
        ("Mois", "Demandes", "Avance attendue", "Graphique", "Avance payée"),
        rangees,
        titre="Par mois, sans ce qui est rejeté, refusé ou abandonné",
    )


def _objet(lu: _Etat) -> dict[str, object]:
    from segur_pha.registre.attentes import TRANCHES
    from segur_pha.registre.mots import EVENEMENTS

    return {
        "version": 1,
        "jour": lu.au.isoformat(),
        "attentes": [
            {
                "attente": s.attente.value,
                "nombre_demandes": s.nombre,
                "avance": en_euros(s.avance),
                "montant_paye": en_euros(s.paye),
                "depuis": s.depuis.isoformat(),
                "anciennetes": [
                    {"jours": jours, "nombre_demandes": nombre}
                    for jours, nombre in zip((0, *TRANCHES), lu.ages[s.attente], strict=True)
                ],
                "a_faire": s.attente.suite,
            }
            for s in lu.situations
        ],
        "ecarts_de_paiement": [objet_ecart_de_paiement(d) for d in lu.ecarts],
        "ecarts_de_solde": [objet_ecart_de_solde(e) for e in lu.ecarts_de_solde],
        "totaux": [objet_total(t) for t in lu.totaux],
        "notes": [{"fait": EVENEMENTS[fait], "nombre_faits": nombre} for fait, nombre in lu.notes.items()],
        "arrivees": [objet_total(t) for t in lu.arrivees],
    }
