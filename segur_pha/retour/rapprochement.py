"""``rapprocher``: what came back, compared with what was sent.

Every sent line must be answered exactly once, with the very values that were sent.  Whatever differs is a
:class:`~segur_pha.Constat` of a closed set of kinds; nothing that came back is lost.
"""

from __future__ import annotations

from collections import defaultdict
from itertools import chain
from typing import TYPE_CHECKING, Final, NamedTuple

from attrs import evolve, field, frozen

from segur_pha.erreurs import RetourIllisible
from segur_pha.rapports.tableau import accorder
from segur_pha.retour.affichage import apercu_du_rapprochement
from segur_pha.retour.comparaison import differences
from segur_pha.retour.ecarts import NatureEcart, ecart
from segur_pha.retour.lecture import UTF_8, Retour, SourceRetour, lire_brut, lire_retour
from segur_pha.retour.lignes import (
    Issue,
    LigneRetour,
    numero_retrouve,
    references_asp,
    references_doubles,
    references_semblables,
    se_contredit,
)
from segur_pha.table.balise import pointeur
from segur_pha.table.bloc import Bloc
from segur_pha.table.codes import CodeDeFichier
from segur_pha.table.modele import en_brut, objets_de
from segur_pha.table.roles import Role
from segur_pha.vagues import PAR_DEFAUT

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from segur_pha.constats import Constat
    from segur_pha.retour.comparaison import Difference
    from segur_pha.table.formats import Brut
    from segur_pha.table.modele import ObjetBrut
    from segur_pha.table.specification import Specification
    from segur_pha.vagues import Fichier

__all__ = ["LigneRapprochee", "Rapprochement", "rapprocher", "rapprocher_lignes"]


@frozen(kw_only=True)
class LigneRapprochee:
    """One sent request and its answer.

    Attributes:
        rang: the request's place in the file that was sent, from 1.
        numero_editeur: as sent.
        reponse: its answer, ``None`` when it is absent or when several pretend to be it.
        ecarts: what is odd about it, each of a kind of :class:`~segur_pha.NatureEcart`.
        entete_sure: whether nothing in the header of the answer forbids to act on any of its lines.
        admise: whether a ledger acts on it all the same, on a person's word.
        admissible: whether a person's word could be enough, which a decision or a resubmission in a ledger forbids.
    """

    rang: int
    numero_editeur: str | None
    reponse: LigneRetour | None
    ecarts: tuple[Constat, ...]
    entete_sure: bool = True
    admise: bool = False
    admissible: bool = True

    @property
    def issue(self) -> Issue:
        """The outcome of its answer; « non traitée » as long as there is none."""
        return Issue.NON_TRAITEE if self.reponse is None else self.reponse.issue

    @property
    def sure(self) -> bool:
        """Whether there is one answer, and nothing speaks against acting on it."""
        return self.entete_sure and self.sure_par_elle_meme

    @property
    def sure_par_elle_meme(self) -> bool:
        """The same, whatever the header says."""
        return self.reponse is not None and not _bloquent(self.ecarts)


def _bloquent(ecarts: Iterable[Constat]) -> bool:
    return any(NatureEcart.de(ecart).bloquant for ecart in ecarts)


@frozen(kw_only=True)
class Rapprochement:
    """What was sent, matched with what came back; made by :func:`rapprocher`.

    Attributes:
        lignes: every sent request, in the order of the sent file.
        etrangeres: the lines of the answer that belong to no sent request, or not certainly.
        ecarts: every discrepancy (:meth:`NatureEcart.de` tells its kind): the file's own, then those of the requests, then those
            of ``etrangeres``.
        encodage: the encoding in which the answer was read (that of the :class:`~segur_pha.Retour`).
        deja_enregistree: for an answer given to a ledger to be recorded: nothing in it was new.
        specification: the wave of both.
    """

    lignes: tuple[LigneRapprochee, ...]
    etrangeres: tuple[LigneRetour, ...]
    ecarts: tuple[Constat, ...]
    encodage: str = UTF_8
    deja_enregistree: bool = False
    specification: Specification = field(default=PAR_DEFAUT, repr=False, eq=False)

    @property
    def ecarts_du_fichier(self) -> tuple[Constat, ...]:
        """The discrepancies that concern the header and not the lines."""
        return tuple(ecart for ecart in self.ecarts if ecart.chemin.count("/") == 1)

    @property
    def sans_ecart(self) -> bool:
        """Whether every request is answered once, unambiguously, and with what was sent."""
        return not self.ecarts

    def en_lignes(self) -> list[dict[str, object]]:
        """Return one flat mapping per sent request, for a table of data: its answer, whether it is certain, what is odd about it.

        >>> from segur_pha import controler
        >>> from segur_pha.vagues.va1.exemples import fichier_du_guide
        >>> envoye = fichier_du_guide()
        >>> ligne = rapprocher(envoye, controler(envoye).en_retour()).en_lignes()[0]
        >>> ligne["numero_editeur"], ligne["sure"], ligne["ecarts"]
        ('00001', False, 'ligne-ambigue')
        """
        return [
            {
                "rang": ligne.rang,
                "numero_editeur": ligne.numero_editeur,
                "issue": ligne.issue.value,
                "sure": ligne.sure,
                **dict.fromkeys(("numero_asp", "code_traitement", "libelle_traitement")),
                **({} if ligne.reponse is None else _de_la_reponse(ligne.reponse)),
                "ecarts": " ; ".join(ecart.code for ecart in ligne.ecarts),
            }
            for ligne in self.lignes
        ]

    def __str__(self) -> str:
        sures = sum(ligne.sure for ligne in self.lignes)
        return (
            f"{accorder(len(self.lignes), 'demande envoyée', 'demandes envoyées')} : "
            f"{accorder(sures, 'réponse sûre', 'réponses sûres')}, {accorder(len(self.ecarts), 'écart')}"
        )

    def _repr_html_(self) -> str:
        sures = sum(ligne.sure for ligne in self.lignes)
        return apercu_du_rapprochement(sures, [ligne.issue for ligne in self.lignes], self.ecarts)


def _de_la_reponse(reponse: LigneRetour) -> dict[str, object]:
    return {cle: getattr(reponse, cle) for cle in ("numero_asp", "code_traitement", "libelle_traitement")}


def rapprocher(
    envoye: SourceRetour | Fichier,
    retour: SourceRetour | Retour,
    *,
    numeros_asp: Mapping[str, str] | None = None,
    specification: Specification = PAR_DEFAUT,
) -> Rapprochement:
    """Match an answer with the file that was sent, line by line and value by value.

    ``envoye`` is that file (bytes, text, path or :class:`~segur_pha.Fichier`), ``retour`` the answer (a :class:`Retour` or
    its source).  ``numeros_asp`` maps each numeroASP known so far to the numeroEditeur that it belongs to.  Amounts compare by
    value; null, ``""`` and an absent tag are told apart.  Both files must have a list of requests (``lignesImport``):
    :class:`~segur_pha.RetourIllisible` otherwise.

    >>> from segur_pha import controler
    >>> from segur_pha.vagues.va1.exemples import fichier_du_guide
    >>> envoye = fichier_du_guide()
    >>> resultat = rapprocher(envoye, controler(envoye).en_retour())
    >>> [(e.code, e.numero) for e in resultat.ecarts]     # accepted, says this answer, without a numeroASP
    [('ligne-ambigue', '00001')]
    """
    if isinstance(envoye, Bloc):
        entete = en_brut(envoye)
        lignes: Sequence[Brut] = objets_de(entete.pop(specification.liste_des_demandes.nom))
    else:
        entete, lignes = _partis(envoye, specification)
    revenu = retour if isinstance(retour, Retour) else lire_retour(retour, specification=specification)
    return rapprocher_lignes(lignes, revenu, entete=entete, numeros_asp=numeros_asp, specification=specification)


def _partis(envoye: SourceRetour, specification: Specification) -> tuple[ObjetBrut, Sequence[Brut]]:
    """Read the header and the lines of a file that was sent."""
    try:
        parti = lire_brut(envoye, specification)
    except RetourIllisible as refus:
        raise RetourIllisible(f"Fichier envoyé. {refus}", code=refus.code, balise=refus.balise) from refus
    if parti.encodage != UTF_8:
        raise RetourIllisible(
            f"Fichier envoyé. Son texte n’est pas en UTF-8 (il se lit en {parti.encodage}) : indiquez le fichier tel qu’il a "
            "été déposé.",
            code=CodeDeFichier.ENCODAGE.value,
        )
    return parti.entete, parti.lignes


def rapprocher_lignes(
    envoyees: Sequence[Brut],
    retour: Retour,
    *,
    entete: ObjetBrut | None = None,
    numeros_asp: Mapping[str, str] | None = None,
    numeros: Iterable[str] = (),
    references: Iterable[str] = (),
    specification: Specification = PAR_DEFAUT,
) -> Rapprochement:
    """Do the same with the sent lines given as raw values, as a ledger keeps them.

    ``entete``: the sent header, when it is known; ``numeros``: the numbers of other requests, to which no reference should be
    equal; ``references``: references of other requests, which none should resemble.
    """
    bruts = specification.colonne_brute(envoyees, Role.NUMERO_EDITEUR)
    envoyes = [brut if isinstance(brut, str) else None for brut in bruts]
    paires, restantes = _apparier(envoyes, retour.lignes, specification)
    connus = {} if numeros_asp is None else numeros_asp
    liste = specification.liste_des_demandes.nom
    ecarts_du_fichier = () if entete is None else tuple(_ecarts_d_entete(entete, retour, specification))
    autour = _Autour(
        specification,
        liste=pointeur(liste),
        doubles=references_doubles(retour.lignes),
        connus=connus,
        portes={numero.casefold() for numero in envoyes if numero} | {*map(str.casefold, numeros)},
        sosies=references_semblables(retour.lignes, (*connus, *references)),
        doublees=_doublees_par_ligne(retour.cles_doubles, liste),
        entete_sure=not _bloquent(ecarts_du_fichier),
    )
    lignes = tuple(
        _rapprochee(rang, numero, envoyee, deja, paires[rang], autour)
        for rang, (numero, envoyee, deja) in enumerate(
            zip(envoyes, envoyees, references_asp(envoyees, specification), strict=True), start=1
        )
    )
    seules = {ligne.reponse.place for ligne in lignes if ligne.reponse is not None}
    return Rapprochement(
        lignes=lignes,
        etrangeres=tuple(reponse for reponse in retour.lignes if reponse.place not in seules),
        ecarts=(
            *ecarts_du_fichier,
            *chain.from_iterable(ligne.ecarts for ligne in lignes),
            *(_ecart(NatureEcart.REPONSE_ETRANGERE, r.numero_editeur, pointeur(liste, r.place - 1)) for r in restantes),
        ),
        encodage=retour.encodage,
        specification=specification,
    )


class _Autour(NamedTuple):
    """What is known apart from a line and its answer.

    Attributes:
        specification: the wave of both.
        liste: the pointer of the list of requests.
        doubles: references that several lines of the answer have.
        connus: references known so far → the number each belongs to.
        portes: the numbers of requests, case ignored, to which no reference should be equal.
        sosies: references of the answer that look like another one.
        doublees: place of a line, as a pointer writes it → the pointers of the keys that occur twice in it.
        entete_sure: whether nothing in the header of the answer forbids acting on its lines.
    """

    specification: Specification
    liste: str
    doubles: Collection[str]
    connus: Mapping[str, str]
    portes: Collection[str]
    sosies: Collection[str]
    doublees: Mapping[str, list[str]]
    entete_sure: bool


def _apparier(
    numeros: Sequence[str | None], reponses: Sequence[LigneRetour], specification: Specification
) -> tuple[dict[int, list[LigneRetour]], list[LigneRetour]]:
    """Give each sent line (by its rank) the answers with its number, one of ``numeros``, and list the answers that fit none.

    A number that was sent twice is told apart by numLigne; an answer that fits several sent lines is given to all of them.  An
    answer whose number was spoiled on the way is given to the request that its documents name, unless that has an answer.
    """
    par_numero: dict[str | None, list[int]] = defaultdict(list)
    for rang, numero in enumerate(numeros, start=1):
        if numero is not None:
            par_numero[numero].append(rang)
    paires: dict[int, list[LigneRetour]] = defaultdict(list)
    restantes = []
    for reponse in reponses:
        rangs = par_numero.get(reponse.numero_editeur, [])
        if len(rangs) > 1 and reponse.num_ligne in rangs:
            rangs = [reponse.num_ligne]
        for rang in rangs:
            paires[rang].append(reponse)
        if not rangs:
            restantes.append(reponse)
    return paires, _placer_les_abimees(paires, par_numero, restantes, specification)


def _placer_les_abimees(
    paires: dict[int, list[LigneRetour]],
    par_numero: Mapping[str | None, Sequence[int]],
    reponses: Sequence[LigneRetour],
    specification: Specification,
) -> list[LigneRetour]:
    """Pair the answers whose number was spoiled with a request that has none, and list those that are left."""
    par_rang: dict[int, list[LigneRetour]] = defaultdict(list)
    for reponse in reponses:
        rangs = par_numero.get(numero_retrouve(reponse.brut, specification), ())
        if len(rangs) == 1 and rangs[0] not in paires:
            par_rang[rangs[0]].append(reponse)
    retrouvees = {rang: trouvees for rang, trouvees in par_rang.items() if len(trouvees) == 1}
    paires.update(retrouvees)
    placees = {reponse.place for trouvees in retrouvees.values() for reponse in trouvees}
    return [reponse for reponse in reponses if reponse.place not in placees]


def _doublees_par_ligne(cles_doubles: Iterable[str], liste: str) -> Mapping[str, list[str]]:
    """Sort the pointers of duplicate keys by the line they are in (its place from 0, as a pointer writes it)."""
    par_ligne: dict[str, list[str]] = defaultdict(list)
    for chemin in cles_doubles:
        match chemin.split("/", 3):
            case ["", nom, place, _] if nom == liste:
                par_ligne[place].append(chemin)
    return par_ligne


def _ecart_de_valeur(numero: str | None, difference: Difference) -> Constat:
    nature = NatureEcart.BALISE_INCONNUE if difference.inconnue else NatureEcart.CONTENU_MODIFIE
    trouve = _ecart(nature, numero, difference.chemin, difference.precision)
    return evolve(trouve, attendu=difference.parti, recu=difference.venu)


_SOSIE: Final = (
    "cette référence de l’ASP ne diffère de celle d’une autre demande que par la casse, des accents, des blancs ou des "
    "caractères invisibles ; demandez à l’ASP laquelle est la bonne"
)


def _ecart(nature: NatureEcart, numero: str | None, chemin: str, precision: str = "") -> Constat:
    tag = chemin.rpartition("/")[2]
    sujet = "" if not tag or tag.isdigit() or nature is NatureEcart.BALISE_INCONNUE else f"{tag} : "
    return ecart(nature, numero, chemin, sujet + nature.explication + (f" ({precision})" if precision else ""))


def _rapprochee(
    rang: int, numero: str | None, envoyee: Brut, deja: str | None, reponses: Sequence[LigneRetour], autour: _Autour
) -> LigneRapprochee:
    """Match a sent line, which had the reference ``deja`` when it was sent, with the answers that have its number."""
    if len(reponses) == 1:
        ecarts = tuple(_ecarts_de_ligne(numero, envoyee, deja, reponses[0], autour))
        return LigneRapprochee(
            rang=rang, numero_editeur=numero, reponse=reponses[0], ecarts=ecarts, entete_sure=autour.entete_sure
        )
    nature = NatureEcart.REPONSE_DOUBLE if reponses else NatureEcart.REPONSE_ABSENTE
    places = [reponse.place - 1 for reponse in reponses] or [rang - 1]
    ecarts = tuple(_ecart(nature, numero, f"{autour.liste}/{place}") for place in places)
    return LigneRapprochee(
        rang=rang, numero_editeur=numero, reponse=None, ecarts=ecarts, entete_sure=autour.entete_sure
    )


def _ecarts_de_ligne(
    numero: str | None, envoyee: Brut, deja: str | None, reponse: LigneRetour, autour: _Autour
) -> Iterator[Constat]:
    """Tell what is odd about the one answer of a sent line."""
    place, asp = str(reponse.place - 1), reponse.numero_asp
    ici = f"{autour.liste}/{place}"
    if reponse.issue is Issue.AMBIGUE or (asp is not None and asp == deja):
        yield _ecart(NatureEcart.LIGNE_AMBIGUE, numero, ici)
    if se_contredit(reponse):
        yield _ecart(NatureEcart.REPONSE_CONTRADICTOIRE, numero, ici)
    if asp in autour.doubles:
        yield _ecart(NatureEcart.NUMERO_ASP_DOUBLE, numero, ici + autour.specification.chemin(Role.REFERENCE_ASP))
    if asp is not None and autour.connus.get(asp, numero) != numero:
        yield _ecart(NatureEcart.NUMERO_ASP_CONNU, numero, ici + autour.specification.chemin(Role.REFERENCE_ASP))
    if asp is not None and asp.casefold() in autour.portes:
        yield _ecart(NatureEcart.REFERENCE_EQUIVOQUE, numero, ici + autour.specification.chemin(Role.REFERENCE_ASP))
    for chemin in autour.doublees.get(place, ()):
        yield _ecart(NatureEcart.BALISE_DOUBLE, numero, chemin)
    for difference in differences(autour.specification.classe_demande, envoyee, reponse.brut, ici):
        yield _ecart_de_valeur(numero, difference)
    if asp in autour.sosies:
        ou = ici + autour.specification.chemin(Role.REFERENCE_ASP)
        yield ecart(NatureEcart.REFERENCE_EQUIVOQUE, numero, ou, _SOSIE)


def _ecarts_d_entete(entete: ObjetBrut, retour: Retour, specification: Specification) -> Iterator[Constat]:
    for chemin in retour.cles_doubles:
        if chemin.count("/") == 1:
            yield _ecart(NatureEcart.BALISE_DOUBLE, None, chemin)
    for difference in differences(specification.racine, entete, retour.entete, ""):
        yield _ecart_de_valeur(None, difference)
