"""``controler``: a source in, the portal's answer out; and ``lire``, for callers who only want files that are right."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from functools import cached_property
from itertools import count
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias, cast

from attrs import evolve, field, frozen

from segur_pha.controle.colonnes import Examen, examiner, second_controle
from segur_pha.controle.lignes import VerdictLigne
from segur_pha.erreurs import ArgumentInvalide, SegurError
from segur_pha.table.modele import depuis_brut, objet_de, objets_de
from segur_pha.table.roles import Role
from segur_pha.table.specification import exiger_une_vague
from segur_pha.texte_json.lecture import Lecture, nom_de_la_source, octets_de, recevoir
from segur_pha.vagues import PAR_DEFAUT

if TYPE_CHECKING:
    import os
    from collections.abc import Collection, Iterator, Mapping
    from decimal import Decimal

    from segur_pha.anomalies import Anomalie, Conseil
    from segur_pha.table.formats import Brut
    from segur_pha.table.modele import ObjetBrut
    from segur_pha.table.specification import Specification
    from segur_pha.vagues import Demande, Fichier

__all__ = ["FichierRejete", "RapportControle", "Source", "controler", "controler_nomme", "lire"]

Source: TypeAlias = "bytes | str | os.PathLike[str] | Fichier"

#: Sums keep their cents, whatever the caller's precision and however large an accepted amount.


class _Options(NamedTuple):
    """What the caller asked for in the way of advice."""

    jour: date | None
    categories: Mapping[str, str] | None
    sans: frozenset[str]
    nom: str = ""
    jour_du_nom: date | None = None


@frozen(kw_only=True, slots=False)
class RapportControle:
    """The answer of both controls to one file; made by :func:`controler`.

    Attributes:
        anomalies_fichier: why the whole file is refused; empty when it is not.
        lignes: one verdict per request, in the file's order; empty when the file is refused.
        specification: the wave it was judged by.
    """

    anomalies_fichier: tuple[Anomalie, ...]
    lignes: tuple[VerdictLigne, ...]
    _lecture: Lecture = field(repr=False, eq=False)
    _examen: Examen | None = field(default=None, repr=False, eq=False)
    specification: Specification = field(repr=False, eq=False)
    _options: _Options = field(repr=False, eq=False)

    @property
    def recevable(self) -> bool:
        """Whether the file passed the 1st control."""
        return not self.anomalies_fichier

    @property
    def tout_accepte(self) -> bool:
        """Whether the file passed the 1st control and every request was accepted."""
        return self.recevable and all(ligne.acceptee for ligne in self.lignes)

    @cached_property
    def acceptees(self) -> tuple[VerdictLigne, ...]:
        """The accepted requests."""
        return tuple(ligne for ligne in self.lignes if ligne.acceptee)

    @cached_property
    def rejetees(self) -> tuple[VerdictLigne, ...]:
        """The rejected requests."""
        return tuple(ligne for ligne in self.lignes if not ligne.acceptee)

    @cached_property
    def avance(self) -> Decimal:
        """The sum of the advances of the accepted requests, in euros (decision 16).

        >>> from segur_pha.vagues.va1.exemples import fichier_du_guide
        >>> controler(fichier_du_guide()).avance
        Decimal('255.00')
        """
        from segur_pha.argent import somme

        return somme(map(self.specification.montant_attendu, self._demandes.values()))

    @cached_property
    def conseils(self) -> tuple[Conseil, ...]:
        """What a careful publisher would look at; worked out when asked for."""
        from segur_pha.controle.conseils import conseil, conseils_de

        texte = self._lecture.texte
        phrases = conseils_de(self.specification)
        donnes = tuple(conseil(b, phrases, texte) for b in self._brouillons() if b[0] not in self._options.sans)
        for donne in donnes:
            texte.annoncer(donne.chemin)
        return donnes

    def _brouillons(self) -> Iterator[tuple[str, str, str, str]]:
        from segur_pha.controle.conseils import conseils_de_fichier, conseils_du_nom, conseils_sur_les_textes

        yield from conseils_de_fichier(self._lue, self.specification)
        if not self.recevable:
            return
        options, specification = self._options, self.specification
        entete = self._entete
        if options.nom:
            yield from conseils_du_nom(options.nom, entete, options.jour_du_nom, specification)
        acceptees = {
            rang: ligne for rang, ligne in enumerate(self._lignes_brutes(), start=1) if self.lignes[rang - 1].acceptee
        }
        yield from conseils_sur_les_textes(entete, acceptees.values(), specification)
        demandes = [(acceptees[rang][0], demande) for rang, demande in self._demandes.items()]
        yield from specification.conseiller(entete, demandes, jour=options.jour, categories=options.categories)

    @cached_property
    def _lue(self) -> Lecture:
        """The text with its tree, which after the fast look has to be rebuilt from structures."""
        if self._examen is None or self._lecture.arbre is not None:
            return self._lecture
        return evolve(self._lecture, arbre=self._examen.arbre(self.specification))

    @property
    def arbre(self) -> Brut:
        """The raw values of the file, for further use; ``None`` when the text could not be read.

        A JSON number that is not an integer is given as its text, in ``bytes``.  When the file passes the 1st control, its tags
        are in the table's order.

        >>> from segur_pha.vagues.va1.exemples import fichier_du_guide
        >>> controler(fichier_du_guide()).arbre["lignesImport"][0]["commande"]["montantSegurHT"]
        b'708.33'
        """
        return self._lue.arbre

    def __getstate__(self) -> dict[str, object]:
        # The classes of structures are made at run time, and cannot be pickled; the tree can.
        return {**self.__dict__, "_lecture": self._lue, "_examen": None}

    @property
    def _entete(self) -> ObjetBrut:
        return objet_de(self._lue.arbre)

    def _lignes_brutes(self) -> list[tuple[str, ObjetBrut]]:
        """List the deposited lines with their pointers; the file has passed the 1st control."""
        nom = self.specification.liste_des_demandes.nom
        return [(f"/{nom}/{i}", ligne) for i, ligne in enumerate(objets_de(self._entete[nom]))]

    def demandes(self) -> dict[int, Demande]:
        """Return the accepted requests, by their place in the file (from 1).

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
        rangs = [verdict.num_ligne for verdict in self.acceptees]
        if (
            self._examen is not None
            and (structures := self._examen.structures([rang - 1 for rang in rangs])) is not None
        ):
            from segur_pha.texte_json.modele import blocs_des_structures

            return dict(zip(rangs, blocs_des_structures(classe, structures), strict=True))
        lignes = self._lignes_brutes()
        return {rang: depuis_brut(classe, lignes[rang - 1][1]) for rang in rangs}

    def en_retour(self, *, asp: str = "") -> bytes:
        """Return the verdict in the shape of an answer: code and libellé filled in, everything else as deposited.

        It is not an answer of the portal.  The codes are segur_pha's own, since the documents print none, and an accepted line
        has no reference of the agency, so that nothing that reads answers takes it for an acceptance.  For a test of the whole
        path, ``asp`` is the beginning of made-up references: each accepted line gets it, followed by its own number.  The text is
        kept to the last digit and blank (without its byte order mark).

        Raises :class:`~segur_pha.FichierRejete` when the whole file is refused, :class:`~segur_pha.SegurError` for an ``asp`` that
        holds anything but ASCII letters, digits and hyphens.
        """
        if not self.recevable:
            raise _rejet(self)
        from segur_pha.controle.resultats import references_inventees
        from segur_pha.texte_json.ecriture import retoucher

        references = references_inventees(asp, self.lignes)
        valeurs = {self._ici(rang, Role.REFERENCE_ASP): texte for rang, texte in references.items()}
        for verdict in self.lignes:
            valeurs[self._ici(verdict.num_ligne, Role.CODE)] = verdict.code_traitement
            valeurs[self._ici(verdict.num_ligne, Role.LIBELLE)] = verdict.libelle_traitement
        return retoucher(self._lecture.texte, valeurs)

    def _ici(self, rang: int, role: Role) -> str:
        return f"/{self.specification.liste_des_demandes.nom}/{rang - 1}{self.specification.chemin(role)}"

    def html(self) -> str:
        """Return a self-contained page: every fault, the accepted requests, and the advice."""
        from segur_pha.controle.page import en_page
        from segur_pha.controle.resultats import FichierControle

        return en_page([FichierControle("", self)], complet=True, jour=self._options.jour).decode()

    def json(self) -> str:
        """Return the report as ``segur-pha controler --format json`` does, with no ``fichier`` (``docs/reference/cli.md``)."""
        from segur_pha.controle.resultats import FichierControle, en_texte_json

        return en_texte_json([FichierControle("", self)])

    def csv(self) -> bytes:
        """Return one row per anomaly, accepted request and piece of advice, for a spreadsheet.

        >>> controler(b"{}").csv().decode("utf-8-sig").splitlines()[0][:22]
        'fichier;etat;num_ligne'
        """
        from segur_pha.controle.resultats import FichierControle, en_tableau
        from segur_pha.rapports.csv import en_csv

        return en_csv(en_tableau([FichierControle("", self)], complet=True))

    def _repr_html_(self) -> str:
        from segur_pha.controle.affichage import apercu
        from segur_pha.controle.resultats import FichierControle
        from segur_pha.rapports.notebook import en_carnet

        return en_carnet(*apercu(FichierControle("", self)))

    def en_lignes(self) -> list[dict[str, object]]:
        """Return one flat mapping per request, for a table or a DataFrame, without any name, e-mail or phone number.

        Keys: ``num_ligne, numero_editeur, acceptee, code_traitement, libelle_traitement, balise, chemin, anomalies`` (their
        number), and for accepted lines ``finess_geo, date_commande, regime_tva, montant_segur_ht, avance`` (euros), otherwise
        ``None``; in any wave these are the balises with those roles, ``None`` where the wave has none, and ``avance`` is what the
        agency should pay.

        >>> from segur_pha.vagues.va1.exemples import fichier_du_guide
        >>> ligne = controler(fichier_du_guide()).en_lignes()[0]
        >>> ligne["code_traitement"], ligne["avance"]
        ('0000', Decimal('255.00'))
        """
        from segur_pha.controle.resultats import a_plat

        demandes = self.demandes()
        return [a_plat(verdict, demandes.get(verdict.num_ligne), self.specification) for verdict in self.lignes]

    def __str__(self) -> str:
        from segur_pha.rapports.tableau import accorder

        if not self.recevable:
            fautes = "\n".join(f"  {_ou(a)}{a.libelle} [{a.code}]" for a in self.anomalies_fichier[:_DANS_LE_RESUME])
            return f"Fichier refusé au premier contrôle :\n{fautes}"
        acceptees, rejetees = accorder(len(self.acceptees), "acceptée"), accorder(len(self.rejetees), "rejetée")
        resume = f"{accorder(len(self.lignes), 'demande')} : {acceptees}, {rejetees}"
        details = "".join(
            f"\n  ligne {ligne.num_ligne} : {ligne.libelle_traitement} [{ligne.code_traitement}]"
            for ligne in self.rejetees[:_DANS_LE_RESUME]
        )
        return resume + details


#: The number of faults that ``str(rapport)`` shows.
_DANS_LE_RESUME: Final = 10


def _ou(anomalie: Anomalie) -> str:
    position = anomalie.position
    return f"{position} : " if position else ""


def controler(
    source: Source,
    *,
    jour: date | None = None,
    categories: Mapping[str, str] | None = None,
    sans: Collection[str] = (),
    specification: Specification = PAR_DEFAUT,
) -> RapportControle:
    """Apply the two controls of the guide to a file of requests, and say whether each request is accepted.

    ``source`` is the bytes of the file, its text, its path (any ``os.PathLike``), or a :class:`~segur_pha.Fichier`.  Advice is
    worked out when ``rapport.conseils`` is read: ``jour`` is the day for advice on dates, ``categories`` maps a FINESS to its
    category, ``sans`` holds the ids of unwanted advice.  When the path is named like a file of the portal, the name is compared
    with the header, and the day in it with ``jour``.

    Never raises on ``bytes`` or ``str``, whatever they hold; ``OSError`` when a ``Path`` cannot be read;
    :class:`~segur_pha.SegurError` for an id of advice that does not exist, and for an argument of the wrong
    kind, when it is a ``TypeError`` too.  Sections 1.2 and 3.2, decisions 3 to 5.

    >>> rapport = controler(b'{"impId": null}')
    >>> rapport.recevable, [a.code for a in rapport.anomalies_fichier]
    (False, ['9905', '9905', '9905'])
    """
    return controler_nomme(
        source, jour=jour, jour_du_nom=jour, categories=categories, sans=sans, specification=specification
    )


def controler_nomme(
    source: Source,
    *,
    jour: date | None,
    jour_du_nom: date | None,
    categories: Mapping[str, str] | None,
    sans: Collection[str],
    specification: Specification,
) -> RapportControle:
    """Do what :func:`controler` does; ``jour_du_nom`` is the day that must appear in the file's own name, ``None`` for any."""
    exiger_une_vague(specification)
    _exiger_des_categories(categories)
    _exiger_des_conseils(sans, specification)
    if jour is not None and type(jour) is not date:
        raise ArgumentInvalide("jour : indiquez un jour (datetime.date, sans heure).")
    options = _Options(jour, categories, frozenset(sans), nom_de_la_source(source), jour_du_nom)
    if isinstance(source, specification.racine):
        from segur_pha.texte_json.ecriture import en_json

        octets = en_json(source)
    else:
        octets = octets_de(cast("bytes | str | os.PathLike[str]", source), specification.limites)
    rapport = _rapport(recevoir(octets, specification.limites), specification, options)
    if isinstance(source, str) and rapport.anomalies_fichier:
        return _sauf_un_chemin(source, rapport)
    return rapport


def _sauf_un_chemin(source: str, rapport: RapportControle) -> RapportControle:
    from segur_pha.controle.structure import ressemble_a_un_chemin, texte_au_lieu_d_un_chemin

    if ressemble_a_un_chemin(source):
        rapport = evolve(rapport, anomalies_fichier=(texte_au_lieu_d_un_chemin(rapport.anomalies_fichier[0]),))
    return rapport


def _exiger_des_categories(categories: Mapping[str, str] | None) -> None:
    if categories is None:
        return
    # The abstract class would cost an import; the first key stands for all, for there may be 100,000.
    if not hasattr(categories, "keys"):
        raise ArgumentInvalide('categories : donnez un dictionnaire FINESS → catégorie, comme {"990000010": "620"}.')
    if isinstance(categories, dict) and not all(isinstance(finess, str) for finess in [*categories][:1]):
        raise ArgumentInvalide('categories : les FINESS sont des textes de 9 caractères, comme "010000024".')


def _exiger_des_conseils(sans: Collection[str], specification: Specification) -> None:
    if isinstance(sans, str):
        raise ArgumentInvalide(f'sans : donnez une liste d’identifiants de conseils, comme ["{sans}"].')
    # Only what can be iterated over more than once is checked; naming the abstract class would cost an import.
    if not (hasattr(sans, "__len__") and hasattr(sans, "__iter__") and all(isinstance(cle, str) for cle in sans)):
        raise ArgumentInvalide('sans : donnez une liste d’identifiants de conseils, comme ["finess-cle"].')
    if not sans:
        return
    from segur_pha.controle.conseils import conseils_de

    connus = conseils_de(specification)
    inconnus = sorted(set(sans) - connus.keys())
    if inconnus:
        raise SegurError(f"Conseils inconnus : {', '.join(inconnus)}. Connus : {', '.join(connus)}.")


def _rapport(lecture: Lecture, specification: Specification, options: _Options) -> RapportControle:
    examen = None if lecture.fautes else examiner(lecture.texte.octets, specification)
    anomalies: list[Anomalie] = []
    if examen is None:
        from segur_pha.controle.structure import premier_controle

        lecture, anomalies = premier_controle(lecture, specification)
        if not anomalies:
            examen = Examen.de_tout(lecture.arbre, specification)
    return RapportControle(
        anomalies_fichier=tuple(anomalies),
        lignes=()
        if examen is None
        else tuple(map(VerdictLigne, count(1), *second_controle(examen, lecture.texte, specification))),
        lecture=lecture,
        examen=examen,
        specification=specification,
        options=options,
    )


class FichierRejete(SegurError):
    """A file did not pass the controls; ``rapport`` is the whole report."""

    def __init__(
        self, message: str, *, rapport: RapportControle, code: str = "", balise: str = "", chemin: str = ""
    ) -> None:
        super().__init__(message, code=code, balise=balise, chemin=chemin)
        self.rapport = rapport


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
    segur_pha.controle.verdict.FichierRejete: Fichier refusé au premier contrôle :
      ligne 1, colonne 1 : Le fichier doit contenir un seul objet JSON, entre accolades [9904]
    """
    rapport = controler(source, specification=specification)
    if not rapport.tout_accepte:
        raise _rejet(rapport)
    racine, examen = cast("type[Fichier]", specification.racine), rapport._examen  # noqa: SLF001 - the report and its reader are one room
    if examen is not None and (structures := examen.structures(range(len(rapport.lignes)))) is not None:
        from segur_pha.texte_json.modele import fichier_des_structures

        return fichier_des_structures(racine, examen.entete, structures)
    return depuis_brut(racine, rapport._entete)  # noqa: SLF001 - same
