"""Looks at each part of the house and says what is wrong and what to do about it; changes nothing."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from deploy import ground
from deploy.home_lock import HomeLock
from deploy.setup import assets, environment, postgis, steps
from foundation.cluster.private import base_folder, data_major
from foundation.errors import DimingError

ROOM_NEEDED = 3_000_000_000


@dataclass(frozen=True)
class Finding:
    """One part of the house: is it sound, what is it, and what to do when it is not."""

    part: str
    sound: bool
    told: str
    remedy: str = ""

    def line(self) -> str:
        """The finding as one line for the terminal."""
        return f"✓ {self.part}:{self.told}" if self.sound else f"✗ {self.part}:{self.told}。{self.remedy}"


def examine(check_server: Callable[[str], None]) -> Iterator[Finding]:
    """Every part of the house in the order in which `up` needs it."""
    yield python_part()
    yield assets_part()
    yield room_part()
    yield programs_part()
    yield database_part(check_server)
    yield service_part()


def python_part() -> Finding:
    """The Python environment and its lock."""
    version = ".".join(map(str, sys.version_info[:3]))
    if any(environment.current(lock) for lock in environment.INCLUDES):
        return Finding("Python 环境", True, f"{version},与锁定文件一致")
    return Finding("Python 环境", False, "与锁定文件不一致", "运行 ./diming up 会自动更新。")


def assets_part() -> Finding:
    """The files of the browser."""
    if not assets.current():
        return Finding("前端文件", False, "还没有,或已过期", "运行 ./diming up 会自动取得。")
    damaged = assets.damaged()
    if damaged:
        return Finding(
            "前端文件",
            False,
            f"{damaged[0]} 等 {len(damaged)} 个文件被改动",
            "请删除 api/static/vendor 后运行 ./diming up。",
        )
    return Finding("前端文件", True, "齐全,校验值相符")


def room_part() -> Finding:
    """The room on the disk of the home folder."""
    place = next(path for path in (steps.home(), *steps.home().parents) if path.exists())
    free = shutil.disk_usage(place).free
    told = f"{place} 尚余 {free / 1e9:.1f} GB"
    return Finding("磁盘空间", free >= ROOM_NEEDED, told, "请腾出至少 3 GB。")


def programs_part() -> Finding:
    """The programs of PostgreSQL and PostGIS."""
    if os.environ.get("DATABASE_URL"):
        return Finding("数据库程序", True, "使用 DATABASE_URL 指定的数据库,不需要本机程序")
    home = steps.home()
    found = postgis.find(base_folder(home) / "postgis", data_major(home))
    if found is None:
        return Finding("数据库程序", False, "没有合适的 PostgreSQL 和 PostGIS", "运行 ./diming up 会自动取得。")
    return Finding("数据库程序", True, f"PostgreSQL {postgis.server_major(found.bin_dir, found)},位于 {found.bin_dir}")


def database_part(check_server: Callable[[str], None]) -> Finding:
    """The database itself, as far as it runs."""
    try:
        found = ground.running()
        check_server(found.owner)
    except DimingError as error:
        return Finding("数据库", False, error.message, error.remedy)
    return Finding("数据库", True, "可以连接,版本和权限符合要求")


def service_part() -> Finding:
    """The web service of this home folder."""
    lock = HomeLock(steps.home())
    told = lock.told() if lock.held() else None
    if told is None:
        return Finding("网页服务", True, "没有运行(用 ./diming up 启动)")
    return Finding("网页服务", True, f"{told.url}(进程 {told.pid}{'' if told.ready else ',正在启动'})")
