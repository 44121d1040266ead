"""The commands about people: added, given posts, taken off them; the accounts of the demonstration."""

# ruff: noqa: PLC0415

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import typer

from commands.register import the_register

commands = typer.Typer(
    help="人员和岗位。",
    no_args_is_help=True,
    options_metavar="[选项]",
    subcommand_metavar="命令 [参数]",
    rich_markup_mode=None,
)
Login = Annotated[str, typer.Argument(metavar="登录名", help="小写字母开头的字母、数字、点或横线")]
RoleName = Annotated[str, typer.Argument(metavar="角色", help="例如 clerk、section_chief、approver;见 README")]
OrganName = Annotated[str, typer.Option("--organ", metavar="单位", help="单位全称,例如 如皋市民政局")]
Code = Annotated[str, typer.Option("--division", metavar="代码", help="管辖的政区,六位代码,例如 320682")]
Title = Annotated[str, typer.Option("--title", metavar="名称", help="岗位名称;同一角色有几个岗位时用来区分")]
PasswordStdin = Annotated[bool, typer.Option("--password-stdin", help="从标准输入读密码;不加则生成一个并显示一次")]
OrganKind = Annotated[
    str | None,
    typer.Option(
        "--organ-kind",
        metavar="种类",
        help="单位第一次出现时填:civil_affairs 民政局,government 人民政府,housing 住建局,other 其他",
    ),
]
Until = Annotated[
    datetime | None,
    typer.Option("--stand-in-until", formats=["%Y-%m-%d"], metavar="日期", help="代办,到这一天为止(含)"),
]


@commands.command("add", help="添加一个人员;之后用 person grant 给岗位。")
def person_add(
    login: Login,
    name: Annotated[str, typer.Option("--name", metavar="姓名", help="显示在办理记录里的姓名")],
    password_stdin: PasswordStdin = False,
) -> None:
    """Add a person."""
    from processes import people

    with the_register(bring=False):
        given = _password(password_stdin)
        made = people.add(login, name, given)
    print(f"已添加 {name}({login.lower()})。" + ("" if given else f"初始密码:{made}  请当面告知,并让本人登录后修改。"))


@commands.command("grant", help="让一个人员担任岗位:角色、单位、管辖的政区;可以只代办到某一天。")
def person_grant(
    login: Login,
    role: RoleName,
    organ: OrganName,
    division: Code,
    organ_kind: OrganKind = None,
    title: Title = "",
    stand_in_until: Until = None,
) -> None:
    """Give a person a post."""
    from processes import people

    with the_register(bring=False):
        posting = people.Posting(role, organ, division, organ_kind, title)
        print("已担任:" + people.grant(login, posting, stand_in_through=stand_in_until and stand_in_until.date()))


@commands.command("revoke", help="不再让一个人员担任岗位;已办的记录不变。")
def person_revoke(login: Login, role: RoleName, organ: OrganName, division: Code, title: Title = "") -> None:
    """Take a person off a post."""
    from processes import people

    with the_register(bring=False):
        print("已收回:" + people.revoke(login, people.Posting(role, organ, division, title=title)))


@commands.command("password", help="重设一个人员的密码,并结束其所有登录。")
def person_password(login: Login, password_stdin: PasswordStdin = False) -> None:
    """Give a person a new password."""
    from processes import people

    with the_register(bring=False):
        given = _password(password_stdin)
        made = people.reset_password(login, given)
    print("密码已重设。" + ("" if given else f"新密码:{made}"))


@commands.command("disable", help="停用一个人员的登录;已办的记录不变。")
def person_disable(login: Login) -> None:
    """Close a person's login."""
    from processes import people

    with the_register(bring=False):
        print(f"已停用 {people.disable(login)} 的登录。")


def demo_accounts(json: Annotated[bool, typer.Option("--json", help="以 JSON 输出")] = False) -> None:
    """List the demonstration's accounts."""
    from processes import demo_people

    with the_register(bring=False):
        accounts = demo_people.listing()
    if json:
        import json as writer

        print(writer.dumps(accounts, ensure_ascii=False, indent=1))
    else:
        show(accounts)


def _password(from_stdin: bool) -> str | None:
    import sys

    return sys.stdin.readline().rstrip("\n") if from_stdin else None


def of_the_demonstration() -> list[dict[str, Any]]:
    """The accounts of the demonstration; none where the register is another."""
    from processes import demo, demo_people

    return demo_people.listing() if demo.is_demo() else []


def show(accounts: list[dict[str, Any]]) -> None:
    """Print accounts for a person to read."""
    from foundation.people.roles import ROLES

    if not accounts:
        return
    print("演示账号(均为虚构,在 /desk 登录):")
    for account in accounts:
        roles = "、".join(ROLES[role] for role in account["roles"])
        print(f"  {account['login']:<18} {account['password']}  {account['organ']} {roles}", flush=True)
