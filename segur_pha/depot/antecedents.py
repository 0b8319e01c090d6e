"""What was sent before: requests that a ledger knows, compared with the orders of a new deposit."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final, Literal, Protocol, TypeAlias

from attrs import field, frozen

from segur_pha.constats import Constat
from segur_pha.rapports.tableau import accorder
from segur_pha.table.roles import Role
from segur_pha.vagues import PAR_DEFAUT

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

    from segur_pha.depot.commandes import CommandeLue
    from segur_pha.table.specification import Specification

__all__ = [
    "NUMERO_CONNU",
    "OFFICINE_DEJA_DEMANDEE",
    "Admissible",
    "Antecedent",
    "Confrontation",
    "DejaPartie",
    "SourceDAntecedents",
    "confronter",
    "dire_les_laissees",
]

#: What somebody who has looked at it may let through.
Admissible: TypeAlias = Literal["officine-deja-demandee"]
OFFICINE_DEJA_DEMANDEE: Final[Admissible] = "officine-deja-demandee"
#: The code of an order whose number the ledger knows.
NUMERO_CONNU: Final = "numero-connu"


@frozen(kw_only=True)
class Antecedent:
    """A request that was prepared before.

    Attributes:
        numero: its numeroEditeur.
        phase: its phase, in French.
        finess: its pharmacy, ``None`` when it is not known.
        vivante: whether it still claims money for its pharmacy.
        libre: whether it may be sent again under its number: it was given up, or its file was refused.
        attend: whether it waits in a prepared file: that very file, and no other, may be prepared again.
        a_resoumettre: whether it was rejected and nothing replaces it yet.
    """

    numero: str
    phase: str
    finess: str | None
    vivante: bool
    libre: bool
    attend: bool
    a_resoumettre: bool


class SourceDAntecedents(Protocol):
    """Tells what was sent before, as :class:`~segur_pha.registre.Registre` does."""

    def antecedents(
        self, numeros: Collection[str], finess: Collection[str], *, specification: Specification
    ) -> Iterable[Antecedent]:
        """Return the requests of a wave with one of these numbers (ignoring case), or for one of these pharmacies."""
        ...


@frozen
class Confrontation:
    """How orders compare with what was sent before.

    ``fautes``: row → why it may not be sent; ``conseils``: what to look at first; ``en_attente``: faults that hold unless these
    orders make the very file in which they wait; ``laissees``: rows that are left aside because they were already sent, in order.
    """

    fautes: Mapping[int, Constat] = field(factory=dict)
    conseils: Sequence[Constat] = ()
    en_attente: Sequence[Constat] = ()
    laissees: Sequence[DejaPartie] = ()


@frozen(kw_only=True)
class DejaPartie:
    """An order that was already sent, and is left aside: its row, and the number and the phase of its request."""

    ligne: int
    numero: str
    phase: str


def confronter(
    commandes: Sequence[CommandeLue],
    source: SourceDAntecedents,
    colonnes: Mapping[str, str],
    admettre: Collection[Admissible] = (),
    specification: Specification = PAR_DEFAUT,
    *,
    nouvelles: bool = False,
) -> Confrontation:
    """Look for orders that were already sent, and for a second request for a pharmacy that has a live one.

    With ``nouvelles``, the orders that were certainly sent already are left aside, and are not faults.
    """
    numeros = {c.numero for c in commandes if c.numero is not None}
    connus = list(
        source.antecedents(numeros, {c.finess for c in commandes if c.finess is not None}, specification=specification)
    )
    laissees = list(_laissees(commandes, connus)) if nouvelles else []
    vues = {partie.ligne for partie in laissees}
    commandes = [c for c in commandes if c.ligne not in vues]
    # The request of that very number before one that differs by case.
    par_numero = {a.numero.casefold(): a for a in connus} | {a.numero: a for a in connus}
    parties = {
        c.ligne: a
        for c in commandes
        if c.numero and (a := par_numero.get(c.numero) or par_numero.get(c.numero.casefold()))
    }
    # Where nothing is new, the preparation may be one that was stopped, and is made again.
    reprise = (
        not nouvelles and len(parties) == len(commandes) and all(_repartirait(parties[c.ligne], c) for c in commandes)
    )

    deja = _connues(commandes, parties, colonnes, specification, _deja_partie)
    attendues = _connues(commandes, parties, colonnes, specification, _preparee_de_nouveau) if reprise else {}
    restantes = [c for c in commandes if c.ligne not in deja or reprise]
    secondes = {
        constat.ligne or 0: constat for constat in _secondes(restantes, connus, colonnes, admettre, specification)
    }
    admise = OFFICINE_DEJA_DEMANDEE in admettre
    return Confrontation(
        fautes=({} if reprise else deja) | ({} if admise else secondes),
        conseils=[
            *(secondes.values() if admise else ()),
            *attendues.values(),
            *_reparties(restantes, parties, colonnes, specification),
        ],
        en_attente=list(deja.values()) if reprise else (),
        laissees=laissees,
    )


def _connues(
    commandes: Iterable[CommandeLue],
    parties: Mapping[int, Antecedent],
    colonnes: Mapping[str, str],
    specification: Specification,
    dire: Callable[[Antecedent, CommandeLue], str],
) -> dict[int, Constat]:
    """Name the orders that the ledger knows, but for those that may go again under their number: row → what ``dire`` says."""
    numero = specification.numero_de_demande
    return {
        c.ligne: Constat(
            code=NUMERO_CONNU,
            message=f"{numero.nom} : {dire(parties[c.ligne], c)}",
            ligne=c.ligne,
            colonne=colonnes.get(numero.attribut, ""),
            balise=numero.nom,
        )
        for c in commandes
        if c.ligne in parties and not (parties[c.ligne].libre and parties[c.ligne].numero == c.numero)
    }


def _laissees(commandes: Iterable[CommandeLue], connus: Iterable[Antecedent]) -> Iterator[DejaPartie]:
    """Find the orders that were certainly sent: by number and pharmacy, or by pharmacy alone where the export gives no number.

    A known number with another pharmacy, or with one that cannot be read, does not count as sent: it remains a fault.
    """
    parties = [a for a in connus if not a.libre]
    par_numero = {a.numero.casefold(): a for a in parties}
    par_officine: dict[str, Antecedent] = {}
    for a in parties:
        # Of a pharmacy's requests, the one that claims money now, otherwise the last one.
        if a.finess is not None and (a.vivante or not par_officine.get(a.finess, a).vivante):
            par_officine[a.finess] = a
    for c in commandes:
        if c.numero is None:
            trouvee = None if c.repere_fautif else par_officine.get(c.finess or "")
        else:
            trouvee = par_numero.get(c.numero.casefold())
            if trouvee is not None and trouvee.finess not in {None, c.finess, *c.reperes}:
                trouvee = None
        if trouvee is not None:
            yield DejaPartie(ligne=c.ligne, numero=trouvee.numero, phase=trouvee.phase)


def dire_les_laissees(laissees: Sequence[DejaPartie]) -> str:
    """Say how many orders were left aside, and which phases their requests are in.

    >>> dire_les_laissees([DejaPartie(ligne=2, numero="00001", phase="acceptée")])
    '1 commande déjà au registre, laissée de côté (acceptée : 1)'
    """
    phases = Counter(partie.phase for partie in laissees)
    detail = ", ".join(f"{phase} : {nombre}" for phase, nombre in phases.items())
    quoi = "commande déjà au registre, laissée de côté", "commandes déjà au registre, laissées de côté"
    return f"{accorder(len(laissees), *quoi)} ({detail})"


def _repartirait(antecedent: Antecedent, commande: CommandeLue) -> bool:
    """Tell whether an order may be the request that was prepared, or given up, under its number."""
    if antecedent.numero != commande.numero:
        return False
    return antecedent.libre or (antecedent.attend and not _d_une_autre_officine(antecedent, commande))


def _d_une_autre_officine(antecedent: Antecedent, commande: CommandeLue) -> bool:
    return None not in {commande.finess, antecedent.finess} and commande.finess != antecedent.finess


def _deja_partie(antecedent: Antecedent, commande: CommandeLue) -> str:
    debut = f"la demande {antecedent.numero} est déjà au registre ({antecedent.phase})"
    if antecedent.numero != commande.numero:
        return (
            f"{debut}, et {commande.numero} n’en diffère que par la casse : retirez cette ligne si c’est la même commande, sinon "
            "donnez-lui un autre numéro"
        )
    if _d_une_autre_officine(antecedent, commande):
        return f"{debut}, pour une autre officine : retirez cette ligne si c’est la même commande, sinon corrigez son numéro"
    if antecedent.a_resoumettre:
        return f"{debut} : retirez cette ligne ; corrigée, la demande repart par « segur-pha resoumettre »"
    if antecedent.attend:
        return f"{debut} : retirez cette ligne ; si son fichier ne sera pas déposé, abandonnez-le (segur-pha registre abandonner)"
    return f"{debut} : retirez cette ligne, elle ne part qu’une fois"


def _preparee_de_nouveau(antecedent: Antecedent, _: CommandeLue) -> str:
    return f"la demande {antecedent.numero} attend déjà au registre dans ce même fichier, que ce dossier refait"


def _reparties(
    commandes: Iterable[CommandeLue],
    parties: Mapping[int, Antecedent],
    colonnes: Mapping[str, str],
    specification: Specification,
) -> Iterator[Constat]:
    """Name the orders that are sent again under a number that the portal never took."""
    numero = specification.numero_de_demande
    for c in commandes:
        partie = parties.get(c.ligne)
        if partie is not None and partie.libre:
            pourquoi = "son fichier a été refusé" if partie.vivante else "elle a été abandonnée"
            yield Constat(
                code="numero-repris",
                message=f"{numero.nom} : {pourquoi} ; la demande {partie.numero} repart sous le même numéro",
                ligne=c.ligne,
                colonne=colonnes.get(numero.attribut, ""),
                balise=numero.nom,
            )


def _secondes(
    commandes: Iterable[CommandeLue],
    connus: Iterable[Antecedent],
    colonnes: Mapping[str, str],
    admettre: Collection[Admissible],
    specification: Specification,
) -> Iterator[Constat]:
    """Name the orders whose pharmacy already has a live request, in the ledger or in a row above."""
    vivantes: dict[str, list[Antecedent]] = {}
    for antecedent in connus:
        if antecedent.vivante and antecedent.finess is not None:
            vivantes.setdefault(antecedent.finess, []).append(antecedent)
    suite = (
        "une seconde a été admise"
        if OFFICINE_DEJA_DEMANDEE in admettre
        else f"retirez cette ligne, ou admettez-en une seconde (--admettre {OFFICINE_DEJA_DEMANDEE})"
    )
    vues: dict[str, int] = {}
    officine = specification.role(Role.OFFICINE)
    for c in commandes:
        if c.finess is None:
            continue
        numero = (c.numero or "").casefold()
        autres = [f"{a.numero} ({a.phase})" for a in vivantes.get(c.finess, ()) if a.numero.casefold() != numero]
        avant = vues.setdefault(c.finess, c.ligne)
        ou = (
            f"au registre, {', '.join(sorted(autres))}" if autres else f"à la ligne {avant}" if avant != c.ligne else ""
        )
        if ou:
            yield Constat(
                code=OFFICINE_DEJA_DEMANDEE,
                message=f"{officine.nom} : cette officine a déjà une demande en cours {ou} ; {suite}",
                ligne=c.ligne,
                colonne=colonnes.get(officine.attribut, ""),
                balise=officine.nom,
            )
