"""Who handles and who decides: the route of a class in a division, as data of the bureau (DOMAIN §1.1, §14.4)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from foundation import sqlfiles
from foundation.database import Reader
from foundation.errors import FieldError, Malformed, Refused
from foundation.people.roles import ORGAN_KINDS
from foundation.texts import storable
from placenames.spelling.rules import Kind

SQL = sqlfiles.folder(__file__)
PROCEDURES = {
    "own": "本级办理", "opinion": "征求意见", "received": "接收备案", "division": "区划变更",
}  # fmt: skip


def ask(reader: Reader, question: str, **parameters: object) -> Sequence[tuple[Any, ...]]:
    """The rows of one question of this room."""
    return reader.rows(sqlfiles.load(SQL / f"{question}.sql"), parameters)


@dataclass(frozen=True)
class Way:
    """The route of a class in a division: who handles it and who decides, as data of the bureau."""

    code: str
    division_id: int
    handler_id: int
    handler: str
    class_label: str
    category: str
    spelling_kind: Kind
    procedure: str
    approver_kind: str
    approver_division_id: int
    approver: str
    article: str
    verified: str
    note: str

    @property
    def refusal(self) -> str:
        """Why a case of this class cannot be opened here; empty where it can."""
        if self.procedure == "own":
            return ""
        return (
            f"{self.class_label}由主管部门批准,民政部门{'出具意见' if self.procedure == 'opinion' else '接收备案'},"
            "不在这里申报。" if self.procedure != "division" else "行政区划的命名、更名按区划变更办理,不在这里申报。"
        )  # fmt: skip


def way(reader: Reader, class_: str, code: str) -> Way:
    """The route of a class in the division of a code; raises `Malformed` for what is not there."""
    if not storable(code):
        raise Malformed([FieldError("division", "含有不能识别的字符", "请填写六位代码,例如 320682")])
    offices = ask(reader, "office", code=code.strip())
    if not offices:
        raise Malformed([FieldError("division", f"没有代码为“{code[:12]}”的现行政区", "请填写六位代码,例如 320682")])
    division_id, handler_id, handler, _, level, kind, parent_id, parent = offices[0]
    if level == "province":
        raise Malformed([FieldError("division", "省级政区不直接办理地名命名", "请选到县(市、区)或设区的市")])
    found = ask(reader, "route", **{"class": class_.strip(), "type": kind})
    if not found:
        raise Malformed(
            [FieldError("class", f"没有“{class_[:12]}”这个地名类别", "请填写类别名称或五位代码,见 /api/classes")]
        )
    label, category, spelling, procedure, approver_kind, approver_level, article, verified, note = found[0]
    if procedure is None:
        raise Refused(f"{label}还没有设定批准权限。", remedy="请系统管理员在路径表中补录。")
    superior = approver_level == "parent" and parent_id is not None
    place = parent if superior else handler
    return Way(
        code.strip(), division_id, handler_id, handler, label, category, spelling, procedure, approver_kind,
        parent_id if superior else handler_id, f"{place}{ORGAN_KINDS[approver_kind]}", article, verified, note,
    )  # fmt: skip


def route(reader: Reader, class_: str, code: str) -> dict[str, Any]:
    """The route as it is shown before anyone writes a word (DOMAIN §14.4)."""
    found = way(reader, class_, code)
    return {
        "class": found.class_label, "procedure": found.procedure, "procedure_label": PROCEDURES[found.procedure],
        "handler": f"{found.handler}民政局", "approver": found.approver, "article": found.article,
        "verified": found.verified, "note": found.note, "accepted": not found.refusal, "why": found.refusal,
        "spelling_kind": found.spelling_kind,
    }  # fmt: skip


def code_of(reader: Reader, division_id: int) -> str:
    """The code of a division today; raises `Refused` where it has ended."""
    found = ask(reader, "code_of", division=division_id)
    if not found:
        raise Refused("所在政区已经撤销。", remedy="请改选现行的政区。")
    return str(found[0][0])


def outside(reader: Reader, division_id: int, drawn: str) -> tuple[float, bool, str] | None:
    """How far a geometry (GeoJSON) reaches beyond a division in metres, whether wholly, and the division's name."""
    found = ask(reader, "outside", division=division_id, drawn=drawn)
    return (found[0][0], found[0][1], found[0][2]) if found else None
