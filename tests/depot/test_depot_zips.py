"""Zips hold the documents of one request together, respect the sizes, are filled well, and open everywhere."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import zipfile
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segur_pha.depot.documents import Document
from segur_pha.depot.zips import Membre, borne_basse, ecrire_zip, nom_de_zip, octets_du_zip, repartir
from segur_pha.vagues.va1.enumerations import FormatFichier

if TYPE_CHECKING:
    from collections.abc import Sequence

CONTENTS = st.lists(st.lists(st.binary(min_size=1, max_size=60), min_size=1, max_size=2), min_size=1, max_size=30)


def members(groups: Sequence[Sequence[bytes]]) -> list[list[Membre]]:
    """Make members whose documents are found by their path, which is their content in hexadecimal."""
    return [
        [
            Membre(
                f"PHA-LGO-Va1-{('BDC', 'HT')[k]}-{i:05}.pdf",
                Document(Path(octets.hex()), len(octets), hashlib.sha256(octets).hexdigest(), FormatFichier.PDF),
            )
            for k, octets in enumerate(group)
        ]
        for i, group in enumerate(groups)
    ]


def content(document: Document) -> bytes:
    return bytes.fromhex(str(document.chemin))


def written(group: Sequence[Membre]) -> bytes:
    stream = BytesIO()
    ecrire_zip(stream, group, content)
    return stream.getvalue()


@given(CONTENTS)
def test_the_size_of_a_zip_is_known_before_it_is_written(groups: list[list[bytes]]) -> None:
    flat = [member for group in members(groups) for member in group]
    assert octets_du_zip(flat) == len(written(flat))


@given(CONTENTS)
def test_a_zip_is_written_as_python_writes_it(groups: list[list[bytes]]) -> None:
    flat = [member for group in members(groups) for member in group]
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for member in flat:
            entry = zipfile.ZipInfo(member.nom)
            entry.create_system = 3
            entry.external_attr = 0o100644 << 16
            archive.writestr(entry, content(member.document))
    assert written(flat) == stream.getvalue()


@given(CONTENTS, st.integers(500, 3_000), st.integers(2, 20))
def test_requests_stay_together_within_the_limits(groups: list[list[bytes]], maximum: int, places: int) -> None:
    given_groups = members(groups)
    zips = repartir(given_groups, maximum, places)
    assert sorted(m.nom for zip_ in zips for m in zip_) == sorted(m.nom for group in given_groups for m in group)
    assert all(octets_du_zip(zip_) <= maximum and 0 < len(zip_) <= places for zip_ in zips)
    where = {member.nom: k for k, zip_ in enumerate(zips) for member in zip_}
    assert all(len({where[member.nom] for member in group}) == 1 for group in given_groups)
    assert borne_basse(given_groups, maximum) <= len(zips)


@given(st.lists(st.integers(1, 3_000_000), min_size=1, max_size=200))
def test_real_sizes_fill_zips_to_the_lower_bound_or_one_above(sizes: list[int]) -> None:
    groups = [
        [Membre(f"PHA-LGO-Va1-BDC-{i:05}.pdf", Document(Path("x"), size, "", FormatFichier.PDF))]
        for i, size in enumerate(sizes)
    ]
    zips = repartir(groups)
    assert borne_basse(groups) <= len(zips) <= borne_basse(groups) + 1
    assert all(octets_du_zip(zip_) <= 200_000_000 for zip_ in zips)
    assert all(zip_ == sorted(zip_, key=lambda m: m.nom) for zip_ in zips)


def test_the_limit_of_a_zip_is_inclusive() -> None:
    groups = members([[b"x" * 40], [b"y" * 60]])
    exact = octets_du_zip([*groups[0], *groups[1]])
    assert len(repartir(groups, exact)) == 1
    assert len(repartir(groups, exact - 1)) == 2
    with pytest.raises(ValueError, match="do not fit"):
        repartir(groups, octets_du_zip(groups[1]) - 1)
    with pytest.raises(ValueError, match="do not fit"):
        repartir(members([[b"a", b"b"]]), 1_000, 1)


def test_zips_are_numbered_only_when_there_are_several() -> None:
    json = "JSON-ANS0000001-20221115-007.json"
    assert [nom_de_zip(json, k, 2) for k in (1, 2)] == [
        "PJ-ANS0000001-20221115-007-1.zip",
        "PJ-ANS0000001-20221115-007-2.zip",
    ]
    assert nom_de_zip(json, 1, 1) == "PJ-ANS0000001-20221115-007.zip"


@given(CONTENTS)
def test_nothing_of_the_machine_is_inside_and_the_bytes_are_always_the_same(groups: list[list[bytes]]) -> None:
    flat = [member for group in members(groups) for member in group]
    octets = written(flat)
    assert octets == written(flat)
    with zipfile.ZipFile(BytesIO(octets)) as archive:
        assert [archive.read(info) for info in archive.infolist()] == [content(m.document) for m in flat]
        for info, member in zip(archive.infolist(), flat, strict=True):
            assert info.filename == member.nom
            assert info.filename.isascii()
            assert info.date_time == (1980, 1, 1, 0, 0, 0)
            assert info.external_attr >> 16 == 0o100644
            assert (info.extra, info.comment, info.create_system, info.flag_bits) == (b"", b"", 3, 0)


def test_the_bytes_are_those_of_the_format_s_specification() -> None:
    # Put together by hand from PKWARE's APPNOTE: local header, content, directory entry, end of directory.
    name, body = b"PHA-LGO-Va1-BDC-00000.pdf", b"abc"
    crc = (0x352441C2).to_bytes(4, "little")
    sizes = (3).to_bytes(4, "little") * 2 + len(name).to_bytes(2, "little") + b"\0\0"
    stamp = b"\0\0\x21\0"
    local = b"PK\3\4" + b"\x14\0\0\0\0\0" + stamp + crc + sizes + name + body
    entry = (
        b"PK\1\2" + b"\x14\3" + b"\x14\0\0\0\0\0" + stamp + crc + sizes + b"\0" * 6 + b"\0\0\xa4\x81" + b"\0" * 4 + name
    )
    end = (
        b"PK\5\6"
        + b"\0" * 4
        + b"\1\0\1\0"
        + len(entry).to_bytes(4, "little")
        + len(local).to_bytes(4, "little")
        + b"\0\0"
    )
    assert written(members([[body]])[0]) == local + entry + end


@pytest.fixture
def zip_file(tmp_path: Path) -> Path:
    path = tmp_path / "PJ-ANS0000001-20221115-001.zip"
    path.write_bytes(written([m for group in members([[b"a" * 10, b"b" * 20], [b"c" * 3_000]]) for m in group]))
    return path


NAMES = {"PHA-LGO-Va1-BDC-00000.pdf": 10, "PHA-LGO-Va1-HT-00000.pdf": 20, "PHA-LGO-Va1-BDC-00001.pdf": 3_000}


def needs(tool: str) -> pytest.MarkDecorator:
    return pytest.mark.skipif(not shutil.which(tool), reason=f"{tool} is not installed")


@pytest.mark.parametrize(
    "command",
    [
        pytest.param(["unzip", "-tqq"], marks=needs("unzip")),
        pytest.param(["7z", "t"], marks=needs("7z")),
    ],
)
def test_it_opens_with_the_usual_tools(command: list[str], zip_file: Path) -> None:
    subprocess.run([*command, str(zip_file)], check=True, stdout=subprocess.DEVNULL)


@needs("java")
def test_it_opens_with_java(zip_file: Path) -> None:
    command = ["java", "-cp", str(Path(__file__).parent), "Ouvrir", str(zip_file)]
    read = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    assert read.splitlines() == [f"{name} {size} {size}" for name, size in NAMES.items()]
