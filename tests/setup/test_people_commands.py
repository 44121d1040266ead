"""`./diming person …` and `demo-accounts`: what an administrator types, and the one line that says what was wrong."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from io import StringIO
from types import SimpleNamespace
from typing import Any

import pytest
from argon2 import PasswordHasher
from sqlalchemy import text
from sqlalchemy.orm import Session

import manage
from deploy import telling
from foundation import clock, journal
from foundation.access import actions as access
from foundation.access import queries
from foundation.access.actor import Grant
from foundation.database import SessionReader, engine, set_addresses
from foundation.people import passwords
from foundation.people.actions import the_person
from foundation.people.roles import ROLES
from processes.edge import writing
from tests.conftest import Databases
from tests.setup.conftest import LAUNCHER
from tests.setup.test_command_line import diming, one_line

GOOD = "correct horse battery"
BUREAU = ("--organ", "如皋市民政局", "--division", "320682")
Told = SimpleNamespace
Run = Callable[..., Told]


@pytest.fixture(scope="module")
def demonstration(databases: Databases, demo_template: str) -> str:
    """A demonstration that these commands may change; each test adds people of its own."""
    return databases.clone(demo_template, "commands")


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hashes that cost nothing."""
    cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(passwords, "_hasher", lambda: cheap)


@pytest.fixture
def run(demonstration: str, quick: None, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a command in this process over the demonstration: its exit code and what it told."""
    set_addresses(demonstration, None)

    def command(*arguments: str, stdin: str = "") -> Told:
        monkeypatch.setattr(sys, "stdin", StringIO(stdin, newline=None))
        capfd.readouterr()
        code = telling.run(partial(manage.app, list(arguments)))
        told = capfd.readouterr()
        return Told(returncode=code, stdout=told.out, stderr=told.err)

    return command


def refused(told: Told) -> str:
    """The one line of a refusal; nothing else was told."""
    assert told.stdout == ""
    return one_line(told, 1)  # type: ignore[arg-type]


def done(told: Told) -> str:
    """What a command told when all went well."""
    assert told.returncode == 0, told.stderr
    assert told.stderr == ""
    return str(told.stdout)


def signs_in(login: str, password: str) -> access.Opened | None:
    """Whether a password opens the door."""
    with writing() as session:
        return access.sign_in(session, login, password, "10.0.0.1")


def held(login: str) -> tuple[Grant, ...]:
    """The posts that somebody holds now."""
    with Session(engine()) as session:
        return queries.grants(SessionReader(session), the_person(session, login).id)


def people() -> int:
    """How many people there are."""
    with Session(engine()) as session:
        return session.scalar(text("SELECT count(*) FROM foundation.person")) or 0


def lines_of(login: str) -> list[str]:
    """The verbs of the journal about a person; nobody of the house did them, but the system's keeper."""
    with Session(engine()) as session:
        assert journal.verify(session.connection())[1] is None
        question = text("SELECT verb FROM foundation.journal WHERE subject_kind = 'person' AND subject_id = :id"
                        " AND person IS NULL ORDER BY seq")  # fmt: skip
        return list(session.scalars(question, {"id": the_person(session, login).id}))


def added(run: Run, login: str) -> str:
    """Somebody new; returns the login."""
    done(run("person", "add", login, "--name", "新人", "--password-stdin", stdin=f"{GOOD}\n"))
    return login


# Adding.


def test_a_person_is_added_with_a_password_that_is_shown_once(run: Run) -> None:
    told = done(run("person", "add", "wang.made", "--name", "王一"))
    password = told.partition("初始密码:")[2].split()[0]
    assert "王一(wang.made)" in told
    assert signs_in("wang.made", password)
    assert lines_of("wang.made") == ["add"]


def test_a_password_from_standard_input_is_taken_and_not_shown(run: Run) -> None:
    told = done(run("person", "add", "wang.given", "--name", "王二", "--password-stdin", stdin=f"{GOOD}\r\n"))
    assert GOOD not in told
    assert "密码" not in told
    assert signs_in("wang.given", GOOD)


def test_a_login_that_is_taken_or_cannot_be_is_one_line_and_adds_nobody(run: Run) -> None:
    before = people()
    assert "clerk" in refused(run("person", "add", "Clerk", "--name", "另一人"))
    assert "login" in refused(run("person", "add", "王三", "--name", "王三"))
    assert "name" in refused(run("person", "add", "wang.three", "--name", " "))
    weak = run("person", "add", "wang.three", "--name", "王三", "--password-stdin", stdin="short\n")
    assert "short" not in refused(weak)
    assert people() == before


@pytest.mark.parametrize(
    ("arguments", "remedy"),
    [
        (("add", "王三", "--name", "王三"), "小写字母开头"),
        (("grant", "clerk", "king", *BUREAU), "section_chief"),
        (("grant", "clerk", "clerk", "--organ", "如皋市民政局", "--division", "999999"), "六位代码"),
    ],
)
def test_a_field_that_is_wrong_is_told_with_what_to_do(run: Run, arguments: tuple[str, ...], remedy: str) -> None:
    assert remedy in refused(run("person", *arguments))


@pytest.mark.parametrize(
    "arguments",
    [
        ("person", "add"),
        ("person", "add", "wang"),
        ("person", "add", "wang", "--name", "王", "--role", "clerk"),
        ("person", "grant", "wang", "clerk"),
        ("person", "grant", "wang", "clerk", "--organ", "x", "--division", "320682", "--stand-in-until", "tomorrow"),
        ("person", "fly"),
        ("demo-accounts", "now"),
    ],
)
def test_wrong_usage_is_one_line_with_exit_code_2(run: Run, arguments: tuple[str, ...]) -> None:
    assert "--help" in one_line(run(*arguments), 2)  # type: ignore[arg-type]


@pytest.mark.parametrize("command", ["add", "grant", "revoke", "password"])
def test_every_command_about_people_has_help_in_chinese(run: Run, command: str) -> None:
    told = done(run("person", command, "--help"))
    assert "选项" in told
    assert command in done(run("person", "--help"))


# Posts.


def test_a_post_is_given_and_taken_in_words(run: Run) -> None:
    login = added(run, "wang.post")
    assert "新人(wang.post):如皋市民政局 经办人" in done(run("person", "grant", login, "clerk", *BUREAU))
    (grant,) = held(login)
    assert (grant.role, grant.organ, grant.division_code, grant.stand_in) == ("clerk", "如皋市民政局", "320682", False)
    assert "不再担任" in done(run("person", "revoke", login, "clerk", *BUREAU))
    assert held(login) == ()
    assert lines_of(login) == ["add", "grant", "revoke"]


def test_an_organ_is_made_where_its_kind_is_given(run: Run) -> None:
    login = added(run, "wang.organ")
    new = ("--organ", "如皋市水务局", "--division", "320682")
    assert "--organ-kind" in refused(run("person", "grant", login, "clerk", *new))
    done(run("person", "grant", login, "clerk", *new, "--organ-kind", "water"))
    done(run("person", "grant", login, "section_chief", *new))
    assert {(grant.organ_kind, grant.role) for grant in held(login)} == {("water", "clerk"), ("water", "section_chief")}
    assert "水利局" in refused(run("person", "grant", login, "archivist", *new, "--organ-kind", "other"))


def test_a_title_tells_two_posts_of_one_role_apart(run: Run) -> None:
    login = added(run, "wang.title")
    for title in ("经办人(三)", "经办人(四)"):
        done(run("person", "grant", login, "clerk", *BUREAU, "--title", title))
    done(run("person", "revoke", login, "clerk", *BUREAU, "--title", "经办人(三)"))
    assert [grant.title for grant in held(login)] == ["经办人(四)"]


def test_who_stands_in_does_so_through_the_day_that_was_named(run: Run) -> None:
    login, last = added(run, "wang.standin"), clock.today() + timedelta(days=7)
    done(run("person", "grant", login, "clerk", *BUREAU, "--stand-in-until", last.isoformat()))
    (grant,) = held(login)
    assert grant.stand_in
    evening = clock.now().replace(year=last.year, month=last.month, day=last.day, hour=23, minute=59, second=59)
    with clock.held(evening):
        assert held(login)
    with clock.held(evening + timedelta(seconds=1)):
        assert held(login) == ()


def test_standing_in_may_end_today_but_not_yesterday(run: Run) -> None:
    login = added(run, "wang.today")
    yesterday = clock.today() - timedelta(days=1)
    late = run("person", "grant", login, "clerk", *BUREAU, "--stand-in-until", yesterday.isoformat())
    assert "截止时间已过" in refused(late)
    done(run("person", "grant", login, "clerk", *BUREAU, "--stand-in-until", clock.today().isoformat()))


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (("grant", "nobody", "clerk", *BUREAU), "person add"),
        (("grant", "clerk", "king", *BUREAU), "king"),
        (("grant", "clerk", "clerk", "--organ", "没有的局", "--division", "320682"), "没有的局"),
        (("grant", "clerk", "clerk", "--organ", "如皋市民政局", "--division", "999999"), "999999"),
        (("grant", "clerk", "clerk", "--organ", "如皋市民政局", "--division", "320622"), "320622"),
        (("grant", "clerk", "clerk", "--organ", "x局", "--division", "320682", "--organ-kind", "castle"), "castle"),
        (("grant", "clerk", "clerk", *BUREAU), "已经担任"),
        (("revoke", "clerk", "archivist", *BUREAU), "没有担任"),
        (("revoke", "nobody", "clerk", *BUREAU), "nobody"),
        (("password", "nobody"), "nobody"),
    ],
)
def test_what_cannot_be_done_is_one_line_and_changes_nothing(run: Run, arguments: tuple[str, ...], word: str) -> None:
    def everything() -> list[Any]:
        tables = ("organ", "post", "post_grant", "person", "journal")
        with Session(engine()) as session:
            return [session.scalar(text(f"SELECT count(*) FROM foundation.{table}")) for table in tables]

    before = everything()
    assert word in refused(run("person", *arguments))
    assert everything() == before


def test_a_post_for_a_division_that_has_ended_can_still_be_taken(run: Run) -> None:
    login = added(run, "wang.ended")
    done(run("person", "grant", login, "inspector", "--organ", "海安市民政局", "--division", "320685"))
    end = "UPDATE boundaries.division_version SET valid_to = current_date, to_precision = 'day' WHERE code = '320685'"
    back = "UPDATE boundaries.division_version SET valid_to = NULL, to_precision = NULL WHERE code = '320685'"
    with engine().begin() as connection:
        connection.execute(text(end + " AND valid_to IS NULL"))
    try:
        told = run("person", "revoke", login, "inspector", "--organ", "海安市民政局", "--division", "320685")
    finally:
        with engine().begin() as connection:
            connection.execute(text(back + " AND valid_to = current_date"))
    done(told)


# Passwords.


def test_a_new_password_ends_every_sign_in_and_the_old_one_opens_nothing(run: Run) -> None:
    login = added(run, "wang.forgot")
    door = signs_in(login, GOOD)
    assert door is not None
    told = done(run("person", "password", login))
    with Session(engine()) as session, pytest.raises(Exception, match="退出"):
        queries.actor(SessionReader(session), door.token)
    assert signs_in(login, GOOD) is None
    assert signs_in(login, told.partition("新密码:")[2].strip())
    assert lines_of(login) == ["add", "password"]


def test_a_given_password_is_taken_and_a_weak_one_changes_nothing(run: Run) -> None:
    login = added(run, "wang.weak")
    refused(run("person", "password", login, "--password-stdin", stdin="aaaaaaaaaaaa\n"))
    assert signs_in(login, GOOD)
    told = done(run("person", "password", login, "--password-stdin", stdin="staple and paper clip\n"))
    assert "staple" not in told
    assert signs_in(login, "staple and paper clip")


# The accounts of the demonstration.

ASKED_FOR = {
    ("applicant", "320682"): 1, ("clerk", "320682"): 2, ("section_chief", "320682"): 1, ("bureau_leader", "320682"): 1,
    ("approver", "320682"): 1, ("expert", "320682"): 3, ("inspector", "320682"): 1, ("heritage_officer", "320682"): 1,
    ("clerk", "320685"): 1, ("inspector", "321283"): 1, ("city_officer", "320600"): 1,
}  # fmt: skip
"""CONTRACT: role, division, how many at least; an auditor and an administrator anywhere."""


def test_the_demonstrations_accounts_are_those_of_the_contract_and_open_the_door(run: Run) -> None:
    accounts = json.loads(done(run("demo-accounts", "--json")))
    for account in accounts:
        assert set(account) == {"login", "password", "name", "roles", "organ", "division"}
        assert all(isinstance(account[key], str) for key in account if key != "roles")
        assert set(account["roles"]) <= set(ROLES)
        assert "演示" in account["name"]
    posts = [(role, account["division"]) for account in accounts for role in account["roles"]]
    for post, least in ASKED_FOR.items():
        assert posts.count(post) >= least, post
    assert {"auditor", "administrator"} <= {role for role, _ in posts}
    for key in ("login", "password"):
        assert len({account[key] for account in accounts}) == len(accounts)
    for account in accounts:
        if account["login"] in {"clerk", "approver"}:  # a hash in full strength each
            assert signs_in(account["login"], account["password"]), account["login"]
        assert {(grant.role, grant.organ, grant.division_code) for grant in held(account["login"])} == {
            (role, account["organ"], account["division"]) for role in account["roles"]
        }


def test_the_accounts_are_the_same_each_time_and_told_for_people_too(run: Run) -> None:
    first, second = (done(run("demo-accounts", "--json")) for _ in range(2))
    assert first == second
    told = done(run("demo-accounts"))
    for account in json.loads(first):
        assert account["login"] in told
        assert account["password"] in told


def test_another_installation_has_other_passwords(run: Run, databases: Databases, demo_template: str) -> None:
    here = json.loads(done(run("demo-accounts", "--json")))
    with engine().connect() as connection:
        secret = connection.scalar(text("SELECT value FROM foundation.policy WHERE name = 'demo_secret'"))
    assert len(bytes.fromhex(secret or "")) >= 32
    set_addresses(databases.clone(demo_template, "elsewhere"), None)
    with engine().begin() as connection:
        connection.execute(text("UPDATE foundation.policy SET value = 'other' WHERE name = 'demo_secret'"))
    there = json.loads(done(run("demo-accounts", "--json")))
    assert not {account["password"] for account in here} & {account["password"] for account in there}


def test_a_register_that_is_no_demonstration_has_no_such_accounts(own_address: str, run: Run) -> None:
    set_addresses(own_address, None)
    for arguments in (("demo-accounts",), ("demo-accounts", "--json")):
        assert "不是演示数据" in refused(run(*arguments))
    assert people() == 0


def test_the_launcher_tells_the_accounts_as_nothing_but_json(demonstration: str) -> None:
    told = diming({**os.environ, "DATABASE_URL": demonstration}, "demo-accounts", "--json")
    assert LAUNCHER.exists()
    assert told.returncode == 0, told.stderr
    assert told.stderr == ""
    assert len(json.loads(told.stdout)) >= 15


@pytest.mark.parametrize("command", [("person", "add", "wang", "--name", "王"), ("demo-accounts", "--json")])
def test_a_register_that_was_never_made_is_one_line(
    command: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, tmp_path: Any, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setenv("DIMING_HOME", str(tmp_path))
    capfd.readouterr()
    assert telling.run(partial(manage.app, list(command))) == 1
    told = capfd.readouterr().err
    assert "./diming up" in told
    assert told.count("\n") == 1
    assert list(tmp_path.iterdir()) == []
