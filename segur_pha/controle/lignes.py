"""The verdict on one line: all that a control needs, without the code that displays it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen

from segur_pha.table.codes import CODE_ACCEPTE, LIBELLE_ACCEPTE

if TYPE_CHECKING:
    from segur_pha.anomalies import Anomalie

__all__ = ["VerdictLigne"]


@frozen(slots=False)
class VerdictLigne:
    """What the controls say about one line.

    Attributes:
        num_ligne: the line's place in the file, from 1 (whatever its numLigne says).
        numero_editeur: as deposited, ``None`` when it is not a text.
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
