"""The application: composition root of HTTP. `create_app` is what the web server starts."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio.to_thread
from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles
from starlette.middleware.gzip import GZipMiddleware

from api import errors
from api.headers import BodyLimit, HeadAsGet, SecurityHeaders
from api.routes import (
    basemap,
    desk,
    divisions,
    handovers,
    health,
    journal,
    listing,
    map,
    places,
    proposals,
    root_files,
    search,
    session,
    site,
    tools,
)
from api.wechat import OpenInBrowser
from foundation.settings import settings

DESK_FILES = ("desk", "field")
PUBLIC = (search, listing, places, divisions, map, basemap, tools, health, site)
STAFF = (session, proposals, handovers, journal, desk)


class PublicFiles(StaticFiles):
    """The static files of a public instance: those of the desk are as absent as its pages."""

    def lookup_path(self, path: str) -> tuple[str, os.stat_result | None]:
        """Where a file lies; nowhere if it belongs to the desk."""
        if path.replace("\\", "/").split("/")[0].split(".")[0] in DESK_FILES:
            return "", None
        return super().lookup_path(path)


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Set the thread pool beside the connection pool: routes are plain functions that wait for the database."""
    anyio.to_thread.current_default_thread_limiter().total_tokens = settings().threads
    yield


def create_app() -> FastAPI:
    """The application with all its routes; makes no connection until it is asked something."""
    app = FastAPI(
        title="地名 Diming",
        version="0.1.0",
        description="标准地名、行政区划的公开查询接口。坐标为 CGCS2000 经纬度(EPSG:4490)。",
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
    )
    # A public instance has no desk: there is nothing to sign in to (DOMAIN §14.26).
    for routes in PUBLIC if settings().role == "public" else (*PUBLIC, *STAFF):
        app.include_router(routes.router, responses=errors.DESCRIBED)
    # Last, so that no file of that name can take the place of a page.
    app.include_router(root_files.router)
    files = PublicFiles if settings().role == "public" else StaticFiles
    app.mount("/static", files(directory=site.STATIC), name="static")
    errors.install(app)
    app.add_middleware(BodyLimit)
    app.add_middleware(OpenInBrowser)
    app.add_middleware(GZipMiddleware, minimum_size=1024)
    app.add_middleware(SecurityHeaders)
    app.add_middleware(HeadAsGet)
    return app
