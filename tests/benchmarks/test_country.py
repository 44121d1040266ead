"""The country that the benchmarks make: seeded, of real names, repeated as in life, each place in its county."""

from __future__ import annotations

import zipfile
from collections import Counter, defaultdict
from pathlib import Path

import pytest
import shapely

from benchmarks.country import divisions, gazetteer, places
from benchmarks.country.gazetteer import Town
from benchmarks.country.places import Country
from foundation.errors import Unavailable
from placenames.register import bulk

ROWS = 21_000
TABLE = """江苏省\t320000\t江苏
\t南通市\t320600\t南通
\t\t如皋市\t320682\t如皋
\t\t\t如城街道
\t\t\t\t方庄村
\t\t\t\t长青社区
\t\t\t东陈镇
\t\t\t\t石庄村
"""


@pytest.fixture(autouse=True)
def names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A list of villages of this test's own, in the form of the real one."""
    folder = tmp_path / "jionlp" / "dictionary"
    folder.mkdir(parents=True)
    with zipfile.ZipFile(folder / "china_location.zip", "w") as archive:
        archive.writestr("china_location.txt", TABLE)
    monkeypatch.setenv(gazetteer.FOLDER, str(tmp_path))
    gazetteer.towns.cache_clear()


def country(rows: int = ROWS, seed: int = 7) -> Country:
    """A country whose divisions all have a number."""
    return Country(rows, seed, defaultdict(lambda: 5))


def test_towns_and_villages_are_read_by_county() -> None:
    assert gazetteer.towns()["320682"] == (Town("如城街道", ("方庄村", "长青社区")), Town("东陈镇", ("石庄村",)))


def test_without_the_list_of_villages_the_error_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(gazetteer.FOLDER)
    gazetteer.towns.cache_clear()
    with pytest.raises(Unavailable, match="村镇名录") as told:
        gazetteer.towns()
    assert "./diming bench" in told.value.remedy


def test_every_division_of_today_is_there_with_its_superior_and_its_towns() -> None:
    plan = divisions.plan()
    by_code = {record.code: number for number, record in enumerate(plan.records)}
    assert len(by_code) == len(plan.records)
    assert Counter(record.level for record in plan.records)["county"] > 2800
    rugao = by_code["320682"]
    assert plan.records[plan.parent[rugao] or 0].name == "南通市"
    assert plan.parent[by_code["320682001"]] == rugao
    assert plan.records[by_code["320682001"]].name == "如城街道"


def test_each_chunk_is_the_same_whenever_it_is_made() -> None:
    first, second = country(), country()
    number = len(first.sizes()) // 2
    assert bulk.prepare(first.chunk(number), 1, 1, "x") == bulk.prepare(second.chunk(number), 1, 1, "x")
    assert bulk.prepare(country(seed=8).chunk(number), 1, 1, "x") != bulk.prepare(second.chunk(number), 1, 1, "x")


def test_chunks_bring_as_many_places_and_names_as_they_say() -> None:
    made = country()
    sizes = made.sizes()
    assert sum(names for _, names in sizes) == pytest.approx(ROWS, abs=1)
    for number, size in enumerate(sizes):
        drafts = made.chunk(number)
        assert (len(drafts), sum(len(draft.names) for draft in drafts)) == size
    keys = [draft.source_key for number in range(len(sizes)) for draft in made.chunk(number)]
    assert len(set(keys)) == len(keys) == sum(places for places, _ in sizes)


def test_names_repeat_as_in_life_and_one_in_twenty_places_had_another_name_before() -> None:
    made = country()
    drafts = [draft for number in range(len(made.sizes())) for draft in made.chunk(number)]
    called = Counter(name.spelling.text for draft in drafts for name in draft.names if name.kind == "standard")
    roads = sum(draft.class_label == "街路巷" for draft in drafts)
    assert 0.015 < called["中山路"] / roads < 0.035
    assert called["中山路"] > called["幸福路"] > called["南京路"] > 0
    former = sum(len(draft.names) - 1 for draft in drafts)
    assert former == -(-len(drafts) // places.FORMER_EVERY)


def test_every_place_lies_within_its_county() -> None:
    made = country()
    part = next(part for chunk in made.chunks for part in chunk if made.counties[part.county][0] == "320682")
    found = list(places._County(made, part).drafts())
    area = gazetteer.areas()["320682"].buffer(1e-6)
    assert found
    assert all(shapely.contains(area, draft.point) for draft in found)


def test_the_real_villages_of_a_county_are_among_its_places_when_the_country_is_whole() -> None:
    made = country(rows=places.FULL)
    part = next(part for chunk in made.chunks for part in chunk if made.counties[part.county][0] == "320682")
    found = {(draft.names[-1].spelling.text, draft.class_label) for draft in places._County(made, part).drafts()}
    assert {("方庄村", "行政村"), ("石庄村", "行政村"), ("长青社区", "社区")} <= found
