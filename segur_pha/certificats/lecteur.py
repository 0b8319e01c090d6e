"""Turning rows of the follow-up into certificates, a batch at a time and column by column: twice as fast as row by row."""

from __future__ import annotations

from itertools import chain, compress
from typing import TYPE_CHECKING, Final, cast

from attrs import Factory, frozen
from msgspec import structs

from segur_pha.certificats.colonnes import ordre_vu
from segur_pha.certificats.jours import jour_inexistant
from segur_pha.certificats.memoire import Memoire, tous
from segur_pha.certificats.natures import CertificatEcarte, NatureDeCertificat
from segur_pha.certificats.officines import Rattachement
from segur_pha.certificats.parc import Certificat, ligne_illisible

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from segur_pha.certificats.tableaux import TableauOuvert
    from segur_pha.constats import Constat

__all__ = ["Lecteur", "PourTout"]

_CHAMPS: Final = (
    *("fin", "finess", "structure", "numero", "canal", "debut", "offre"),
    *("usage", "etat", "fqdn", "cn", "administrateur", "emetteur"),
)


@frozen
class PourTout:
    """What is said about the whole file, for rows that do not say it themselves."""

    finess: str | None = None
    nature: NatureDeCertificat | None = None
    rattachement: Rattachement = Factory(Rattachement)


class Lecteur:
    """Turns batches of rows into certificates."""

    def __init__(self, tableau: TableauOuvert, memoire: Memoire, pour_tout: PourTout) -> None:
        self.illisibles: list[Constat] = []
        self.ecartes: list[CertificatEcarte] = []
        self.certificats: list[Certificat] = []
        self._largeur = tableau.largeur
        # A field without a column is read from an extra, empty cell at the end of the row.
        self._rangs = {champ: tableau.places.get(champ, [tableau.largeur])[0] for champ in _CHAMPS}
        self._rangs_courriel = tableau.places.get("courriel", [tableau.largeur])
        self._memoire, self._pour_tout = memoire, pour_tout
        self._dit_qui = pour_tout.finess is None and not pour_tout.rattachement
        self._produits: dict[str, Certificat] = {}

    def lire(self, paquet: list[tuple[int, list[str] | str]]) -> None:
        """Take a batch of rows: each gives a certificate, counts for no pharmacy, or is listed with its fault."""
        fautes: dict[int, str] = {}
        produits: dict[int, str] = {}
        numeros: list[int] = []
        lignes: list[list[str]] = []
        for numero, brutes in paquet:
            if isinstance(brutes, str):
                fautes[numero] = brutes
            else:
                numeros.append(numero)
                lignes.append(brutes)
        if lignes:
            self._prendre(numeros, lignes, fautes)
        if fautes:
            rang = self._rangs["numero"]
            produits = {
                n: cellules[rang].strip() for n, cellules in zip(numeros, lignes, strict=True) if rang < self._largeur
            }
        self.illisibles += [ligne_illisible("suivi", n, fautes[n], produits.get(n, "")) for n in sorted(fautes)]

    def _prendre(self, numeros: list[int], lignes: list[list[str]], fautes: dict[int, str]) -> None:
        lu = self._memoire
        colonnes = [*zip(*lignes, strict=True), ("",) * len(lignes)]
        textes = {champ: colonnes[rang] for champ, rang in self._rangs.items()}
        fins, debuts = tous(lu.fins, textes["fin"]), tous(lu.debuts, textes["debut"])
        structures = tous(lu.structures, textes["structure"])
        finess = self._finess(textes, structures)
        natures = self._natures(textes, finess)
        bonnes = [
            fin is not None
            and officine is not None
            and nature is None
            and (not debut_lu.strip() if debut is None else debut <= fin)
            and (autre is None or autre == officine)
            for fin, debut, debut_lu, officine, autre, nature in zip(
                fins, debuts, textes["debut"], finess, structures, natures, strict=True
            )
        ]
        if all(bonnes):
            adresses = [tous(lu.adresses, colonnes[rang]) for rang in self._rangs_courriel]
            courriels = list(map(_sans_double, *adresses)) if len(adresses) > 1 else adresses[0]
            jours = cast("list[date]", fins), debuts
            self._ajouter(_certificats(lu, textes, cast("list[str]", finess), jours, courriels, numeros), fautes)
            return
        for rang, bonne in enumerate(bonnes):
            if bonne:
                continue
            nature, fin = natures[rang], fins[rang]
            if nature is not None and fin is not None:
                self.ecartes.append(CertificatEcarte("suivi", numeros[rang], nature, fin))
            else:
                ligne = {champ: colonne[rang] for champ, colonne in textes.items()}
                fautes[numeros[rang]] = self._raison(ligne, fin, debuts[rang], finess[rang])
        if any(bonnes):
            self._prendre(list(compress(numeros, bonnes)), list(compress(lignes, bonnes)), fautes)

    def _finess(self, textes: Mapping[str, Sequence[str]], structures: Sequence[str | None]) -> list[str | None]:
        lu = self._memoire
        lus = [
            lu.finess[texte] if texte and not texte.isspace() else autre
            for texte, autre in zip(textes["finess"], structures, strict=True)
        ]
        if self._dit_qui:
            return lus
        lignes = zip(*(textes[c] for c in ("finess", "structure", "numero", "fqdn", "cn")), strict=True)
        rattacher, defaut = self._pour_tout.rattachement.de, self._pour_tout.finess
        return [
            vu if vu or finess.strip() or structure.strip() else rattacher(*cles) or defaut
            for vu, (finess, structure, *cles) in zip(lus, lignes, strict=True)
        ]

    def _natures(
        self, textes: Mapping[str, Sequence[str]], finess: Sequence[str | None]
    ) -> Sequence[NatureDeCertificat | None]:
        lu, pour_tout = self._memoire, self._pour_tout.nature
        emetteurs, offres = tous(lu.emetteurs, textes["emetteur"]), tous(lu.offres, textes["offre"])
        structures = tous(lu.natures, textes["structure"])
        if pour_tout is None and not (any(emetteurs) or any(offres) or any(structures)):
            return (None,) * len(finess)
        # A row that names its pharmacy belongs to that pharmacy, unless it is a test certificate or a person's.
        return [
            emetteur or offre or (None if officine else structure or pour_tout)
            for emetteur, offre, structure, officine in zip(emetteurs, offres, structures, finess, strict=True)
        ]

    def _ajouter(self, certificats: list[Certificat], fautes: dict[int, str]) -> None:
        produits = {c.numero: c for c in certificats}
        if len(produits) == len(certificats) and "" not in produits and self._produits.keys().isdisjoint(produits):
            self._produits.update(produits)
            self.certificats += certificats
        else:
            self.certificats += [c for c in certificats if not c.numero or self._inconnu(c, fautes)]

    def _inconnu(self, certificat: Certificat, fautes: dict[int, str]) -> bool:
        premier = self._produits.setdefault(certificat.numero, certificat)
        if premier is certificat or structs.replace(premier, ligne=certificat.ligne) != certificat:
            return True
        fautes[certificat.ligne] = f"copie de la ligne {premier.ligne} : ce produit n’est compté qu’une fois"
        return False

    def _raison(self, lue: Mapping[str, str], fin: date | None, debut: date | None, finess: str | None) -> str:
        if fin is None:
            return _pourquoi_pas_un_jour("la fin de validité", lue["fin"], "20 févr. 2026, 20/02/2026 ou 2026-02-20")
        if finess is None:
            return self._pourquoi_pas_d_officine(lue)
        if debut is None and lue["debut"].strip():
            return _pourquoi_pas_un_jour(
                "le début de validité", lue["debut"], "20 févr. 2024, 20/02/2024 ou 2024-02-20"
            )
        if debut is not None and debut > fin:
            return "la fin de validité précède le début"
        return "le FINESS et l’identifiant de structure désignent deux officines"

    def _pourquoi_pas_d_officine(self, lue: Mapping[str, str]) -> str:
        if lue["finess"].strip():
            return self._memoire.pourquoi_pas_un_finess(lue["finess"])
        if lue["structure"].strip():
            return "l’identifiant de structure ne donne pas de FINESS (1 suivi des 9 caractères)"
        if self._pour_tout.rattachement:
            return "la table des officines n’a ni ce n° de produit, ni ce FQDN, ni ce CN : ajoutez-y sa ligne"
        return "ni FINESS ni identifiant de structure"


def _pourquoi_pas_un_jour(quoi: str, texte: str, formes: str) -> str:
    if not texte.strip():
        return f"{quoi.removeprefix('la ').removeprefix('le ')} vide"
    if ordre_vu([texte]).douteux:
        return f"le jour et le mois changent de place dans la colonne de {quoi} : écrivez ce jour comme 20 févr. 2026"
    if jour_inexistant(texte):
        return f"{quoi} : ce jour n’existe pas"
    return f"{quoi} n’est pas un jour ({formes})"


def _certificats(
    lu: Memoire,
    textes: Mapping[str, Sequence[str]],
    finess: list[str],
    jours: tuple[list[date], list[date | None]],
    courriels: list[tuple[str, ...]],
    numeros: list[int],
) -> list[Certificat]:
    fins, debuts = jours
    return list(
        map(
            Certificat,
            finess,
            fins,
            map(str.strip, textes["numero"]),
            tous(lu.textes, textes["canal"]),
            debuts,
            tous(lu.textes, textes["offre"]),
            tous(lu.textes, textes["usage"]),
            tous(lu.etats, textes["etat"]),
            tous(lu.textes, textes["etat"]),
            [fqdn.strip() or cn.strip() for fqdn, cn in zip(textes["fqdn"], textes["cn"], strict=True)],
            courriels,
            tous(lu.textes, textes["administrateur"]),
            tous(lu.textes, textes["structure"]),
            numeros,
            ("",) * len(numeros),
            tous(lu.textes, textes["emetteur"]),
        )
    )


def _sans_double(*adresses: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(chain(*adresses)))
