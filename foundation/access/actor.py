"""Who acts: a person with the grants that hold now, and the divisions that each reaches."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Grant:
    """A post that a person holds now.

    `own` are the divisions that the post acts for: its own and those that went over into it whole.
    `covered` are those and everything below them: what the post may read.
    """

    post_id: int
    role: str
    title: str
    organ_id: int
    organ: str
    organ_kind: str
    organ_division_id: int
    division_id: int
    division_code: str
    division: str
    stand_in: bool
    own: frozenset[int]
    covered: frozenset[int]


@dataclass(frozen=True)
class Actor:
    """A signed-in person; `csrf` is what a page must send back with each write."""

    person_id: int
    login: str
    name: str
    sign_in_id: int
    csrf: str
    grants: tuple[Grant, ...] = ()

    @property
    def roles(self) -> frozenset[str]:
        """Every role held now."""
        return frozenset(grant.role for grant in self.grants)

    def holding(self, role: str, division_id: int) -> Grant | None:
        """The grant of a role that acts for a division itself, not merely for something above it."""
        return next((grant for grant in self.grants if grant.role == role and division_id in grant.own), None)
