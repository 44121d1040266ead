"""`GET /NAME.txt` and `/NAME.html`: verification files that other services want to find at the web root.

WeChat and others ask for `/MP_verify_….txt` to see that a site is whose it says. They lie in one folder; nothing else
of the machine can be had by them, and no page of ours ends in `.txt` or `.html`.
"""

from __future__ import annotations

import re
from pathlib import Path

from fastapi import APIRouter, Response

from api.access import Public
from foundation.errors import NotFound
from foundation.settings import settings

router = APIRouter(include_in_schema=False)
NAME = re.compile(r"[A-Za-z0-9_-]{1,100}\.(txt|html)")
LARGEST = 16 << 10
TYPES = {"txt": "text/plain; charset=utf-8", "html": "text/html; charset=utf-8"}


@router.get("/{stem}.txt")
def text_file(access: Public, stem: str) -> Response:
    """A verification file as text."""
    return _file(f"{stem}.txt")


@router.get("/{stem}.html")
def html_file(access: Public, stem: str) -> Response:
    """A verification file as HTML; the content policy keeps it from running anything."""
    return _file(f"{stem}.html")


def folder() -> Path:
    """Where the files lie."""
    return settings().root_files or settings().home / "root"


def _file(name: str) -> Response:
    """A small plain file that lies in the folder itself; raises `NotFound` for all else, also for a link out of it."""
    path = folder() / name
    kept = NAME.fullmatch(name) and path.is_file() and not path.is_symlink()
    if not kept or path.stat().st_size > LARGEST:
        raise NotFound("没有这个文件。")
    return Response(path.read_bytes(), media_type=TYPES[path.suffix[1:]], headers={"Cache-Control": "no-cache"})
