"""The fictional people of the demonstration: one account for each role, with passwords made for this installation."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

from foundation.errors import Refused
from foundation.people import actions
from processes.edge import writing
from processes.people import Posting, the_post

DATASET = "demo-jiangsu"
SECRET = "demo_secret"  # noqa: S105 - the name of the policy row, not its value
ACCOUNTS_LOCK = 0x64656D6F


@dataclass(frozen=True)
class Account:
    """One account: login, name that nobody bears, its post."""

    login: str
    name: str
    role: str
    organ: str
    organ_kind: str
    division: str
    title: str = ""


_BUREAU, _GOVERNMENT = "civil_affairs", "government"
ACCOUNTS = (
    Account("applicant", "申请人(演示)", "applicant", "如皋市演示道路建设有限公司", "other", "320682"),
    Account("clerk", "经办甲(演示)", "clerk", "如皋市民政局", _BUREAU, "320682"),
    Account("clerk2", "经办乙(演示)", "clerk", "如皋市民政局", _BUREAU, "320682", "经办人(二)"),
    Account("chief", "科长甲(演示)", "section_chief", "如皋市民政局", _BUREAU, "320682"),
    Account("leader", "局长甲(演示)", "bureau_leader", "如皋市民政局", _BUREAU, "320682"),
    Account("approver", "市府甲(演示)", "approver", "如皋市人民政府", _GOVERNMENT, "320682"),
    Account("expert1", "专家甲(演示)", "expert", "如皋市民政局", _BUREAU, "320682", "专家(一)"),
    Account("expert2", "专家乙(演示)", "expert", "如皋市民政局", _BUREAU, "320682", "专家(二)"),
    Account("expert3", "专家丙(演示)", "expert", "如皋市民政局", _BUREAU, "320682", "专家(三)"),
    Account("inspector", "联检甲(演示)", "inspector", "如皋市民政局", _BUREAU, "320682"),
    Account("caretaker", "管护甲(演示)", "caretaker", "如皋市民政局", _BUREAU, "320682"),
    Account("heritage", "文化甲(演示)", "heritage_officer", "如皋市民政局", _BUREAU, "320682"),
    Account("archivist", "档案甲(演示)", "archivist", "如皋市民政局", _BUREAU, "320682"),
    Account("haian-clerk", "海安经办(演示)", "clerk", "海安市民政局", _BUREAU, "320685"),
    Account("taixing-inspector", "泰兴联检(演示)", "inspector", "泰兴市民政局", _BUREAU, "321283"),
    Account("city", "市局甲(演示)", "city_officer", "南通市民政局", _BUREAU, "320600"),
    Account("auditor", "审计甲(演示)", "auditor", "江苏省演示审计组", "other", "320000"),
    Account("admin", "系统管理(演示)", "administrator", "如皋市民政局", _BUREAU, "320682"),
)


def is_demo(connection: Connection) -> bool:
    """Whether a register is the demonstration."""
    return bool(connection.scalar(text("SELECT value FROM foundation.policy WHERE name = 'dataset'")) == DATASET)


def bring(session: Session) -> str:
    """Make the accounts where they are not there (the demonstration alone has them); returns their secret."""
    session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ACCOUNTS_LOCK})
    kept: str | None = session.scalar(text("SELECT value FROM foundation.policy WHERE name = :name"), {"name": SECRET})
    if kept is not None:
        return kept
    secret = secrets.token_hex(32)
    session.execute(
        text("INSERT INTO foundation.policy (name, value) VALUES (:name, :value)"), {"name": SECRET, "value": secret}
    )
    for account in ACCOUNTS:
        person = actions.add_person(session, account.login, account.name, _password(secret, account.login))
        posting = Posting(account.role, account.organ, account.division, account.organ_kind, account.title)
        actions.give_post(session, person, the_post(session, posting))
    return secret


def listing() -> list[dict[str, Any]]:
    """The accounts with their passwords (CONTRACT §1); raises `Refused` where the register is no demonstration."""
    with writing() as session:
        if not is_demo(session.connection()):
            raise Refused("这不是演示数据,没有演示账号。", remedy="请用 ./diming person add 添加人员。")
        secret = bring(session)
        return [
            {
                "login": account.login, "password": _password(secret, account.login), "name": account.name,
                "roles": [account.role], "organ": account.organ, "division": account.division,
            }
            for account in ACCOUNTS
        ]  # fmt: skip


def _password(secret: str, login: str) -> str:
    """The account's first password: derived from a secret of this installation, so that it can be printed again."""
    mark = hmac.digest(secret.encode(), login.encode(), hashlib.sha256)
    letters = base64.b32encode(mark).decode().lower()[:16]
    return "-".join(letters[start : start + 4] for start in range(0, 16, 4))
