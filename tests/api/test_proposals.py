"""A naming case over HTTP: the whole story from draft to announcement, and what each person may not do in it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx2 import Response
from PIL import Image
from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

from api import installation
from api.app import create_app
from foundation import clock
from foundation.settings import settings
from processes.edge import finish
from tests.api.test_tiles import ids, tile_of
from tests.cases import STREET, WAY, application_of, at, brings, instrument, newcomer
from tests.conftest import SavepointReader
from tests.makers import make_place

HAIAN, NANTONG, TONGZHOU = "320685", "320600", "320612"
IN_HAIAN = {"type": "Point", "coordinates": [120.46, 32.55]}
# Everybody with a login holds the token "LOGIN token".
SIGN_EVERYBODY_IN = text("""
    INSERT INTO foundation.sign_in (person_id, cookie_digest, token_digest, csrf, address, at, expires_at)
    SELECT p.id, sha256(convert_to(p.login || ' cookie', 'UTF8')), sha256(convert_to(p.login || ' token', 'UTF8')),
           '', '', now(), now() + interval '1 hour'
    FROM foundation.person p WHERE NOT EXISTS (SELECT FROM foundation.sign_in s WHERE s.person_id = p.id)
""")
Office = Callable[[str], "Officer"]


def _picture() -> bytes:
    written = BytesIO()
    Image.new("RGB", (2, 2)).save(written, "PNG")
    return written.getvalue()


PNG = _picture()


class StaffReader(SavepointReader):
    """Answers the staff's questions on the test's own connection: READ ONLY, in a savepoint."""

    def rows(self, statement: Any, parameters: Any) -> Any:
        """All rows of a question."""
        driver = self.connection.connection.driver_connection
        assert driver is not None
        with driver.cursor() as cursor:
            cursor.execute("SAVEPOINT question")
            try:
                cursor.execute("SET TRANSACTION READ ONLY")
                cursor.execute(statement.driver_text, dict(parameters))
                return list(cursor.fetchall())
            finally:
                cursor.execute("ROLLBACK TO SAVEPOINT question")


@dataclass(frozen=True)
class Officer:
    """A signed-in person at the interface."""

    client: TestClient
    login: str
    writing: Callable[[], AbstractContextManager[Session]]

    def asks(self, method: str, path: str, **sent: Any) -> Response:
        """Send a request as this person."""
        headers = {"Authorization": f"Bearer {self.login} token"} if self.login else {}
        headers |= {"Content-Type": "application/json"} if "content" in sent else {}
        answer = self.client.request(method, f"/api/proposals{path}", headers=headers, **sent)
        if answer.status_code >= 400:
            told_in_chinese(answer)
        return answer

    def opens(self, name: str = "龙津东街", **others: Any) -> str:
        """Open a whole case; its id."""
        answer = self.asks("POST", "", json=application_of(name, **others))
        assert answer.status_code == 201, answer.text
        assert answer.headers["location"] == f"/api/proposals/{answer.json()['id']}"
        return str(answer.json()["id"])

    def tries(self, case: str, step: str, **given: Any) -> Response:
        """Try a step with what it must bring."""
        return self.asks("POST", f"/{case}/steps/{step}", json=brings(step) | given)

    def takes(self, case: str, step: str, **given: Any) -> Any:
        """Take a step; the case as it is then."""
        answer = self.tries(case, step, **given)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def reads(self, case: str) -> Any:
        """The case as this person sees it."""
        answer = self.asks("GET", f"/{case}")
        assert answer.status_code == 200, answer.text
        return answer.json()

    def changes(self, case: str, **given: Any) -> Response:
        """Change the draft."""
        return self.asks("PATCH", f"/{case}", json=given)

    def attaches(self, case: str, name: str, content: bytes, **form: str) -> Response:
        """Upload a paper."""
        return self.asks(
            "POST", f"/{case}/attachments", data={"kind": "批文扫描件"} | form, files={"file": (name, content)}
        )

    def lists(self, **asked: Any) -> list[str]:
        """The ids of every page of the list."""
        found: list[str] = []
        while True:
            answer = self.asks("GET", "", params=asked)
            assert answer.status_code == 200, answer.text
            page = answer.json()
            assert len(page["items"]) <= asked.get("limit", 20)
            found += [item["id"] for item in page["items"]]
            if page["next"] is None:
                return found
            asked["cursor"] = page["next"]


def told_in_chinese(answer: Response) -> None:
    """A refusal is a problem that a person understands."""
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    told = answer.json()
    assert told["status"] == answer.status_code
    for sentence in (told["title"], told["detail"], *(e["remedy"] for e in told.get("errors", ()))):
        assert any("一" <= char <= "鿿" for char in sentence), told


def faults(answer: Response) -> dict[str, str]:
    """What is wrong with each field of a malformed request."""
    assert answer.status_code == 422, answer.text
    errors = answer.json()["errors"]
    assert errors
    assert all(error["remedy"] for error in errors)
    return {error["loc"]: error["msg"] for error in errors}


def labels(case: Any) -> list[str]:
    """The time line in words."""
    return [line["label"] for line in case["timeline"]]


@pytest.fixture(scope="module")
def application() -> Iterator[tuple[FastAPI, TestClient]]:
    """The application, to which each test lends its transaction."""
    app = create_app()
    with TestClient(app, raise_server_exceptions=False) as client:
        yield app, client


@pytest.fixture
def office(
    application: tuple[FastAPI, TestClient], connection: Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Office]:
    """Everybody at their desks: `office("clerk")`; all in one transaction that is rolled back."""
    monkeypatch.setenv("DIMING_HOME", str(tmp_path))
    settings.cache_clear()
    installation._known.clear()
    app, client = application

    @contextmanager
    def writing() -> Iterator[Session]:
        with Session(connection, join_transaction_mode="create_savepoint", expire_on_commit=False) as session:
            yield session
            finish(session)
            session.commit()

    app.state.reader, app.state.staff_reader = SavepointReader(connection), StaffReader(connection)
    app.state.writing = writing
    connection.execute(SIGN_EVERYBODY_IN)
    yield lambda login: Officer(client, login, writing)
    installation._known.clear()


@pytest.fixture
def district(office: Office, connection: Connection) -> None:
    """The people of a district, of its government and of the city's, and somebody without a post, sign in too."""
    with Session(connection, join_transaction_mode="create_savepoint") as session:
        newcomer(session, "city-approver", ("approver", "南通市人民政府", "government", NANTONG))
        newcomer(session, "district-approver", ("approver", "通州区人民政府", "government", TONGZHOU))
        newcomer(session, "district-clerk", ("clerk", "通州区民政局", "civil_affairs", TONGZHOU))
        newcomer(session, "district-chief", ("section_chief", "通州区民政局", "civil_affairs", TONGZHOU))
        newcomer(session, "nobody")
        finish(session)
        session.commit()
    connection.execute(SIGN_EVERYBODY_IN)


def bring(office: Office, state: str, name: str = "龙津东街", **others: Any) -> str:
    """A case that the people of 如皋 have brought to a state; its id."""
    with office("").writing() as session:
        return str(at(session, state, name=name, **others).id)


def found(office: Office, name: str) -> list[Any]:
    """What the public finds by a name, exactly."""
    answer = office("").client.get("/api/search", params={"q": name})
    assert answer.status_code == 200, answer.text
    return [item for item in answer.json()["items"] if item["name"] == name]


# The story


def test_a_street_goes_from_the_draft_of_a_clerk_to_the_map_of_everybody(office: Office) -> None:
    clerk, chief, approver, public = office("clerk"), office("chief"), office("approver"), office("").client
    case = clerk.opens()
    draft = clerk.reads(case)
    assert (draft["state"], draft["state_label"], draft["procedure"]) == ("draft", "草稿", "own")
    assert (draft["proposed"]["roman"], draft["proposed"]["plain"]) == ("Lóngjīndōng Jiē", "Longjindong Jie")
    assert draft["division"]["path"] == ["江苏省", "南通市", "如皋市"]
    assert draft["route"]["approver"] == "如皋市人民政府"
    assert draft["official"] is draft["filing"] is draft["announcement"] is draft["findings_at"] is None
    assert draft["editable"]
    for login, step, state in (
        ("clerk", "submit", "submitted"), ("clerk", "accept", "accepted"), ("clerk", "review", "in_review"),
        ("chief", "recommend", "awaiting_approval"),
    ):  # fmt: skip
        told = office(login).takes(case, step)
        assert told["state"] == state
        assert not told["editable"] or state == "returned"
        assert found(office, "龙津东街") == []
    yesterday = clock.today() - timedelta(days=1)
    approved = approver.takes(case, "approve", instrument=instrument("皋政复〔2026〕7号", yesterday))
    due = (yesterday + timedelta(days=15)).isoformat()
    assert (approved["state"], approved["filing"]["due"], approved["announcement"]["due"]) == ("approved", due, due)
    assert approved["official"]["valid_from"] == yesterday.isoformat()
    assert approved["official"]["name"] == "龙津东街"
    assert not approved["official"]["published"]
    assert [(c["clock"], c["days_left"]) for c in approved["clocks"]] == [("filing", 14), ("announcement", 14)]
    place, tile = approved["official"]["place"], tile_of(18, 120.565, 32.391)
    assert found(office, "龙津东街") == []
    assert public.get(f"/api/places/{place}").status_code == 404
    assert place not in ids(public.get(tile))

    clerk.takes(case, "file", sent=clock.today().isoformat())
    announced = clerk.takes(case, "announce", channels=["市政府门户网站", "皋城新闻"])
    assert announced["announcement"]["content"] == {
        "standard_name": "龙津东街", "roman": "Lóngjīndōng Jiē", "division": "江苏省南通市如皋市",
        "location": "东起甲路,西至乙路", "approver": "如皋市人民政府", "approved_on": yesterday.isoformat(),
    }  # fmt: skip
    assert announced["announcement"]["text"].endswith(
        "龙津东街(Lóngjīndōng Jiē),位于江苏省南通市如皋市,东起甲路,西至乙路。"
    )
    (item,) = found(office, "龙津东街")
    assert (item["id"], item["roman"], item["status"], item["class"]["label"]) == (
        place, "Lóngjīndōng Jiē", "standard", "街路巷",
    )  # fmt: skip
    assert place in ids(public.get(tile))
    feature = public.get(f"/api/places/{place}").json()
    assert feature["geometry"] == STREET
    told = json.dumps(feature, ensure_ascii=False)
    assert "如皋市人民政府" in told
    assert "皋政复〔2026〕7号" in told
    assert yesterday.isoformat() in told
    assert "市政府门户网站" in told
    assert "张某" not in told
    page = public.get(f"/places/{place}", headers={"Accept": "text/html"})
    assert "皋政复〔2026〕7号" in page.text
    assert labels(chief.reads(case)) == [
        "建立草稿", "提交申请", "受理", "审查(查重查音)", "审核呈批", "登记批复", "报送备案", "发布公告",
    ]  # fmt: skip


def test_filing_and_announcement_are_done_in_either_order(office: Office) -> None:
    for name, order in (("龙津东街", ("file", "announce")), ("凤仪西街", ("announce", "file"))):
        case = bring(office, "approved", name)
        for step in order:
            told = office("clerk").takes(case, step)
        assert (told["filing"]["state_label"], told["announcement"]["state_label"]) == ("已报送", "已公告")
        assert [clock["state"] for clock in told["clocks"]] == ["done", "done"]


def test_what_an_applicant_writes_stays_with_them_until_it_is_submitted(office: Office) -> None:
    applicant, clerk = office("applicant"), office("clerk")
    case = applicant.opens()
    assert applicant.lists() == [case]
    assert clerk.lists() == []
    assert clerk.asks("GET", f"/{case}").status_code == 404
    assert clerk.tries(case, "submit").status_code == 404
    assert applicant.takes(case, "submit")["state"] == "submitted"
    assert clerk.reads(case)["waiting_for"] == ["经办人", "科长"]
    assert applicant.tries(case, "accept").status_code == 403
    clerk.takes(case, "return", reason="缺少位置图")
    assert applicant.reads(case)["timeline"][-1]["reason"] == "缺少位置图"
    assert applicant.changes(case, location="北起丙路,南至丁路").status_code == 200
    assert applicant.takes(case, "submit")["state"] == "submitted"
    assert clerk.takes(case, "accept")["proposed"]["location"] == "北起丙路,南至丁路"


def test_the_paper_reply_is_registered_by_one_and_confirmed_by_another(office: Office) -> None:
    case = bring(office, "awaiting_approval")
    clerk, second, chief = office("clerk"), office("clerk2"), office("chief")
    refused = second.tries(case, "confirm_decision")
    assert (refused.status_code, refused.json()["missing"]) == (409, ["批复还没有登记"])
    recorded = second.takes(case, "record_decision", instrument=instrument("皋政复〔2026〕8号"))
    assert (recorded["state"], recorded["decision"]["confirmed"]) == ("awaiting_approval", False)
    assert recorded["decision"]["instrument"]["number"] == "皋政复〔2026〕8号"
    assert recorded["official"] is None
    by_oneself = second.tries(case, "confirm_decision")
    assert by_oneself.status_code == 403
    assert "登记批复的人不能自己核对" in by_oneself.json()["detail"]
    own_case = clerk.tries(case, "confirm_decision")
    assert own_case.status_code == 403
    assert "自己经办的申请" in own_case.json()["detail"]
    confirmed = chief.takes(case, "confirm_decision")
    assert confirmed["state"] == "approved"
    assert (confirmed["decision"]["recorded_by"], confirmed["decision"]["decided_by"]) == (
        "经办乙(演示)",
        "科长甲(演示)",
    )
    clerk.takes(case, "announce")
    assert len(found(office, "龙津东街")) == 1


def test_a_paper_reply_may_refuse(office: Office) -> None:
    case = bring(office, "awaiting_approval")
    without = office("clerk").tries(case, "record_decision", outcome="refuse")
    assert faults(without) == {"reason": "不予批准须写明理由"}
    office("clerk").takes(case, "record_decision", outcome="refuse", reason="与规划不符")
    assert office("clerk2").takes(case, "confirm_decision")["state"] == "refused"
    assert found(office, "龙津东街") == []


def test_a_refused_name_never_enters_the_register(office: Office) -> None:
    case = bring(office, "awaiting_approval")
    assert faults(office("approver").tries(case, "refuse", reason=" ")) == {"reason": "“登记不予批准”须说明理由"}
    refused = office("approver").takes(case, "refuse", reason="与规划不符")
    assert (refused["state"], refused["official"], refused["filing"]) == ("refused", None, None)
    assert refused["timeline"][-1]["reason"] == "与规划不符"
    assert refused["decision"]["outcome"] == "refuse"
    assert found(office, "龙津东街") == []
    later = office("clerk").tries(case, "announce")
    assert (later.status_code, later.json()["allowed"]) == (409, ["archive"])


def test_a_suspended_case_goes_on_where_it_was(office: Office) -> None:
    for state in ("submitted", "returned", "accepted", "in_review", "consulting", "awaiting_approval"):
        case = bring(office, state)
        assert office("chief").takes(case, "suspend")["state"] == "suspended"
        stopped = office("clerk").tries(case, "review")
        assert stopped.status_code == 409
        assert stopped.json()["allowed"] == ["withdraw", "resume"]
        assert "目前是“已中止”" in stopped.json()["detail"]
        assert office("clerk").takes(case, "resume")["state"] == state


def test_a_returned_case_is_changed_submitted_and_checked_again(office: Office) -> None:
    case = bring(office, "in_review")
    assert office("clerk").changes(case, meaning="别的").status_code == 409
    assert faults(office("chief").tries(case, "return", reason="")) == {"reason": "“退回补正(一次性告知)”须说明理由"}
    office("chief").takes(case, "return", reason="通名不当")
    assert office("clerk").changes(case, name="龙津巷", specific="龙津", generic="巷").status_code == 200
    for login, step in (("clerk", "submit"), ("clerk", "accept"), ("clerk", "review"), ("chief", "recommend")):
        told = office(login).takes(case, step)
    assert told["proposed"]["roman"] == "Lóngjīn Xiàng"
    assert office("approver").takes(case, "approve")["official"]["name"] == "龙津巷"


def test_a_withdrawn_case_is_over(office: Office) -> None:
    case = bring(office, "accepted")
    assert office("clerk").takes(case, "withdraw")["state"] == "withdrawn"
    assert office("clerk").takes(case, "archive")["state"] == "archived"
    assert office("clerk").tries(case, "resume").json()["allowed"] == []
    assert office("clerk").attaches(case, "图.png", PNG).status_code == 409


def test_a_case_without_the_scan_of_its_reply_is_not_archived(office: Office) -> None:
    case = bring(office, "approved")
    first = office("clerk").tries(case, "archive")
    assert (first.status_code, first.json()["missing"]) == (
        409, ["备案还没有报送", "公告还没有发布", "缺少批文扫描件"],
    )  # fmt: skip
    office("clerk").takes(case, "file")
    office("clerk").takes(case, "announce")
    without = office("clerk").tries(case, "archive")
    assert (without.status_code, without.json()["missing"]) == (409, ["缺少批文扫描件"])
    assert "还不能“归档”:缺少批文扫描件。 请补齐后再办。" in without.json()["detail"]
    assert office("clerk").attaches(case, "批文.png", PNG).status_code == 201
    assert office("clerk").takes(case, "archive")["state"] == "archived"


def test_a_scan_that_is_chosen_with_the_instrument_serves_for_the_archive(office: Office) -> None:
    case = bring(office, "awaiting_approval")
    scan = office("approver").attaches(case, "批文.png", PNG, kind="其他").json()["id"]
    other = bring(office, "draft", "凤仪西街")
    strange = office("clerk").attaches(other, "批文.png", PNG).json()["id"]
    wrong = office("approver").tries(case, "approve", instrument=instrument(attachment=strange))
    assert faults(wrong) == {"instrument.attachment": "附件里没有这份扫描件"}
    assert office("approver").takes(case, "approve", instrument=instrument(attachment=scan))["state"] == "approved"
    office("clerk").takes(case, "file")
    office("clerk").takes(case, "announce")
    assert office("clerk").takes(case, "archive")["state"] == "archived"


def test_what_is_inside_is_approved_filed_and_archived_but_never_announced(office: Office) -> None:
    case = bring(office, "approved", secrecy="内部")
    office("clerk").takes(case, "file")
    refused = office("clerk").tries(case, "announce")
    assert (refused.status_code, refused.json()["missing"]) == (409, ["本件不是公开件,不能公告"])
    place = office("clerk").reads(case)["official"]["place"]
    assert found(office, "龙津东街") == []
    assert office("").client.get(f"/api/places/{place}").status_code == 404
    office("clerk").attaches(case, "批文.png", PNG)
    assert office("clerk").takes(case, "archive")["state"] == "archived"


# Who may not


def test_somebody_without_a_session_gets_nowhere(office: Office) -> None:
    case = bring(office, "draft")
    for method, path in (("GET", ""), ("POST", ""), ("GET", f"/{case}"), ("PATCH", f"/{case}"),
                         ("POST", f"/{case}/steps/submit"), ("POST", f"/{case}/opinions"),
                         ("GET", f"/{case}/attachments/1")):  # fmt: skip
        answer = office("").asks(method, path, json={} if method != "GET" else None)
        assert (answer.status_code, answer.json()["detail"]) == (401, "还没有登录。 请先登录。")


@pytest.mark.parametrize("login", ["haian-clerk", "taixing-inspector", "city-approver", "admin", "nobody"])
@pytest.mark.usefixtures("district")
def test_who_does_not_see_a_case_is_told_that_there_is_none(office: Office, login: str) -> None:
    stranger, absent = office(login), "999999999"
    for state in ("draft", "submitted", "approved"):
        case = bring(office, state)
        assert stranger.lists() == []
        for method, path, sent in (
            ("GET", "", None), ("PATCH", "", {"meaning": "别的"}), ("POST", "/steps/submit", {}),
            ("POST", "/steps/approve", brings("approve")), ("POST", "/steps/nonsense", {}),
            ("POST", "/opinions", {"organ": "某局", "stance": "agree", "date": "2026-01-05"}),
        ):  # fmt: skip
            here, nowhere = (stranger.asks(method, f"/{number}{path}", json=sent) for number in (case, absent))
            assert here.status_code == nowhere.status_code == 404, (path, here.text)
            assert here.json()["detail"] == nowhere.json()["detail"]
        assert stranger.attaches(case, "图.png", PNG).status_code == 404


@pytest.mark.parametrize(
    ("login", "state", "step"),
    [
        ("clerk", "awaiting_approval", "approve"),
        ("clerk", "awaiting_approval", "refuse"),
        ("clerk", "in_review", "recommend"),
        ("chief", "awaiting_approval", "approve"),
        ("chief", "awaiting_approval", "record_decision"),
        ("chief", "draft", "submit"),
        ("leader", "in_review", "recommend"),
        ("approver", "submitted", "accept"),
        ("approver", "awaiting_approval", "record_decision"),
        ("approver", "approved", "announce"),
        ("archivist", "withdrawn", "archive"),
        ("city", "awaiting_approval", "approve"),
        ("auditor", "submitted", "accept"),
    ],
)
@pytest.mark.usefixtures("district")
def test_who_sees_a_case_and_may_not_take_the_step_is_told_so(
    office: Office, login: str, state: str, step: str
) -> None:
    case = bring(office, state)
    before = office("clerk").reads(case)
    answer = office(login).tries(case, step)
    assert answer.status_code == 403
    assert "不由您办理" in answer.json()["detail"]
    assert step not in {each["step"] for each in office(login).reads(case)["next_steps"] if each["possible"]}
    assert office("clerk").reads(case) == before


def test_a_step_that_is_not_allowed_now_names_those_that_are(office: Office) -> None:
    case = bring(office, "submitted")
    answer = office("clerk").tries(case, "review")
    told = answer.json()
    assert (answer.status_code, told["state"]) == (409, "submitted")
    assert told["allowed"] == ["accept", "return", "withdraw", "suspend"]
    assert "经办甲(演示)已于" in told["detail"]
    assert "办理“提交申请”,目前是“待受理”。 现在可办:受理、退回补正(一次性告知)、撤回申请、中止办理。" in told["detail"]
    unknown = office("clerk").tries(case, "publish")
    assert (unknown.status_code, unknown.json()["detail"].startswith("没有“publish”这个步骤")) == (404, True)


def test_what_is_missing_is_named_all_at_once(office: Office) -> None:
    case = office("clerk").opens(meaning="", location=" ", applicant={"name": "某公司"})
    answer = office("clerk").tries(case, "submit")
    assert answer.status_code == 409
    assert answer.json()["missing"] == ["缺少含义", "缺少位置说明", "缺少联系人"]
    (submit,) = (step for step in office("clerk").reads(case)["next_steps"] if step["step"] == "submit")
    assert (submit["possible"], submit["missing"]) == (False, ["缺少含义", "缺少位置说明", "缺少联系人"])


def test_filing_twice_and_announcing_twice_are_refused(office: Office) -> None:
    case = bring(office, "approved")
    for step, label in (("file", "报送备案"), ("announce", "发布公告")):
        office("clerk").takes(case, step)
        again = office("clerk2").tries(case, step)
        assert again.status_code == 409
        assert f"现在不能“{label}”:经办甲(演示)已于" in again.json()["detail"]
        assert f"办理“{label}”" in again.json()["detail"]
        assert step not in again.json()["allowed"]


# Routes


@pytest.mark.usefixtures("district")
def test_a_street_in_a_district_is_approved_by_the_government_of_the_city(office: Office) -> None:
    case = office("district-clerk").opens(division=TONGZHOU, geometry=None)
    for login, step in (("district-clerk", "submit"), ("district-clerk", "accept"), ("district-clerk", "review"),
                        ("district-chief", "recommend")):  # fmt: skip
        told = office(login).takes(case, step)
    assert told["route"]["approver"] == "南通市人民政府"
    assert office("district-approver").tries(case, "approve").status_code == 404
    assert office("approver").tries(case, "approve").status_code == 404
    reply = instrument() | {"organ": "南通市人民政府"}
    assert office("city-approver").takes(case, "approve", instrument=reply)["state"] == "approved"
    assert office("city-approver").lists(mine=True) == []


@pytest.mark.parametrize(
    ("class_", "said"),
    [("住宅区", "由主管部门批准"), ("26100", "由主管部门批准"), ("桥梁", "由主管部门批准"), ("公园", "接收备案"),
     ("县级行政区", "按区划变更办理"), ("乡级行政区", "按区划变更办理")],
)  # fmt: skip
def test_a_class_of_another_procedure_is_not_opened_here(office: Office, class_: str, said: str) -> None:
    answer = office("clerk").asks("POST", "", json=application_of(**{"class": class_}))
    assert answer.status_code == 409
    assert said in answer.json()["detail"]
    assert office("clerk").lists() == []


@pytest.mark.parametrize("kind", ["renaming", "cancelling", "recording"])
def test_other_kinds_of_cases_are_not_handled_yet(office: Office, kind: str) -> None:
    answer = office("clerk").asks("POST", "", json=application_of(kind=kind))
    assert answer.status_code == 409
    assert "目前可办理命名" in answer.json()["detail"]


def test_a_case_is_opened_where_one_works(office: Office) -> None:
    for login, division in (("clerk", HAIAN), ("haian-clerk", "320682"), ("chief", "320682"), ("approver", "320682"),
                            ("auditor", "320682"), ("applicant", HAIAN), ("clerk", NANTONG)):  # fmt: skip
        answer = office(login).asks("POST", "", json=application_of(division=division, geometry=None))
        assert answer.status_code == 403, (login, division)
        assert "您不能在" in answer.json()["detail"]


def test_a_draft_that_moves_to_another_class_is_spelled_and_routed_as_that_class(office: Office) -> None:
    case = office("clerk").opens("龙津新村", specific="龙津", generic="新村")
    assert office("clerk").reads(case)["proposed"]["roman"] == "Lóngjīn Xīncūn"
    answer = office("clerk").changes(case, **{"class": "区片"})
    assert (answer.status_code, answer.json()["class"]["label"]) == (200, "区片")
    anew = office("").client.post(
        "/api/names/spell", json={"name": "龙津新村", "kind": "settlement", "division": "320682", "split": 2}
    )
    assert answer.json()["proposed"]["roman"] == anew.json()["roman"]
    assert office("clerk").changes(case, **{"class": "桥梁"}).status_code == 409
    assert office("clerk").changes(case, division=HAIAN, geometry=None).status_code == 403


def test_readings_that_the_clerk_chose_stay_when_something_else_changes(office: Office) -> None:
    case = office("clerk").opens("龙津长街", specific="龙津", generic="长街", readings=["lóng", "jīn", "zhǎng", "jiē"])
    assert office("clerk").reads(case)["proposed"]["readings"] == ["lóng", "jīn", "zhǎng", "jiē"]
    for change in ({"meaning": "别的"}, {"specific": "龙津长", "generic": "街"}, {"name": "龙津长街"}):
        told = office("clerk").changes(case, **change).json()["proposed"]
        assert told["readings"] == ["lóng", "jīn", "zhǎng", "jiē"], change


# Changing


def test_a_stale_change_is_refused_with_who_was_faster(office: Office) -> None:
    case = bring(office, "draft")
    assert office("clerk").changes(case, version=1, meaning="甲所写").json()["version"] == 2
    late = office("clerk2").changes(case, version=1, meaning="乙所写")
    assert (late.status_code, late.json()["version"]) == (409, 2)
    assert "在您打开之后又有变动(经办甲(演示)已于" in late.json()["detail"]
    assert "办理“修改内容”" in late.json()["detail"]
    assert office("clerk2").reads(case)["proposed"]["meaning"] == "甲所写"
    assert office("clerk2").changes(case, version=2, meaning="乙所写").json()["proposed"]["meaning"] == "乙所写"


def test_what_is_not_given_stays_and_a_geometry_of_null_is_taken_away(office: Office) -> None:
    case = bring(office, "draft")
    before = office("clerk").reads(case)
    changed = office("clerk").changes(case, geometry=None).json()
    assert changed["proposed"]["geometry"] is None
    assert changed["proposed"] | {"geometry": STREET} == before["proposed"]
    assert office("clerk").changes(case, geometry=STREET).json()["proposed"] == before["proposed"]
    assert office("clerk").changes(case).json()["proposed"] == before["proposed"]


# Bad input

LONG_WAY = {"type": "LineString", "coordinates": [[120.56, 32.39], [120.46, 32.55]]}
BAD: dict[str, tuple[dict[str, Any], dict[str, str]]] = {
    "a name with a space": ({"name": "龙津 街"}, {"name": "第 3 个字符是空格"}),
    "a name with full-width letters": ({"name": "龙津\uff21街"}, {"name": "第 3 个字符是全角字母或数字“\uff21”"}),
    "a name with an unassigned code point": (
        {"name": "龙津\U000e0fff街"}, {"name": "第 3 个字符是未编码的字符(U+E0FFF)"},
    ),
    "a name with a right-to-left mark": ({"name": "龙津\u200f街"}, {"name": "第 3 个字符是看不见的控制符(U+200F)"}),
    "a name of 500 characters": ({"name": "街" * 500}, {"name": "有 500 个字,太长"}),
    "parts that do not make up the name": (
        {"name": "龙津东街", "specific": "龙津", "generic": "街"},
        {"specific": "专名“龙津”加通名“街”不等于名称“龙津东街”"},
    ),
    "a control character in the meaning": (
        {"meaning": "渡\u202e口"}, {"meaning": "第 2 个字符看不见或没有编码(U+202E)"},
    ),
    "a meaning of 5000 characters": ({"meaning": "渡" * 5000}, {"meaning": "有 5000 个字,太长"}),
    "an area that crosses itself": (
        {"geometry": {"type": "Polygon", "coordinates": [
            [[120.56, 32.38], [120.57, 32.39], [120.57, 32.38], [120.56, 32.39], [120.56, 32.38]]]}},
        {"geometry": "面的边界自相交或重叠(在 120.56500, 32.38500 附近)"},
    ),
    "an empty geometry": ({"geometry": {"type": "LineString", "coordinates": []}}, {"geometry": "图形是空的"}),
    "a position in the next county": (
        {"geometry": IN_HAIAN}, {"geometry": "画的位置不在如皋市境内(最远处在界外约 "},
    ),
    "a street that leaves the county": ({"geometry": LONG_WAY}, {"geometry": "画的位置有一段在如皋市界外(最远约 "}),
    "the western hemisphere": (
        {"geometry": {"type": "Point", "coordinates": [-120.56, 32.39]}},
        {"geometry": "坐标 [-120.56, 32.39] 落在西半球或南半球"},
    ),
    "swapped axes": (
        {"geometry": {"type": "Point", "coordinates": [32.39, 120.56]}},
        {"geometry": "坐标 [32.39, 120.56] 的经度和纬度写反了"},
    ),
    "plane coordinates": (
        {"geometry": {"type": "Point", "coordinates": [40458600, 3585000]}},
        {"geometry": "坐标 [4.04586e+07, 3.585e+06] 像是平面坐标(米),不是经纬度"},
    ),
    "another coordinate system": (
        {"geometry": STREET | {"crs": {"type": "name", "properties": {"name": "EPSG:4610"}}}},
        {"geometry": "坐标系不是 CGCS2000 经纬度"},
    ),
    "a number beyond all numbers": (
        {"geometry": {"type": "Point", "coordinates": [10**400, 32.39]}}, {"geometry": "坐标的写法不对"},
    ),
    "a secrecy that is none": ({"secrecy": "绝密"}, {"secrecy": "没有“绝密”这个密级"}),
    "a division that is not": ({"division": "999999"}, {"division": "没有代码为“999999”的现行政区"}),
    "a division with a control character": ({"division": "\x00"}, {"division": ""}),
    "a class that is not": ({"class": "城堡"}, {"class": "没有“城堡”这个地名类别"}),
    "a class with a control character": ({"class": "\x00"}, {"class": ""}),
    "readings that do not fit": ({"readings": ["lóng"]}, {"readings": ""}),
    "readings with a control character": ({"readings": ["\x00", "jīn", "dōng", "jiē"]}, {"readings[0]": ""}),
    "a place in a naming": ({"place": "17"}, {"place": "命名不指向已有的地名"}),
    "a field that nobody knows": ({"colour": "red"}, {"colour": "没有这一项"}),
    "a kind that is not": ({"kind": "painting"}, {"kind": "不在可选的范围内"}),
    "a contact with a control character": (
        {"applicant": {"name": "某公司", "contact": "张\x07某"}},
        {"applicant.contact": "第 2 个字符看不见或没有编码(U+0007)"},
    ),
}  # fmt: skip


def rows(connection: Connection) -> list[int]:
    """How many rows there are of everything that a case writes."""
    tables = (
        "placenames.proposal", "placenames.proposal_paper", "placenames.opinion", "placenames.filing",
        "placenames.announcement", "placenames.place", "placenames.place_name", "foundation.instrument",
        "foundation.attachment", "foundation.journal",
    )  # fmt: skip
    return [connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one() for table in tables]


@pytest.mark.parametrize("what", BAD)
def test_bad_input_is_told_field_by_field_and_nothing_is_saved(
    office: Office, connection: Connection, what: str
) -> None:
    given, expected = BAD[what]
    case = bring(office, "draft")
    before, whole = rows(connection), office("clerk").reads(case)
    answers = [office("clerk").asks("POST", "", content=json.dumps(application_of() | given))]
    if not {"kind", "place"} & set(given):
        answers.append(office("clerk").asks("PATCH", f"/{case}", content=json.dumps(given)))
    for answer in answers:
        told = faults(answer)
        assert set(told) == set(expected)
        assert all(told[loc].startswith(msg) for loc, msg in expected.items()), told
    assert rows(connection) == before
    assert office("clerk").reads(case) == whole


def test_every_bad_field_is_told_in_one_answer(office: Office, connection: Connection) -> None:
    before = rows(connection)
    answer = office("clerk").asks("POST", "", json=application_of(
        name="龙津 街", specific="\u200f", meaning="渡\x00口", secrecy="绝密",
        geometry={"type": "Point", "coordinates": []}, applicant={"phone": "1" * 300},
    ))  # fmt: skip
    assert set(faults(answer)) == {"name", "specific", "meaning", "secrecy", "geometry", "applicant.phone"}
    assert rows(connection) == before


def test_secret_material_is_not_taken_at_all(office: Office, connection: Connection) -> None:
    case = bring(office, "draft")
    before = rows(connection)
    for answer in (
        office("clerk").asks("POST", "", json=application_of(secrecy="秘密")),
        office("clerk").changes(case, secrecy="秘密"),
        office("clerk").attaches(case, "图.png", PNG, secrecy="秘密"),
    ):
        assert answer.status_code == 409
        assert "不能存放秘密级材料" in answer.json()["detail"]
    assert rows(connection) == before


def test_ten_megabytes_of_vertices_are_not_even_read(office: Office, connection: Connection) -> None:
    before = rows(connection)
    vertices = f"{STREET['coordinates'][0]}," * 700_000
    body = json.dumps(application_of()).replace("[[120.56, 32.39],", f"[{vertices}")
    assert len(body) > 10 << 20
    answer = office("clerk").asks("POST", "", content=body)
    assert answer.status_code == 413
    assert "请化简后再提交" in answer.json()["detail"]
    assert rows(connection) == before


def test_json_that_is_deep_or_broken_is_told(office: Office) -> None:
    whole = json.dumps(application_of())
    for depth in (200, 500, 900, 980):
        crs = "[" * depth + '"4490"' + "]" * depth
        deep = whole.replace('"type": "LineString"', f'"type": "LineString", "crs": {crs}')
        answer = office("clerk").asks("POST", "", content=deep)
        assert answer.status_code in {201, 400, 422}, (depth, answer.text)
    for broken in ("{", "[]", "null", '{"kind": "naming"', '{"kind": NaN}'):
        assert office("clerk").asks("POST", "", content=broken).status_code == 422


STEPS_WITH_BAD_INPUT: tuple[tuple[str, str, str, dict[str, Any], str], ...] = (
    ("awaiting_approval", "approver", "approve", {"instrument": None}, "instrument"),
    ("awaiting_approval", "approver", "approve", {"instrument": instrument() | {"number": " "}}, "instrument.number"),
    (
        "awaiting_approval",
        "approver",
        "approve",
        {"instrument": instrument() | {"organ": "\u200f"}},
        "instrument.organ",
    ),
    (
        "awaiting_approval",
        "approver",
        "approve",
        {"instrument": instrument() | {"date": "2999-01-01"}},
        "instrument.date",
    ),
    (
        "awaiting_approval",
        "approver",
        "approve",
        {"instrument": instrument() | {"date": "2026-02-30"}},
        "instrument.date",
    ),
    ("awaiting_approval", "approver", "approve", {"instrument": instrument() | {"date": "昨天"}}, "instrument.date"),
    (
        "awaiting_approval",
        "approver",
        "approve",
        {"instrument": instrument() | {"received": "2001-01-01"}},
        "instrument.received",
    ),
    (
        "awaiting_approval",
        "approver",
        "approve",
        {"instrument": instrument() | {"attachment": "1"}},
        "instrument.attachment",
    ),
    (
        "awaiting_approval",
        "approver",
        "approve",
        {"instrument": instrument() | {"attachment": "x"}},
        "instrument.attachment",
    ),
    ("awaiting_approval", "clerk", "record_decision", {"outcome": "maybe"}, "outcome"),
    ("submitted", "clerk", "return", {"reason": ""}, "reason"),
    ("submitted", "clerk", "return", {"reason": "由" * 2001}, "reason"),
    ("submitted", "clerk", "return", {"reason": "缺\x00图"}, "reason"),
    ("submitted", "clerk", "return", {"reason": "缺\u202e图"}, "reason"),
    ("approved", "clerk", "file", {"sent": "2001-01-01"}, "sent"),
    ("approved", "clerk", "file", {"sent": "2999-01-01"}, "sent"),
    ("approved", "clerk", "announce", {"channels": []}, "channels"),
    ("approved", "clerk", "announce", {"channels": ["网站", " "]}, "channels"),
    ("approved", "clerk", "announce", {"channels": ["网\u200b站"]}, "channels"),
)


@pytest.mark.parametrize(("state", "login", "step", "given", "loc"), STEPS_WITH_BAD_INPUT)
def test_a_step_with_bad_input_is_told_and_changes_nothing(
    office: Office, connection: Connection, state: str, login: str, step: str, given: dict[str, Any], loc: str
) -> None:
    case = bring(office, state)
    before, whole = rows(connection), office("clerk").reads(case)
    assert set(faults(office(login).tries(case, step, **given))) == {loc}
    assert rows(connection) == before
    assert office("clerk").reads(case) == whole


def test_an_instrument_has_one_date(office: Office, connection: Connection) -> None:
    first, second = bring(office, "awaiting_approval"), bring(office, "awaiting_approval", "凤仪西街")
    reply = instrument("皋政复〔2026〕9号", clock.today() - timedelta(days=3))
    office("approver").takes(first, "approve", instrument=reply)
    before = rows(connection)
    answer = office("approver").tries(second, "approve", instrument=reply | {"date": clock.today().isoformat()})
    assert answer.status_code == 409
    assert f"已经登记过,成文日期是 {reply['date']}" in answer.json()["detail"]
    assert rows(connection) == before
    assert office("approver").takes(second, "approve", instrument=reply)["state"] == "approved"


# Papers


def test_a_paper_is_kept_whole_and_comes_back_as_a_download(office: Office, tmp_path: Path) -> None:
    case = bring(office, "submitted")
    told = office("clerk").attaches(case, "位置图.png", PNG, kind="位置图").json()
    assert (told["name"], told["bytes"], told["media_type"], told["secrecy"]) == (
        "位置图.png",
        len(PNG),
        "image/png",
        "公开",
    )
    assert told["sha256"] == hashlib.sha256(PNG).hexdigest()
    (paper,) = office("chief").reads(case)["attachments"]
    assert (paper["id"], paper["kind"], paper["by"]) == (told["id"], "位置图", "经办甲(演示)")
    answer = office("chief").asks("GET", f"/{case}/attachments/{told['id']}")
    assert answer.content == PNG
    assert answer.headers["content-disposition"].startswith("attachment; filename*=UTF-8''%E4%BD%8D")
    assert answer.headers["cache-control"] == "private, no-store"
    assert (tmp_path / "files" / told["sha256"][:2] / told["sha256"]).read_bytes() == PNG
    assert labels(office("clerk").reads(case))[-1] == "上传附件"


def test_a_paper_is_downloaded_by_those_who_see_its_case(office: Office) -> None:
    case, other = bring(office, "submitted"), bring(office, "submitted", "凤仪西街")
    paper = office("clerk").attaches(case, "图.png", PNG).json()["id"]
    assert office("haian-clerk").asks("GET", f"/{case}/attachments/{paper}").status_code == 404
    assert office("clerk").asks("GET", f"/{other}/attachments/{paper}").status_code == 404
    assert office("clerk").asks("GET", f"/{case}/attachments/999999").status_code == 404
    assert office("clerk").asks("GET", f"/{case}/attachments/x").status_code == 404
    assert office("city").asks("GET", f"/{case}/attachments/{paper}").content == PNG


def test_a_paper_that_stays_inside_is_not_shown_to_the_applicant(office: Office) -> None:
    applicant = office("applicant")
    case = applicant.opens()
    own = applicant.attaches(case, "申请书.png", PNG, kind="申请书", secrecy="内部").json()["id"]
    applicant.takes(case, "submit")
    inside = office("clerk").attaches(case, "内部意见.png", PNG, secrecy="内部").json()["id"]
    public = office("clerk").attaches(case, "公示.png", PNG).json()["id"]
    assert [paper["id"] for paper in applicant.reads(case)["attachments"]] == [own, public]
    assert len(office("clerk").reads(case)["attachments"]) == 3
    assert applicant.asks("GET", f"/{case}/attachments/{inside}").status_code == 404
    assert applicant.asks("GET", f"/{case}/attachments/{own}").content == PNG


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("批文.pdf", PNG, "文件内容不是 .pdf 格式"),
        ("批文.png", b"%PDF-1.7 %%EOF", "文件内容不是 .png 格式"),
        ("批文.docx", b"PK\x03\x04", "文件内容不是 .docx 格式"),
        ("批文.exe", b"MZ", "不收“.exe”的文件"),
        ("批文", PNG, "不收“没有扩展名”的文件"),
        ("批文.png", b"", "文件是空的"),
        ("\u202e.", PNG, "文件名为空或太长"),
    ],
)
def test_a_file_that_is_not_what_it_says_is_not_kept(
    office: Office, connection: Connection, name: str, content: bytes, said: str
) -> None:
    case = bring(office, "draft")
    before = rows(connection)
    (told,) = faults(office("clerk").attaches(case, name, content)).values()
    assert told.startswith(said)
    assert rows(connection) == before


def test_a_file_that_is_too_large_is_not_kept(
    office: Office, connection: Connection, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DIMING_LARGEST_FILE_MB", "1")
    settings.cache_clear()
    case = bring(office, "draft")
    before = rows(connection)
    for size in ((1 << 20) + 1, 3 << 20):
        answer = office("clerk").attaches(case, "批文.png", PNG + bytes(size))
        assert answer.status_code == 413
        assert "请压缩图片或降低扫描分辨率" in answer.json()["detail"]
    assert rows(connection) == before
    assert not list((tmp_path / "files").rglob(".new-*"))


def test_who_may_not_contribute_may_not_attach(office: Office) -> None:
    case = bring(office, "submitted")
    for login in ("city", "auditor", "archivist"):
        assert office(login).attaches(case, "图.png", PNG).status_code == 403
    assert faults(office("clerk").attaches(case, "图.png", PNG, kind=" ")) == {"kind": "没有说明是什么材料"}


# Opinions


def test_an_opinion_is_registered_while_the_case_is_looked_at(office: Office) -> None:
    said = {"organ": "如皋市交通运输局", "stance": "suggest", "text": "建议改用“路”", "date": "2026-01-05"}
    for state in ("draft", "submitted", "awaiting_approval", "approved"):
        refused = office("clerk").asks("POST", f"/{bring(office, state)}/opinions", json=said)
        assert (refused.status_code, "不能登记意见" in refused.json()["detail"]) == (409, True)
    for state in ("accepted", "in_review", "consulting"):
        case = bring(office, state)
        assert office("chief").asks("POST", f"/{case}/opinions", json=said).status_code == 201
        (opinion,) = office("clerk").reads(case)["opinions"]
        assert (opinion["organ"], opinion["stance_label"], opinion["text"], opinion["by"]) == (
            "如皋市交通运输局", "建议修改", "建议改用“路”", "科长甲(演示)",
        )  # fmt: skip
        assert labels(office("clerk").reads(case))[-1] == "登记意见"
    assert office("approver").asks("POST", f"/{case}/opinions", json=said).status_code == 403
    for bad, loc in (
        ({"stance": "shrug"}, "stance"), ({"organ": " "}, "organ"), ({"text": ""}, "text"),
        ({"date": "2999-01-01"}, "date"), ({"text": "改\x00用"}, "text"),
    ):  # fmt: skip
        assert set(faults(office("clerk").asks("POST", f"/{case}/opinions", json=said | bad))) == {loc}
    assert len(office("clerk").reads(case)["opinions"]) == 1


# Findings


def test_the_review_finds_names_that_are_equal_or_sound_alike(office: Office, connection: Connection) -> None:
    with Session(connection, join_transaction_mode="create_savepoint") as session:
        make_place(session, "龙津东街", lon=120.57, lat=32.391)
        make_place(session, "隆津东街", published=False)
        make_place(session, "龙津东街", class_label="农村居民点")
        make_place(session, "龙津东街", code=HAIAN, lon=120.46, lat=32.55)
        finish(session)
        session.commit()
    office("haian-clerk").takes(office("haian-clerk").opens(division=HAIAN, geometry=None), "submit")
    waiting = bring(office, "submitted", "龙井东街")
    bring(office, "withdrawn", "龙津东街")
    office("applicant").opens()
    told = office("clerk").reads(bring(office, "in_review"))
    findings = [(f["rule"], f["severity"], f["evidence"]["source"], f["evidence"]["name"]) for f in told["findings"]]
    assert findings == [
        ("duplicate", "warning", "place", "龙津东街"), ("homophone", "warning", "place", "隆津东街"),
    ]  # fmt: skip
    assert told["findings"][0]["evidence"]["metres"] is not None
    assert told["findings_at"]
    beside = office("clerk").reads(bring(office, "in_review", "龙景东街"))["findings"]
    assert [(f["evidence"]["source"], f["evidence"]["id"]) for f in beside] == [("case", waiting)]


# The list


def test_the_list_pages_through_everything_once_newest_first(office: Office) -> None:
    cases = [office("clerk").opens(f"龙津{number}街") for number in "一二三四五六七"]
    assert office("clerk").lists(limit=3) == cases[::-1]
    assert office("clerk2").lists(limit=1) == cases[::-1]
    assert office("clerk").lists(limit=7) == cases[::-1]
    assert office("haian-clerk").lists() == []
    assert office("city").lists() == cases[::-1]
    for bad in ("x", "-1", "9" * 30, "1.5", "１"):
        assert set(faults(office("clerk").asks("GET", "", params={"cursor": bad}))) == {"cursor"}
    assert set(faults(office("clerk").asks("GET", "", params={"limit": 201}))) == {"limit"}


def test_the_list_is_narrowed_by_state_and_by_part_of_the_name(office: Office) -> None:
    draft, submitted = bring(office, "draft"), bring(office, "submitted", "凤仪西街")
    assert office("clerk").lists(state="draft") == [draft]
    assert office("clerk").lists(q="凤仪") == [submitted]
    assert office("clerk").lists(q="凤仪", state="draft") == []
    assert office("clerk").lists(q="%") == office("clerk").lists(q="_") == []
    assert set(faults(office("clerk").asks("GET", "", params={"state": "lost"}))) == {"state"}
    assert office("clerk").asks("GET", "", params={"q": "街" * 101}).status_code == 422


def test_mine_are_the_cases_that_wait_for_me(office: Office) -> None:
    cases = {state: bring(office, state) for state in WAY}
    whole = {login: set(office(login).lists(mine=True, limit=2)) for login in ("clerk", "chief", "approver", "leader")}
    both = {"submitted", "accepted", "in_review", "approved", "suspended"}
    assert whole["clerk"] == {cases[state] for state in both | {"draft", "returned", "awaiting_approval"}}
    assert whole["chief"] == {cases[state] for state in both | {"consulting"}}
    assert whole["approver"] == {cases["awaiting_approval"]}
    assert whole["leader"] == set()


# Clocks


def test_a_name_approved_on_the_second_of_march_is_due_on_the_seventeenth(office: Office) -> None:
    case = bring(office, "awaiting_approval")
    office("approver").takes(case, "approve", instrument=instrument(dated=date(2026, 3, 2)))
    told = office("clerk").reads(case)
    assert told["filing"]["due"] == told["announcement"]["due"] == "2026-03-17"
    assert {clock["state"] for clock in told["clocks"]} == {"overdue"}
    late = office("clerk").takes(case, "file", sent="2026-03-20")
    assert late["clocks"][0]["words"] == "备案已办结,逾期3天"
