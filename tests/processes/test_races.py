"""Two people at once: acts that commit side by side leave what a rebuild would leave, and nobody is turned away."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import text

from foundation import journal
from foundation.database import engine
from placenames.register.actions import changed
from placenames.search import index
from processes.edge import writing
from tests.makers import make_place

DERIVED = (
    "SELECT place_id, min_zoom, zkey, rank, name FROM placenames.map_point ORDER BY place_id",
    "SELECT f.text, f.rank, s.pinyin, s.initials, s.rank"
    " FROM placenames.search_form f JOIN placenames.search_sound s ON s.form_id = f.id ORDER BY 1, 3, 4",
    "SELECT t.place_id, f.text, t.rank, t.current, t.public"
    " FROM placenames.search_token t JOIN placenames.search_form f ON f.id = t.form_id ORDER BY 1, 2",
)


def test_acts_on_neighbouring_places_at_the_same_moment_leave_what_a_rebuild_leaves(own_demo_address: str) -> None:
    def act(number: int) -> None:
        with writing() as session:
            make_place(
                session, f"东{'甲乙丙丁戊己庚辛'[number % 8]}街", lon=120.56 + number * 1e-5, rank=95_000 + number
            )

    with ThreadPoolExecutor(4) as people:
        list(people.map(act, range(16)))
    with writing() as session:
        before = [session.execute(text(question)).all() for question in DERIVED]
        index.rebuild(session)
        assert [session.execute(text(question)).all() for question in DERIVED] == before
        assert journal.verify(session.connection())[1] is None


def test_two_acts_on_one_place_at_the_same_moment_both_hold(own_demo_address: str) -> None:
    with writing() as session:
        place = make_place(session, "东大街")

    def touch(number: int) -> None:
        with writing() as session:
            session.execute(text("UPDATE placenames.place SET rank = rank + 1 WHERE id = :id"), {"id": place})
            changed(session, [place])

    with ThreadPoolExecutor(4) as people:
        list(people.map(touch, range(12)))
    with engine().connect() as connection:
        ranks = connection.execute(
            text("SELECT p.rank, s.rank FROM placenames.place p JOIN placenames.map_point s ON s.place_id = p.id"
                 " WHERE p.id = :id"),
            {"id": place},
        ).one()  # fmt: skip
    assert tuple(ranks) == (10_012, 10_012)
