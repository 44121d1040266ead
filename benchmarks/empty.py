"""A service whose only route answers the same bytes each time: the bound of any answer of that size."""

from __future__ import annotations

import os

from fastapi import FastAPI, Response

ANSWER = b"." * int(os.environ.get("DIMING_BENCH_SIZE", "1"))
app = FastAPI()


@app.get("/")
def nothing() -> Response:
    """The bytes."""
    return Response(ANSWER, media_type="application/json")
