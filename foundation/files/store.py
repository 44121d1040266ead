"""The store: each content once, under its SHA-256 below DIMING_HOME/files, whole or not at all.

A file is written beside its place, synced, then renamed; a row that points to it is written afterwards. So a
killed process leaves at most a content to which nothing points, never a row without its content.
"""

from __future__ import annotations

import errno
import hashlib
import os
import tempfile
from pathlib import Path
from typing import IO, BinaryIO

from foundation.errors import TooLarge, Unavailable
from foundation.settings import settings

_CHUNK = 1 << 20


def path_of(sha256: bytes) -> Path:
    """Where the content of a hash lies."""
    name = sha256.hex()
    return settings().home / "files" / name[:2] / name


def keep(content: BinaryIO) -> tuple[bytes, int]:
    """Store a content; returns its SHA-256 and its size in bytes.

    Raises `TooLarge` beyond the setting, `Unavailable` where the disk is full or cannot be written.
    """
    root = settings().home / "files"
    try:
        root.mkdir(parents=True, exist_ok=True, mode=0o700)
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


def _copy(content: BinaryIO, fresh: IO[bytes]) -> tuple[bytes, int]:
    most = settings().largest_file_mb * _CHUNK
    running, size = hashlib.sha256(), 0
    content.seek(0)
    while chunk := content.read(_CHUNK):
        size += len(chunk)
        if size > most:
            raise TooLarge(
                f"文件超过 {settings().largest_file_mb} MB。",
                remedy="请压缩图片或降低扫描分辨率(300 dpi 即可)后再上传。",
            )
        running.update(chunk)
        fresh.write(chunk)
    fresh.flush()
    os.fsync(fresh.fileno())
    return running.digest(), size


def _settle(fresh: Path, place: Path) -> None:
    place.parent.mkdir(exist_ok=True, mode=0o700)
    fresh.replace(place)
    folder = os.open(place.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
