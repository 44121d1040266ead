"""The description of the interfaces: exactly what the contract promises of this issue, readable with no other host."""

from __future__ import annotations

import re

from fastapi.testclient import TestClient

# CONTRACT §2, as far as this issue goes.
PROMISED = {
    "/places/{place_id}",
    "/api/search",
    "/api/places/{place_id}",
    "/api/lookup",
    "/api/divisions",
    "/api/divisions/{code}",
    "/api/divisions/{code}/lineage",
    "/api/divisions/translate",
    "/tiles/map/{z}/{x}/{y}.mvt",
    "/health/live",
    "/health/ready",
}
# CONTRACT §3 and §4, as far as this issue goes.
STAFF = {
    "/api/session": {"get", "post", "delete"},
    "/api/proposals": {"get", "post"},
    "/api/proposals/{proposal_id}": {"get", "patch"},
    "/api/proposals/{proposal_id}/steps/{step}": {"post"},
    "/api/proposals/{proposal_id}/attachments": {"post"},
    "/api/proposals/{proposal_id}/opinions": {"post"},
    "/api/names/spell": {"post"},
    "/api/journal": {"get"},
}
FREE = {
    "/api/map/labels",
    "/api/map/times",
    "/api/password",
    "/api/classes",
    "/api/routes",
    "/api/proposals/{proposal_id}/attachments/{attachment_id}",
    "/api/handovers",
    "/api/handovers/{handover_id}/{verb}",
}
PARAMETERS = {
    "/api/search": {"q", "division", "class", "bbox", "near", "as_of", "limit", "cursor"},
    "/api/places/{place_id}": {"place_id", "as_of"},
    "/api/lookup": {"lon", "lat", "as_of"},
    "/api/divisions": {"parent", "as_of", "limit", "cursor"},
    "/api/divisions/{code}": {"code", "as_of"},
    "/api/divisions/{code}/lineage": {"code"},
    "/api/divisions/translate": {"code", "from", "to"},
    "/tiles/map/{z}/{x}/{y}.mvt": {"z", "x", "y", "as_of"},
}
_LINK = re.compile(r"""(?:href|src|action)\s*=\s*["']([^"']*)""")


def test_the_description_lists_exactly_the_promised_paths_and_the_free_ones(client: TestClient) -> None:
    described = client.get("/openapi.json").json()
    assert described["openapi"].startswith("3.")
    assert set(described["paths"]) == PROMISED | set(STAFF) | FREE
    for path in PROMISED:
        assert set(described["paths"][path]) == {"get"}, path
    for path, methods in STAFF.items():
        assert set(described["paths"][path]) == methods, path


def test_the_described_parameters_are_those_of_the_contract(client: TestClient) -> None:
    paths = client.get("/openapi.json").json()["paths"]
    for path, names in PARAMETERS.items():
        assert {parameter["name"] for parameter in paths[path]["get"]["parameters"]} == names, path


def test_every_described_operation_says_in_chinese_what_it_does(client: TestClient) -> None:
    for path, methods in client.get("/openapi.json").json()["paths"].items():
        for operation in methods.values():
            assert not operation["summary"].isascii(), path


def test_the_first_page_and_the_docs_are_there(client: TestClient) -> None:
    for address in ("/", "/docs"):
        answer = client.get(address)
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/html")


def test_the_docs_link_to_this_server_only_and_every_link_answers(client: TestClient) -> None:
    links = _LINK.findall(client.get("/docs").text)
    assert len(links) >= 4
    for link in links:
        assert link.startswith("/"), link
        assert not link.startswith("//"), link
        assert client.get(link).status_code == 200, link


def test_the_docs_carry_no_script_of_their_own(client: TestClient) -> None:
    page = client.get("/docs").text
    assert not re.search(r"<script(?![^>]*\bsrc=)[^>]*>", page)
    assert not re.search(r"\son\w+\s*=|<style", page)


def test_the_script_of_the_docs_asks_this_server(client: TestClient) -> None:
    script = client.get("/static/docs.js").text
    assert "/openapi.json" in script
    assert not re.search(r"https?://", script)
