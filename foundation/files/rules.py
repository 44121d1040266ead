"""What a file is by its content, whatever its name says: PDF, Word, Excel, OFD, JPEG, PNG, TIFF, plain text."""

from __future__ import annotations

import unicodedata
import zipfile
from pathlib import Path
from typing import BinaryIO

from PIL import Image

from foundation.errors import FieldError, Malformed

MEDIA_TYPES = {
    ".pdf": "application/pdf",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".ofd": "application/ofd",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".png": "image/png",
    ".tif": "image/tiff",
    ".tiff": "image/tiff",
    ".txt": "text/plain",
}
LONGEST_NAME = 120
# The part inside the package that makes it what it is.
_PACKAGES = {".docx": "word/document.xml", ".xlsx": "xl/workbook.xml", ".ofd": "OFD.xml"}
_PICTURES = {".jpg": "JPEG", ".jpeg": "JPEG", ".png": "PNG", ".tif": "TIFF", ".tiff": "TIFF"}
_KNOWN = "PDF、Word(docx)、Excel(xlsx)、OFD、JPG、PNG、TIFF 或 TXT"


def checked_name(given: str) -> str:
    """A file's name without path, control characters and tricks of direction; raises `Malformed` where none is left."""
    name = given.replace("\\", "/").rpartition("/")[2]
    name = "".join(char for char in name if unicodedata.category(char)[0] != "C").strip(" .")
    if not name or len(name) > LONGEST_NAME:
        raise _bad("文件名为空或太长", f"请改成 {LONGEST_NAME} 字以内的文件名再上传")
    return name


def media_type(name: str, content: BinaryIO) -> str:
    """The media type of a file, where its content is what its name says; else raises `Malformed` with the remedy."""
    suffix = Path(name).suffix.lower()
    if suffix not in MEDIA_TYPES:
        raise _bad(f"不收“{suffix or '没有扩展名'}”的文件", f"请另存为 {_KNOWN} 再上传")
    content.seek(0)
    holds = _is_package if suffix in _PACKAGES else _is_picture if suffix in _PICTURES else _is_plain
    if not holds(content, suffix):
        raise _bad(f"文件内容不是 {suffix} 格式,或文件已损坏", "请打开核对后重新导出或扫描,不要只改扩展名")
    content.seek(0)
    return MEDIA_TYPES[suffix]


def _is_package(content: BinaryIO, suffix: str) -> bool:
    try:
        with zipfile.ZipFile(content) as package:
            names = set(package.namelist())
    except Exception:
        return False
    # A document with macros is not taken under the name of one without.
    return _PACKAGES[suffix] in names and not any(name.lower().endswith("vbaproject.bin") for name in names)


def _is_picture(content: BinaryIO, suffix: str) -> bool:
    try:
        with Image.open(content, formats=(_PICTURES[suffix],)) as picture:
            # verify() looks at PNG alone; a small draft of a JPEG is decoded to its end.
            picture.verify() if suffix == ".png" else picture.load()
    except Exception:
        return False
    return True


def _is_plain(content: BinaryIO, suffix: str) -> bool:
    if suffix == ".pdf":
        head = content.read(1024)
        content.seek(0, 2)
        content.seek(max(0, content.tell() - 2048))
        return head.startswith(b"%PDF-") and b"%%EOF" in content.read()
    data = content.read()
    for encoding in ("utf-8", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        return bool(text.strip()) and not any(char < " " and char not in "\r\n\t" for char in text)
    return False


def _bad(msg: str, remedy: str) -> Malformed:
    return Malformed([FieldError("file", msg, remedy)])
