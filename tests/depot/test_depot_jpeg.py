"""The codes of a JPEG, one by one: what T.81 allows is read to the bit, anything else is damage."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segur_pha.depot.jpeg import BALAYAGES_MAXIMUM, verifier_le_jpeg
from segur_pha.depot.travail import Abime, Demesure, Travail

if TYPE_CHECKING:
    from collections.abc import Sequence

SEQUENTIAL, PROGRESSIVE, ARITHMETIC = 0xC0, 0xC2, 0xC9
ZRL, EOB, EOB_2 = 0xF0, 0x00, 0x10


def segment(marker: int, content: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(content) + 2) + content


def table(kind: int, *symbols: int, lengths: Sequence[int] = ()) -> bytes:
    """Give a Huffman table: its first code is "0", its second "10", and so on, unless ``lengths`` says how many of each."""
    counts = bytes(lengths or [1] * len(symbols)).ljust(16, b"\0")
    return segment(0xC4, bytes([kind]) + counts + bytes(symbols))


def frame(
    width: int = 8,
    height: int = 8,
    components: Sequence[tuple[int, int]] = ((1, 0x11),),
    kind: int = SEQUENTIAL,
    bits: int = 8,
) -> bytes:
    parts = b"".join(bytes([name, sampling, 0]) for name, sampling in components)
    return segment(kind, struct.pack(">BHHB", bits, height, width, len(components)) + parts)


def scan(bits: str, names: Sequence[int] = (1,), band: tuple[int, int] = (0, 63), step: int = 0) -> bytes:
    """Give a scan: its header, and its data filled up with ones."""
    header = bytes([len(names)]) + b"".join(bytes([name, 0]) for name in names) + bytes([*band, step])
    full = bits + "1" * (-len(bits) % 8)
    data = bytes(int(full[i : i + 8], 2) for i in range(0, len(full), 8)).replace(b"\xff", b"\xff\0")
    return segment(0xDA, header) + data


def jpeg(*parts: bytes) -> bytes:
    return b"\xff\xd8" + b"".join(parts) + b"\xff\xd9"


def outcome(octets: bytes) -> str:
    try:
        verifier_le_jpeg(octets, Travail())
    except Abime as damage:
        return str(damage)
    except Demesure:
        return "too much"
    return "good"


def steps(first: int, kind: int = 0) -> bytes:
    """Give a table of quantization; ``kind`` 1 has numbers of two bytes."""
    return segment(0xDB, bytes([kind << 4]) + first.to_bytes(1 + kind) + bytes((1 + kind) * 63))


PLAIN = table(0x00, 0) + table(0x10, EOB)
#: A picture of one block whose difference is nothing and whose coefficients are.
WHITE = jpeg(PLAIN, frame(), scan("00"))


@pytest.mark.parametrize(
    ("octets", "told"),
    [
        (WHITE, "good"),
        (jpeg(segment(0xDB, bytes(65)), segment(0xE0, b"JFIF\0"), PLAIN, frame(), scan("00")), "good"),
        (jpeg(PLAIN, frame(), b"\xff\xff\xff" + scan("00")[1:]), "good"),
        (jpeg(PLAIN, frame(), scan("00"), b"\xff\x01", b"\xff\xd3"), "good"),
        # A code that is not Huffman's is left to whoever decodes it.
        (jpeg(frame(kind=ARITHMETIC), scan("1010")), "good"),
        (b"", "no beginning"),
        (WHITE[:3], "cut off"),
        (WHITE[1:], "no beginning"),
        (WHITE[:-2], "no end"),
        (WHITE[:30], "table cut off"),
        (jpeg(b"x", PLAIN, frame(), scan("00")), "no marker"),
        (jpeg(PLAIN, frame()), "no scan"),
        (jpeg(PLAIN, scan("00")), "scan"),
        (jpeg(PLAIN, frame(), frame(), scan("00")), "frame"),
        (jpeg(PLAIN, frame(bits=9), scan("00")), "frame"),
        (jpeg(PLAIN, frame(width=0), scan("00")), "frame"),
        (jpeg(PLAIN, frame(components=[(1, 0x11), (1, 0x11)]), scan("00")), "frame"),
        (jpeg(PLAIN, frame(components=[]), scan("00")), "sampling"),
        (jpeg(PLAIN, frame(components=[(1, 0x51)]), scan("00")), "sampling"),
        (jpeg(PLAIN, frame(), scan("00", names=[2])), "scan"),
        (jpeg(PLAIN, frame(), scan("0000", names=[1, 1])), "scan"),
        (jpeg(PLAIN, frame(), scan("", names=[])), "scan"),
        (jpeg(table(0x10, EOB), frame(), scan("00")), "missing table"),
        (jpeg(table(0x00, 0), frame(), scan("00")), "missing table"),
        (jpeg(segment(0xC4, b"\0" + bytes([2]) + bytes(16)), frame(), scan("00")), "table cut off"),
        (jpeg(table(0x00, 0, 1, 2, lengths=[3]), frame(), scan("00")), "impossible table"),
        (jpeg(PLAIN, frame(components=[(1, 0x11), (2, 0x11)]), scan("00")), "a component without data"),
        # Blocks
        (jpeg(PLAIN, frame(16), scan("00")), "no such code"),
        (jpeg(PLAIN, frame(), scan("00" + "0" * 14)), "something is left"),
        (jpeg(table(0x00, 12), table(0x10, EOB), frame(), scan("0")), "impossible difference"),
        (jpeg(table(0x00, 11), table(0x10, EOB), frame(), scan("0" + "0" * 11 + "0")), "good"),
        (jpeg(table(0x00, 12), table(0x10, EOB), frame(bits=12), scan("0" + "0" * 12 + "0")), "good"),
        (jpeg(table(0x00, 0), table(0x10, 0x0B), frame(), scan("00")), "impossible coefficient"),
        (jpeg(table(0x00, 0), table(0x10, EOB_2), frame(), scan("000")), "a run of empty blocks"),
        (jpeg(table(0x00, 0), table(0x10, ZRL), frame(), scan("00000")), "too many coefficients"),
        (jpeg(table(0x00, 0), table(0x10, 0x01), frame(), scan("0" + "01" * 63)), "good"),
        (jpeg(table(0x00, 0), table(0x10, 0x01, EOB), frame(), scan("0" + "01" * 62 + "10")), "good"),
        # Behind the 63rd coefficient no end is read: 3 times 16 zeros, 14 more and a value; then another block.
        (
            jpeg(table(0x00, 0, 0, 0), table(0x10, ZRL, 0xE1, EOB), frame(16), scan("0" + "000" + "101" + "110" * 2)),
            "good",
        ),
        (jpeg(table(0x00, 0), table(0x10, EOB, 0x01, lengths=[2]), frame(), scan("011")), "cut off"),
        (jpeg(table(0x00, 0), table(0x10, EOB, 0x0A, lengths=[2]), frame(), scan("0" + "1" * 7)), "cut off"),
        (
            jpeg(table(0x00, 0, 0, lengths=[2]), table(0x10, 0x01, EOB, lengths=[2]), frame(160), scan("1" * 8)),
            "cut off",
        ),
        (jpeg(PLAIN, frame(8, 8, [(1, 0x22), (2, 0x11)]), scan("00" * 5, names=[1, 2])), "good"),
        (
            jpeg(table(0x00, 0, 0, lengths=[2]), table(0x10, 0x01, EOB, lengths=[2]), frame(64), scan("1" * 8)),
            "cut off",
        ),
        (jpeg(PLAIN, frame(8, 8, [(1, 0x22), (2, 0x11)]), scan("00"), scan("00", names=[2])), "good"),
        # Bright blocks: differences of 1,023, which is as white as it gets, divided by 1, or by 2.
        (jpeg(table(0x00, 10), table(0x10, EOB), steps(1), frame(), scan("0" + "1" * 10 + "0")), "good"),
        (jpeg(table(0x00, 10), table(0x10, EOB), steps(2), frame(), scan("0" + "1" * 10 + "0")), "brighter than white"),
        (
            jpeg(table(0x00, 10), table(0x10, EOB), steps(2, 1), frame(), scan("0" + "1" * 10 + "0")),
            "brighter than white",
        ),
        (
            jpeg(table(0x00, 10), table(0x10, EOB), steps(1), frame(16), scan("0" + "0" * 11 + "0" + "0" * 11)),
            "brighter than white",
        ),
        (jpeg(table(0x00, 5), table(0x10, EOB), steps(60), frame(), scan("0" + "1" * 5 + "0")), "brighter than white"),
        (
            # Another table of quantization, in a segment of its own, changes nothing of the first.
            jpeg(
                *(table(0x00, 10), table(0x10, EOB), steps(2), segment(0xDB, b"\1" * 65)),
                *(frame(), scan("0" + "1" * 10 + "0")),
            ),
            "brighter than white",
        ),
        (jpeg(table(0x00, 12), table(0x10, EOB), steps(1), frame(bits=12), scan("0" + "1" * 12 + "0")), "good"),
        (jpeg(table(0x00, 10), steps(1), frame(kind=PROGRESSIVE), scan("0" + "1" * 10, band=(0, 0))), "good"),
        (
            jpeg(table(0x00, 10), steps(1), frame(kind=PROGRESSIVE), scan("0" + "1" * 10, band=(0, 0), step=1)),
            "brighter than white",
        ),
        # Zeros
        (jpeg(PLAIN, frame(8 * 100, 8), scan("00" * 100)), "good"),
        (jpeg(table(0x00, 0), table(0x10, 0x01, EOB), frame(24), scan(("0" + "00" * 63) * 3)), "zeros"),
    ],
)
def test_what_is_allowed_is_read_to_the_bit_and_anything_else_is_damage(octets: bytes, told: str) -> None:
    assert outcome(octets) == told


def restarts(numbers: Sequence[int]) -> bytes:
    data = b"".join(bytes([0x3F, 0xFF, 0xD0 + number]) for number in numbers)
    return jpeg(
        PLAIN, frame(8 * (len(numbers) + 1)), segment(0xDD, struct.pack(">H", 1)), scan("")[:10] + data + b"\x3f"
    )


def test_restarts_are_numbered_round_and_round() -> None:
    assert outcome(restarts([rank % 8 for rank in range(20)])) == "good"
    assert outcome(restarts([0, 2])) == "restart out of order"
    more = jpeg(PLAIN, frame(8), segment(0xDD, struct.pack(">H", 1)), scan("00"), b"\xff\xd0\x3f")
    assert outcome(more) == "restarts"


@pytest.mark.parametrize("kind", [0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF])
def test_every_other_kind_of_frame_is_left_to_whoever_decodes_it(kind: int) -> None:
    # T.81, table B.1: all the frames but the sequential ones of Huffman's codes (C0, C1) and the progressive one (C2).
    assert outcome(jpeg(frame(kind=kind), scan("1010"))) == "good"


@pytest.mark.parametrize(
    ("octets", "blocks"),
    [
        (jpeg(PLAIN, frame(8 * 10, 8, [(1, 0x11), (2, 0x11)]), scan("0" * 40, [1, 2])), 2 * 10 + 8),
        # A restart costs as much as eight blocks.
        (restarts([rank % 8 for rank in range(20)]), 21 + 8 * 21),
    ],
)
def test_blocks_and_restarts_are_counted_before_they_are_read(octets: bytes, blocks: int) -> None:
    verifier_le_jpeg(octets, Travail(blocs=blocks))
    with pytest.raises(Demesure):
        verifier_le_jpeg(octets, Travail(blocs=blocks - 1))


FIRST = table(0x00, 0) + frame(16, kind=PROGRESSIVE) + scan("00", band=(0, 0))


@pytest.mark.parametrize(
    ("scans", "told"),
    [
        ([], "good"),
        ([scan("10", band=(0, 0), step=0x10)], "good"),
        ([scan("1" * 17, band=(0, 0), step=0x10)], "good"),
        ([scan("0" * 24, band=(0, 0), step=0x10)], "something is left"),
        ([table(0x10, EOB), scan("00", band=(1, 5))], "good"),
        ([table(0x10, EOB_2), scan("00", band=(1, 5))], "good"),
        ([table(0x10, EOB_2), scan("01", band=(1, 5))], "too many empty blocks"),
        ([table(0x10, 0x01, EOB), scan("01" * 5 + "10", band=(1, 5))], "good"),
        ([table(0x10, 0x51, EOB), scan("01" + "10", band=(1, 5))], "too many coefficients"),
        ([table(0x10, EOB), scan("00", band=(5, 1))], "band"),
        ([table(0x10, EOB), scan("00", band=(1, 64))], "band"),
        ([table(0x10, EOB), scan("00", band=(0, 5))], "band"),
        ([table(0x10, EOB), scan("0" * 136, band=(1, 5))], "something is left"),
        ([table(0x10, 0x01), scan("0" * 136, band=(1, 60))], "zeros"),
        # A coefficient is there; then its next bit, and a new one behind it.
        ([table(0x10, 0x01, EOB), scan("01" + "10" + "10", band=(1, 5)), scan("10" + "0" + "10", (1,), (1, 5), 0x10)], "good"),
        ([table(0x10, 0x01, EOB), scan("01" + "10" + "10", band=(1, 5)), scan("01" + "0" + "10" + "10", (1,), (1, 5), 0x10)], "good"),
        ([table(0x10, 0x01, EOB), scan("10" + "10", band=(1, 5)), scan("01" * 5 + "10", (1,), (1, 5), 0x10)], "good"),
        ([table(0x10, 0x11, EOB), scan("10" * 2, band=(1, 5)), scan("01" * 3, (1,), (1, 5), 0x10)], "too many coefficients"),
        ([table(0x10, ZRL, EOB), scan("10" * 2, band=(1, 63)), scan("0" + "10" + "10", (1,), (1, 63), 0x10)], "good"),
        ([table(0x10, EOB_2), scan("00", band=(1, 5)), scan("01", (1,), (1, 5), 0x10)], "too many empty blocks"),
        ([table(0x10, 0x02), scan("0" + "11", (1,), (1, 5), 0x10)], "impossible coefficient"),
    ],
)  # fmt: skip
def test_a_progressive_picture_is_read_band_by_band(scans: list[bytes], told: str) -> None:
    assert outcome(jpeg(FIRST, *scans)) == told


def test_bands_of_several_components_stand_alone() -> None:
    components = [(1, 0x11), (2, 0x11)]
    first = table(0x00, 0) + frame(8, 8, components, PROGRESSIVE) + scan("00", [1, 2], (0, 0))
    assert outcome(jpeg(first, table(0x10, EOB), scan("0", [1], (1, 5)), scan("0", [2], (1, 5)))) == "good"
    assert outcome(jpeg(first, table(0x10, EOB), scan("00", [1, 2], (1, 5)))) == "band of several components"


@given(st.integers(1, 3 * BALAYAGES_MAXIMUM))
def test_scans_are_counted(scans: int) -> None:
    octets = jpeg(FIRST, *[scan("10", band=(0, 0), step=0x10)] * (scans - 1))
    assert outcome(octets) == ("good" if scans <= BALAYAGES_MAXIMUM else "too much")


@given(st.data())
def test_a_picture_whose_bytes_changed_anywhere_is_good_or_damaged(data: st.DataObject) -> None:
    refining = [table(0x10, 0x01, EOB), scan("011010", band=(1, 5)), scan("10010", (1,), (1, 5), 0x10)]
    octets = bytearray(data.draw(st.sampled_from([WHITE, restarts([0, 1, 2]), jpeg(FIRST, *refining)])))
    for place in data.draw(st.lists(st.integers(0, len(octets) - 1), min_size=1, max_size=6)):
        octets[place] = data.draw(st.integers(0, 255))
    assert outcome(bytes(octets))
