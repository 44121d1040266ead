"""The steps of a naming case: the whole legal process on one screen (DOMAIN §1.12, §14.1; words of §15)."""

from __future__ import annotations

from foundation.lifecycle import Process, Step
from foundation.settings import settings

STATES = {
    "draft": "草稿",
    "submitted": "待受理",
    "returned": "待补正",
    "accepted": "已受理",
    "in_review": "审查中",
    "consulting": "征求意见中",
    "awaiting_approval": "已报批,待批复",
    "approved": "已批准",
    "refused": "不予批准",
    "withdrawn": "已撤回",
    "suspended": "已中止",
    "archived": "已归档",
}
KINDS = {"naming": "命名", "renaming": "更名", "cancelling": "停用登记", "recording": "既有地名登记"}
FILING_STATES = {"pending": "待报送", "sent": "已报送"}
ANNOUNCEMENT_STATES = {"pending": "待公告", "issued": "已公告"}

EDITABLE = frozenset({"draft", "returned"})
"""The states in which the content of a case may be changed."""

_OFFICE = ("clerk", "section_chief")
_OPEN = ("submitted", "returned", "accepted", "in_review", "consulting", "awaiting_approval")
_BEFORE_GOING_UP = tuple(state for state in _OPEN if state != "awaiting_approval")

OWN = Process(
    subject="proposal",
    states=STATES,
    acts={"create": "建立草稿", "change": "修改内容", "attach": "上传附件", "opinion": "登记意见"},
    start="draft",
    steps=(
        Step("submit", "提交申请", ("draft", "returned"), ("submitted",), ("applicant", "clerk")),
        Step("accept", "受理", ("submitted",), ("accepted",), _OFFICE),
        Step("return", "退回补正(一次性告知)",
             ("submitted", "accepted", "in_review", "consulting", "awaiting_approval"), ("returned",),
             _OFFICE, reason=True),
        Step("review", "审查(查重查音)", ("accepted",), ("in_review",), _OFFICE),
        Step("consult", "征求意见", ("in_review",), ("consulting",), _OFFICE),
        Step("recommend", "审核呈批", ("in_review", "consulting"), ("awaiting_approval",),
             ("section_chief", "bureau_leader")),
        Step("approve", "登记批复", ("awaiting_approval",), ("approved",), ("approver",), own_case=False),
        Step("refuse", "登记不予批准", ("awaiting_approval",), ("refused",), ("approver",), reason=True,
             own_case=False),
        Step("record_decision", "登记批复", ("awaiting_approval",), ("awaiting_approval",), ("clerk",)),
        Step("confirm_decision", "核对确认批复", ("awaiting_approval",), ("approved", "refused"), _OFFICE,
             own_case=False),
        Step("file", "报送备案", ("approved",), ("approved",), _OFFICE),
        Step("announce", "发布公告", ("approved",), ("approved",), _OFFICE),
        Step("withdraw", "撤回申请", ("draft", *_BEFORE_GOING_UP, "suspended"), ("withdrawn",), _OFFICE, reason=True),
        Step("suspend", "中止办理", _OPEN, ("suspended",), _OFFICE, reason=True),
        Step("resume", "恢复办理", ("suspended",), _OPEN, _OFFICE),
        Step("archive", "归档", ("approved", "refused", "withdrawn"), ("archived",), _OFFICE),
    ),
)  # fmt: skip
"""The own procedure (本级办理): approved by the government that the route names."""


def recommends(role: str) -> bool:
    """Whether a role signs what goes up: the section chief, or the leader where the bureau's rule asks for it."""
    return role == ("bureau_leader" if settings().leader_signs else "section_chief")
