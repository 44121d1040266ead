"""`/health/live` and `/health/ready`, for supervisors and load balancers."""

from __future__ import annotations

from fastapi import APIRouter

from api.access import Public, PublicReader
from foundation import sqlfiles
from foundation.settings import PROJECT

router = APIRouter(tags=["运行状况"])


@router.get("/health/live", summary="进程是否在运行")
def live(access: Public) -> dict[str, str]:
    """The process runs; asks nothing of the database."""
    return {"status": "ok"}


@router.get("/health/ready", summary="能否提供服务")
def ready(access: Public, reader: PublicReader) -> dict[str, str]:
    """The register answers the public's questions; 503 where it does not."""
    reader.one(sqlfiles.load(PROJECT / "foundation" / "sql" / "ready.sql"), {})
    return {"status": "ok"}
