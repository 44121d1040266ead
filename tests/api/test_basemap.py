"""Tianditu by way of this server: only what is allowed, in time, remembered, and the key stays here."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import anyio
import pytest
from fastapi.testclient import TestClient

from api import tianditu
from api.routes.basemap import box_of
from deploy import settings_list
from foundation.database import ReadPool
from foundation.errors import Refused, Unavailable
from foundation.settings import settings
from tests.conftest import application
from tests.fake_tianditu import KEY, FakeTianditu, fake_tianditu, picture

HERE = "/tiles/base/vec/8/213/103"
"""A tile of Jiangsu."""
ABROAD = "/tiles/base/vec/8/100/100"


@pytest.fixture
def fake() -> Iterator[FakeTianditu]:
    with fake_tianditu() as running:
        yield running


@pytest.fixture
def based(client: TestClient, fake: FakeTianditu, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    """The service with a base map, which forgets it after the test."""
    monkeypatch.setenv("DIMING_TIANDITU_KEY", KEY)
    monkeypatch.setenv("DIMING_TIANDITU_ADDRESS", fake.address)
    monkeypatch.setenv("DIMING_TIANDITU_SECONDS", "0.5")
    settings.cache_clear()
    tianditu._basemap.cache_clear()
    yield client
    tianditu._basemap.cache_clear()


def test_a_tile_comes_by_way_of_this_server_and_the_key_goes_only_there(based: TestClient, fake: FakeTianditu) -> None:
    answer = based.get(HERE)

    assert (answer.status_code, answer.content) == (200, picture())
    assert answer.headers["content-type"] == "image/png"
    (asked,) = fake.asked
    assert asked == {
        "path": "/vec_w/wmts", "SERVICE": "WMTS", "REQUEST": "GetTile", "VERSION": "1.0.0", "LAYER": "vec",
        "STYLE": "default", "TILEMATRIXSET": "w", "FORMAT": "tiles", "TILEMATRIX": "8", "TILEROW": "103",
        "TILECOL": "213", "tk": KEY,
    }  # fmt: skip
    assert KEY not in str(answer.headers)


def test_a_tile_is_asked_for_once_and_browsers_may_keep_it(based: TestClient, fake: FakeTianditu) -> None:
    first = based.get(HERE)
    again = based.get(HERE, headers={"If-None-Match": first.headers["etag"]})

    assert again.status_code == 304
    assert again.content == b""
    assert "max-age=86400" in first.headers["cache-control"]
    assert len(fake.asked) == 1


def test_the_memory_is_bounded(based: TestClient, fake: FakeTianditu, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tianditu, "MEMORY", 2 * len(picture()))
    for column in (213, 214, 212):
        assert based.get(f"/tiles/base/vec/8/{column}/103").status_code == 200
    assert based.get("/tiles/base/vec/8/214/103").status_code == 200
    assert len(fake.asked) == 3
    based.get(HERE)
    assert len(fake.asked) == 4, "the oldest was given up"


@pytest.mark.parametrize(
    "mood", ["slow", "broken", "refused", "words", "disguised", "mislabelled", "huge", "elsewhere", "dripping"]
)
def test_whatever_is_no_tile_in_time_is_not_passed_on_and_tells_nothing(
    based: TestClient, fake: FakeTianditu, caplog: pytest.LogCaptureFixture, mood: str
) -> None:
    fake.mood = mood
    caplog.set_level(logging.DEBUG)
    begun = time.monotonic()
    answer = based.get(HERE)

    assert time.monotonic() - begun < 1.4
    assert answer.status_code == 503
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"] == "底图暂时没有取到。"
    assert KEY not in answer.text + str(answer.headers) + caplog.text
    assert [asked["path"] for asked in fake.asked] == ["/vec_w/wmts"], "nobody is sent elsewhere with the key"


def test_a_server_that_is_not_there_is_away_too(
    based: TestClient, fake: FakeTianditu, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    monkeypatch.setenv("DIMING_TIANDITU_ADDRESS", "http://127.0.0.1:9")
    settings.cache_clear()
    assert based.get(HERE).status_code == 503
    assert KEY not in caplog.text


@pytest.fixture
def crowd(based: TestClient, demo_pool: ReadPool, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    """A client of its own whose requests are served at once, with patience for a slow machine."""
    monkeypatch.setenv("DIMING_TIANDITU_SECONDS", "30")
    monkeypatch.setattr(tianditu, "QUEUE_SECONDS", 30.0)
    settings.cache_clear()
    with TestClient(application(demo_pool), raise_server_exceptions=False) as open_client:
        yield open_client


def until(true: Callable[[], bool]) -> None:
    """Wait for what other threads bring about; fails where it does not come."""
    end = time.monotonic() + 30
    while not true():
        assert time.monotonic() < end
        time.sleep(0.01)


def waiting() -> int:
    """How many requests wait for their turn."""
    source = tianditu.basemap()
    return source._places.statistics().tasks_waiting if source else 0


def test_a_page_that_asks_for_many_tiles_at_once_gets_them_all(crowd: TestClient, fake: FakeTianditu) -> None:
    tiles = [f"/tiles/base/{layer}/8/{column}/103" for layer in ("vec", "img") for column in range(211, 215)] * 3
    fake.hold()
    with ThreadPoolExecutor(len(tiles)) as page:
        answers = page.map(crowd.get, tiles)
        until(lambda: waiting() == len(tiles) - tianditu.AT_ONCE)
        fake.go_on()
        assert {answer.status_code for answer in answers} == {200}
    assert len(fake.asked) < len(tiles), "who waited for the same tile takes what the first one brought"


def test_a_queue_that_grows_without_end_is_cut_and_that_is_no_failure(
    crowd: TestClient, fake: FakeTianditu, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tianditu, "QUEUED", 1)
    fake.hold()
    with ThreadPoolExecutor(12) as page:
        answers = [page.submit(crowd.get, f"/tiles/base/vec/10/{column}/413") for column in range(844, 856)]
        until(lambda: sum(answer.done() for answer in answers) == 12 - tianditu.AT_ONCE - 1)
        assert {answer.result().status_code for answer in answers if answer.done()} == {503}
        fake.go_on()
    assert sum(answer.result().status_code == 200 for answer in answers) == tianditu.AT_ONCE + 1
    assert crowd.get(HERE).status_code == 200


def test_what_nobody_waits_for_any_more_is_not_asked_for(fake: FakeTianditu) -> None:
    async def gone() -> bool:
        return True

    source = tianditu.Basemap(fake.address, KEY, 3)
    with pytest.raises(Unavailable):
        anyio.run(source.tile, ("vec", 8, 213, 103), gone)
    assert fake.asked == []


def test_after_some_failures_it_is_left_alone_and_then_tried_again(
    based: TestClient, fake: FakeTianditu, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tianditu, "REST_SECONDS", 0.4)
    fake.mood = "broken"
    for _ in range(12):
        assert based.get(HERE).status_code == 503
    assert len(fake.asked) == tianditu.FAILURES

    fake.mood = "fine"
    assert based.get(HERE).status_code == 503, "still resting"
    time.sleep(0.5)
    assert based.get(HERE).status_code == 200


def test_what_was_kept_is_still_given_while_it_is_away(based: TestClient, fake: FakeTianditu) -> None:
    assert based.get(HERE).status_code == 200
    fake.mood = "broken"
    for column in range(211, 217):
        based.get(f"/tiles/base/vec/8/{column}/102")
    assert based.get(HERE).status_code == 200


@pytest.mark.parametrize(
    "address",
    [
        "/tiles/base/ter/8/213/103", "/tiles/base/vec_w/8/213/103", "/tiles/base/../8/213/103",
        "/tiles/base/vec/0/0/0", "/tiles/base/vec/19/436000/211000", "/tiles/base/vec/99/1/1",
        "/tiles/base/vec/8/256/103", "/tiles/base/vec/8/-1/103", "/tiles/base/vec/8/213/1e2",
        "/tiles/base/vec/8/213/103.png", "/tiles/base/vec/8/²/103", "/tiles/base/vec/8/213/103&tk=x",
    ],
)  # fmt: skip
def test_nothing_but_the_known_tiles_is_asked_for(based: TestClient, fake: FakeTianditu, address: str) -> None:
    assert based.get(address).status_code == 404
    assert fake.asked == []


@pytest.mark.parametrize("address", [ABROAD, "/tiles/base/vec/5/26/12", "/tiles/base/img/10/843/388"])
def test_without_a_map_approval_no_tile_lies_beyond_the_province(
    based: TestClient, fake: FakeTianditu, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    assert based.get(address).status_code == 404
    assert fake.asked == []

    monkeypatch.setenv("DIMING_MAP_APPROVAL", "苏S(2026)001号")
    settings.cache_clear()
    assert based.get(address).status_code == 200


def test_the_box_of_a_tile_is_where_it_lies() -> None:
    west, south, east, north = box_of(8, 213, 103)
    assert west < 120 < east
    assert south < 32.5 < north
    assert box_of(0, 0, 0) == pytest.approx((-180, -85.05113, 180, 85.05113), abs=1e-4)


def test_without_a_key_there_is_no_base_map_at_all(client: TestClient) -> None:
    assert client.get(HERE).status_code == 404
    assert '"basemap": false' in client.get("/").text
    assert "天地图底图" not in client.get("/").text


def test_the_page_knows_that_there_is_one_and_not_the_key(based: TestClient) -> None:
    html = based.get("/").text
    assert '"basemap": true' in html
    assert KEY not in html


def test_the_key_is_hidden_among_the_settings(based: TestClient) -> None:
    listed = json.dumps(settings_list.entries(), ensure_ascii=False)
    assert "DIMING_TIANDITU_KEY" in listed
    assert KEY not in listed
    assert KEY not in repr(settings())


@pytest.mark.parametrize(
    "address",
    [
        "http://t0.tianditu.gov.cn", "https://t0.tianditu.gov.cn.example.org", "https://example.org",
        "http://127.0.0.1.example.org:80", "http://localhost:80", "https://t0.tianditu.gov.cn/x", "file:///etc/passwd",
        "https://t8.tianditu.gov.cn", "http://127.0.0.1:80@example.org",
    ],
)  # fmt: skip
def test_the_key_is_sent_to_no_other_host(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIMING_TIANDITU_ADDRESS", address)
    settings.cache_clear()
    with pytest.raises(Refused, match="DIMING_TIANDITU_ADDRESS"):
        settings()
