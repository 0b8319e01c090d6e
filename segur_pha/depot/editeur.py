"""A publisher's settings: what does not change from one request to the next."""

from __future__ import annotations

from decimal import Decimal
from inspect import signature
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from attrs import field, frozen

from segur_pha.erreurs import DemandeInvalide, SegurError
from segur_pha.table.balise import balises, pointeur
from segur_pha.table.formats import Format, Montant
from segur_pha.table.regles import anomalie, juger_valeur
from segur_pha.vagues.va1.construire import construire_demande, decouper
from segur_pha.vagues.va1.table import Demande, Fichier

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable, Iterator, Mapping

__all__ = ["COLONNES_DE_PIECES", "MOTS_CLES", "OBLIGATOIRES", "Editeur"]

#: The keywords of construire_demande, in its order.
MOTS_CLES: Final = tuple(signature(construire_demande).parameters)
#: Those that must be given.
OBLIGATOIRES: Final = tuple(m for m, p in signature(construire_demande).parameters.items() if p.default is p.empty)
#: Columns of an export that are no keyword: the documents' file names, and the turnover tranche.
COLONNES_DE_PIECES: Final = ("bon_commande", "preuve_ht", "tranche")


_OCTETS_DES_REGLAGES: Final = 100_000
_POINTS_PAR_LIGNE: Final = 200


@frozen(init=False)
class Editeur:
    """A publisher: its numeroAns, its SIRET, and what it says in every request.

    Attributes:
        numero_ans: the ANS reference number of the software, ten letters and digits.
        siret: fourteen characters, as enrolled on the agency's portal.
        defauts: values for keywords of :func:`~segur_pha.construire_demande`, used where a request does not say.
        colonnes: keyword (or ``bon_commande``, ``preuve_ht``, ``tranche``) → header in the publisher's export.
        plafonds: turnover tranche → ceiling in euros before tax.

    Raises :class:`~segur_pha.DemandeInvalide` for a wrong header value, :class:`~segur_pha.SegurError` for a keyword that
    does not exist.

    >>> editeur = Editeur("ANS0000001", "12345678200010", statut_admin_technique="E")
    >>> editeur.defauts["statut_admin_technique"]
    'E'
    """

    numero_ans: str
    siret: str
    defauts: Mapping[str, object] = field(repr=False)
    colonnes: Mapping[str, str]
    plafonds: Mapping[str, Decimal]

    def __init__(
        self,
        numero_ans: str,
        siret: str,
        *,
        colonnes: Mapping[str, str] | None = None,
        plafonds: Mapping[str, Decimal] | None = None,
        **defauts: object,
    ) -> None:
        _connus(defauts, MOTS_CLES, "[defauts]")
        _connus(colonnes or {}, (*MOTS_CLES, *COLONNES_DE_PIECES), "[colonnes]")
        _verifier_entete(numero_ans, siret)
        self.__attrs_init__(
            numero_ans=numero_ans,
            siret=siret,
            defauts=MappingProxyType(dict(defauts)),
            colonnes=MappingProxyType(dict(colonnes or {})),
            plafonds=MappingProxyType({t: _plafond(t, p) for t, p in (plafonds or {}).items()}),
        )

    @classmethod
    def lire(cls, source: str | os.PathLike[str]) -> Editeur:
        """Read the settings from a TOML file: ``numero_ans``, ``siret``, ``[defauts]``, ``[colonnes]``, ``[plafonds]``.

        Raises :class:`~segur_pha.SegurError` saying what to mend; ``OSError`` when the file cannot be read.

        >>> Editeur.lire(Path("examples", "editeur.toml")).numero_ans
        'ANS0000001'
        """
        import tomllib

        nom = Path(source).name
        with Path(source).open("rb") as flux:
            octets = flux.read(_OCTETS_DES_REGLAGES + 1)
        # tomllib's time grows with the cube of the dots in a key.
        if len(octets) > _OCTETS_DES_REGLAGES or any(
            ligne.count(b".") > _POINTS_PAR_LIGNE for ligne in octets.split(b"\n")
        ):
            raise SegurError(f"{nom} : ce fichier est démesuré, ce ne sont pas des réglages.")
        try:
            contenu = tomllib.loads(octets.decode("utf-8-sig"))
        except UnicodeDecodeError:
            raise SegurError(f"{nom} : enregistrez ce fichier de réglages en UTF-8.") from None
        except (tomllib.TOMLDecodeError, RecursionError, ValueError) as erreur:
            raise SegurError(f"{nom} : ce n’est pas du TOML bien écrit ({_sans_valeur(erreur)}).") from None
        _connus(contenu, ("numero_ans", "siret", "defauts", "colonnes", "plafonds"), nom)
        tables = {cle: _table(contenu, cle, nom) for cle in ("defauts", "colonnes", "plafonds")}
        entetes = {cle: _texte(contenu, cle, nom) for cle in ("numero_ans", "siret")}
        _connus(tables["defauts"], MOTS_CLES, "[defauts]")
        return cls(
            **entetes,
            colonnes={cle: _texte(tables["colonnes"], cle, f"{nom}, [colonnes]") for cle in tables["colonnes"]},
            plafonds={cle: _plafond(cle, valeur) for cle, valeur in tables["plafonds"].items()},
            **tables["defauts"],  # type: ignore[arg-type]
        )

    def demande(self, **plat: object) -> Demande:
        """Build a request from flat values: :func:`~segur_pha.construire_demande`, with this publisher's values by default.

        Raises :class:`~segur_pha.DemandeInvalide` with every fault at once, :class:`~segur_pha.SegurError` for an unknown
        keyword.  A keyword that is missing is a value that is not filled.

        >>> Editeur("ANS0000001", "12345678200010").demande(numero_editeur="00001")
        Traceback (most recent call last):
        ...
        segur_pha.erreurs.DemandeInvalide: dateCommande : valeur obligatoire ; indiquez une date...
        ...
        """
        _connus(plat, MOTS_CLES, "demande()")
        valeurs = {**dict.fromkeys(OBLIGATOIRES), **self.defauts, **plat}
        return construire_demande(**valeurs)  # type: ignore[arg-type]

    def fichiers(self, demandes: Iterable[Demande]) -> Iterator[Fichier]:
        """Put requests into files of 200, in order, lazily; no request gives no file.

        Raises :class:`~segur_pha.DemandeInvalide` when a file would hold a numeroEditeur twice.

        >>> from segur_pha.vagues.va1.exemples import demande_du_guide
        >>> editeur = Editeur("ANS0000001", "12345678200010")
        >>> [len(fichier.demandes) for fichier in editeur.fichiers(demande_du_guide(f"{n:05}") for n in range(201))]
        [200, 1]
        """
        for lot in decouper(demandes):
            yield Fichier(numero_ans=self.numero_ans, siret=self.siret, demandes=lot)


def _connus(donnes: Iterable[str], connus: Iterable[str], ou: str) -> None:
    inconnus = sorted(set(donnes) - set(connus))
    if inconnus:
        raise SegurError(f"{ou} : nom inconnu : {', '.join(inconnus)}. Noms possibles : {', '.join(connus)}.")


def _verifier_entete(numero_ans: object, siret: object) -> None:
    valeurs = {"numero_ans": numero_ans, "siret": siret}
    anomalies = [
        anomalie(rangee, defaut, pointeur(rangee.nom))
        for rangee in balises(Fichier)
        if rangee.attribut in valeurs and isinstance(rangee.format, Format)
        if (defaut := juger_valeur(rangee, valeurs[rangee.attribut]))  # type: ignore[arg-type]
    ]
    if anomalies:
        raise DemandeInvalide(anomalies)


def _table(contenu: Mapping[str, object], cle: str, nom: str) -> dict[str, object]:
    table = contenu.get(cle, {})
    if not isinstance(table, dict):
        raise SegurError(f"{nom} : écrivez « {cle} » comme une table : [{cle}].")
    return table


def _texte(contenu: Mapping[str, object], cle: str, ou: str) -> str:
    valeur = contenu.get(cle)
    if not isinstance(valeur, str):
        raise SegurError(f'{ou} : indiquez {cle} = "…", entre guillemets.')
    return valeur


_EUROS: Final = Montant(decimales=2)


def _plafond(tranche: str, valeur: object) -> Decimal:
    brut = (
        _EUROS.ecrire(valeur) if isinstance(valeur, Decimal) else valeur.encode() if isinstance(valeur, str) else None
    )
    if _EUROS.defaut(brut) is not None:
        raise SegurError(f'[plafonds] : pour la tranche {tranche}, indiquez des euros hors taxe, comme "708.33".')
    lu = _EUROS.lire(brut)
    assert isinstance(lu, Decimal)
    return lu


def _sans_valeur(erreur: Exception) -> str:
    """Keep the place of a TOML fault and not the text around it, which may be anything."""
    fin = str(erreur).rpartition("(at ")[2]
    if fin == "end of document)":
        return "à la fin du fichier"
    return (
        f"à {fin[:-1].replace('line', 'la ligne').replace('column', 'colonne')}" if fin.endswith(")") else "illisible"
    )
