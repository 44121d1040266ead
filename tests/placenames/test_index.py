"""The derived data of search and map: what is refreshed bit by bit is what a rebuild would write, row by row."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Transformer
from sqlalchemy import text
from sqlalchemy.orm import Session

from foundation.dates import KnownDate, Precision
from placenames.register.actions import changed, note_lineage
from placenames.register.drafts import NameDraft
from placenames.search import hot, index, tiles
from placenames.search.tokens import cells, form, hot_codes
from processes.edge import finish
from tests.makers import division_id, make_name, make_place
from tests.placenames.edits import move, rename, set_announced, set_rank, set_secrecy

TABLES = {
    "forms": "SELECT text, grams, rank, classes FROM placenames.search_form",
    "sounds": "SELECT f.text, s.pinyin, s.initials, s.rank"
    " FROM placenames.search_sound s JOIN placenames.search_form f ON f.id = s.form_id",
    "tokens": "SELECT t.place_id, t.name_id, f.text, t.rank, t.terms, t.valid_from, t.valid_to,"
    " t.inherited, t.current, t.public"
    " FROM placenames.search_token t JOIN placenames.search_form f ON f.id = t.form_id",
    "points": "SELECT place_id, min_zoom, zkey, rank, name, class_code, status, valid_from, valid_to, ST_AsEWKT(geom)"
    " FROM placenames.map_point",
}
NAMES = ("东大街", "西大街", "新城路", "长江路", "吕四巷", "朝阳门", "S336", "一二三", "如皋路", "中山北路")
GONE = 99
CODES = ("320682", "320612", "320508", "320102")


def derived(session: Session) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of the derived tables, without the numbers that only count."""
    found = {}
    for table, question in TABLES.items():
        rows = session.execute(text(question)).all()
        found[table] = sorted((tuple(row) for row in rows), key=repr)
    return found


def assert_as_rebuilt(session: Session) -> None:
    refreshed = derived(session)
    index.rebuild(session)
    rebuilt = derived(session)
    for table in TABLES:
        gone = [row for row in rebuilt[table] if row not in refreshed[table]]
        extra = [row for row in refreshed[table] if row not in rebuilt[table]]
        assert (gone[:3], extra[:3]) == ([], []), table
        assert refreshed[table] == rebuilt[table], table


def assert_thinned(session: Session) -> None:
    """At every zoom up to 13 each cell that has points shows exactly its best: highest rank, then smallest id."""
    points = session.execute(text("SELECT place_id, rank, zkey, min_zoom FROM placenames.map_point")).all()
    assert all(0 <= point.min_zoom <= 14 or point.min_zoom == GONE for point in points)
    points = [point for point in points if point.min_zoom != GONE]
    for zoom in range(14):
        shown: dict[int, list[int]] = {}
        best: dict[int, list[int]] = {}
        for point in sorted(points, key=lambda point: (-point.rank, point.place_id)):
            cell = point.zkey >> 2 * (14 - zoom)
            best.setdefault(cell, [point.place_id])
            if point.min_zoom <= zoom:
                shown.setdefault(cell, []).append(point.place_id)
        assert shown == best, f"zoom {zoom}"


class Officer:
    """Makes one random edit after another, some on the demonstration's own places."""

    def __init__(self, session: Session, seed: int) -> None:
        self.session = session
        self.random = Random(seed)
        self.places = list(session.scalars(text("SELECT id FROM placenames.place ORDER BY id")))
        self.day = date(2020, 1, 1)
        self.own = [self.create() for _ in range(4)]

    def position(self) -> tuple[float, float]:
        """Somewhere in a few crowded cells, or anywhere in Jiangsu."""
        if self.random.random() < 0.7:
            return 120.56 + self.random.randrange(4) * 0.0009, 32.39 + self.random.randrange(4) * 0.0007
        return self.random.uniform(117, 121.5), self.random.uniform(31, 35)

    def next_day(self) -> date:
        """A day after all the days before."""
        self.day += timedelta(days=1)
        return self.day

    def place(self) -> int:
        """One of this officer's own places, or any place of the register."""
        return int(self.random.choice(self.own if self.random.random() < 0.6 else self.places))

    def create(self) -> int:
        """Record a place, sometimes without a position, restricted, or not announced."""
        lon, lat = self.position() if self.random.random() < 0.85 else (None, None)
        name = self.random.choice(NAMES)
        names = [make_name(name, published=self.random.random() < 0.8)]
        if self.random.random() < 0.3:
            names.append(make_name(self.random.choice(NAMES), kind="alias", published=self.random.random() < 0.8))
        return make_place(
            self.session, name, names=tuple(names), lon=lon, lat=lat, code=self.random.choice(CODES),
            rank=self.random.choice((10_000, 20_000, 85_000, self.random.randrange(100_000))),
            secrecy=self.random.choice(("公开", "公开", "公开", "内部")),
            class_label=self.random.choice(("街路巷", "街路巷", "桥梁", "住宅区")),
        )  # fmt: skip

    def edit(self) -> None:
        """One random act."""
        acts: tuple[Callable[[], object], ...] = (
            lambda: self.own.append(self.create()),
            lambda: rename(
                self.session, self.random.choice(self.own), self.random.choice(NAMES),
                published=self.random.random() < 0.7, on=self.next_day(),
            ),
            lambda: move(
                self.session, self.place(), self.position() if self.random.random() < 0.9 else None,
                division_id(self.session, self.random.choice(CODES)) if self.random.random() < 0.9 else None,
            ),
            lambda: set_rank(self.session, self.place(), self.random.randrange(100_000)),
            lambda: set_secrecy(self.session, self.place(), self.random.choice(("公开", "内部", "秘密"))),
            lambda: set_announced(self.session, self.place(), self.random.random() < 0.6),
            lambda: self.reclassify(self.place()),
            self.join,
        )  # fmt: skip
        self.random.choice(acts)()

    def reclassify(self, place: int) -> None:
        """A place turns out to be something else."""
        self.session.execute(
            text("UPDATE placenames.place SET class_label = :label WHERE id = :id AND own_division_id IS NULL"),
            {"label": self.random.choice(("街路巷", "桥梁", "河流", "住宅区")), "id": place},
        )
        changed(self.session, [place])

    def join(self) -> None:
        """One place goes into another, later ones only: lineage has no circles."""
        among = self.own if self.random.random() < 0.7 else self.places
        one, other = sorted(self.random.choices(among, k=2))
        if one != other:
            relation = self.random.choice(("merged", "split", "part"))
            note_lineage(self.session, [(one, other, date(2020, 1, 1), "day", relation, "")])
            if relation != "part" and self.random.random() < 0.5:
                self.session.execute(
                    text("UPDATE placenames.place_name SET valid_to = '2026-06-30', to_precision = 'day',"
                         " kind = 'historic', status = 'historic' WHERE place_id = :id AND valid_to IS NULL"),
                    {"id": one},
                )  # fmt: skip


@pytest.mark.parametrize("seed", range(5))
def test_after_any_edits_the_derived_data_are_those_of_a_rebuild(session: Session, seed: int) -> None:
    officer = Officer(session, seed)
    for _ in range(8):
        for _ in range(officer.random.randint(1, 4)):
            officer.edit()
        finish(session)
    assert_thinned(session)
    assert_as_rebuilt(session)
    assert_thinned(session)


@pytest.mark.parametrize("seed", [101])
def test_after_each_single_edit_every_cell_shows_its_best(session: Session, seed: int) -> None:
    officer = Officer(session, seed)
    finish(session)
    for _ in range(12):
        officer.edit()
        finish(session)
        assert_thinned(session)


def test_many_places_at_once_are_thinned_as_a_rebuild_would(session: Session) -> None:
    ids = session.scalars(
        text("UPDATE placenames.place SET rank = (id * 7919) % 60000 WHERE own_division_id IS NULL RETURNING id")
    ).all()
    assert len(ids) > index.MANY
    changed(session, ids)
    finish(session)
    assert_thinned(session)
    assert_as_rebuilt(session)


def test_the_demonstration_is_as_a_rebuild_would_write_it(session: Session) -> None:
    assert_thinned(session)
    assert_as_rebuilt(session)


def test_the_best_of_a_cell_gives_way_when_it_is_restricted_and_comes_back(session: Session) -> None:
    small, big = (make_place(session, lon=120.56, lat=32.39, rank=rank) for rank in (90_000, 99_000))
    finish(session)

    def lowest(place: int) -> int | None:
        found: int | None = session.scalar(
            text("SELECT min_zoom FROM placenames.map_point WHERE place_id = :id"), {"id": place}
        )
        return found

    assert (lowest(big), lowest(small)) == (0, 14)
    set_secrecy(session, big, "内部")
    finish(session)
    assert (lowest(big), lowest(small)) == (None, 0)
    set_secrecy(session, big, "公开")
    finish(session)
    assert (lowest(big), lowest(small)) == (0, 14)


def test_of_equal_ranks_the_smaller_id_is_shown(session: Session) -> None:
    first, second = (make_place(session, lon=120.56, lat=32.39, rank=99_500) for _ in range(2))
    finish(session)
    rows = session.execute(
        text("SELECT place_id, min_zoom FROM placenames.map_point WHERE place_id = ANY(:ids)"), {"ids": [first, second]}
    )
    assert {row.place_id: row.min_zoom for row in rows} == {first: 0, second: 14}


def test_an_heir_is_derived_anew_when_the_one_it_came_from_changes(session: Session) -> None:
    old, new = make_place(session, "东大街"), make_place(session, "西大街")
    note_lineage(session, [(old, new, date(2020, 1, 1), "day", "merged", "")])
    finish(session)
    rename(session, old, "长江路")
    finish(session)
    inherited = session.scalars(
        text("SELECT f.text FROM placenames.search_token t JOIN placenames.search_form f ON f.id = t.form_id"
             " WHERE t.place_id = :id AND t.inherited"), {"id": new}
    ).all()  # fmt: skip
    assert set(inherited) == {"东大街", "长江路"}


def test_lists_call_a_place_by_its_newest_public_name_in_use(session: Session) -> None:
    def called(*names: NameDraft) -> str | None:
        place = make_place(session, names=names)
        found: str | None = session.scalar(
            text("SELECT name FROM published.search_place WHERE place_id = :id"), {"id": place}
        )
        return found

    ended = make_name("如皋县", kind="former", valid_to=KnownDate(date(1991, 2, 28), Precision.DAY))
    alias, secret, standard = make_name("雉皋", kind="alias"), make_name("新名市", published=False), make_name("如皋市")
    assert called(ended, alias, standard) == "如皋市"
    assert called(ended, alias, secret) == "雉皋"
    assert called(ended, secret) == "如皋县"
    assert called(secret) is None


def test_nothing_changed_writes_nothing(session: Session) -> None:
    assert index.refresh(session, []) == 0


def test_the_progress_of_a_rebuild_is_told(session: Session) -> None:
    told: list[tuple[int, int]] = []
    index.rebuild(session, lambda done, of: told.append((done, of)))
    forms = session.scalar(text("SELECT count(*) FROM placenames.search_form"))
    assert told[-1] == (forms, forms)


def keys_of(zoom: int, x: int, y: int) -> tuple[int, int]:
    """The one range of z-order keys in which the points of a tile are looked for."""
    (found,) = tiles._covering(zoom, [x], [y])
    return found


TO_MERCATOR = Transformer.from_crs(4490, 3857, always_xy=True)
EDGE = 20037508.342789244


@settings(max_examples=80, deadline=None)
@given(lon=st.floats(73, 136), lat=st.floats(3, 54), zoom=st.integers(0, 22))
def test_the_key_of_a_point_lies_in_the_range_of_its_tile(lon: float, lat: float, zoom: int) -> None:
    x, y = TO_MERCATOR.transform(lon, lat)

    def cell(at: int) -> tuple[int, int]:
        size = 2 * EDGE / 2**at
        return int((x + EDGE) // size), int((EDGE - y) // size)

    first, last = keys_of(18, *cell(18))
    assert first == last
    low, high = keys_of(zoom, *cell(zoom))
    assert low <= first <= high
    assert high - low == (1 << max(0, 36 - 2 * zoom)) - 1


def test_the_database_and_the_service_number_cells_alike(session: Session) -> None:
    rows = session.execute(text("SELECT zkey, ST_X(geom) AS x, ST_Y(geom) AS y FROM placenames.map_point")).all()
    size = 2 * EDGE / 2**18
    assert rows
    for row in rows:
        assert keys_of(18, int((row.x + EDGE) // size), int((EDGE - row.y) // size)) == (row.zkey, row.zkey)


def test_the_database_and_the_search_number_the_cells_of_boxes_alike(session: Session) -> None:
    rows = session.execute(text(
        "SELECT placenames.cell(point) AS cell, ST_X(point) AS lon, ST_Y(point) AS lat FROM published.place"
        " WHERE point IS NOT NULL"
    )).all()  # fmt: skip
    assert rows
    for row in rows:
        assert cells((row.lon, row.lat, row.lon, row.lat), 1) == [row.cell]


def test_a_form_has_the_bits_of_the_classes_of_its_places_and_no_others(session: Session) -> None:
    def bits(*labels: str) -> int:
        return sum(session.scalars(text("SELECT placenames.class_bit(unnest(:labels))"), {"labels": list(labels)}))

    def told() -> int | None:
        found: int | None = session.scalar(text("SELECT classes FROM placenames.search_form WHERE text = '揽月桥'"))
        return found

    make_place(session, "揽月桥", class_label="桥梁")
    other = make_place(session, "揽月桥", class_label="街路巷")
    make_place(session, "揽月桥", class_label="住宅区", secrecy="内部")
    finish(session)
    assert told() == bits("桥梁", "街路巷")
    session.execute(text("UPDATE placenames.place SET class_label = '山' WHERE id = :id"), {"id": other})
    changed(session, [other])
    finish(session)
    assert told() == bits("桥梁", "山")
    labels = session.scalars(text("SELECT label FROM placenames.place_class")).all()
    assert len({bits(label) for label in labels}) > len(labels) / 2


def test_of_a_name_that_very_many_bear_classes_are_only_added_until_all_is_derived_anew(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index, "FEW_BEARERS", 2)
    places = [make_place(session, "揽月桥", class_label=label) for label in ("桥梁", "街路巷", "街路巷")]
    finish(session)
    session.execute(text("UPDATE placenames.place SET class_label = '山' WHERE id = :id"), {"id": places[0]})
    changed(session, [places[0]])
    finish(session)
    told = text(
        "SELECT label FROM placenames.place_class, placenames.search_form"
        " WHERE text = '揽月桥' AND classes & placenames.class_bit(label) <> 0"
    )
    assert {"桥梁", "街路巷", "山"} <= set(session.scalars(told))
    index.rebuild(session)
    assert "桥梁" not in set(session.scalars(told))


def listed_by_hand(session: Session) -> set[tuple[str, str, int]]:
    """Code, text and rank of every form that a list of a hot code must hold."""
    hot_ = session.execute(text("SELECT code, least FROM placenames.search_hot")).all()
    forms = session.execute(text("SELECT text, rank FROM placenames.search_form WHERE rank IS NOT NULL")).all()
    return {
        (code, text_, rank)
        for code, least in hot_
        for text_, rank in forms
        if rank >= least and code in hot_codes(form(text_))
    }


def listed(session: Session) -> set[tuple[str, str, int]]:
    """Code, text and rank as the lists hold them."""
    rows = session.execute(text(
        "SELECT h.code, f.text, t.rank FROM placenames.search_top t JOIN placenames.search_hot h ON h.id = t.hot_id"
        " JOIN placenames.search_form f ON f.id = t.form_id"
    )).all()  # fmt: skip
    assert len(set(rows)) == len(rows)
    return {tuple(row) for row in rows}


def test_the_lists_of_hot_codes_hold_the_best_forms_whatever_is_edited(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hot, "MANY_FORMS", 20)
    monkeypatch.setattr(hot, "LISTED", 8)
    index.rebuild(session)
    assert session.scalar(text("SELECT count(*) FROM placenames.search_hot WHERE code IN ('~市', '~县', '>n')")) == 3
    assert listed(session) == listed_by_hand(session)
    officer = Officer(session, 3)
    for _ in range(6):
        for _ in range(6):
            officer.edit()
        finish(session)
        assert listed(session) == listed_by_hand(session)
