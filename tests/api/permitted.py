"""The world of the permission table: a person for each role in each place, cases in every state, how a route is asked.

A sample is one way to ask a route. It is written so that whoever has the right succeeds: what another is answered
is then the answer to who they are, not to what they sent.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from argon2 import PasswordHasher
from sqlalchemy.orm import Session

from foundation import clock
from foundation.access.actor import Actor
from foundation.access.models import SignIn
from foundation.access.queries import digest, grants
from foundation.database import SessionReader
from foundation.people.actions import ensure_organ, ensure_post, give_post
from foundation.people.models import Person
from foundation.people.roles import ROLES
from placenames.proposals import actions
from placenames.proposals.lifecycle import OWN
from placenames.proposals.models import Proposal
from placenames.proposals.schemas import Applicant, InstrumentBody, NewProposal, StepBody
from processes import handovers
from tests.makers import division_id

PLACES = {"own": "320682", "neighbouring": "320685", "foreign": "320322", "above": "320600"}
"""Where the post of a person acts, seen from a case of 如皋市: there, in 海安市, in 沛县 of 徐州市, at 南通市."""
NOBODY = "nobody"
STRANGER = "applicant of another organ"
ROLES_ASKED = (NOBODY, *ROLES, STRANGER)
PASSWORD = "a-password-of-a-test"
MARK = "试权路"
"""What the name of every case has; where a list shows it, the list shows a case."""
QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
_PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\n%%EOF\n"
_ORGANS = {
    "approver": ("人民政府", "government"), "applicant": ("试权公司", "other"), "auditor": ("试权审计组", "other"),
    STRANGER: ("另一公司", "other"),
}  # fmt: skip
_TOWNS = {"own": "如皋市", "neighbouring": "海安市", "foreign": "沛县", "above": "南通市"}


@dataclass(frozen=True)
class Asked:
    """One request: what stands in the address, after it and in the body; `mark` is what a list would show."""

    address: Mapping[str, str] = field(default_factory=dict)
    params: Mapping[str, str] = field(default_factory=dict)
    json: Any = None
    form: Mapping[str, str] | None = None
    mark: str = ""


@dataclass
class World:
    """What is there: the cases by what they are called in the table, papers, a place, a hand-over, tokens."""

    cases: dict[str, str] = field(default_factory=dict)
    papers: dict[str, str] = field(default_factory=dict)
    tokens: dict[tuple[str, str], str] = field(default_factory=dict)
    logins: dict[tuple[str, str], str] = field(default_factory=dict)
    place: str = ""
    post: str = ""
    handover: str = ""


Ask = Callable[[World], Asked]


class Builder:
    """Makes the world in a session that nobody commits."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.world = World()
        self.number = 0

    def build(self) -> World:
        """People, cases, papers, a hand-over."""
        # Who brings the cases along is none of those who are asked about: nobody is barred by what they did.
        self.desk = {role: self.person(role, "own", "办理") for role in ("clerk", "section_chief", "approver")}
        actors = {(role, where): self.person(role, where) for role in ROLES_ASKED[1:] for where in PLACES}
        own = {role: actors[role, "own"] for role in ROLES_ASKED[1:]}
        self.bring_cases(own["applicant"])
        self.world.papers = {secrecy: self.paper(secrecy) for secrecy in ("公开", "内部")}
        clerk, chief = own["clerk"], own["section_chief"]
        self.world.post = str(chief.grants[0].post_id)
        offered = handovers.propose(self.session, clerk, clerk.grants[0].post_id, chief.login, MARK)
        self.world.handover = str(offered.id)
        return self.world

    def person(self, role: str, where: str, title: str = "权限") -> Actor:
        """Somebody with one post, signed in with a token of their own."""
        self.number += 1
        login, token = f"permitted{self.number}", f"token-{self.number}"
        person = Person(
            login=login, name=f"试权{self.number}", password_hash=_HASH, active=True, created_at=clock.now()
        )
        self.session.add(person)
        self.session.flush()
        name, kind = _ORGANS.get(role, ("民政局", "civil_affairs"))
        division = division_id(self.session, PLACES[where])
        organ = ensure_organ(self.session, f"{_TOWNS[where]}{name}", kind, division)
        give_post(self.session, person, ensure_post(self.session, organ, _post_role(role), division, title))
        self.session.add(
            SignIn(
                person_id=person.id, cookie_digest=hashlib.sha256(f"cookie{token}".encode()).digest(),
                token_digest=digest(token), csrf="", address="", at=clock.now(),
                expires_at=clock.now() + timedelta(hours=1),
            )
        )  # fmt: skip
        self.session.flush()
        self.world.tokens[role, where], self.world.logins[role, where] = token, login
        return Actor(person.id, login, person.name, 0, "", grants(SessionReader(self.session), person.id))

    def bring_cases(self, applicant: Actor) -> None:
        """A case in each state that the table speaks of."""
        clerk = self.desk["clerk"]
        self.keep("bureau's draft", self.opened(clerk))
        for called, steps in CASES.items():
            case = self.opened(applicant, "内部" if "内部" in called else "公开")
            for verb, *body in steps:
                self.step(case, verb, body[0] if body else StepBody(reason="测试"), applicant)
            if called == "approved":
                self.world.place = str(case.place_id)
            self.keep(called, case)

    def keep(self, called: str, case: Proposal) -> None:
        """Remember a case by what the table calls it."""
        self.world.cases[called] = str(case.id)

    def opened(self, by: Actor, secrecy: str = "公开") -> Proposal:
        """A draft that may be submitted."""
        given = NewProposal.model_validate({"kind": "naming", "class": "街路巷", "division": PLACES["own"]})
        whole = given.model_copy(
            update={
                "name": MARK, "specific": "试权", "generic": "路", "meaning": "测试", "reason": "测试",
                "location": "测试", "secrecy": secrecy, "applicant": Applicant(name="试权公司", contact="某人"),
            }
        )  # fmt: skip
        return actions.open_case(self.session, by, whole)

    def step(self, case: Proposal, verb: str, body: StepBody, applicant: Actor) -> None:
        """One step, by whoever takes it."""
        roles = OWN.step(verb).roles
        by = applicant if "applicant" in roles else next(self.desk[role] for role in roles if role in self.desk)
        actions.take_step(self.session, by, str(case.id), verb, body)

    def paper(self, secrecy: str) -> str:
        """A paper of the case under review, brought by the clerk who brings the cases along."""
        file, case = io.BytesIO(_PDF), self.world.cases["in_review"]
        return str(actions.attach(self.session, self.desk["clerk"], case, "图.pdf", file, "位置图", secrecy).id)


_HASH = QUICK.hash(PASSWORD)


def _post_role(role: str) -> str:
    return "applicant" if role == STRANGER else role


def _instrument() -> dict[str, str]:
    return {"number": "皋政复〔2026〕1号", "organ": "如皋市人民政府", "date": date.today().isoformat()}


def decision() -> StepBody:
    """What comes with a decision."""
    return StepBody(reason="测试", instrument=InstrumentBody.model_validate(_instrument()))


_TO_REVIEW = (("submit",), ("accept",), ("review",))
_TO_APPROVAL = (*_TO_REVIEW, ("recommend",))
CASES: dict[str, tuple[Any, ...]] = {
    "applicant's draft": (),
    "submitted": _TO_REVIEW[:1],
    "returned": (("submit",), ("return",)),
    "accepted": _TO_REVIEW[:2],
    "in_review": _TO_REVIEW,
    "in_review 内部": _TO_REVIEW,
    "awaiting_approval": _TO_APPROVAL,
    "reply recorded": (*_TO_APPROVAL, ("record_decision", decision())),
    "approved": (*_TO_APPROVAL, ("approve", decision())),
    "suspended": (*_TO_REVIEW, ("suspend",)),
    "withdrawn": (*_TO_REVIEW, ("withdraw",)),
}
"""What a case is called in the table → the steps that bring it there. Each is an applicant's."""

# On which case each verb is tried: one in a state from which the table allows it.
_TRIED_ON = {
    "submit": ("applicant's draft", "bureau's draft", "returned"),
    "accept": ("submitted",),
    "return": ("submitted",),
    "review": ("accepted",),
    "consult": ("in_review",),
    "recommend": ("in_review",),
    "approve": ("awaiting_approval",),
    "refuse": ("awaiting_approval",),
    "record_decision": ("awaiting_approval",),
    "confirm_decision": ("reply recorded",),
    "file": ("approved",),
    "announce": ("approved",),
    "withdraw": ("applicant's draft", "bureau's draft", "submitted"),
    "suspend": ("in_review",),
    "resume": ("suspended",),
    "archive": ("withdrawn",),
}
_BROUGHT: dict[str, dict[str, Any]] = {
    "approve": {"instrument": _instrument()},
    "refuse": {"instrument": _instrument()},
    "record_decision": {"instrument": _instrument()},
    "announce": {"channels": ["政府门户网站"]},
}
_DRAFTS = ("applicant's draft", "bureau's draft", "returned")
_ONE_CASE = ("applicant's draft", "bureau's draft", "submitted", "in_review 内部", "withdrawn")


def _case(called: str, **more: Any) -> Ask:
    return lambda world: Asked(address={"proposal_id": world.cases[called]}, **more)


def _plain(**asked: Any) -> dict[str, Ask]:
    return {"": lambda world: Asked(**asked)}


def _steps() -> dict[str, dict[str, Ask]]:
    """Every verb of the lifecycle, each tried on its cases; a verb without a case stands there without samples."""
    route = "POST /api/proposals/{proposal_id}/steps/"
    return {
        f"{route}{step.verb}": {
            called: _case(called, json={"reason": "测试", **_BROUGHT.get(step.verb, {})})
            for called in _TRIED_ON.get(step.verb, ())
        }
        for step in OWN.steps
    }


def _paper(secrecy: str) -> Ask:
    return lambda w: Asked(address={"proposal_id": w.cases["in_review"], "attachment_id": w.papers[secrecy]})


def _handover(**address: str) -> dict[str, Ask]:
    return {"of the clerk to the section chief": lambda w: Asked(address={"handover_id": w.handover, **address})}


SAMPLES: dict[str, dict[str, Ask]] = {
    "GET /openapi.json": _plain(),
    "GET /static": _plain(),
    "GET /": _plain(),
    "GET /docs": _plain(),
    "GET /search": {"a name not announced yet": lambda w: Asked(params={"q": MARK}, mark=f">{MARK}</a>")},
    "GET /{stem}.txt": _plain(address={"stem": "none"}),
    "GET /{stem}.html": _plain(address={"stem": "none"}),
    "GET /tiles/base/{layer}/{z}/{x}/{y}": _plain(address={"layer": "vec", "z": "8", "x": "213", "y": "103"}),
    "GET /favicon.ico": _plain(),
    "GET /static/built/{name}": _plain(address={"name": "none.js"}),
    "GET /health/live": _plain(),
    "GET /health/ready": _plain(),
    "GET /api/search": {
        "a name not announced yet": lambda w: Asked(params={"q": MARK}, mark=MARK),
    },
    "GET /api/lookup": _plain(params={"lon": "120.56", "lat": "32.39"}),
    "GET /api/places/{place_id}": {"a name not announced yet": lambda w: Asked(address={"place_id": w.place})},
    "GET /places/{place_id}": {"a name not announced yet": lambda w: Asked(address={"place_id": w.place})},
    "GET /api/divisions": _plain(),
    "GET /api/divisions/translate": _plain(params={"code": "320682", "from": "2015", "to": "2020"}),
    "GET /api/divisions/{code}": _plain(address={"code": "320682"}),
    "GET /api/divisions/{code}/lineage": _plain(address={"code": "320682"}),
    "GET /tiles/map/{z}/{x}/{y}.mvt": _plain(address={"z": "14", "x": "13680", "y": "6620"}),
    "GET /api/map/labels": _plain(params={"bbox": "120.5,32.3,120.6,32.4", "zoom": "10"}),
    "GET /api/map/times": _plain(),
    "GET /api/classes": _plain(),
    "POST /api/names/spell": _plain(json={"name": "东大街", "kind": "street"}),
    "POST /api/session": {
        "with the right password": lambda w: Asked(json={"login": w.logins["clerk", "own"], "password": PASSWORD}),
    },
    "DELETE /api/session": _plain(),
    "GET /api/session": _plain(),
    "POST /api/password": _plain(json={"old": PASSWORD, "new": "another-password-1"}),
    "GET /api/routes": _plain(params={"class": "街路巷", "division": "320682"}),
    "GET /api/proposals": _plain(params={"limit": "50"}, mark=MARK),
    "POST /api/proposals": {
        "of the county": lambda w: Asked(json={"kind": "naming", "class": "街路巷", "division": "320682"}),
    },
    "GET /api/proposals/{proposal_id}": {called: _case(called) for called in _ONE_CASE},
    "PATCH /api/proposals/{proposal_id}": {
        called: _case(called, json={"meaning": "新的含义"})
        for called in ("applicant's draft", "bureau's draft", "returned")
    },
    **_steps(),
    "POST /api/proposals/{proposal_id}/attachments": {
        called: _case(called, form={"kind": "位置图"}) for called in ("applicant's draft", "in_review", "approved")
    },
    "GET /api/proposals/{proposal_id}/attachments/{attachment_id}": {
        f"paper {secrecy}": _paper(secrecy) for secrecy in ("公开", "内部")
    },
    "POST /api/proposals/{proposal_id}/opinions": {
        "in_review": _case("in_review", json={"organ": "公安局", "stance": "agree", "date": date.today().isoformat()})
    },
    "GET /api/handovers": _plain(mark=MARK),
    "POST /api/handovers": {
        "post of the section chief": lambda w: Asked(json={"post": w.post, "receiver": w.logins["clerk", "own"]}),
    },
    "POST /api/handovers/{handover_id}/confirm": _handover(verb="confirm"),
    "POST /api/handovers/{handover_id}/decline": _handover(verb="decline"),
    "POST /api/handovers/{handover_id}/cancel": _handover(verb="cancel"),
    "GET /api/journal": {
        "of a case": lambda w: Asked(params={"subject": f"proposal:{w.cases['approved']}"}, mark=MARK),
    },
    "GET /desk/login": _plain(),
    "GET /desk": _plain(mark=MARK),
    "GET /desk/proposals": _plain(mark=MARK),
    "GET /desk/proposals/new": _plain(),
    "GET /desk/proposals/{proposal_id}": {called: _case(called) for called in _ONE_CASE},
    "GET /desk/proposals/{proposal_id}/edit": {called: _case(called) for called in _DRAFTS},
    "GET /desk/handovers": {"": lambda w: Asked(mark=f"/desk/handovers/{w.handover}")},
    "GET /desk/handovers/{handover_id}": _handover(),
    "GET /desk/account": _plain(),
}
"""How each route is asked: `METHOD path` as the application has it, with the verbs of a lifecycle written out."""
