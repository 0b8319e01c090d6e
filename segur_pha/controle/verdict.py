"""``controler``: a source in, the portal's answer out; and ``lire``, for those who only want what is right."""

from __future__ import annotations

from datetime import date
from enum import Enum
from functools import cached_property
from itertools import count
from typing import TYPE_CHECKING, Final, TypeAlias, cast

from attrs import evolve, field, frozen

from segur_pha.anomalies import Anomalie, Conseil
from segur_pha.controle.colonnes import Examen, examiner
from segur_pha.controle.conseils import conseil, conseils_de, conseils_de_fichier, conseils_de_ligne
from segur_pha.controle.structure import anomalies_de_structure
from segur_pha.erreurs import FichierRejete, SegurError
from segur_pha.table.codes import CODE_ACCEPTE, LIBELLE_ACCEPTE, CodeDeFichier
from segur_pha.table.modele import depuis_brut
from segur_pha.table.regles import anomalies_de_la_demande
from segur_pha.table.roles import Role
from segur_pha.texte_json.ecriture import en_json
from segur_pha.texte_json.lecture import Lecture, Texte, octets_de, recevoir
from segur_pha.texte_json.retouche import retoucher
from segur_pha.vagues import PAR_DEFAUT

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from pathlib import Path

    from segur_pha.table.modele import ObjetBrut
    from segur_pha.table.specification import Specification
    from segur_pha.vagues import Demande, Fichier

__all__ = ["RapportControle", "Source", "VerdictLigne", "controler", "lire"]

Source: TypeAlias = "bytes | str | Path | Fichier"


@frozen(slots=False)
class VerdictLigne:
    """What the portal would answer for one line.

    Attributes:
        num_ligne: the line's place in the file, from 1 (whatever its numLigne says).
        numero_editeur: as deposited, ``None`` when it is no text.
        anomalies: all of them, in the table's order; the portal stops at the first one.

    >>> verdict = VerdictLigne(1, "00001", ())
    >>> verdict.acceptee, verdict.code_traitement, verdict.libelle_traitement
    (True, '0000', 'Demande acceptée')
    """

    num_ligne: int
    numero_editeur: str | None
    anomalies: tuple[Anomalie, ...]

    @property
    def acceptee(self) -> bool:
        """Whether the line has no anomaly."""
        return not self.anomalies

    @property
    def code_traitement(self) -> str:
        """``"0000"``, or the code of the first anomaly."""
        return self.anomalies[0].code if self.anomalies else CODE_ACCEPTE

    @property
    def libelle_traitement(self) -> str:
        """« Demande acceptée », or the libellé of the first anomaly."""
        return self.anomalies[0].libelle if self.anomalies else LIBELLE_ACCEPTE


@frozen
class _Options:
    """What the caller asked of the advice."""

    jour: date | None
    categories: Mapping[str, str] | None
    sans: frozenset[str]


@frozen(kw_only=True, slots=False)
class RapportControle:
    """The answer of both controls to one file; made by :func:`controler`.

    Attributes:
        anomalies_fichier: why the whole file is refused; empty when it is not.
        lignes: one verdict per request, in the file's order; empty when the file is refused.
        specification: the wave by which it was judged.
    """

    anomalies_fichier: tuple[Anomalie, ...]
    lignes: tuple[VerdictLigne, ...]
    _lecture: Lecture = field(repr=False, eq=False)
    specification: Specification = field(repr=False, eq=False)
    _options: _Options = field(repr=False, eq=False)

    @property
    def recevable(self) -> bool:
        """Whether the 1st control let the file in."""
        return not self.anomalies_fichier

    @property
    def tout_accepte(self) -> bool:
        """Whether the file was let in and every request accepted."""
        return self.recevable and all(ligne.acceptee for ligne in self.lignes)

    @cached_property
    def conseils(self) -> tuple[Conseil, ...]:
        """What a careful publisher would look at; worked out when asked for."""
        texte = self._lecture.texte
        phrases = conseils_de(self.specification)
        donnes = tuple(conseil(b, phrases, texte) for b in self._brouillons() if b[0] not in self._options.sans)
        for donne in donnes:
            texte.annoncer(donne.chemin)
        return donnes

    def _brouillons(self) -> Iterator[tuple[str, str, str, str]]:
        yield from conseils_de_fichier(self._lue, self.specification)
        if not self.recevable:
            return
        for place, (chemin, brut) in enumerate(self._lignes_brutes()):
            if self.lignes[place].acceptee:
                yield from conseils_de_ligne(self.specification.classe_demande, brut, chemin)
        chemins = {place + 1: chemin for place, (chemin, _) in enumerate(self._lignes_brutes())}
        demandes = [(chemins[rang], demande) for rang, demande in self._demandes.items()]
        options = self._options
        yield from self.specification.conseiller(
            self._entete, demandes, jour=options.jour, categories=options.categories
        )

    @cached_property
    def _lue(self) -> Lecture:
        """The text with its tree, which the fast look does without."""
        return self._lecture.lue(self.specification.limites) if self._lecture.arbre is None else self._lecture

    @property
    def _entete(self) -> ObjetBrut:
        arbre = self._lue.arbre
        assert isinstance(arbre, dict)
        return arbre

    def _lignes_brutes(self) -> list[tuple[str, ObjetBrut]]:
        """List the deposited lines with their pointers; the file is receivable."""
        nom = self.specification.liste_des_demandes.nom
        return [(f"/{nom}/{i}", ligne) for i, ligne in enumerate(self._entete[nom])]  # type: ignore[arg-type, misc]

    def demandes(self) -> dict[int, Demande]:
        """Give the accepted requests, by their place in the file (from 1).

        >>> from segur_pha.vagues.va1.exemples import fichier_du_guide
        >>> list(controler(fichier_du_guide()).demandes())
        [1]
        """
        return dict(self._demandes)

    @cached_property
    def _demandes(self) -> dict[int, Demande]:
        if not self.recevable:
            return {}
        classe = cast("type[Demande]", self.specification.classe_demande)
        return {
            verdict.num_ligne: depuis_brut(classe, brut)
            for verdict, (_, brut) in zip(self.lignes, self._lignes_brutes(), strict=True)
            if verdict.acceptee
        }

    def en_retour(self) -> bytes:
        """Give the deposited data back, code and libellé (``codeTraitement``, ``libelleTraitement``) filled in as the portal does.

        Everything else is the deposited text, to the last digit and blank (without its byte order mark).  The codes are
        segur_pha's own: the documents print none.

        Raises :class:`~segur_pha.FichierRejete` when the whole file is refused.
        """
        if not self.recevable:
            raise _rejet(self)
        valeurs: dict[str, str] = {}
        code, libelle = (self.specification.chemin(role) for role in (Role.CODE, Role.LIBELLE))
        for verdict, (chemin, _) in zip(self.lignes, self._lignes_brutes(), strict=True):
            valeurs[chemin + code] = verdict.code_traitement
            valeurs[chemin + libelle] = verdict.libelle_traitement
        return retoucher(self._lecture.texte, valeurs)

    def _repr_html_(self) -> str:
        from segur_pha.controle.page import apercu

        return apercu(self)

    def en_lignes(self) -> list[dict[str, object]]:
        """Give one flat mapping per request, for a table or a DataFrame; no name, e-mail or phone is in it.

        Keys: ``num_ligne, numero_editeur, acceptee, code_traitement, libelle_traitement, balise, chemin, anomalies`` (how
        many), and for accepted lines ``finess_geo, date_commande, regime_tva, montant_segur_ht, avance`` (euros), else ``None``;
        in any wave these are the balises of those roles, ``None`` where the wave has none, and ``avance`` is what the agency
        should pay.

        >>> from segur_pha.vagues.va1.exemples import fichier_du_guide
        >>> ligne = controler(fichier_du_guide()).en_lignes()[0]
        >>> ligne["code_traitement"], ligne["avance"]
        ('0000', Decimal('255.00'))
        """
        demandes = self.demandes()
        return [_a_plat(verdict, demandes.get(verdict.num_ligne), self.specification) for verdict in self.lignes]

    def __str__(self) -> str:
        if not self.recevable:
            fautes = "\n".join(f"  {_ou(a)}{a.libelle} [{a.code}]" for a in self.anomalies_fichier[:_DANS_LE_RESUME])
            return f"Fichier refusé au premier contrôle :\n{fautes}"
        rejetees = [ligne for ligne in self.lignes if not ligne.acceptee]
        acceptees = _compter(len(self.lignes) - len(rejetees), "acceptée")
        resume = f"{_compter(len(self.lignes), 'demande')} : {acceptees}, {_compter(len(rejetees), 'rejetée')}"
        details = "".join(
            f"\n  ligne {ligne.num_ligne} : {ligne.libelle_traitement} [{ligne.code_traitement}]"
            for ligne in rejetees[:_DANS_LE_RESUME]
        )
        return resume + details


#: How many faults ``str(rapport)`` shows.
_DANS_LE_RESUME: Final = 10


def _compter(nombre: int, nom: str) -> str:
    """Count in French, where the plural begins at two."""
    return f"{nombre} {nom}s" if nombre > 1 else f"{nombre} {nom}"


def _ou(anomalie: Anomalie) -> str:
    position = anomalie.position
    return f"{position} : " if position else ""


def _a_plat(verdict: VerdictLigne, demande: Demande | None, specification: Specification) -> dict[str, object]:
    premiere = verdict.anomalies[0] if verdict.anomalies else None

    def valeur(role: Role) -> object:
        return specification.valeur(demande, role) if demande and role in specification.roles else None

    regime = valeur(Role.REGIME)
    return {
        "num_ligne": verdict.num_ligne,
        "numero_editeur": verdict.numero_editeur,
        "acceptee": verdict.acceptee,
        "code_traitement": verdict.code_traitement,
        "libelle_traitement": verdict.libelle_traitement,
        "balise": premiere.balise if premiere else None,
        "chemin": premiere.chemin if premiere else None,
        "anomalies": len(verdict.anomalies),
        "finess_geo": valeur(Role.OFFICINE),
        "date_commande": valeur(Role.DATE_COMMANDE),
        "regime_tva": regime.value if isinstance(regime, Enum) else regime,
        "montant_segur_ht": valeur(Role.MONTANT),
        "avance": specification.montant_attendu(demande) if demande else None,
    }


def controler(
    source: Source,
    *,
    jour: date | None = None,
    categories: Mapping[str, str] | None = None,
    sans: Collection[str] = (),
    specification: Specification = PAR_DEFAUT,
) -> RapportControle:
    """Apply the portal's two controls to a file of requests, and say for each request what the portal would answer.

    ``source`` is the bytes of the file, its text, its ``Path``, or a :class:`~segur_pha.Fichier`.  Advice is worked out when
    ``rapport.conseils`` is read: ``jour`` is the day for advice on dates, ``categories`` maps a FINESS to its category,
    ``sans`` holds the ids of advice not wanted.

    Never raises on ``bytes`` or ``str``, whatever they hold; ``OSError`` when a ``Path`` cannot be read;
    :class:`~segur_pha.SegurError` for an id of advice that does not exist, a ``jour`` that is no day, or another type of
    source.  Sections 1.2 and 3.2, decisions 3 to 5.

    >>> rapport = controler(b'{"impId": null}')
    >>> rapport.recevable, [a.code for a in rapport.anomalies_fichier]
    (False, ['9905', '9905', '9905'])
    """
    if isinstance(sans, str):
        raise SegurError(f'sans : donnez une liste d’identifiants de conseils, comme ["{sans}"].')
    connus = conseils_de(specification)
    inconnus = sorted(set(sans) - connus.keys())
    if inconnus:
        raise SegurError(f"Conseils inconnus : {', '.join(inconnus)}. Connus : {', '.join(connus)}.")
    if jour is not None and type(jour) is not date:
        raise SegurError("jour : indiquez un jour (datetime.date, sans heure).")
    options = _Options(jour=jour, categories=categories, sans=frozenset(sans))
    if isinstance(source, specification.racine):
        octets = en_json(source)
    else:
        octets = octets_de(cast("bytes | str | Path", source), specification.limites)
    rapport = _rapport(recevoir(octets, specification.limites), specification, options)
    if isinstance(source, str) and rapport.anomalies_fichier and _ressemble_a_un_chemin(source):
        rapport = evolve(rapport, anomalies_fichier=(_texte_au_lieu_d_un_chemin(rapport.anomalies_fichier[0]),))
    return rapport


def _rapport(lecture: Lecture, specification: Specification, options: _Options) -> RapportControle:
    examen = None if lecture.fautes else examiner(lecture.texte.octets, specification)
    anomalies: list[Anomalie] = []
    if examen is None:
        lecture, anomalies = _premier_controle(lecture.lue(specification.limites), specification)
        if not anomalies:
            examen = Examen.de_tout(lecture.arbre, specification)
    return RapportControle(
        anomalies_fichier=tuple(anomalies),
        lignes=() if examen is None else _verdicts(lecture.texte, specification, examen),
        lecture=lecture,
        specification=specification,
        options=options,
    )


def _premier_controle(lecture: Lecture, specification: Specification) -> tuple[Lecture, list[Anomalie]]:
    """Apply the 1st control the slow, exact way."""
    if not lecture.fautes and not lecture.sure(specification.limites):
        lecture = lecture.exacte(specification.limites)
    if lecture.fautes:
        return lecture, list(lecture.fautes)
    return lecture, anomalies_de_structure(lecture, specification)


def _verdicts(texte: Texte, specification: Specification, examen: Examen) -> tuple[VerdictLigne, ...]:
    """Apply the 2nd control: the plain rules, to the requests that the fast look does not vouch for."""
    numeros = examen.uniques[specification.numero_de_demande.nom]
    anomalies: list[tuple[Anomalie, ...]] = [()] * len(numeros)
    for place, a_juger in examen.doutes.items():
        trouvees = anomalies_de_la_demande(
            specification.classe_demande,
            examen.demande(place),
            rang=place + 1,
            coherences=specification.coherences,
            chemin=f"/{specification.liste_des_demandes.nom}/{place}",
            deja_vues=[nom for nom, places in examen.repetees.items() if place in places],
            texte=texte,
            plafond=specification.limites.anomalies_detaillees,
            a_juger=a_juger,
        )
        for anomalie in trouvees:
            texte.annoncer(anomalie.chemin)
        anomalies[place] = tuple(trouvees)
    textes = [numero if isinstance(numero, str) else None for numero in numeros]
    return tuple(map(VerdictLigne, count(1), textes, anomalies))


def _ressemble_a_un_chemin(texte: str) -> bool:
    """Tell whether a text that is no JSON was probably meant as the name of a file."""
    return "\n" not in texte and not texte.lstrip().startswith(("{", "[")) and texte.strip().lower().endswith(".json")


def _texte_au_lieu_d_un_chemin(faute: Anomalie) -> Anomalie:
    precision = "ce texte ressemble à un nom de fichier : passez Path(…) au lieu du texte"
    return Anomalie(
        CodeDeFichier.MALFORME.value, f"{CodeDeFichier.MALFORME.libelle} ({precision})", "", "", faute.position
    )


def _rejet(rapport: RapportControle) -> FichierRejete:
    anomalies = rapport.anomalies_fichier or next(v.anomalies for v in rapport.lignes if not v.acceptee)
    premiere = anomalies[0]
    message = str(rapport)
    reponse = [c.libelle for c in rapport.conseils if c.id == "reponse-du-portail"]
    return FichierRejete(
        "\n".join([message, *reponse]),
        rapport=rapport,
        code=premiere.code,
        balise=premiere.balise,
        chemin=premiere.chemin,
    )


def lire(source: Source, *, specification: Specification = PAR_DEFAUT) -> Fichier:
    """Read a file of requests that both controls accept.

    Raises :class:`~segur_pha.FichierRejete`, whose ``rapport`` is the whole report, when anything is refused; ``OSError``
    when a ``Path`` cannot be read.

    >>> lire(b"[]")
    Traceback (most recent call last):
    ...
    segur_pha.erreurs.FichierRejete: Fichier refusé au premier contrôle :
      ligne 1, colonne 1 : Le fichier doit contenir un seul objet JSON, entre accolades [9904]
    """
    rapport = controler(source, specification=specification)
    if not rapport.tout_accepte:
        raise _rejet(rapport)
    return depuis_brut(cast("type[Fichier]", specification.racine), rapport._entete)  # noqa: SLF001 - the report and its reader are one room
