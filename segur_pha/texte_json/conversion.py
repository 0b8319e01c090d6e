"""Model ⇄ JSON-shaped values, through cattrs, for those who structure classes of their own around the model."""

from __future__ import annotations

from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING

from attrs import evolve

from segur_pha.anomalies import Anomalie
from segur_pha.erreurs import DemandeInvalide
from segur_pha.table.balise import Balise, Liste, Objet, balises, blocs, pointeur
from segur_pha.table.codes import CodeDeFichier, code_de
from segur_pha.table.formats import FormatEcrit, Nature
from segur_pha.table.modele import en_brut
from segur_pha.table.regles import anomalie, juger_valeur, message_de_fichier
from segur_pha.vagues import PAR_DEFAUT

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import attrs
    from cattrs import Converter

    from segur_pha.table.balise import ClasseBloc
    from segur_pha.table.formats import Brut
    from segur_pha.table.specification import Specification

__all__ = ["convertisseur"]


def convertisseur(specification: Specification = PAR_DEFAUT) -> Converter:
    """Return a cattrs converter between the model and JSON-shaped values (cattrs is imported here and not before).

    The shape is that of the file: tags as keys, days as ``"15/11/2022"``, amounts as ``Decimal``, the balises that the codec
    writes in their places.  Structuring judges before it converts: :class:`~segur_pha.DemandeInvalide` lists every fault of the
    whole value, with pointers from its root.

    >>> from segur_pha import Fichier
    >>> from segur_pha.vagues.va1.exemples import fichier_du_guide
    >>> conv = convertisseur()
    >>> forme = conv.unstructure(fichier_du_guide())
    >>> forme["lignesImport"][0]["commande"]
    {'dateCommande': '15/11/2022', 'regimeTVA': 'TTC', 'montantSegurHT': Decimal('708.33')}
    >>> conv.structure(forme, Fichier) == fichier_du_guide()
    True
    """
    from cattrs import Converter

    conv = Converter()
    listes = (rangee.format for _, rangee in blocs(specification.racine) if isinstance(rangee.format, Objet | Liste))
    for classe in (specification.racine, *(f.classe for f in listes)):
        conv.register_structure_hook(classe, partial(_structurer, classe))
        conv.register_unstructure_hook(classe, _destructurer)
    return conv


def _destructurer(bloc: attrs.AttrsInstance) -> object:
    return _en_forme(en_brut(bloc))


def _en_forme(brut: Brut) -> object:
    if isinstance(brut, dict):
        return {cle: _en_forme(valeur) for cle, valeur in brut.items()}
    if isinstance(brut, list):
        return [_en_forme(valeur) for valeur in brut]
    return Decimal(brut.decode()) if isinstance(brut, bytes) else brut


def _structurer(classe: ClasseBloc, forme: object, _: object = None) -> attrs.AttrsInstance:
    """Build a block from its JSON-shaped value, or raise with every fault below it."""
    if not isinstance(forme, dict):
        raise DemandeInvalide([_de_fichier(CodeDeFichier.NATURE_DU_BLOC, "", "écrivez un objet entre accolades", "")])
    connues = {rangee.nom for rangee in balises(classe)}
    anomalies = [
        _de_fichier(CodeDeFichier.BALISE_INCONNUE, "", "", pointeur(str(cle))) for cle in forme if cle not in connues
    ]
    valeurs: dict[str, object] = {}
    for rangee in balises(classe):
        try:
            valeur = _valeur(rangee, forme.get(rangee.nom))
        except DemandeInvalide as faute:
            ici = pointeur(rangee.nom)
            anomalies += [evolve(a, chemin=ici + a.chemin) for a in faute.anomalies]
        else:
            if rangee.attribut:
                valeurs[rangee.attribut] = valeur
    if anomalies:
        raise DemandeInvalide(anomalies)
    return classe(**valeurs)


def _valeur(rangee: Balise, forme: object) -> object:
    match rangee.format:
        case Objet(classe):
            return _structurer(classe, forme)
        case Liste(classe):
            if not isinstance(forme, list | tuple):
                precision = "écrivez une liste entre crochets"
                raise DemandeInvalide([_de_fichier(CodeDeFichier.NATURE_DU_BLOC, rangee.nom, precision, "")])
            return tuple(_elements(classe, forme))
        case _:
            brut = rangee.format.ecrire(forme) if isinstance(forme, Decimal) else forme
            defaut = juger_valeur(rangee, brut)  # type: ignore[arg-type]
            if defaut is not None:
                raise DemandeInvalide([anomalie(rangee, defaut, "")])
            return None if brut is None else rangee.format.lire(brut)  # type: ignore[arg-type]


def _elements(classe: ClasseBloc, formes: Iterable[object]) -> list[attrs.AttrsInstance]:
    anomalies: list[Anomalie] = []
    elements = []
    for i, forme in enumerate(formes):
        try:
            elements.append(_structurer(classe, forme))
            anomalies += _hors_rang(classe, forme, i)
        except DemandeInvalide as faute:
            anomalies += [evolve(a, chemin=pointeur(i) + a.chemin) for a in faute.anomalies]
    if anomalies:
        raise DemandeInvalide(anomalies)
    return elements


def _hors_rang(classe: ClasseBloc, forme: object, i: int) -> Iterator[Anomalie]:
    """Find the balises that the codec writes from the rank of a request, and that give another rank (decision 6)."""
    assert isinstance(forme, dict)
    for rangee in balises(classe):
        if isinstance(rangee.format, FormatEcrit) and forme.get(rangee.nom) != rangee.format.ecrit(i + 1):
            code = code_de(rangee, Nature.INCOHERENCE)
            libelle = f"{rangee.nom} : rang d’une autre demande ; indiquez {rangee.format.attendu}"
            yield Anomalie(code, libelle, rangee.nom, pointeur(i, rangee.nom))


def _de_fichier(code: CodeDeFichier, balise: str, precision: str, chemin: str) -> Anomalie:
    return Anomalie(code.value, message_de_fichier(code, balise, precision), balise, chemin)
