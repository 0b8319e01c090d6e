"""The model, its flat constructor and the control of a text say the same of the same values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st
from mesure import USUAL, examples

from segur_pha import (
    VA1,
    Beneficiaire,
    CertificatsServeur,
    Demande,
    DemandeInvalide,
    Fichier,
    PieceJustificative,
    RegimeTVA,
    ScenarioInstallation,
    construire_demande,
    controler,
)
from segur_pha.strategies import (
    beneficiaires,
    certificats_serveur,
    demandes,
    fichiers,
    pieces_justificatives,
    scenarios_installation,
)
from segur_pha.strategies.champs import champ_fautif
from segur_pha.table.balise import Balise, Objet, balises, pointeur
from segur_pha.table.formats import Brut, CodeDeListe, Courriel, Format, Montant, Nature, Texte
from segur_pha.table.modele import en_brut
from segur_pha.texte_json.ecriture import json_du_brut

if TYPE_CHECKING:
    from segur_pha.table.bloc import Bloc

FEW = examples(2, 200)
BON, PREUVE = "BON_COMMANDE", "PREUVE_HT"


def flat(demande: Demande) -> dict[str, Any]:
    """Lay a request out as a billing system would."""
    formats = {piece.type_fichier: piece.format_fichier for piece in demande.pieces_justificatives}
    blocs = (demande.commande, demande.certificats_serveur, demande.beneficiaire, demande.scenario_installation)
    valeurs = {rangee.attribut: getattr(bloc, rangee.attribut) for bloc in blocs for rangee in balises(type(bloc))}
    return {
        "numero_editeur": demande.numero_editeur,
        "format_bon_commande": formats[BON],
        "format_preuve_ht": formats.get(PREUVE, "PDF"),
        **valeurs,
    }


def as_named_for_you(demande: Demande) -> Demande:
    """Put the documents in the builder's order, the PREUVE_HT only where the regime asks for it."""
    voulus = [BON, PREUVE] if demande.commande.regime_tva == "HT" else [BON]
    pieces = {piece.type_fichier: piece for piece in demande.pieces_justificatives}
    return evolve(demande, pieces_justificatives=[pieces[type_fichier] for type_fichier in voulus])


@USUAL
@given(demandes())
def test_the_flat_constructor_builds_what_the_constructors_of_the_blocks_build(demande: Demande) -> None:
    assert construire_demande(**flat(demande)) == as_named_for_you(demande)


@USUAL
@given(demandes())
def test_the_flat_constructor_reads_days_amounts_and_codes_as_texts(demande: Demande) -> None:
    jour = demande.commande.date_commande
    textes = {
        "date_commande": f"{jour.day:02}/{jour.month:02}/{jour.year:04}",
        "montant_segur_ht": f"{demande.commande.montant_segur_ht:.2f}",
        "regime_tva": demande.commande.regime_tva.value,
        "statut_admin_technique": demande.certificats_serveur.statut_admin_technique.value,
    }
    assert construire_demande(**{**flat(demande), **textes}) == as_named_for_you(demande)


# --- The same fault, found by the constructors and by the control of the text ---------------------------------------------


def scalars(classe: type, chemin: str = "") -> list[tuple[Balise, str]]:
    """List the fields of a request that a flat value fills, with their pointers."""
    trouves = []
    for rangee in balises(classe):
        ici = chemin + pointeur(rangee.nom)
        if isinstance(rangee.format, Objet):
            trouves += scalars(rangee.format.classe, ici)
        elif isinstance(rangee.format, Format) and rangee.attribut:
            trouves.append((rangee, ici))
    return trouves


def codes_of_the_control(demande: Demande, chemin: str, valeur: object) -> list[tuple[str, str]]:
    """Put a raw value into the text of a file of one request, and let it be controlled."""
    ligne: Any = en_brut(demande)
    *contenants, nom = chemin.split("/")[1:]
    objet = ligne
    for contenant in contenants:
        objet = objet[contenant]
    objet[nom] = valeur
    arbre = {"impId": None, "numeroAns": "ANS0000001", "SIRET": "0" * 14, "lignesImport": [ligne]}
    (verdict,) = controler(json_du_brut(arbre)).lignes
    return [(a.code, a.chemin.removeprefix("/lignesImport/0")) for a in verdict.anomalies]


# An amount may be given as a text, which is then the text of a number: no text is of the wrong type.
EASED = {("montantSegurHT", Nature.TYPE)}


@pytest.mark.parametrize(
    ("rangee", "chemin", "nature"),
    [
        (r, chemin, nature)
        for r, chemin in scalars(Demande)
        for nature in r.format.natures
        if (r.nom, nature) not in EASED
    ],
    ids=lambda valeur: getattr(valeur, "nom", str(valeur)),
)
def test_the_flat_constructor_finds_the_fault_that_the_control_finds(
    rangee: Balise, chemin: str, nature: Nature
) -> None:
    @FEW
    @given(demandes().map(as_named_for_you), champ_fautif(rangee, rangee.format, nature))
    def alike(demande: Demande, brut: Brut) -> None:
        plat = {**flat(demande), rangee.attribut: brut}
        if isinstance(rangee.format, Montant) and type(brut) in {int, bytes}:
            # A number of a JSON text is given as the text of a number.
            plat[rangee.attribut] = brut.decode() if isinstance(brut, bytes) else str(brut)
        with pytest.raises(DemandeInvalide) as refus:
            construire_demande(**plat)
        attendus = [(f"{rangee.numero:02}{nature}", chemin)]
        assert [(a.code, a.chemin) for a in refus.value.anomalies] == attendus
        assert codes_of_the_control(demande, chemin, brut) == attendus

    alike()


# The texts: the model holds the very value that the file holds.
BLOCS = (certificats_serveur(), beneficiaires(), scenarios_installation(), pieces_justificatives())
CLASSES = (CertificatsServeur, Beneficiaire, ScenarioInstallation, PieceJustificative)
TEXTS = [
    (blocs, rangee)
    for blocs, classe in zip(BLOCS, CLASSES, strict=True)
    for rangee in balises(classe)
    if isinstance(rangee.format, Texte | Courriel | CodeDeListe)
]


@pytest.mark.parametrize(("blocs", "rangee"), TEXTS, ids=lambda valeur: getattr(valeur, "nom", ""))
def test_the_constructor_of_a_block_finds_the_fault_that_was_planted(
    blocs: st.SearchStrategy[Bloc], rangee: Balise
) -> None:
    @FEW
    @given(st.data(), blocs, st.sampled_from(rangee.format.natures))
    def found(data: st.DataObject, bloc: Bloc, nature: Nature) -> None:
        brut = data.draw(champ_fautif(rangee, rangee.format, nature))
        with pytest.raises(DemandeInvalide) as refus:
            evolve(bloc, **{rangee.attribut: brut})
        attendu = (f"{rangee.numero:02}{nature}", f"/{rangee.nom}")
        assert [(a.code, a.chemin) for a in refus.value.anomalies] == [attendu]

    found()


@USUAL
@given(demandes(), demandes())
def test_a_request_refuses_the_documents_of_another_one(une: Demande, autre: Demande) -> None:
    numero = "ZZZZZ" if une.numero_editeur != "ZZZZZ" else "AAAAA"
    with pytest.raises(DemandeInvalide) as refus:
        evolve(une, numero_editeur=numero)
    attendus = [("2507", f"/piecesJustificatives/{i}/nomFichier") for i in range(len(une.pieces_justificatives))]
    assert [(a.code, a.chemin) for a in refus.value.anomalies] == attendus
    bons = [p for p in une.pieces_justificatives if p.type_fichier == BON]
    with pytest.raises(DemandeInvalide) as refus:
        evolve(autre, commande=evolve(autre.commande, regime_tva=RegimeTVA.HT), pieces_justificatives=bons * 2)
    assert refus.value.code == "2407"


@USUAL
@given(st.data(), fichiers(minimum=2))
def test_a_file_refuses_a_number_borne_twice(data: st.DataObject, fichier: Fichier) -> None:
    place = data.draw(st.integers(0, len(fichier.demandes) - 1))
    with pytest.raises(DemandeInvalide) as refus:
        evolve(fichier, demandes=[*fichier.demandes, fichier.demandes[place]])
    attendu = ("0806", f"/lignesImport/{len(fichier.demandes)}/numeroEditeur")
    assert [(a.code, a.chemin) for a in refus.value.anomalies] == [attendu]
    assert VA1.catalogue.get("0806") is not None
