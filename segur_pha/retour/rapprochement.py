"""``rapprocher``: what came back, beside what was sent.

Every sent line must be answered exactly once, with the very values that were sent.  Whatever differs is a
:class:`~segur_pha.Constat` of a closed set of kinds; nothing that came back vanishes.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final

from attrs import evolve, field, frozen

from segur_pha.erreurs import RetourIllisible
from segur_pha.rapports.tableau import accorder
from segur_pha.retour.affichage import apercu_du_rapprochement
from segur_pha.retour.comparaison import differences
from segur_pha.retour.ecarts import NatureEcart, ecart
from segur_pha.retour.lecture import UTF_8, Retour, SourceRetour, lire_brut, lire_retour
from segur_pha.retour.lignes import Issue, LigneRetour, a_l_oeil, dit_acceptee, reference_asp
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
    """

    rang: int
    numero_editeur: str | None
    reponse: LigneRetour | None
    ecarts: tuple[Constat, ...]

    @property
    def issue(self) -> Issue:
        """The outcome of its answer; not treated as long as there is none."""
        return Issue.NON_TRAITEE if self.reponse is None else self.reponse.issue

    @property
    def sure(self) -> bool:
        """Whether there is one answer, and nothing about it forbids to act on it."""
        return self.reponse is not None and not any(NatureEcart.de(ecart).bloquant for ecart in self.ecarts)


@frozen(kw_only=True)
class Rapprochement:
    """What was sent beside what came back; made by :func:`rapprocher`.

    Attributes:
        lignes: every sent request, in the order of the sent file.
        etrangeres: the lines of the answer that belong to no sent request, or not surely.
        ecarts: every discrepancy (:meth:`NatureEcart.de` tells its kind): the file's own, then those of the
            requests, then those of what is foreign.
        encodage: in which encoding the answer was read (that of the :class:`~segur_pha.Retour`).
        deja_enregistree: of an answer that was given to a ledger to be recorded: nothing of it was new.
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
        """The discrepancies that concern the header, and none of the lines."""
        return tuple(ecart for ecart in self.ecarts if ecart.chemin.count("/") == 1)

    @property
    def sans_ecart(self) -> bool:
        """Whether every request is answered once, with what was sent, and unambiguously."""
        return not self.ecarts

    def en_lignes(self) -> list[dict[str, object]]:
        """Give one flat mapping per sent request, for a table of data: its answer, whether it is sure, what is odd about it.

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
    its source).  ``numeros_asp`` maps the numeroASP known so far to the numeroEditeur that bears it.  Amounts compare by
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
    """Do the same with the sent lines as raw values, as a ledger keeps them.

    ``entete``: the sent header, when it is known; ``numeros``: the numbers of other requests, which no reference should be;
    ``references``: references of other requests, which none should look like.
    """
    envoyes = [_numero(envoyee, specification) for envoyee in envoyees]
    portes = {numero.casefold() for numero in envoyes if numero} | {*map(str.casefold, numeros)}
    paires, restantes = _apparier(envoyes, retour.lignes)
    doubles = _asp_doubles(retour.lignes)
    connus = {} if numeros_asp is None else numeros_asp
    sosies = _sosies(retour.lignes, (*connus, *references))
    liste = specification.liste_des_demandes.nom
    doublees = _doublees_par_ligne(retour.cles_doubles, liste)
    lignes = []
    for rang, (numero, envoyee) in enumerate(zip(envoyes, envoyees, strict=True), start=1):
        reponses = paires[rang]
        if len(reponses) == 1:
            balises_doubles = doublees[str(reponses[0].place - 1)]
            ecarts = list(
                _ecarts_de_ligne(numero, envoyee, reponses[0], balises_doubles, doubles, connus, portes, specification)
            )
            if reponses[0].numero_asp in sosies:
                ou = pointeur(liste, reponses[0].place - 1) + specification.chemin(Role.REFERENCE_ASP)
                ecarts.append(ecart(NatureEcart.REFERENCE_EQUIVOQUE, numero, ou, _SOSIE))
        else:
            nature = NatureEcart.REPONSE_DOUBLE if reponses else NatureEcart.REPONSE_ABSENTE
            chemins = [pointeur(liste, r.place - 1) for r in reponses] or [pointeur(liste, rang - 1)]
            ecarts = [_ecart(nature, numero, chemin) for chemin in chemins]
        reponse = reponses[0] if len(reponses) == 1 else None
        lignes.append(LigneRapprochee(rang=rang, numero_editeur=numero, reponse=reponse, ecarts=tuple(ecarts)))
    seules = {ligne.reponse.place for ligne in lignes if ligne.reponse is not None}
    etrangeres = tuple(reponse for reponse in retour.lignes if reponse.place not in seules)
    ecarts_du_fichier = () if entete is None else _ecarts_d_entete(entete, retour, specification)
    return Rapprochement(
        lignes=tuple(lignes),
        etrangeres=etrangeres,
        ecarts=(
            *ecarts_du_fichier,
            *(ecart for ligne in lignes for ecart in ligne.ecarts),
            *(_ecart(NatureEcart.REPONSE_ETRANGERE, r.numero_editeur, pointeur(liste, r.place - 1)) for r in restantes),
        ),
        encodage=retour.encodage,
        specification=specification,
    )


def _apparier(
    numeros: Sequence[str | None], reponses: Sequence[LigneRetour]
) -> tuple[dict[int, list[LigneRetour]], list[LigneRetour]]:
    """Give each sent line (by its rank) the answers that bear its number, one of ``numeros``, and list the answers of nobody.

    A number that was sent twice is told apart by numLigne; an answer that fits several sent lines is given to all of them.
    """
    par_numero: dict[str | None, list[int]] = defaultdict(list)
    for rang, numero in enumerate(numeros, start=1):
        if numero is not None:
            par_numero[numero].append(rang)
    paires: dict[int, list[LigneRetour]] = defaultdict(list)
    restantes = []
    for reponse in reponses:
        rangs = par_numero.get(reponse.numero_editeur, [])
        exacts = [rang for rang in rangs if rang == reponse.num_ligne]
        for rang in exacts or rangs:
            paires[rang].append(reponse)
        if not rangs:
            restantes.append(reponse)
    return paires, restantes


def _doublees_par_ligne(cles_doubles: Iterable[str], liste: str) -> Mapping[str, list[str]]:
    """Sort the pointers of keys written twice by the line that they stand in (its place from 0, as a pointer writes it)."""
    par_ligne: dict[str, list[str]] = defaultdict(list)
    for chemin in cles_doubles:
        match chemin.split("/", 3):
            case ["", nom, place, _] if nom == liste:
                par_ligne[place].append(chemin)
    return par_ligne


def _numero(envoyee: Brut, specification: Specification) -> str | None:
    numero = specification.valeur_brute(envoyee, Role.NUMERO_EDITEUR)
    return numero if isinstance(numero, str) else None


def _asp_doubles(lignes: Sequence[LigneRetour]) -> set[str]:
    porteurs: dict[str, int] = defaultdict(int)
    for ligne in lignes:
        if ligne.numero_asp is not None:
            porteurs[ligne.numero_asp] += 1
    return {asp for asp, nombre in porteurs.items() if nombre > 1}


def _ecart_de_valeur(numero: str | None, difference: Difference) -> Constat:
    nature = NatureEcart.BALISE_INCONNUE if difference.inconnue else NatureEcart.CONTENU_MODIFIE
    trouve = _ecart(nature, numero, difference.chemin, difference.precision)
    return evolve(trouve, attendu=difference.parti, recu=difference.venu)


_SOSIE: Final = (
    "cette référence de l’ASP ne diffère de celle d’une autre demande que par la casse, des accents, des blancs ou des "
    "caractères invisibles ; demandez à l’ASP laquelle est la bonne"
)


def _sosies(lignes: Sequence[LigneRetour], connues: Iterable[str]) -> set[str]:
    """Find the references of an answer that look like another one, there or among those that are known."""
    vues: dict[str, set[str]] = defaultdict(set)
    for reference in {*connues, *(ligne.numero_asp for ligne in lignes if ligne.numero_asp is not None)}:
        vues[a_l_oeil(reference)].add(reference)
    return {reference for semblables in vues.values() if len(semblables) > 1 for reference in semblables}


def _ecart(nature: NatureEcart, numero: str | None, chemin: str, precision: str = "") -> Constat:
    tag = chemin.rpartition("/")[2]
    sujet = "" if not tag or tag.isdigit() or nature is NatureEcart.BALISE_INCONNUE else f"{tag} : "
    return ecart(nature, numero, chemin, sujet + nature.explication + (f" ({precision})" if precision else ""))


def _ecarts_de_ligne(
    numero: str | None,
    envoyee: Brut,
    reponse: LigneRetour,
    balises_doubles: Iterable[str],
    doubles: set[str],
    connus: Mapping[str, str],
    portes: Collection[str],
    specification: Specification,
) -> Iterator[Constat]:
    ici = pointeur(specification.liste_des_demandes.nom, reponse.place - 1)
    deja_envoyee = reponse.numero_asp is not None and reference_asp(envoyee, specification) == reponse.numero_asp
    if reponse.issue is Issue.AMBIGUE or deja_envoyee:
        yield _ecart(NatureEcart.LIGNE_AMBIGUE, numero, ici)
    if _se_contredit(reponse):
        yield _ecart(NatureEcart.REPONSE_CONTRADICTOIRE, numero, ici)
    asp = reponse.numero_asp
    if asp in doubles:
        yield _ecart(NatureEcart.NUMERO_ASP_DOUBLE, numero, ici + specification.chemin(Role.REFERENCE_ASP))
    if asp is not None and connus.get(asp, numero) != numero:
        yield _ecart(NatureEcart.NUMERO_ASP_CONNU, numero, ici + specification.chemin(Role.REFERENCE_ASP))
    if asp is not None and asp.casefold() in portes:
        yield _ecart(NatureEcart.REFERENCE_EQUIVOQUE, numero, ici + specification.chemin(Role.REFERENCE_ASP))
    for chemin in balises_doubles:
        yield _ecart(NatureEcart.BALISE_DOUBLE, numero, chemin)
    for difference in differences(specification.classe_demande, envoyee, reponse.brut, ici):
        yield _ecart_de_valeur(numero, difference)


def _se_contredit(reponse: LigneRetour) -> bool:
    """Tell whether a line is read as rejected because of its code alone, while the agency's words accept it."""
    libelle = reponse.libelle_traitement
    return reponse.issue is Issue.REJETEE and libelle is not None and dit_acceptee(libelle)


def _ecarts_d_entete(entete: ObjetBrut, retour: Retour, specification: Specification) -> Iterator[Constat]:
    for chemin in retour.cles_doubles:
        if chemin.count("/") == 1:
            yield _ecart(NatureEcart.BALISE_DOUBLE, None, chemin)
    for difference in differences(specification.racine, entete, retour.entete, ""):
        yield _ecart_de_valeur(None, difference)
