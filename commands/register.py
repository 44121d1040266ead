"""The register's database for the length of a command."""

# ruff: noqa: PLC0415

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from deploy.setup.steps import say
from foundation.errors import Refused

if TYPE_CHECKING:
    from deploy.ground import Ground


@contextmanager
def the_register(*, bring: bool = True) -> Iterator[Ground]:
    """The register's database for the length of a command, known to this process and its children.

    Without `bring` nothing is set up: a question to a register that was never made is refused.
    """
    from deploy import ground

    if not bring and not ground.exists():
        raise Refused("这里还没有登记库。", remedy="请先运行 ./diming up,或设置 DATABASE_URL。")
    with ground.database(say) as found:
        from foundation.database import set_addresses

        set_addresses(found.owner, found.public)
        yield found
