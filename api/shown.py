"""How pages are shown on a device: as usual, or as 长辈版 in large print (Barrier-free Environment Act Art. 32).

The choice stands in the address once and is then remembered by the device in a cookie that holds nothing else, so that
it works without script. As long as it is not known that the device remembers it, links repeat it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated
from urllib.parse import quote, urlencode

from fastapi import Depends, Request, Response

from foundation.settings import settings

COOKIE = "diming_shown"
YEAR = 365 * 24 * 3600
SIZES = ("大", "更大", "最大")
ELDER, STANDARD, MAP = "elder", "standard", "map"


@dataclass(frozen=True)
class Shown:
    """Whether large print is shown and how large; `here` is the address of the page without what this decides.

    `kept`: the device remembers exactly this. `forgotten`: it shall remember it no longer.
    """

    elder: bool = False
    size: int = 1
    here: str = "/"
    kept: bool = False
    forgotten: bool = False

    @property
    def frame(self) -> str:
        """The template around every page."""
        return "elder.html" if self.elder else "base.html"

    @property
    def carried(self) -> dict[str, str]:
        """What links and forms must repeat, because the device may not remember it."""
        return {"mode": ELDER, "size": str(self.size)} if self.elder and not self.kept else {}

    def link(self, path: str, **asked: str | None) -> str:
        """An address of ours with what is asked, empty parts left out."""
        given = {name.rstrip("_"): value for name, value in asked.items() if value}
        return _joined(path, given | self.carried)

    def turned(self, mode: str) -> str:
        """This page in another way."""
        return _joined(self.here, {"mode": mode})

    def sized(self, size: int) -> str:
        """This page in large print of another size."""
        return _joined(self.here, {"mode": ELDER, "size": str(size)})

    def remember(self, answer: Response) -> None:
        """Have the device remember the choice, or forget it."""
        answer.headers["Vary"] = "Cookie"
        if self.forgotten:
            answer.delete_cookie(COOKIE, path="/")
        elif self.elder and not self.kept:
            answer.set_cookie(
                COOKIE, f"{ELDER}-{self.size}", max_age=YEAR, path="/", httponly=True, samesite="lax",
                secure=settings().secure_cookie,
            )  # fmt: skip


def shown(request: Request) -> Shown:
    """How this request is to be answered: what its address says wins over what the device remembers.

    `mode=elder` turns large print on, `standard` off for good, `map` shows the map this once.
    """
    given = dict(request.query_params)
    mode, wanted = given.pop("mode", ""), given.pop("size", "")
    # One slash, and no backslash: a link must not lead to another host, whatever was asked for.
    here = _joined("/" + quote(request.url.path.lstrip("/")), given)
    remembered = _remembered(request.cookies.get(COOKIE, ""))
    if mode in {STANDARD, MAP} or not (mode == ELDER or remembered):
        return Shown(here=here, forgotten=mode == STANDARD and bool(remembered))
    size = int(wanted) if wanted in {"1", "2", "3"} else remembered or 1
    return Shown(elder=True, size=size, here=here, kept=remembered == size)


def _remembered(cookie: str) -> int:
    """The size that the device remembers; 0 where it remembers nothing that we wrote."""
    mode, _, size = cookie.partition("-")
    return int(size) if mode == ELDER and size in {"1", "2", "3"} else 0


def _joined(path: str, given: dict[str, str]) -> str:
    if not given:
        return path
    return f"{path}{'&' if '?' in path else '?'}{urlencode(given)}"


View = Annotated[Shown, Depends(shown)]
