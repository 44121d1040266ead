"""The store: each content once, under its SHA-256 below DIMING_HOME/files, whole or not at all.

A file is written beside its place, synced, then renamed; a row that points to it is written afterwards. So a
killed process leaves at most a content to which nothing points, never a row without its content.
"""

from __future__ import annotations

import errno
import hashlib
import os
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import IO, BinaryIO

from foundation.errors import FieldError, Malformed, TooLarge, Unavailable
from foundation.settings import settings

_CHUNK = 1 << 20
_DAY = 86_400.0


def path_of(sha256: bytes) -> Path:
    """Where the content of a hash lies."""
    name = sha256.hex()
    return settings().home / "files" / name[:2] / name


def check_size(content: BinaryIO) -> None:
    """Raise `TooLarge` for more bytes than the setting allows, `Malformed` for none."""
    size = content.seek(0, os.SEEK_END)
    content.seek(0)
    if not size:
        raise Malformed([FieldError("file", "文件是空的", "请核对后重新上传")])
    if size > settings().largest_file_mb * _CHUNK:
        raise TooLarge(
            f"文件超过 {settings().largest_file_mb} MB。",
            remedy="请压缩图片或降低扫描分辨率(300 dpi 即可)后再上传。",
        )


def keep(content: BinaryIO) -> tuple[bytes, int]:
    """Store a content; returns its SHA-256 and its size in bytes.

    Raises `Unavailable` where the disk is full or cannot be written.
    """
    root = settings().home / "files"
    try:
        root.mkdir(parents=True, exist_ok=True, mode=0o700)
        _sweep(root)
        with tempfile.NamedTemporaryFile(dir=root, prefix=".new-", delete=False) as fresh:
            try:
                sha256, size = _copy(content, fresh)
                _settle(Path(fresh.name), path_of(sha256))
            except BaseException:
                Path(fresh.name).unlink(missing_ok=True)
                raise
    except OSError as error:
        why = "服务器磁盘已满" if error.errno in {errno.ENOSPC, errno.EDQUOT} else "服务器存不下文件"
        raise Unavailable(f"{why},文件没有保存。", remedy="请稍后再试,或告知维护人员。") from error
    return sha256, size


def _sweep(root: Path) -> None:
    """Remove what killed processes left half-written: no write takes a day."""
    for left in root.glob(".new-*"):
        with suppress(FileNotFoundError):
            if time.time() - left.stat().st_mtime > _DAY:
                left.unlink()


def _copy(content: BinaryIO, fresh: IO[bytes]) -> tuple[bytes, int]:
    running, size = hashlib.sha256(), 0
    content.seek(0)
    while chunk := content.read(_CHUNK):
        size += len(chunk)
        running.update(chunk)
        fresh.write(chunk)
    fresh.flush()
    os.fsync(fresh.fileno())
    return running.digest(), size


def _settle(fresh: Path, place: Path) -> None:
    place.parent.mkdir(exist_ok=True, mode=0o700)
    fresh.replace(place)
    for folder in (place.parent, place.parent.parent):
        opened = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)
