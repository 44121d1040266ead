"""Questions about access: whose secret is this, and what may they do now."""

from __future__ import annotations

import hashlib
from typing import Any

from foundation import clock, sqlfiles
from foundation.access.actor import Actor, Grant
from foundation.database import Reader
from foundation.errors import FieldError, Forbidden, Malformed, SignInNeeded
from foundation.texts import whole_number

SQL = sqlfiles.folder(__file__)


def digest(secret: str) -> bytes:
    """What is kept of a secret of 256 random bits: its SHA-256 (slow hashing is for what people can guess)."""
    return hashlib.sha256(secret.encode()).digest()


def actor(reader: Reader, secret: str) -> Actor:
    """The person whom a cookie or token signs in; raises `SignInNeeded` where it does not, saying why."""
    row = reader.one(sqlfiles.load(SQL / "sign_in.sql"), {"digest": digest(secret)})
    if row is None or not row[4]:
        raise SignInNeeded("登录凭证无效。", remedy="请重新登录。")
    sign_in_id, person_id, login, name, _, csrf, expires_at, ended_at = row
    if ended_at is not None or expires_at <= clock.now():
        raise SignInNeeded("登录已过期或已退出。", remedy="请重新登录;没有保存的内容请先复制出来。")
    return Actor(person_id, login, name, sign_in_id, csrf, grants(reader, person_id))


def grants(reader: Reader, person_id: int) -> tuple[Grant, ...]:
    """The posts that a person holds now."""
    rows = reader.rows(sqlfiles.load(SQL / "grants.sql"), {"person": person_id, "at": clock.now()})
    return tuple(Grant(*(*row[:-2], frozenset(row[-2]), frozenset(row[-1]))) for row in rows)


def journal(
    reader: Reader, actor: Actor, *, subject: str | None, person: str | None, after: int, limit: int
) -> list[dict[str, Any]]:
    """Lines of the journal within an auditor's divisions, oldest first.

    `subject` is written `kind:id`. Raises `Forbidden` for whoever is no auditor, `Malformed` for the subject.
    """
    covered = {division for grant in actor.grants if grant.role == "auditor" for division in grant.covered}
    if "auditor" not in actor.roles:
        raise Forbidden("办理日志由审计员查阅。", remedy="自己经办的,请看该件的办理过程。")
    kind, _, number = (subject or "").partition(":")
    subject_id = whole_number(number)
    if subject and not (kind and subject_id is not None):
        raise Malformed([FieldError("subject", "看不懂查阅对象", "请写成 种类:编号,例如 proposal:17")])
    asked = {
        "covered": sorted(covered), "kind": kind or None, "subject": subject_id,
        "login": person or None, "after": after, "count": limit,
        "whole": reader.rows(sqlfiles.load(SQL / "whole.sql"), {"covered": sorted(covered)})[0][0],
    }  # fmt: skip
    return [row[0] for row in reader.rows(sqlfiles.load(SQL / "journal.sql"), asked)]
