"""What went before: requests that a ledger knows, beside the orders of a new deposit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, Protocol, TypeAlias

from attrs import field, frozen

from segur_pha.constats import Constat
from segur_pha.table.roles import Role
from segur_pha.vagues import PAR_DEFAUT

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from segur_pha.depot.commandes import CommandeLue
    from segur_pha.table.specification import Specification

__all__ = ["OFFICINE_DEJA_DEMANDEE", "Admissible", "Antecedent", "Confrontation", "SourceDAntecedents", "confronter"]

#: What a person may let through who has looked at it.
Admissible: TypeAlias = Literal["officine-deja-demandee"]
OFFICINE_DEJA_DEMANDEE: Final[Admissible] = "officine-deja-demandee"


@frozen(kw_only=True)
class Antecedent:
    """A request that was prepared before.

    Attributes:
        numero: its numeroEditeur.
        phase: where it stands, in French.
        finess: its pharmacy, ``None`` when nobody knows.
        vivante: it still claims money for its pharmacy.
        libre: it was given up, or its file was refused: it may go again under its number.
        attend: it waits in a file that is prepared: that very file may be prepared again, and nothing else.
        a_resoumettre: it was rejected, and nothing replaces it yet.
    """

    numero: str
    phase: str
    finess: str | None
    vivante: bool
    libre: bool
    attend: bool
    a_resoumettre: bool


class SourceDAntecedents(Protocol):
    """Tells what went before; :class:`~segur_pha.registre.Registre` is one."""

    def antecedents(
        self, numeros: Collection[str], finess: Collection[str], *, specification: Specification
    ) -> Iterable[Antecedent]:
        """Give the requests of a wave that bear one of these numbers (whatever their case), or are of one of these pharmacies."""
        ...


@frozen
class Confrontation:
    """What orders are, beside what went before.

    ``fautes``: row → why it may not go; ``conseils``: what to look at first; ``en_attente``: faults that hold unless these
    orders make the very file in which they wait.
    """

    fautes: Mapping[int, Constat] = field(factory=dict)
    conseils: Sequence[Constat] = ()
    en_attente: Sequence[Constat] = ()


def confronter(
    commandes: Sequence[CommandeLue],
    source: SourceDAntecedents,
    colonnes: Mapping[str, str],
    admettre: Collection[Admissible] = (),
    specification: Specification = PAR_DEFAUT,
) -> Confrontation:
    """Look for orders that went already, and for a second request of a pharmacy that has a live one."""
    numero = specification.numero_de_demande
    numeros = {c.numero for c in commandes if c.numero is not None}
    connus = list(
        source.antecedents(numeros, {c.finess for c in commandes if c.finess is not None}, specification=specification)
    )
    par_numero = {a.numero.casefold(): a for a in connus}
    parties = {c.ligne: a for c in commandes if c.numero and (a := par_numero.get(c.numero.casefold()))}
    # Where nothing is new, the preparation may be one that was stopped, and is made again.
    reprise = len(parties) == len(commandes) and all(a.libre or a.attend for a in parties.values())
    connues = {
        c.ligne: Constat(
            code="numero-connu",
            message=f"{numero.nom} : {_deja_partie(parties[c.ligne], c.finess)}",
            ligne=c.ligne,
            colonne=colonnes.get(numero.attribut, ""),
            balise=numero.nom,
        )
        for c in commandes
        if c.ligne in parties and not parties[c.ligne].libre
    }
    restantes = [c for c in commandes if c.ligne not in connues or reprise]
    secondes = {
        constat.ligne or 0: constat for constat in _secondes(restantes, connus, colonnes, admettre, specification)
    }
    admise = OFFICINE_DEJA_DEMANDEE in admettre
    return Confrontation(
        fautes=({} if reprise else connues) | ({} if admise else secondes),
        conseils=[*(secondes.values() if admise else ()), *(connues.values() if reprise else ())],
        en_attente=list(connues.values()) if reprise else (),
    )


def _deja_partie(antecedent: Antecedent, finess: str | None) -> str:
    debut = f"la demande {antecedent.numero} est déjà au registre ({antecedent.phase})"
    if None not in {finess, antecedent.finess} and finess != antecedent.finess:
        return f"{debut}, pour une autre officine : retirez cette ligne si c’est la même commande, sinon corrigez son numéro"
    if antecedent.a_resoumettre:
        return f"{debut} : retirez cette ligne ; corrigée, la demande repart par « segur-pha resoumettre »"
    return f"{debut} : retirez cette ligne, elle ne part qu’une fois"


def _secondes(
    commandes: Iterable[CommandeLue],
    connus: Iterable[Antecedent],
    colonnes: Mapping[str, str],
    admettre: Collection[Admissible],
    specification: Specification,
) -> Iterator[Constat]:
    """Name the orders whose pharmacy has a live request already, in the ledger or in a row above."""
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
