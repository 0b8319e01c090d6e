"""A publisher's settings: what does not change from one request to the next."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Final, cast

from attrs import evolve, field, frozen

from segur_pha.depot.constats import CommandeInvalide, DemandesInvalides
from segur_pha.depot.mots_du_toml import faute_de_toml, mal_ecrite, pris_pour_des_reglages
from segur_pha.depot.vocabulaire import vocabulaire
from segur_pha.dictionnaire import DictionnaireGele
from segur_pha.erreurs import DemandeInvalide, SegurError
from segur_pha.fichiers import lire_jusqu_a
from segur_pha.table.balise import balises, pointeur
from segur_pha.table.en_python import anomalie_en_python
from segur_pha.table.formats import Defaut, Montant, Nature
from segur_pha.table.regles import anomalie, juger_valeur
from segur_pha.table.roles import Role
from segur_pha.vagues import PAR_DEFAUT

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Unpack

    from segur_pha.anomalies import Anomalie
    from segur_pha.depot.vocabulaire import Vocabulaire
    from segur_pha.table.formats import Brut
    from segur_pha.table.specification import Specification
    from segur_pha.vagues import Demande, Fichier, ValeursDeDemande

__all__ = ["Editeur"]

_OCTETS_DES_REGLAGES: Final = 100_000
_POINTS_PAR_LIGNE: Final = 200
#: What the values of a file's header are called in the settings.
_CLES: Final[Mapping[Role, str]] = {Role.NUMERO_ANS: "numero_ans", Role.EDITEUR: "siret"}


@frozen(init=False)
class Editeur:
    """A publisher: its numeroAns, its SIRET, and what it says in every request.

    Attributes:
        numero_ans: the ANS reference number of the software, ten letters and digits.
        siret: fourteen characters, as enrolled on the agency's portal.
        defauts: values for keywords of :func:`~segur_pha.construire_demande`, used where a request does not give them.
        colonnes: keyword (or ``bon_commande``, ``preuve_ht``, ``tranche``) → header in the publisher's export.
        plafonds: turnover tranche → ceiling in euros before tax.
        specification: the wave of its requests, whose builder has these keywords.

    Raises :class:`~segur_pha.DemandeInvalide` for a wrong header value, :class:`~segur_pha.SegurError` for a keyword that does
    not exist.

    >>> editeur = Editeur("ANS0000001", "12345678200010", statut_admin_technique="E")
    >>> editeur.defauts["statut_admin_technique"]
    'E'
    """

    numero_ans: str
    siret: str
    defauts: Mapping[str, object] = field(repr=False)
    colonnes: Mapping[str, str]
    plafonds: Mapping[str, Decimal]
    specification: Specification

    def __init__(
        self,
        numero_ans: str,
        siret: str,
        *,
        colonnes: Mapping[str, str] | None = None,
        plafonds: Mapping[str, Decimal] | None = None,
        specification: Specification = PAR_DEFAUT,
        **defauts: Unpack[ValeursDeDemande],
    ) -> None:
        for nom, table in (("colonnes", colonnes), ("plafonds", plafonds)):
            if not isinstance(table or {}, Mapping):
                raise SegurError(f"{nom} : donnez un dictionnaire, et non {type(table).__name__}.")
        mots = vocabulaire(specification)
        _connus(defauts, mots.mots_cles, "[defauts]")
        _connus(colonnes or {}, mots.colonnes, "[colonnes]")
        _verifier_entete({Role.NUMERO_ANS: numero_ans, Role.EDITEUR: siret}, specification)
        self.__attrs_init__(
            numero_ans=numero_ans,
            siret=siret,
            defauts=DictionnaireGele(dict(defauts)),
            colonnes=DictionnaireGele(dict(colonnes or {})),
            plafonds=DictionnaireGele({t: _plafond(t, p) for t, p in (plafonds or {}).items()}),
            specification=specification,
        )

    @classmethod
    def lire(cls, source: str | os.PathLike[str], *, specification: Specification = PAR_DEFAUT) -> Editeur:
        """Read the settings from a TOML file: ``numero_ans``, ``siret``, ``[defauts]``, ``[colonnes]``, ``[plafonds]``.

        Raises :class:`~segur_pha.SegurError` saying what to correct; ``OSError`` when the file cannot be read.

        >>> Editeur.lire(Path("examples", "editeur.toml")).numero_ans
        'ANS0000001'
        """
        try:
            chemin = Path(source)
            lisible = b"\0" not in os.fsencode(chemin)
        except (TypeError, UnicodeEncodeError):
            lisible = False
        if not lisible:
            raise SegurError("Editeur.lire attend le chemin d’un fichier TOML, comme editeur.toml.")
        nom = chemin.name
        octets = lire_jusqu_a(chemin, _OCTETS_DES_REGLAGES)
        if intervertis := pris_pour_des_reglages(chemin):
            raise SegurError(intervertis)
        contenu = _du_toml(octets, nom)
        _connus(contenu, ("numero_ans", "siret", "defauts", "colonnes", "plafonds"), nom)
        tables = {cle: _table(contenu, cle, nom) for cle in ("defauts", "colonnes", "plafonds")}
        numero_ans, siret = (_texte(contenu, cle, nom) for cle in ("numero_ans", "siret"))
        mots = vocabulaire(specification)
        _connus(tables["defauts"], mots.mots_cles, "[defauts]")
        _bien_ecrites(tables["defauts"], mots, nom)
        _verifier_entete({Role.NUMERO_ANS: numero_ans, Role.EDITEUR: siret}, specification, nom)
        return cls(
            numero_ans,
            siret,
            colonnes={cle: _texte(tables["colonnes"], cle, f"{nom}, [colonnes]") for cle in tables["colonnes"]},
            plafonds={cle: _plafond(cle, valeur) for cle, valeur in tables["plafonds"].items()},
            specification=specification,
            **tables["defauts"],  # type: ignore[arg-type]
        )

    def demande(self, **plat: Unpack[ValeursDeDemande]) -> Demande:
        """Build a request from flat values, as :func:`~segur_pha.construire_demande` does, with this publisher's defaults.

        Raises :class:`~segur_pha.DemandeInvalide` with every fault at once, :class:`~segur_pha.SegurError` for an unknown
        keyword.  A missing keyword counts as a value that was not filled in.

        >>> Editeur("ANS0000001", "12345678200010").demande(numero_editeur="00001")
        Traceback (most recent call last):
        ...
        segur_pha.erreurs.DemandeInvalide: dateCommande : valeur obligatoire ; indiquez une date...
        ...
        """
        return self._demande(plat, "demande()")

    def _demande(self, plat: Mapping[str, object], ou: str) -> Demande:
        mots = vocabulaire(self.specification)
        if not plat.keys() <= mots.balises.keys():
            _connus(plat, mots.mots_cles, ou)
        valeurs = {**dict.fromkeys(mots.obligatoires), **self.defauts, **plat}
        return cast("Demande", self.specification.construire(**valeurs))

    def demandes(self, rangees: Iterable[Mapping[str, object]]) -> tuple[Demande, ...]:
        """Build a request from each mapping keyword → value, as :meth:`demande` does; unless all are right, report every fault.

        A numeroEditeur that an earlier order already has is also a fault (decision 6).

        Raises :class:`~segur_pha.DemandesInvalides`, whose ``commandes`` give the rank, the number and the faults of each faulty
        order; :class:`~segur_pha.SegurError` naming the rank of an order with an unknown keyword.

        >>> from segur_pha.vagues.va1.exemples import demande_du_guide
        >>> from segur_pha import mettre_a_plat
        >>> juste = mettre_a_plat(demande_du_guide())
        >>> editeur = Editeur("ANS0000001", "12345678200010")
        >>> [demande.numero_editeur for demande in editeur.demandes([juste, {**juste, "numero_editeur": "00002"}])]
        ['00001', '00002']
        >>> editeur.demandes([juste, {**juste, "nom_responsable": "Durand"}])
        Traceback (most recent call last):
        ...
        segur_pha.depot.constats.DemandesInvalides: Commande 2 (00001) : nomResponsable : format incorrect...
        ...
        """
        faites: list[Demande] = []
        invalides: list[CommandeInvalide] = []
        portes: set[object] = set()
        mot = vocabulaire(self.specification).mot(Role.NUMERO_EDITEUR)
        for rang, rangee in enumerate(rangees, start=1):
            if not isinstance(rangee, Mapping):
                raise SegurError(f"Commande {rang} : donnez un dictionnaire mot-clé → valeur.")
            numero = rangee.get(mot)
            numero = numero if isinstance(numero, str) else None
            anomalies: tuple[Anomalie, ...] = ()
            try:
                faites.append(self._demande(rangee, f"Commande {rang}"))
            except DemandeInvalide as refus:
                anomalies = refus.anomalies
            if numero is not None and numero in portes:
                anomalies = (*anomalies, self._double())
            portes.add(numero)
            if anomalies:
                invalides.append(CommandeInvalide(rang, numero, anomalies))
        if invalides:
            raise DemandesInvalides(invalides)
        return tuple(faites)

    def _double(self) -> Anomalie:
        rangee = self.specification.numero_de_demande
        return anomalie(rangee, Defaut(Nature.DOUBLON), pointeur(rangee.nom))

    def fichiers(self, demandes: Iterable[Demande]) -> Iterator[Fichier]:
        """Put requests into files of 200 (what the wave allows), in order, lazily; without requests there is no file.

        Raises :class:`~segur_pha.DemandeInvalide` when a file would hold a numeroEditeur twice.

        >>> from segur_pha.vagues.va1.exemples import demande_du_guide
        >>> editeur = Editeur("ANS0000001", "12345678200010")
        >>> [len(fichier.demandes) for fichier in editeur.fichiers(demande_du_guide(f"{n:05}") for n in range(201))]
        [200, 1]
        """
        source = iter(demandes)
        taille = self.specification.limites.demandes_par_fichier
        while lot := tuple(islice(source, taille)):
            yield cast("Fichier", self.specification.fichier(self.numero_ans, self.siret, lot))


def _connus(donnes: Iterable[str], connus: Iterable[str], ou: str) -> None:
    inconnus = sorted(set(donnes) - set(connus))
    if inconnus:
        raise SegurError(f"{ou} : nom inconnu : {', '.join(inconnus)}. Noms possibles : {', '.join(connus)}.")


def _du_toml(octets: bytes, nom: str) -> dict[str, object]:
    import tomllib

    # tomllib's time grows with the cube of the number of dots in a key.
    if len(octets) > _OCTETS_DES_REGLAGES or any(
        ligne.count(b".") > _POINTS_PAR_LIGNE for ligne in octets.split(b"\n")
    ):
        raise SegurError(f"{nom} : ce fichier est démesuré, ce ne sont pas des réglages.")
    try:
        return tomllib.loads(octets.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise SegurError(f"{nom} : enregistrez ce fichier de réglages en UTF-8.") from None
    except (tomllib.TOMLDecodeError, RecursionError, ValueError) as erreur:
        raise SegurError(f"{nom} : ce n’est pas du TOML bien écrit {faute_de_toml(erreur)}.") from None


def _bien_ecrites(defauts: Mapping[str, object], mots: Vocabulaire, nom: str) -> None:
    dites = {mot: mal_ecrite(mots.balises[mot], valeur) for mot, valeur in defauts.items()}
    fautes = [f"{nom}, [defauts] : {mot} : {dit}." for mot, dit in dites.items() if dit]
    if fautes:
        raise SegurError("\n".join(fautes))


def _verifier_entete(valeurs: Mapping[Role, Brut], specification: Specification, fichier: str = "") -> None:
    """Refuse a wrong header; ``fichier``: the settings that it comes from, whose key is then named."""
    donnees = [(r, valeurs[r.role]) for r in balises(specification.racine) if r.role is not None and r.role in valeurs]
    anomalies = [
        anomalie_en_python(rangee, defaut, pointeur(rangee.nom), valeur)
        for rangee, valeur in donnees
        if (defaut := juger_valeur(rangee, valeur))
    ]
    if fichier:
        cles = {rangee.nom: _CLES[rangee.role] for rangee, _ in donnees if rangee.role is not None}
        anomalies = [evolve(a, libelle=f"{fichier}, {cles[a.balise]} : {a.libelle}") for a in anomalies]
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
        _EUROS.ecrire(valeur)
        if isinstance(valeur, Decimal)
        else valeur.encode("utf-8", "replace")
        if isinstance(valeur, str)
        else None
    )
    if _EUROS.defaut(brut) is not None:
        raise SegurError(f'[plafonds] : pour la tranche {tranche}, indiquez des euros hors taxe, comme "708.33".')
    lu = _EUROS.lire(brut)
    assert isinstance(lu, Decimal)
    return lu
