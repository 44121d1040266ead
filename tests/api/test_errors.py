"""How errors are told: problem+json for programs, a page for people, nothing of the inside, headers on everything."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy.exc import SQLAlchemyError

from api.headers import HEADERS
from foundation.database import PUBLIC_ROLE, ReadPool
from foundation.sqlfiles import SqlFile
from tests.conftest import application, free_port

SLEEP = SqlFile("test.sleep", (), "SELECT pg_sleep(5)")
MEMBERS = {"type", "title", "status", "detail", "instance"}


class Broken:
    """A reader in which something fails that nobody thought of."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def rows(self, statement: SqlFile, parameters: Mapping[str, object]) -> Sequence[tuple[Any, ...]]:
        """Fail."""
        raise self.error

    def one(self, statement: SqlFile, parameters: Mapping[str, object]) -> tuple[Any, ...] | None:
        """Fail."""
        raise self.error


class Slow(ReadPool):
    """A pool whose every question takes longer than is allowed."""

    def rows(self, statement: SqlFile, parameters: Mapping[str, object]) -> Sequence[tuple[Any, ...]]:
        """Ask the database to sleep instead."""
        return super().rows(SLEEP, {})


@contextmanager
def service(reader: object) -> Iterator[TestClient]:
    """A client of the service over a reader."""
    with TestClient(application(reader), raise_server_exceptions=False) as open_client:
        yield open_client


@pytest.fixture
def slow(demo_address: str) -> Iterator[TestClient]:
    pool = Slow(demo_address, role=PUBLIC_ROLE, size=2, timeout_ms=150)
    with service(pool) as open_client:
        yield open_client
    pool.close()


@pytest.fixture
def away() -> Iterator[TestClient]:
    pool = ReadPool(f"postgresql://diming:secret-word@127.0.0.1:{free_port()}/none", role=None, size=2, timeout_ms=500)
    with service(pool) as open_client:
        yield open_client
    pool.close()


@pytest.mark.parametrize(
    ("address", "status", "kind"),
    [
        ("/api/nothing", 404, "not-found"),
        ("/nothing", 404, "not-found"),
        ("/api/places/999999999", 404, "not-found"),
        ("/api/search", 422, "malformed"),
        ("/api/search?q=a&limit=0", 422, "malformed"),
        ("/static/nothing.js", 404, "not-found"),
        ("/static/built/nothing.js", 404, "not-found"),
        ("/static/../app.py", 404, "not-found"),
        ("/static/%2e%2e/app.py", 404, "not-found"),
    ],
)
def test_an_error_is_a_problem_with_every_member(client: TestClient, address: str, status: int, kind: str) -> None:
    answer = client.get(address)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert set(problem) >= MEMBERS
    assert problem["type"] == f"urn:diming:error:{kind}"
    assert problem["status"] == status
    assert problem["instance"] == answer.request.url.path
    assert not (problem["title"] + problem["detail"].split("/")[0]).isascii(), "title and detail are Chinese"


def test_every_fault_of_a_malformed_request_is_told_with_its_place_and_remedy(client: TestClient) -> None:
    problem = client.get("/api/lookup", params={"lon": "x"}).json()
    assert problem["errors"] == [
        {"loc": "lon", "msg": "应为数字", "remedy": "请填写数字"},
        {"loc": "lat", "msg": "缺少这个参数", "remedy": "请补上"},
    ]
    limit = client.get("/api/divisions", params={"limit": 201}).json()["errors"]
    assert limit == [{"loc": "limit", "msg": "数值太大", "remedy": "最大为 200"}]


def test_a_person_gets_a_page_with_a_way_on(client: TestClient) -> None:
    for address in ("/places/999999999", "/nothing"):
        answer = client.get(address, headers={"Accept": "text/html,application/xhtml+xml"})
        assert answer.status_code == 404
        assert answer.headers["content-type"].startswith("text/html")
        assert 'href="/"' in answer.text
        assert "没有" in answer.text


def test_a_page_of_an_error_shows_an_address_as_text(client: TestClient) -> None:
    answer = client.get("/<script>alert(1)</script>", headers={"Accept": "text/html"})
    assert answer.status_code == 404
    assert "<script>alert" not in answer.text


def test_a_program_gets_a_problem_whatever_it_accepts(client: TestClient) -> None:
    answer = client.get("/api/places/999999999", headers={"Accept": "text/html"})
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("address", ["/api/search?q=a", "/api/divisions", "/tiles/map/0/0/0.mvt", "/", "/health/live"])
def test_another_method_is_not_supported(client: TestClient, method: str, address: str) -> None:
    answer = client.request(method, address)
    assert answer.status_code == 405
    assert answer.json()["type"] == "urn:diming:error:method-not-allowed"


def test_a_refused_method_names_those_that_are_allowed(client: TestClient) -> None:
    assert "GET" in client.post("/api/search").headers["allow"]


@pytest.mark.parametrize(
    "error", [RuntimeError("secret-word"), SQLAlchemyError("secret-word"), KeyError("secret-word")]
)
@pytest.mark.parametrize("accept", ["application/json", "text/html"])
def test_an_unforeseen_failure_tells_nothing_of_the_inside_and_is_logged(
    caplog: pytest.LogCaptureFixture, error: Exception, accept: str
) -> None:
    with service(Broken(error)) as broken, caplog.at_level(logging.ERROR, "diming.api"):
        answer = broken.get("/places/1", headers={"Accept": accept})
    assert answer.status_code == 500
    assert "系统" in answer.text
    for inside in ("secret-word", "Traceback", type(error).__name__, "File "):
        assert inside not in answer.text
    assert [record for record in caplog.records if record.exc_info and record.exc_info[1] is error]
    assert "/places/1" in caplog.text


def test_a_question_that_takes_too_long_is_stopped_and_can_be_tried_again(slow: TestClient) -> None:
    answer = slow.get("/api/search", params={"q": "如皋"})
    assert answer.status_code == 503
    assert int(answer.headers["retry-after"]) > 0
    problem = answer.json()
    assert problem["type"] == "urn:diming:error:unavailable"
    assert "用时过长" in problem["detail"]


def test_after_a_question_was_stopped_the_connection_serves_the_next(demo_address: str) -> None:
    pool = ReadPool(demo_address, role=PUBLIC_ROLE, size=1, timeout_ms=150)
    one = SqlFile("test.one", (), "SELECT 1")
    with pytest.raises(Exception, match="用时过长"):
        pool.rows(SLEEP, {})
    assert pool.one(one, {}) == (1,)
    pool.close()


@pytest.mark.parametrize("address", ["/api/search?q=a", "/api/divisions", "/api/places/1", "/tiles/map/0/0/0.mvt"])
def test_while_the_database_is_away_the_service_says_so(away: TestClient, address: str) -> None:
    answer = away.get(address)
    assert answer.status_code == 503
    assert int(answer.headers["retry-after"]) > 0
    assert answer.json()["type"] == "urn:diming:error:unavailable"
    assert "secret-word" not in answer.text


def test_the_process_lives_while_the_database_is_away_but_is_not_ready(away: TestClient) -> None:
    assert away.get("/health/live").json() == {"status": "ok"}
    answer = away.get("/health/ready")
    assert answer.status_code == 503
    assert answer.headers["retry-after"]


def test_with_its_database_the_service_is_ready(client: TestClient) -> None:
    assert client.get("/health/live").status_code == 200
    assert client.get("/health/ready").json() == {"status": "ok"}


@pytest.mark.parametrize(
    "address",
    [
        "/", "/api/search?q=a", "/api/search", "/api/nothing", "/places/1", "/places/x", "/docs", "/openapi.json",
        "/favicon.ico", "/static/map.css", "/static/nothing", "/tiles/map/8/213/103.mvt", "/tiles/map/10/0/0.mvt",
        "/tiles/map/99/0/0.mvt", "/health/live", "/api/map/labels",
    ],
)  # fmt: skip
def test_the_security_headers_stand_on_every_answer(client: TestClient, address: str) -> None:
    answer = client.get(address)
    assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS


def test_the_security_headers_forbid_what_a_page_does_not_need() -> None:
    policy = dict(part.split(" ", 1) for part in HEADERS["Content-Security-Policy"].split("; "))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == "'self'"
    assert policy["frame-ancestors"] == "'none'"
    assert "unsafe" not in HEADERS["Content-Security-Policy"]
    assert HEADERS["X-Content-Type-Options"] == "nosniff"


def test_the_security_headers_stand_on_refused_methods_and_unchanged_tiles(client: TestClient) -> None:
    tile = client.get("/tiles/map/8/213/103.mvt")
    unchanged = client.get("/tiles/map/8/213/103.mvt", headers={"If-None-Match": tile.headers["etag"]})
    assert unchanged.status_code == 304
    for answer in (unchanged, client.post("/api/search")):
        assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS


@pytest.mark.parametrize("error", [SQLAlchemyError("x"), RuntimeError("x")])
def test_the_security_headers_stand_on_unforeseen_failures(error: Exception) -> None:
    with service(Broken(error)) as broken:
        answer = broken.get("/places/1", headers={"Accept": "text/html"})
    assert answer.status_code == 500
    assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS


def test_the_security_headers_stand_on_unavailable_answers(away: TestClient) -> None:
    answer = away.get("/api/divisions")
    assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS


@pytest.mark.parametrize("path", ["/", "/health/live", "/api/search?q=rg", "/places/1"])
def test_head_answers_as_get_without_a_body(client: TestClient, path: str) -> None:
    answer = client.head(path)
    assert (answer.status_code, answer.content) == (200, b"")


@pytest.mark.parametrize(
    "asked", [{"near": "999,999"}, {"near": "120,91"}, {"bbox": "120,32,119,33"}, {"bbox": "1,9,2,8"}]
)
def test_positions_that_are_none_are_refused(client: TestClient, asked: dict[str, str]) -> None:
    answer = client.get("/api/search", params={"q": "n", **asked})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["loc"] == next(iter(asked))
