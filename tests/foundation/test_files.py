"""A file is kept only when it is what it says, whole or not at all, once for each content."""

from __future__ import annotations

import errno
import os
import signal
import zipfile
from collections.abc import Callable
from contextlib import suppress
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any
from warnings import catch_warnings

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from foundation import clock
from foundation import settings as house_settings
from foundation.access.actor import Actor
from foundation.database import make_engine
from foundation.errors import Malformed, Refused, TooLarge, Unavailable
from foundation.files import rules, store
from foundation.files.actions import InstrumentDraft, keep_file, register_instrument
from foundation.files.models import Attachment, Instrument
from foundation.people.models import Person
from processes.edge import writing


def picture(form: str, side: int = 40) -> bytes:
    """A small picture that does not compress away."""
    drawn = BytesIO()
    Image.frombytes("RGB", (side, side), bytes(range(256)) * (side * side * 3 // 256 + 1), "raw").save(drawn, form)
    return drawn.getvalue()


def package(*parts: str) -> bytes:
    """A ZIP with parts of these names."""
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as into:
        for part in parts:
            into.writestr(part, f"<{part}/>")
    return packed.getvalue()


PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\nstartxref\n9\n%%EOF\n"
EXE = b"MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff\x00\x00\xb8\x00" + bytes(200) + b"PE\x00\x00L\x01"
ELF = b"\x7fELF\x02\x01\x01" + bytes(200)
HTML = b"<!doctype html><html><script>alert(1)</script><!-- %PDF-1.7 --></html> %%EOF"
DOCX = package("[Content_Types].xml", "word/document.xml")
TRUE = {
    ".pdf": PDF,
    ".docx": DOCX,
    ".xlsx": package("[Content_Types].xml", "xl/workbook.xml"),
    ".ofd": package("OFD.xml", "Doc_0/Document.xml"),
    ".jpg": picture("JPEG"),
    ".jpeg": picture("JPEG"),
    ".png": picture("PNG"),
    ".tif": picture("TIFF"),
    ".tiff": picture("TIFF"),
    ".txt": "位置说明:东至健康南路。\n".encode(),
}
STRANGERS = {
    "program": EXE,
    "program of Linux": ELF,
    "web page": HTML,
    "zip": package("readme.md"),
    "pdf": PDF,
    "docx": DOCX,
    "xlsx": TRUE[".xlsx"],
    "ofd": TRUE[".ofd"],
    "jpeg": TRUE[".jpg"],
    "png": TRUE[".png"],
    "tiff": TRUE[".tif"],
    "gif": picture("GIF"),
    "noise": bytes(range(256)) * 4,
    "zeros": bytes(4096),
    "blank text": b" \r\n\t ",
}
SAME = {("jpeg", ".jpg"), ("jpeg", ".jpeg"), ("tiff", ".tif"), ("tiff", ".tiff")}
# Their source is text, so it may come as a text file.
PLAIN = {("web page", ".txt"), ("pdf", ".txt")}


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home folder in which one megabyte is the most."""
    monkeypatch.setenv("DIMING_HOME", str(tmp_path))
    monkeypatch.setenv("DIMING_LARGEST_FILE_MB", "1")
    house_settings.settings.cache_clear()
    return tmp_path


@pytest.fixture
def actor(session: Session) -> Actor:
    """The clerk."""
    found = session.scalars(select(Person).where(Person.login == "clerk")).one()
    return Actor(found.id, found.login, found.name, 0, "")


def kept(home: Path) -> list[Path]:
    """Every file below the store, half ones included."""
    return sorted(path for path in (home / "files").rglob("*") if path.is_file())


def fault(refusal: pytest.ExceptionInfo[Malformed]) -> str:
    """What is wrong with the file; there is always something that the person can do."""
    (error,) = refusal.value.errors
    assert error.loc == "file"
    assert error.remedy
    return error.msg


# What a file is.


@pytest.mark.parametrize("suffix", rules.MEDIA_TYPES)
@pytest.mark.parametrize("write", [str.lower, str.upper], ids=["small", "capital"])
def test_every_type_that_is_taken_is_recognised(suffix: str, write: Callable[[str], str]) -> None:
    content = BytesIO(TRUE[suffix])
    assert rules.media_type(write(f"a{suffix}"), content) == rules.MEDIA_TYPES[suffix]
    assert content.tell() == 0, "the next reader begins at the start"


def test_every_type_that_is_taken_has_its_example_here() -> None:
    assert set(TRUE) == set(rules.MEDIA_TYPES)


@pytest.mark.parametrize(
    ("stranger", "suffix"),
    [
        (stranger, suffix)
        for stranger in STRANGERS
        for suffix in rules.MEDIA_TYPES
        if stranger != suffix[1:] and (stranger, suffix) not in SAME | PLAIN
    ],
)
def test_content_that_is_not_what_the_name_says_is_refused(stranger: str, suffix: str) -> None:
    with pytest.raises(Malformed) as refusal:
        rules.media_type(f"图{suffix}", BytesIO(STRANGERS[stranger]))
    assert suffix in fault(refusal)


@pytest.mark.parametrize(
    "name", ["setup.exe", "page.html", "picture.svg", "run.sh", "a.docm", "a.doc", "a.zip", "noend", "a.pdf.exe", "a."]
)
def test_a_type_that_is_not_taken_is_refused_whatever_it_holds(name: str) -> None:
    for content in (PDF, DOCX, TRUE[".png"]):
        with pytest.raises(Malformed) as refusal:
            rules.media_type(name, BytesIO(content))
        assert "不收" in fault(refusal)


@pytest.mark.parametrize("place", ["word/vbaProject.bin", "word/VBAPROJECT.BIN", "deep/er/vbaProject.bin"])
def test_a_document_with_macros_is_not_taken_under_the_name_of_one_without(place: str) -> None:
    for suffix, part in ((".docx", "word/document.xml"), (".xlsx", "xl/workbook.xml")):
        with pytest.raises(Malformed):
            rules.media_type(f"a{suffix}", BytesIO(package("[Content_Types].xml", part, place)))


@pytest.mark.parametrize("suffix", [".pdf", ".docx", ".xlsx", ".ofd", ".png"])
@pytest.mark.parametrize("part", [0.0, 0.3, 0.6, 0.9])
def test_a_file_cut_off_on_its_way_is_refused(suffix: str, part: float) -> None:
    content = TRUE[suffix]
    with pytest.raises(Malformed) as refusal:
        rules.media_type(f"a{suffix}", BytesIO(content[: int(len(content) * part)]))
    assert "已损坏" in fault(refusal)


@pytest.mark.parametrize("suffix", [".jpg", ".tif"])
def test_a_scan_cut_off_before_its_picture_is_refused(suffix: str) -> None:
    with pytest.raises(Malformed):
        rules.media_type(f"a{suffix}", BytesIO(TRUE[suffix][:6]))


def test_a_pdf_whose_end_is_far_behind_its_beginning_is_recognised() -> None:
    assert rules.media_type("a.pdf", BytesIO(b"%PDF-1.4\n" + bytes(300_000) + b"\n%%EOF\r\n")) == "application/pdf"


def test_text_is_taken_in_both_encodings_of_the_office() -> None:
    for encoding in ("utf-8", "utf-8-sig", "gb18030"):
        assert rules.media_type("a.txt", BytesIO("东大街\r\n\t𠮷野路".encode(encoding))) == "text/plain"


def test_a_version_of_zip_that_nobody_can_read_is_refused_and_no_fault_of_ours() -> None:
    forged = bytearray(DOCX)
    forged[forged.index(b"PK\x01\x02") + 6] = 99
    with pytest.raises(Malformed):
        rules.media_type("a.docx", BytesIO(bytes(forged)))


@settings(max_examples=300, deadline=None, derandomize=True)
@given(
    suffix=st.sampled_from(sorted(rules.MEDIA_TYPES)),
    edits=st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), min_size=1, max_size=6),
)
def test_a_damaged_file_is_taken_or_refused_and_never_breaks_anything(
    suffix: str, edits: list[tuple[float, int]]
) -> None:
    damaged = bytearray(TRUE[suffix])
    for place, value in edits:
        damaged[int(place * len(damaged))] = value
    told = ""
    with suppress(Malformed), catch_warnings(action="ignore"):
        told = rules.media_type(f"a{suffix}", BytesIO(bytes(damaged)))
    assert told in {"", rules.MEDIA_TYPES[suffix]}


# What it is called.


@pytest.mark.parametrize(
    ("given_name", "name"),
    [
        ("申请书.pdf", "申请书.pdf"),
        ("../../../etc/passwd.pdf", "passwd.pdf"),
        ("/etc/cron.d/job.txt", "job.txt"),
        ("C:\\Users\\王\\Desktop\\位置图.png", "位置图.png"),
        ("..\\..\\a.pdf", "a.pdf"),
        ("a\x00b\r\n\x1b[31m.pdf", "ab[31m.pdf"),
        ("申请\u202efdp.exe", "申请fdp.exe"),
        ("\u2066a\u2069\u200b\u200f\ufeff.pdf", "a.pdf"),
        ("字\ue000\udc80.pdf", "字.pdf"),
        ("  .hidden.pdf . ", "hidden.pdf"),
        ("字" * 116 + ".pdf", "字" * 116 + ".pdf"),
    ],
    ids=ascii,
)
def test_a_name_loses_its_path_and_what_nobody_sees(given_name: str, name: str) -> None:
    assert rules.checked_name(given_name) == name


@pytest.mark.parametrize(
    "given_name", ["", ".", "..", "/", "a/", "\u202e\u200b", " . . ", "字" * 117 + ".pdf"], ids=ascii
)
def test_a_name_of_which_nothing_is_left_or_too_much_is_refused(given_name: str) -> None:
    with pytest.raises(Malformed) as refusal:
        rules.checked_name(given_name)
    assert "文件名" in fault(refusal)


def test_a_program_whose_name_is_written_backwards_is_seen_for_what_it_is(
    session: Session, actor: Actor, home: Path
) -> None:
    with pytest.raises(Malformed) as refusal:
        keep_file(session, actor, "位置图\u202egnp.exe", BytesIO(TRUE[".png"]), "公开")
    assert ".exe" in fault(refusal)


# What is kept.


def test_a_kept_file_is_found_again_whole_with_the_facts_about_it(session: Session, actor: Actor, home: Path) -> None:
    row = keep_file(session, actor, "C:\\扫描\\批文.PDF", BytesIO(PDF), "内部")
    assert store.path_of(row.sha256).read_bytes() == PDF
    assert (row.name, row.bytes, row.media_type) == ("批文.PDF", len(PDF), "application/pdf")
    assert (row.secrecy, row.person_id) == ("内部", actor.person_id)
    assert kept(home) == [store.path_of(row.sha256)]
    assert (home / "files").stat().st_mode & 0o077 == 0, "others on this machine could read it"
    assert store.path_of(row.sha256).stat().st_mode & 0o077 == 0


def test_the_same_content_twice_is_stored_once_and_told_twice(session: Session, actor: Actor, home: Path) -> None:
    one = keep_file(session, actor, "甲.txt", BytesIO(TRUE[".txt"]), "公开")
    other = keep_file(session, actor, "乙.txt", BytesIO(TRUE[".txt"]), "内部")
    assert one.id != other.id
    assert one.sha256 == other.sha256
    assert len(kept(home)) == 1


def test_one_character_more_is_another_content(session: Session, actor: Actor, home: Path) -> None:
    for text in (TRUE[".txt"], TRUE[".txt"] + "。".encode()):
        keep_file(session, actor, "甲.txt", BytesIO(text), "公开")
    assert len(kept(home)) == 2


def attachments(session: Session) -> int:
    """How many rows there are."""
    return session.scalar(select(func.count()).select_from(Attachment)) or 0


def refused(session: Session, actor: Actor, name: str, content: bytes, secrecy: str, kind: type[Exception]) -> Any:
    """What a file is refused with; fails where a row was written."""
    before = attachments(session)
    with pytest.raises(kind) as refusal:
        keep_file(session, actor, name, BytesIO(content), secrecy)
    assert attachments(session) == before
    return refusal.value


def test_an_empty_file_is_refused(session: Session, actor: Actor, home: Path) -> None:
    told = refused(session, actor, "a.pdf", b"", "公开", Malformed)
    assert "空" in told.message


def test_a_file_that_is_too_large_is_refused_with_the_remedy_and_leaves_nothing(
    session: Session, actor: Actor, home: Path
) -> None:
    most = 1 << 20
    told = refused(session, actor, "a.txt", b"a" * (most + 1), "公开", TooLarge)
    assert "1 MB" in told.message
    assert "分辨率" in told.remedy
    assert kept(home) == []
    assert keep_file(session, actor, "a.txt", BytesIO(b"a" * most), "公开").bytes == most


def test_secret_material_is_refused_before_a_byte_of_it_is_written(session: Session, actor: Actor, home: Path) -> None:
    told = refused(session, actor, "a.pdf", PDF, "秘密", Refused)
    assert "存放处" in told.remedy
    assert not (home / "files").exists()


@pytest.mark.parametrize("secrecy", ["", "机密", "open", "公开 "])
def test_a_secrecy_that_is_none_is_refused(session: Session, actor: Actor, home: Path, secrecy: str) -> None:
    told = refused(session, actor, "a.pdf", PDF, secrecy, Malformed)
    assert told.errors[0].loc == "secrecy"


@pytest.mark.parametrize(("name", "content"), [("a.pdf", EXE), ("a.exe", EXE), ("a.docx", HTML), ("a.pdf", b"")])
def test_a_refused_content_does_not_stay_in_the_store(
    session: Session, actor: Actor, home: Path, name: str, content: bytes
) -> None:
    refused(session, actor, name, content, "公开", Malformed)
    assert kept(home) == []


def test_the_database_takes_no_secrecy_and_no_hash_that_are_none(session: Session, actor: Actor) -> None:
    facts: dict[str, Any] = {
        "bytes": 1, "media_type": "text/plain", "name": "a.txt", "person_id": actor.person_id, "at": clock.now(),
        "sha256": bytes(32), "secrecy": "公开",
    }  # fmt: skip
    for wrong in ({"secrecy": "秘密"}, {"sha256": bytes(31)}):
        with pytest.raises(IntegrityError), session.begin_nested():
            session.add(Attachment(**facts | wrong))


# What fails on the way.


@pytest.mark.parametrize(
    ("number", "word"), [(errno.ENOSPC, "磁盘已满"), (errno.EDQUOT, "磁盘已满"), (errno.EIO, "存不下")]
)
@pytest.mark.parametrize("call", ["fsync", "replace", "mkdir"])
def test_a_disk_that_takes_no_more_is_told_and_leaves_nothing_half(
    home: Path, monkeypatch: pytest.MonkeyPatch, number: int, word: str, call: str
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number))

    where: object = os if call == "fsync" else Path
    monkeypatch.setattr(where, call, full)
    with pytest.raises(Unavailable) as told:
        store.keep(BytesIO(PDF))
    monkeypatch.undo()
    assert word in told.value.message
    assert "没有保存" in told.value.message
    assert told.value.remedy
    assert [path for path in home.rglob("*") if path.is_file()] == []


def test_a_disk_that_fills_up_while_a_file_is_written_leaves_nothing_half(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Full(BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            if self.tell():
                raise OSError(errno.ENOSPC, "No space left on device")
            return super().read(1000)

    with pytest.raises(Unavailable):
        store.keep(Full(bytes(5000)))
    assert kept(home) == []


def test_no_row_is_written_where_the_disk_is_full(
    session: Session, actor: Actor, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    refused(session, actor, "a.pdf", PDF, "公开", Unavailable)


def test_a_store_that_is_no_folder_is_told_in_words(home: Path) -> None:
    (home / "files").write_text("", encoding="utf-8")
    with pytest.raises(Unavailable) as told:
        store.keep(BytesIO(PDF))
    assert str(home) not in told.value.line()


def test_an_upload_that_breaks_off_leaves_nothing_half(home: Path) -> None:
    class Broken(BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        store.keep(Broken())
    assert kept(home) == []


def die(*_: object) -> Any:
    """End this process as a power cut would."""
    os.kill(os.getpid(), signal.SIGKILL)


MOMENTS: dict[str, tuple[object, str] | None] = {
    "before it is whole": (os, "fsync"),
    "before it is in its place": (store, "_settle"),
    "between the file and its row": (clock, "now"),
    "between the row and the commit": None,
}


@pytest.mark.parametrize("moment", MOMENTS)
def test_killed_on_the_way_no_row_points_to_nothing_and_the_next_try_is_kept(
    own_demo_address: str, home: Path, moment: str
) -> None:
    with Session(make_engine(own_demo_address)) as session:
        clerk = Actor(session.scalars(select(Person.id).where(Person.login == "clerk")).one(), "clerk", "", 0, "")

    def upload(broken: tuple[object, str] | None) -> None:
        with writing(make_engine(own_demo_address)) as session:
            if broken:
                setattr(*broken, die)
            keep_file(session, clerk, "a.pdf", BytesIO(PDF), "公开")
            if broken is None:
                die()

    child = os.fork()
    if child == 0:
        try:
            upload(MOMENTS[moment])
        finally:
            os._exit(1)
    assert os.WTERMSIG(os.waitpid(child, 0)[1]) == signal.SIGKILL
    whole = [path for path in kept(home) if not path.name.startswith(".new-")]
    assert len(whole) == (1 if "row" in moment else 0)
    assert all(path.read_bytes() == PDF for path in whole)
    with Session(make_engine(own_demo_address)) as session:
        assert attachments(session) == 0
        row = keep_file(session, clerk, "a.pdf", BytesIO(PDF), "公开")
        session.commit()
        assert store.path_of(row.sha256).read_bytes() == PDF


# Instruments.


def paper(**changes: Any) -> InstrumentDraft:
    """A reply of the county government."""
    facts: dict[str, Any] = {
        "number": "皋政复〔2026〕1号", "organ": "如皋市人民政府", "dated": clock.today() - timedelta(days=3),
    }  # fmt: skip
    return InstrumentDraft(**facts | changes)


def never() -> bool:
    """The instrument has decided something."""
    return False


def test_one_instrument_may_decide_many_names_and_is_registered_once(session: Session) -> None:
    one, other = register_instrument(session, paper(), mend=never), register_instrument(session, paper(), mend=never)
    assert one.id == other.id
    assert register_instrument(session, paper(organ="海安市人民政府"), mend=never).id != one.id


def test_an_instrument_has_one_date_only(session: Session) -> None:
    first = register_instrument(session, paper(), mend=never)
    with pytest.raises(Refused) as told:
        register_instrument(session, paper(dated=clock.today()), mend=never)
    assert str(first.dated) in told.value.message


def test_a_date_that_decided_nothing_yet_can_be_put_right(session: Session) -> None:
    register_instrument(session, paper(), mend=never)
    mended = register_instrument(session, paper(dated=clock.today()), mend=lambda: True)
    assert mended.dated == clock.today()


def test_a_scan_that_comes_later_is_added_and_the_first_one_stays(session: Session, actor: Actor, home: Path) -> None:
    scans = [keep_file(session, actor, f"{n}.pdf", BytesIO(PDF), "公开").id for n in range(2)]
    register_instrument(session, paper(), mend=never)
    assert register_instrument(session, paper(attachment_id=scans[0]), mend=never).attachment_id == scans[0]
    assert register_instrument(session, paper(attachment_id=scans[1]), mend=never).attachment_id == scans[0]


@pytest.mark.parametrize(
    ("dated", "received", "field"),
    [(1, None, "instrument.date"), (-3, -4, "instrument.received"), (-3, 1, "instrument.received")],
    ids=["dated tomorrow", "received before it was dated", "received tomorrow"],
)
def test_dates_of_an_instrument_that_cannot_be_are_refused(
    session: Session, dated: int, received: int | None, field: str
) -> None:
    def day(number: int) -> date:
        return clock.today() + timedelta(days=number)

    got = None if received is None else day(received)
    with pytest.raises(Malformed) as told:
        register_instrument(session, paper(dated=day(dated), received_on=got), mend=never)
    assert [error.loc for error in told.value.errors] == [field]
    assert session.scalar(select(func.count()).select_from(Instrument)) == 0
