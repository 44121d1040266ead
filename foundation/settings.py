"""One typed class with every setting, read from the environment when first asked for."""

from __future__ import annotations

import re
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from foundation.errors import Refused

# The key is sent there and nowhere else; a local address serves tests.
TIANDITU = re.compile(r"https://t[0-7]\.tianditu\.gov\.cn|http://127\.0\.0\.1:\d{1,5}")
PROJECT = Path(__file__).resolve().parent.parent


class Settings(BaseSettings):
    """Every setting with its meaning in Chinese; `./diming settings` lists them.

    Each is read from `DIMING_<NAME>`; the database address keeps its customary name `DATABASE_URL`.
    """

    model_config = SettingsConfigDict(env_prefix="DIMING_", extra="ignore")

    database_url: SecretStr | None = Field(
        default=None, validation_alias="DATABASE_URL", description="所用 PostGIS 数据库的地址;不填则自带一个"
    )
    public_database_url: SecretStr | None = Field(
        default=None, description="公众查询专用的登录地址(角色 diming_public);不填则由主连接切换角色"
    )
    home: Path = Field(default=PROJECT / ".diming", description="自带数据库、备份和日志所在的文件夹")
    root_files: Path | None = Field(
        default=None, description="网站根目录验证文件(如 MP_verify_….txt)所在的文件夹;不填则为 DIMING_HOME 下的 root"
    )
    province: str = Field(default="320000", description="本系统所管的省级行政区划代码;首页地图不能移出这个范围")
    bureau_area: str = Field(default="320000", description="本单位的行政区划代码;首页先显示这里")
    map_approval: str = Field(default="", description="审图号;不填则只有演示数据向公众显示界线,并加水印")
    tianditu_key: SecretStr | None = Field(
        default=None, description="天地图服务端密钥(tk);填了才有天地图底图,密钥只留在服务器上"
    )
    tianditu_address: str = Field(
        default="https://t0.tianditu.gov.cn",
        description="天地图的地址 https://t0–t7.tianditu.gov.cn;测试时可用本机地址",
    )
    tianditu_approval: str = Field(default="", description="天地图底图自己的审图号,显示在地图下方")
    tianditu_seconds: float = Field(default=3.0, gt=0, le=30, description="等一块天地图瓦片最多几秒")
    contact: str = Field(default="", description="公众纠错的受理电话或邮箱,显示在地名卡片上")
    public_decimals: int = Field(default=5, ge=2, le=7, description="公众看到的坐标保留几位小数(5 位约 1 米)")
    role: Literal["all", "public"] = Field(default="all", description="提供哪些页面:all 全部,public 只有公众页面")
    session_hours: int = Field(default=12, ge=1, le=72, description="登录一次管多少小时")
    secure_cookie: bool = Field(default=False, description="登录凭证只经 HTTPS 传送;对外用 HTTPS 时请打开")
    largest_file_mb: int = Field(default=20, ge=1, le=500, description="一个附件最大多少 MB")
    leader_signs: bool = Field(default=False, description="审核呈批由局领导签发(是),还是由科长办理(否)")
    scan_before_archive: bool = Field(default=True, description="归档前必须有批文扫描件")
    position_tolerance_m: int = Field(default=100, ge=0, le=5000, description="位置超出政区界线多少米以内不算越界")
    clock: str = Field(default="", description="固定的日期时间(仅供测试和演练),如 2026-03-02T09:00+08:00")
    statement_timeout_ms: int = Field(default=3000, ge=100, description="一次查询最多用时(毫秒)")
    threads: int = Field(default=8, ge=1, le=64, description="每个进程同时处理的请求数")

    @field_validator("tianditu_address")
    @classmethod
    def _is_tianditu(cls, written: str) -> str:
        if not TIANDITU.fullmatch(written):
            raise ValueError(written)
        return written

    @field_validator("clock")
    @classmethod
    def _is_an_instant(cls, written: str) -> str:
        if written:
            datetime.fromisoformat(written)
        return written


@lru_cache(maxsize=1)
def settings() -> Settings:
    """The settings of this process; tests clear the cache with `settings.cache_clear()`.

    Raises `Refused` naming the variable whose value cannot be read.
    """
    try:
        return Settings()
    except ValidationError as error:
        fault = error.errors()[0]
        name = str(fault["loc"][0])
        variable = name if name.isupper() else f"DIMING_{name.upper()}"
        meaning = Settings.model_fields[name].description if name in Settings.model_fields else ""
        raise Refused(f"设置 {variable} 的值不对。", remedy=f"它的意思是:{meaning};请改正后再试。") from None
