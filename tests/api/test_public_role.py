"""A public instance (`--role public`): no desk, no field, no sign-in, no application, no link there, and no writing."""

from __future__ import annotations

import re
from collections.abc import Iterator

import psycopg2
import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient

from api.access import signed_in
from api.app import create_app
from foundation.database import ReadPool
from foundation.settings import settings
from foundation.sqlfiles import SqlFile
from tests.api.test_permissions import asks_who_one_is
from tests.house.test_direction import access_of, every_route

ABSENT = (
    "/desk", "/desk/", "/desk/login", "/desk/proposals", "/desk/account", "/field", "/field/", "/field/sw.js",
    "/apply", "/apply/new", "/session", "/api/session", "/api/password", "/api/proposals", "/api/proposals/1",
    "/api/handovers", "/api/journal", "/api/routes", "/static/desk.css", "/static/desk/api.js",
    "/static/map/../desk/api.js", "/static/%64esk/api.js", "/static//desk/api.js",
)  # fmt: skip
WRITING = ("POST", "PUT", "PATCH", "DELETE")
# These change nothing: they answer a question that does not fit into an address.
ASKING = {"/api/names/spell"}


@pytest.fixture
def app(demo_pool: ReadPool, monkeypatch: pytest.MonkeyPatch) -> Iterator[FastAPI]:
    monkeypatch.setenv("DIMING_ROLE", "public")
    settings.cache_clear()
    made = create_app()
    made.state.reader = demo_pool
    yield made
    monkeypatch.undo()
    settings.cache_clear()


@pytest.fixture
def public(app: FastAPI) -> Iterator[TestClient]:
    with TestClient(app, raise_server_exceptions=False) as client:
        yield client


@pytest.mark.parametrize("address", ABSENT)
def test_what_belongs_to_the_desk_is_absent(public: TestClient, address: str) -> None:
    for method in ("GET", "POST"):
        answer = public.request(method, address, follow_redirects=False)
        assert answer.status_code in ({404} if "static" not in address else {404, 405}), method
        assert answer.status_code == 404 or method != "GET"


def test_the_same_is_there_where_the_desk_is(demo_pool: ReadPool) -> None:
    made = create_app()
    made.state.reader = made.state.staff_reader = demo_pool
    client = TestClient(made, raise_server_exceptions=False)
    assert client.get("/desk/login").status_code == 200
    assert client.get("/static/desk/api.js").status_code == 200
    assert client.get("/api/proposals").status_code == 401


def test_the_public_pages_are_all_there(public: TestClient) -> None:
    place = public.get("/api/search?q=如皋市").json()["items"][0]["id"]
    for address in (
        "/", "/?mode=elder", "/search?q=如皋", f"/places/{place}", "/docs", "/openapi.json", "/health/ready",
        "/tiles/map/7/106/51.mvt", "/static/map/main.js", "/static/map.css", "/static/place.css",
    ):  # fmt: skip
        assert public.get(address).status_code == 200, address


def test_no_page_and_no_description_leads_to_what_is_not_there(public: TestClient) -> None:
    place = public.get("/api/search?q=如皋市").json()["items"][0]["id"]
    for address in ("/", "/?mode=elder", "/search?q=如皋", f"/places/{place}", "/docs", "/openapi.json", "/nowhere"):
        html = public.get(address, headers={"Accept": "text/html"}).text
        assert not re.search(r'["\'(=](/desk|/field|/apply|/api/(session|password|proposals|handovers|journal))', html)
        assert "登录" not in html or address == "/openapi.json"


def test_no_route_looks_for_somebody_signed_in_and_none_writes(app: FastAPI) -> None:
    routes = [route for route in every_route(list(app.routes)) if isinstance(route, APIRoute)]
    assert len(routes) > 10
    assert asks_who_one_is(app) == set()
    for route in routes:
        assert signed_in not in access_of(route)
        assert set(route.methods or ()) <= {"GET"} or route.path in ASKING


@pytest.mark.parametrize("method", WRITING)
def test_nothing_takes_a_write(public: TestClient, app: FastAPI, method: str) -> None:
    for route in every_route(list(app.routes)):
        address = re.sub(r"{[^}]*}", "1", route.path)
        if route.path in ASKING:
            continue
        answer = public.request(method, address, json={})
        assert answer.status_code in {404, 405}, f"{method} {address}"


def test_a_cookie_or_token_of_the_desk_opens_nothing(public: TestClient) -> None:
    for headers in ({"Authorization": "Bearer x"}, {"Cookie": "diming_session=x"}):
        assert public.get("/desk", headers=headers).status_code == 404
        assert public.get("/search?q=如皋", headers=headers).status_code == 200


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM published.policy RETURNING 1",
        "UPDATE placenames.place SET secrecy = '公开' RETURNING 1",
        "INSERT INTO published.policy VALUES ('a', 'b') RETURNING 1",
    ],
)
def test_what_answers_the_public_cannot_write_even_if_a_question_said_so(demo_pool: ReadPool, statement: str) -> None:
    with pytest.raises(psycopg2.Error):
        demo_pool.rows(SqlFile("test.write", (), statement), {})
