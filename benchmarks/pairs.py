"""The table, expressed for other libraries as far as each allows: tags, types, lists of values, lengths and patterns.

Each function returns the types (or the schemas) of all blocks, by the names of their classes.  What a value may be comes from the
JSON Schema of its format, as for the fast look; `motifs` leaves out the patterns where they cost a library much, and `modele`
gives days and codes their own types.
"""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from functools import partial
from operator import is_
from typing import TYPE_CHECKING, Annotated, Any, Literal, NamedTuple, TypeAlias

from segur_pha import Fichier
from segur_pha.table.balise import Liste, Objet, balises
from segur_pha.table.formats import Code, DateJJMMAAAA

if TYPE_CHECKING:
    from collections.abc import Callable

    from segur_pha.table.balise import Balise, ClasseBloc
    from segur_pha.table.formats import Format


class Langue(NamedTuple):
    """How a library expresses a value, an object, a list and a block."""

    valeur: Callable[[Balise], Any]
    bloc: Callable[[str, dict[str, Any]], Any]
    liste: Callable[[Any, int | None], Any]
    objet: Callable[[Any], Any] = lambda bloc: bloc


#: Name of a block's class → what a library makes of it.
Blocs: TypeAlias = dict[str, Any]


def dire(langue: Langue) -> Blocs:
    """Express all blocks of the table."""
    dits: Blocs = {}

    def bloc(classe: ClasseBloc) -> object:
        dits[classe.__name__] = langue.bloc(classe.__name__, {b.nom: champ(b) for b in balises(classe)})
        return dits[classe.__name__]

    def champ(rangee: Balise) -> object:
        match rangee.format:
            case Objet(classe):
                return langue.objet(bloc(classe))
            case Liste(classe, maximum):
                return langue.liste(bloc(classe), maximum)
            case _:
                return langue.valeur(rangee)

    bloc(Fichier)
    return dits


def jour(texte: str) -> date:
    """Read a day, in the quickest way that Python has for this format."""
    return date(int(texte[6:]), int(texte[3:5]), int(texte[:2]))


def texte_du_jour(valeur: date) -> str:
    return f"{valeur:%d/%m/%Y}"


class Jour(date):
    """A day that msgspec leaves to its hooks, since its own are written 2022-11-15."""

    @classmethod
    def du(cls, valeur: date) -> Jour:
        return cls(valeur.year, valeur.month, valeur.day)

    @classmethod
    def lire(cls, _type: type, texte: str) -> Jour:
        return cls(int(texte[6:]), int(texte[3:5]), int(texte[:2]))


def _type_du_modele(champ: Format, type_du_jour: Any) -> Any:  # noqa: ANN401
    """Return the type of a value in a model, if it is more than that of JSON."""
    if isinstance(champ, Code):
        return champ.enumeration
    return type_du_jour if isinstance(champ, DateJJMMAAAA) else None


# --- msgspec and pydantic, which understand annotations -----------------------------------------------------------------


class Annotations(NamedTuple):
    """The types of a library: by the name of the JSON type, for a text with some length and pattern, and for a day of a model."""

    types: dict[str, Any]
    texte: Callable[[dict[str, Any]], Any]
    jour: Any

    def valeur(self, rangee: Balise, *, motifs: bool, modele: bool) -> Any:  # noqa: ANN401
        type_ = _type_du_modele(rangee.format, self.jour) if modele else None
        if type_ is None:
            schema = rangee.format.schema()
            type_ = self._du_schema(schema if motifs else {**schema, "pattern": None})
        return type_ if rangee.obligatoire else type_ | None

    def _du_schema(self, schema: dict[str, Any]) -> Any:  # noqa: ANN401
        if schema["type"] in self.types:
            return self.types[schema["type"]]
        if "enum" in schema:
            return Literal[tuple(schema["enum"])]
        bornes = {"min_length": "minLength", "max_length": "maxLength", "pattern": "pattern"}
        return self.texte({nom: schema.get(cle) for nom, cle in bornes.items()})


def avec_msgspec(*, motifs: bool, modele: bool = False) -> Blocs:
    """Make Structs."""
    from msgspec import Meta, defstruct

    rang = Annotated[int, Meta(ge=1, le=200)]
    annotations = Annotations(
        {"boolean": bool, "integer": rang, "null": None, "number": Decimal},
        lambda bornes: Annotated[str, Meta(**bornes)],
        Jour,
    )
    return dire(
        Langue(
            partial(annotations.valeur, motifs=motifs, modele=modele),
            lambda nom, champs: defstruct(nom, list(champs.items()), forbid_unknown_fields=True),
            lambda bloc, maximum: Annotated[list[bloc], Meta(min_length=1, max_length=maximum)],
        )
    )


def avec_pydantic(*, motifs: bool, modele: bool = False) -> Blocs:
    """Make models, strict in numbers and booleans; days and amounts write themselves as the file requires."""
    from pydantic import (
        BeforeValidator,
        ConfigDict,
        Field,
        PlainSerializer,
        Strict,
        StrictBool,
        StringConstraints,
        create_model,
    )

    rang = Annotated[int, Strict(), Field(ge=1, le=200)]
    # A JSON number, since the library has no other way to write one; it loses the last zero of 850.00.
    montant = Annotated[Decimal, Field(ge=0), PlainSerializer(float, when_used="json")]
    lire_le_jour = BeforeValidator(lambda valeur: jour(valeur) if isinstance(valeur, str) else valeur)
    annotations = Annotations(
        {"boolean": StrictBool, "integer": rang, "null": type(None), "number": montant},
        lambda bornes: Annotated[str, StringConstraints(**bornes)],
        Annotated[date, lire_le_jour, PlainSerializer(texte_du_jour)],
    )
    # Its own engine has no lookahead, which the patterns need.
    reglages = ConfigDict(extra="forbid", regex_engine="python-re")
    return dire(
        Langue(
            partial(annotations.valeur, motifs=motifs, modele=modele),
            lambda nom, champs: create_model(nom, __config__=reglages, **{c: (t, ...) for c, t in champs.items()}),
            lambda bloc, maximum: Annotated[list[bloc], Field(min_length=1, max_length=maximum)],
        )
    )


# --- marshmallow --------------------------------------------------------------------------------------------------------


def avec_marshmallow() -> Blocs:
    """Make schemas that read into dictionaries."""
    from marshmallow import Schema, fields, validate

    def valeur(rangee: Balise) -> object:
        schema: Any = rangee.format.schema()
        commun = {"required": True, "allow_none": not rangee.obligatoire}
        match schema["type"]:
            case "boolean":
                return fields.Boolean(truthy={True}, falsy={False}, **commun)
            case "integer":
                return fields.Integer(strict=True, validate=validate.Range(1, 200), **commun)
            case "number":
                return fields.Float(validate=validate.Range(0), **commun)
            case "null":
                return fields.Raw(required=True, allow_none=True, validate=validate.OneOf([None]))
        if "enum" in schema:
            return fields.String(validate=validate.OneOf(schema["enum"]), **commun)
        if isinstance(rangee.format, DateJJMMAAAA):
            return fields.Date(format="%d/%m/%Y", **commun)
        motif = schema["pattern"] if schema["pattern"].startswith("^") else rf"[\s\S]*{schema['pattern']}"
        longueur = validate.Length(schema.get("minLength"), schema.get("maxLength"))
        return fields.String(validate=[longueur, validate.Regexp(motif)], **commun)

    return dire(
        Langue(
            valeur,
            lambda nom, champs: Schema.from_dict(champs, name=nom),
            lambda bloc, maximum: fields.List(fields.Nested(bloc), required=True, validate=validate.Length(1, maximum)),
            lambda bloc: fields.Nested(bloc, required=True),
        )
    )


# --- attrs and cattrs ---------------------------------------------------------------------------------------------------


def avec_attrs() -> Blocs:
    """Make attrs classes with validators."""
    import attrs
    from attrs import validators as v

    def valeur(rangee: Balise) -> object:
        schema: Any = rangee.format.schema()
        types = {"boolean": bool, "integer": int, "null": type(None), "number": Decimal, "string": str}
        type_ = _type_du_modele(rangee.format, date) or types[schema["type"]]
        juges = [v.instance_of(type_)]
        if type_ is str and "enum" in schema:
            juges.append(v.in_(frozenset(schema["enum"])))
        elif type_ is str:
            juges += [v.min_len(schema.get("minLength", 0)), v.max_len(schema["maxLength"])]
            juges.append(v.matches_re(schema["pattern"], func=re.search))
        elif schema["type"] in {"integer", "number"}:
            juges += [v.ge(schema["minimum"]), *([v.le(schema["maximum"])] if "maximum" in schema else [])]
        juge = v.and_(*juges)
        if rangee.obligatoire:
            return attrs.field(type=type_, validator=juge)
        return attrs.field(type=type_ | None, validator=v.optional(juge))

    def liste(bloc: type, maximum: int | None) -> object:
        longueurs = [v.min_len(1), *([v.max_len(maximum)] if maximum else [])]
        return attrs.field(type=list[bloc], validator=[v.instance_of(list), *longueurs])

    return dire(
        Langue(
            valeur,
            lambda nom, champs: attrs.make_class(nom, champs, slots=True, frozen=True, kw_only=True),
            liste,
            lambda bloc: attrs.field(type=bloc, validator=v.instance_of(bloc)),
        )
    )


def convertisseur() -> Any:  # noqa: ANN401
    """Make a cattrs converter that refuses what is not in the table, and other types than the table's."""
    import cattrs

    def tel_quel(attendu: type) -> Callable[[Any, Any], Any]:
        def structurer(valeur: object, _type: object) -> object:
            if type(valeur) is not attendu:
                raise ValueError(f"{attendu.__name__} expected")
            return valeur

        return structurer

    converter = cattrs.Converter(forbid_extra_keys=True, detailed_validation=False)
    for attendu in (str, int, bool, type(None)):
        # Exactly of this class: a code is a subclass of text too, but is handled separately.
        converter.register_structure_hook_func(partial(is_, attendu), tel_quel(attendu))
    converter.register_structure_hook(Decimal, lambda valeur, _type: Decimal(str(valeur)))
    converter.register_structure_hook(date, lambda valeur, _type: jour(valeur))
    converter.register_unstructure_hook(date, texte_du_jour)
    return converter
