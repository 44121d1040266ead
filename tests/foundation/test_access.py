"""The door opens to who knows the password, for a time; whoever guesses is held up; what is stolen opens nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from argon2 import PasswordHasher, extract_parameters
from fastapi.testclient import TestClient
from sqlalchemy import func, inspect, select, text
from sqlalchemy.orm import Session

from api.access import COOKIE, CSRF_HEADER
from foundation import clock, journal
from foundation.access import actions, queries
from foundation.access.actions import MOST_FROM_ALL, MOST_FROM_ONE, WINDOW, Opened
from foundation.access.actor import Actor
from foundation.access.models import SignIn, SignInAttempt
from foundation.database import SessionReader
from foundation.errors import Malformed, SignInNeeded, TooMany
from foundation.people import passwords
from foundation.people.models import Person
from foundation.settings import settings
from processes import edge
from tests.conftest import application

GOOD = "correct horse battery"
OTHER = "staple and paper clip"
HERE, THERE = "10.1.2.3", "10.9.9.9"


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> PasswordHasher:
    """Hashes that cost nothing, a login that does not exist included."""
    cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(passwords, "_hasher", lambda: cheap)
    nobody = cheap.hash("nobody")
    monkeypatch.setattr(passwords, "_nobody", lambda: nobody)
    return cheap


def make_person(session: Session, login: str = "officer") -> Person:
    """Somebody with a password."""
    person = Person(
        login=login, name="经办", password_hash=passwords.hashed(GOOD), active=True, created_at=clock.now()
    )  # fmt: skip
    session.add(person)
    session.commit()
    return person


@pytest.fixture
def person(session: Session, quick: PasswordHasher) -> Person:
    """An officer with a password."""
    return make_person(session)


def opened(session: Session, address: str = HERE) -> Opened:
    """The officer signs in."""
    found = actions.sign_in(session, "officer", GOOD, address)
    assert found is not None
    session.commit()
    return found


def actor(session: Session, secret: str) -> Actor:
    """Whom a secret signs in."""
    return queries.actor(SessionReader(session), secret)


def guess(session: Session, times: int, address: str = HERE, login: str = "officer") -> None:
    """Wrong passwords from an address."""
    for _ in range(times):
        assert actions.sign_in(session, login, "wrong password", address) is None
        session.flush()


# Signing in.


def test_who_knows_the_password_is_let_in_by_cookie_and_by_token(session: Session, person: Person) -> None:
    door = opened(session)
    for secret in (door.cookie, door.token):
        found = actor(session, secret)
        assert (found.person_id, found.login, found.csrf) == (person.id, "officer", door.csrf)
    assert len({door.cookie, door.token, door.csrf}) == 3
    assert all(len(secret) >= 43 for secret in (door.cookie, door.token, door.csrf)), "fewer than 256 bits"


def test_a_login_is_recognised_however_it_is_written(session: Session, person: Person) -> None:
    found = actions.sign_in(session, " OFFICER ", GOOD, HERE)
    assert found is not None
    assert found.person.id == person.id


@pytest.mark.parametrize("password", ["", "wrong password", GOOD.upper(), f"{GOOD} ", f" {GOOD}", GOOD[:-1]])
def test_no_other_password_opens(session: Session, person: Person, password: str) -> None:
    assert actions.sign_in(session, "officer", password, HERE) is None


def test_who_was_retired_is_not_let_in_and_is_put_out(session: Session, person: Person) -> None:
    door = opened(session)
    person.active = False
    session.commit()
    assert actions.sign_in(session, "officer", GOOD, HERE) is None
    for secret in (door.cookie, door.token):
        with pytest.raises(SignInNeeded):
            actor(session, secret)


def test_only_digests_of_what_opens_the_door_are_kept(session: Session, person: Person) -> None:
    door = opened(session)
    session.commit()
    for table in inspect(session.get_bind()).get_table_names(schema="foundation"):
        rows = session.scalar(text(f"SELECT coalesce(string_agg(t::text, ' '), '') FROM foundation.{table} t")) or ""
        for secret in (door.cookie, door.token, GOOD):
            assert secret not in rows, table
            assert secret.encode().hex() not in rows, table
    row = session.scalars(select(SignIn).filter_by(person_id=person.id)).one()
    assert bytes(row.cookie_digest) == queries.digest(door.cookie)
    assert bytes(row.token_digest) == queries.digest(door.token)


def test_a_digest_from_a_stolen_backup_opens_nothing(session: Session, person: Person) -> None:
    door = opened(session)
    digest = queries.digest(door.cookie)
    for stolen in (digest.hex(), digest.decode("latin-1"), "\\x" + digest.hex(), door.csrf, "", "x" * 5000):
        with pytest.raises(SignInNeeded):
            actor(session, stolen)


def test_a_sign_in_ends_after_the_hours_of_the_setting(session: Session, person: Person) -> None:
    door = opened(session)
    hours = timedelta(hours=settings().session_hours)
    assert timedelta() <= clock.now() + hours - door.expires_at < timedelta(minutes=1)
    with clock.held(door.expires_at - timedelta(seconds=1)):
        assert actor(session, door.token).login == "officer"
    for late in (timedelta(), timedelta(days=40)):
        with clock.held(door.expires_at + late), pytest.raises(SignInNeeded) as told:
            actor(session, door.token)
        assert "重新登录" in told.value.remedy


def test_signing_out_ends_this_cookie_and_this_token_and_no_others(session: Session, person: Person) -> None:
    leaving, staying = opened(session), opened(session)
    actions.sign_out(session, actor(session, leaving.cookie))
    for secret in (leaving.cookie, leaving.token):
        with pytest.raises(SignInNeeded):
            actor(session, secret)
    assert actor(session, staying.token).login == "officer"


# Guessing.


def test_ten_wrong_passwords_close_the_door_to_the_right_one_too(session: Session, person: Person) -> None:
    guess(session, MOST_FROM_ONE)
    for password in ("wrong password", GOOD):
        with pytest.raises(TooMany) as told:
            actions.sign_in(session, "officer", password, HERE)
        assert 0 < told.value.seconds <= WINDOW.total_seconds()
        assert "15 分钟" in told.value.remedy


def test_nine_wrong_passwords_do_not_and_the_right_one_forgives_them(session: Session, person: Person) -> None:
    for _ in range(3):
        guess(session, MOST_FROM_ONE - 1)
        opened(session)
    assert session.scalar(select(func.count()).select_from(SignInAttempt).filter_by(login="officer")) == 0


def test_a_stranger_does_not_lock_the_officer_out_at_another_address(session: Session, person: Person) -> None:
    guess(session, MOST_FROM_ONE, THERE)
    with pytest.raises(TooMany):
        actions.sign_in(session, "officer", GOOD, THERE)
    opened(session, HERE)
    with pytest.raises(TooMany):
        actions.sign_in(session, "officer", GOOD, THERE)


def test_guesses_from_many_addresses_are_stopped_as_well(session: Session, person: Person) -> None:
    now = clock.now()
    session.add_all(
        SignInAttempt(login="officer", address=f"10.0.0.{number}", at=now) for number in range(MOST_FROM_ALL - 1)
    )
    guess(session, 1, "10.0.1.1")
    with pytest.raises(TooMany):
        actions.sign_in(session, "officer", GOOD, "10.0.1.2")


def test_one_logins_guesses_do_not_hold_up_another(session: Session, person: Person) -> None:
    guess(session, MOST_FROM_ONE, login="somebody-else")
    opened(session)


def test_a_login_written_otherwise_is_no_way_round_the_door(session: Session, person: Person) -> None:
    for login in ("officer", "Officer ", " OFFICER", "off\x00icer\u200b"):
        guess(session, 2, login=login)
    guess(session, 2)
    with pytest.raises(TooMany):
        actions.sign_in(session, "oFFICER", GOOD, HERE)


def test_attempts_and_sign_ins_that_are_long_over_are_not_kept(session: Session, person: Person) -> None:
    begin = clock.now()
    guess(session, 3)
    opened(session, THERE)
    with clock.held(begin + actions.KEPT + timedelta(days=3)):
        guess(session, 1, HERE)
        opened(session, THERE)
    assert [row.address for row in session.scalars(select(SignInAttempt).filter_by(login="officer"))] == [HERE]
    assert len(list(session.scalars(select(SignIn).filter_by(person_id=person.id)))) == 1


def test_the_door_opens_again_after_the_quarter_of_an_hour_it_told(session: Session, person: Person) -> None:
    begin = clock.now()
    with clock.held(begin):
        guess(session, MOST_FROM_ONE)
    with clock.held(begin + timedelta(minutes=5)), pytest.raises(TooMany) as told:
        actions.sign_in(session, "officer", GOOD, HERE)
    assert told.value.seconds == 10 * 60
    assert "10 分钟" in told.value.remedy
    with clock.held(begin + WINDOW - timedelta(seconds=1)), pytest.raises(TooMany):
        actions.sign_in(session, "officer", GOOD, HERE)
    with clock.held(begin + timedelta(minutes=5, seconds=told.value.seconds)):
        opened(session)


def test_the_wait_that_is_told_is_that_of_this_address(session: Session, person: Person) -> None:
    begin = clock.now()
    with clock.held(begin):
        guess(session, 1, THERE)
    with clock.held(begin + timedelta(minutes=14)):
        guess(session, MOST_FROM_ONE)
        with pytest.raises(TooMany) as told:
            actions.sign_in(session, "officer", GOOD, HERE)
    assert told.value.seconds == WINDOW.total_seconds()


def test_a_login_that_does_not_exist_is_throttled_like_one_that_does(session: Session, person: Person) -> None:
    guess(session, MOST_FROM_ONE, login="nobody-at-all")
    with pytest.raises(TooMany):
        actions.sign_in(session, "nobody-at-all", "wrong password", HERE)


def test_a_login_that_does_not_exist_is_hashed_all_the_same(
    session: Session, person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_person(session, "retired").active = False
    asked: list[str] = []
    cheap = passwords._hasher()

    class Counting:
        def verify(self, kept: str, given: str) -> bool:
            asked.append(kept)
            return cheap.verify(kept, given)

    monkeypatch.setattr(passwords, "_hasher", Counting)
    for login in ("officer", "nobody-at-all", "retired"):
        guess(session, 1, login=login)
    assert asked == [person.password_hash, passwords._nobody(), passwords._nobody()]


def test_a_login_that_does_not_exist_costs_as_much_to_refuse() -> None:
    assert extract_parameters(passwords._nobody()) == extract_parameters(passwords.hashed(GOOD))


# Passwords.


def test_a_new_password_ends_every_other_sign_in_and_keeps_this_one(session: Session, person: Person) -> None:
    mine, other, third = (opened(session) for _ in range(3))
    actions.change_password(session, actor(session, mine.cookie), GOOD, OTHER)
    assert actor(session, mine.token).login == "officer"
    for door in (other, third):
        for secret in (door.cookie, door.token):
            with pytest.raises(SignInNeeded):
                actor(session, secret)
    assert actions.sign_in(session, "officer", GOOD, HERE) is None
    assert actions.sign_in(session, "officer", OTHER, HERE) is not None


def test_a_new_password_leaves_other_peoples_sign_ins_alone(session: Session, person: Person) -> None:
    make_person(session, "neighbour")
    next_door = actions.sign_in(session, "neighbour", GOOD, HERE)
    assert next_door is not None
    actions.change_password(session, actor(session, opened(session).cookie), GOOD, OTHER)
    assert actor(session, next_door.cookie).login == "neighbour"


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [("wrong password", OTHER, "old"), (GOOD, "short", "new"), (GOOD, "the-officer-2026", "new")],
)
def test_a_password_is_not_changed_without_the_old_one_or_to_a_weak_one(
    session: Session, person: Person, old: str, new: str, field: str
) -> None:
    mine, other = opened(session), opened(session)
    with pytest.raises(Malformed) as told:
        actions.change_password(session, actor(session, mine.cookie), old, new)
    assert [error.loc for error in told.value.errors] == [field]
    assert actor(session, other.cookie).login == "officer"
    assert passwords.matches(person.password_hash, GOOD)


def test_the_journal_tells_that_a_password_was_changed_by_whom_and_not_which(session: Session, person: Person) -> None:
    actions.change_password(session, actor(session, opened(session).cookie), GOOD, OTHER)
    (line,) = journal.collected(session, "person", person.id)
    assert (line.verb, line.person) == ("password", person.id)
    assert OTHER not in str(line)


def test_a_password_given_by_the_administrator_ends_every_sign_in(session: Session, person: Person) -> None:
    door = opened(session)
    actions.set_password(session, person, OTHER, by=None)
    with pytest.raises(SignInNeeded):
        actor(session, door.cookie)


# Over the wire.


@pytest.fixture
def web(session: Session, person: Person) -> Iterator[TestClient]:
    """A client of the service; each request commits into the transaction that the test rolls back."""

    @contextmanager
    def writing() -> Iterator[Session]:
        try:
            yield session
            edge.finish(session)
            session.commit()
        except BaseException:
            session.rollback()
            raise

    app = application(SessionReader(session))
    app.state.staff_reader, app.state.writing = SessionReader(session), writing
    with TestClient(app, raise_server_exceptions=False) as client:
        yield client


def signed_in(web: TestClient) -> dict[str, Any]:
    """Sign in over the wire; the client keeps the cookie."""
    answer = web.post("/api/session", json={"login": "officer", "password": GOOD})
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


def test_signing_in_gives_a_cookie_that_no_script_reads_and_a_token(web: TestClient) -> None:
    answer = web.post("/api/session", json={"login": "officer", "password": GOOD})
    crumbs = {part.strip().lower() for part in answer.headers["set-cookie"].split(";")}
    assert {"httponly", "samesite=lax", "path=/"} <= crumbs
    assert "secure" not in crumbs
    assert answer.json()["token"]
    assert answer.json()["token"] not in answer.headers["set-cookie"]


def test_over_https_the_cookie_stays_on_https(session: Session, web: TestClient) -> None:
    web.base_url = "https://testserver"
    answer = web.post("/api/session", json={"login": "officer", "password": GOOD})
    assert "secure" in {part.strip().lower() for part in answer.headers["set-cookie"].split(";")}


def test_a_wrong_password_and_an_unknown_login_are_told_in_the_same_words(web: TestClient) -> None:
    known, unknown = (
        web.post("/api/session", json={"login": login, "password": "wrong password"}) for login in ("officer", "nobody")
    )
    assert known.status_code == unknown.status_code == 401
    assert known.json() == unknown.json()
    assert known.headers["www-authenticate"] == "Bearer"
    assert "set-cookie" not in known.headers


def test_a_failed_attempt_is_committed_although_it_is_told_as_an_error(session: Session, web: TestClient) -> None:
    web.post("/api/session", json={"login": "officer", "password": "wrong password"})
    session.rollback()
    assert session.scalar(select(func.count()).select_from(SignInAttempt).filter_by(login="officer")) == 1


def test_the_eleventh_attempt_is_told_when_to_try_again(web: TestClient) -> None:
    wrong = {"login": "officer", "password": "wrong password"}
    assert [web.post("/api/session", json=wrong).status_code for _ in range(10)] == [401] * 10
    answer = web.post("/api/session", json={"login": "officer", "password": GOOD})
    assert answer.status_code == 429
    assert 890 <= int(answer.headers["retry-after"]) <= 900
    assert "分钟后再试" in answer.json()["detail"]


@pytest.mark.parametrize(
    "body",
    [
        {"login": "officer"},
        {"login": "officer", "password": 7},
        {"login": "officer", "password": "x" * 1001},
        {"login": "x" * 201, "password": "x"},
        {"login": "officer", "password": "x", "role": "administrator"},
        [],
    ],
)
def test_a_body_that_is_no_login_is_malformed(web: TestClient, body: Any) -> None:
    answer = web.post("/api/session", json=body)
    assert answer.status_code == 422
    assert all(error["remedy"] for error in answer.json()["errors"])


@pytest.mark.parametrize("login", ["off\x00icer", "officer\x00", "\x00", "off\u202eicer"], ids=ascii)
def test_a_login_with_characters_that_nobody_sees_opens_nothing_to_a_wrong_password(
    web: TestClient, login: str
) -> None:
    answer = web.post("/api/session", json={"login": login, "password": "wrong password"})
    assert answer.status_code == 401


@pytest.mark.parametrize("field", ["login", "password"])
def test_half_a_character_opens_nothing_and_breaks_nothing(web: TestClient, field: str) -> None:
    given = '{"login": "officer", "password": "wrong password"}'.replace('word"', 'word\\ud800"', 1)
    if field == "login":
        given = '{"login": "off\\ud800icer", "password": "wrong password"}'
    answer = web.post("/api/session", content=given, headers={"Content-Type": "application/json"})
    assert answer.status_code in {401, 422}


def test_a_token_reads_and_writes_without_a_page(web: TestClient) -> None:
    token = signed_in(web)["token"]
    web.cookies.clear()
    bearer = {"Authorization": f"Bearer {token}"}
    assert web.get("/api/session", headers=bearer).json()["person"]["login"] == "officer"
    assert web.delete("/api/session", headers=bearer).status_code == 204
    assert web.get("/api/session", headers=bearer).status_code == 401


def test_the_cookie_reads_and_the_page_writes_with_its_csrf_token(web: TestClient) -> None:
    csrf = signed_in(web)["csrf"]
    assert web.get("/api/session").json()["person"]["login"] == "officer"
    answer = web.delete("/api/session", headers={CSRF_HEADER: csrf})
    assert answer.status_code == 204
    assert web.get("/api/session").status_code == 401


@pytest.mark.parametrize("given", [None, "", "x", "\u00e9"])
def test_a_write_by_cookie_without_the_pages_token_is_forbidden_and_changes_nothing(
    web: TestClient, given: str | None
) -> None:
    signed_in(web)
    headers = [] if given is None else [(CSRF_HEADER.encode(), given.encode())]
    body = {"old": GOOD, "new": OTHER}
    answer = web.post("/api/password", json=body, headers=headers)
    assert answer.status_code == 403
    assert "没有保存" in answer.json()["detail"]
    assert web.delete("/api/session", headers=headers).status_code == 403
    assert web.get("/api/session").status_code == 200
    web.cookies.clear()
    signed_in(web)


def test_the_csrf_token_of_another_sign_in_is_not_this_pages(web: TestClient) -> None:
    first = signed_in(web)
    signed_in(web)
    assert web.delete("/api/session", headers={CSRF_HEADER: first["csrf"]}).status_code == 403


def test_a_token_beside_a_cookie_is_what_counts(web: TestClient) -> None:
    signed_in(web)
    answer = web.get("/api/session", headers={"Authorization": "Bearer nothing"})
    assert answer.status_code == 401


@pytest.mark.parametrize("header", ["Bearer", "Bearer ", "Basic b2ZmaWNlcjp4", "nothing", "Bearer \u00ff\u00fe"])
def test_a_header_that_signs_nobody_in_is_answered_with_401(web: TestClient, header: str) -> None:
    answer = web.get("/api/session", headers=[(b"Authorization", header.encode("latin-1"))])
    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"


def test_without_cookie_or_token_nobody_is_signed_in(web: TestClient) -> None:
    for answer in (web.get("/api/session"), web.delete("/api/session"), web.post("/api/password", json={})):
        assert answer.status_code == 401


def test_an_expired_token_is_told_what_to_do(web: TestClient) -> None:
    token = signed_in(web)["token"]
    with clock.held(clock.now() + timedelta(days=4)):
        answer = web.get("/api/session", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 401
    assert "重新登录" in answer.json()["detail"]


def test_a_changed_password_over_the_wire_ends_the_other_token(session: Session, web: TestClient) -> None:
    other, mine = signed_in(web), signed_in(web)
    answer = web.post("/api/password", json={"old": GOOD, "new": OTHER}, headers={CSRF_HEADER: mine["csrf"]})
    assert answer.status_code == 204, answer.text
    assert web.get("/api/session").status_code == 200
    assert web.get("/api/session", headers={"Authorization": f"Bearer {other['token']}"}).status_code == 401
    assert session.execute(text("SELECT verb FROM foundation.journal ORDER BY seq DESC LIMIT 1")).scalar() == "password"


def test_no_answer_of_the_door_tells_a_hash_or_a_digest(session: Session, web: TestClient, person: Person) -> None:
    told = str(signed_in(web)) + web.get("/api/session").text
    assert "argon2" not in told
    assert COOKIE not in told
    assert web.cookies[COOKIE] not in told
    assert all(bytes(row).hex() not in told for row in session.scalars(select(SignIn.cookie_digest)))
