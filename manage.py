"""The command line: composition root beside `api/app.py`. Commands import what they need, so that help is instant."""

# ruff: noqa: PLC0415

from __future__ import annotations

import os
import time
from contextlib import ExitStack
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

from deploy import telling, words
from deploy.setup.steps import home, say
from foundation.errors import Refused, Unavailable

words.speak_chinese()

import typer  # noqa: E402  after its words are set

from commands import bench, people  # noqa: E402
from commands.register import the_register  # noqa: E402

if TYPE_CHECKING:
    from deploy.ground import Ground
    from deploy.supervisor import Service

words.speak_chinese_help()

PASS_ON = {"allow_extra_args": True, "ignore_unknown_options": True}

app = typer.Typer(
    help="地名:标准地名、行政区划、界线与地名文化遗产的登记系统。",
    add_completion=False,
    no_args_is_help=True,
    options_metavar="[选项]",
    subcommand_metavar="命令 [参数]",
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
journal_commands = typer.Typer(
    help="办理日志。",
    no_args_is_help=True,
    options_metavar="[选项]",
    subcommand_metavar="命令 [参数]",
    rich_markup_mode=None,
)
app.add_typer(journal_commands, name="journal")
app.add_typer(people.commands, name="person")
app.command("demo-accounts", help="列出演示账号和密码(只有演示数据才有)。")(people.demo_accounts)
app.command("bench", help="测量性能;在另外的数据库上进行,不动登记库。")(bench.bench)


class Data(StrEnum):
    """What `up` loads into an empty register."""

    JIANGSU = "jiangsu"
    NONE = "none"


class Role(StrEnum):
    """Which part of the site is served."""

    ALL = "all"
    PUBLIC = "public"


Host = Annotated[str, typer.Option(metavar="地址", help="监听的地址;0.0.0.0 表示对外提供服务")]
Port = Annotated[int, typer.Option(metavar="端口", min=0, max=65535, help="端口;0 表示自动选一个空闲的")]
Json = Annotated[bool, typer.Option("--json", help="以 JSON 输出")]
Workers = Annotated[int, typer.Option(metavar="个数", min=1, max=64, help="网页服务的进程数")]


@app.command(help="准备好所缺的一切,启动数据库,空库时载入演示数据(江苏),然后提供服务。")
def up(
    host: Host = "127.0.0.1",
    port: Port = 8000,
    workers: Workers = 1,
    data: Annotated[Data, typer.Option(help="空库时载入的数据")] = Data.JIANGSU,
    role: Annotated[Role, typer.Option(help="all 全部;public 只有公众页面")] = Role.ALL,
) -> None:
    """Set up what is missing, start the database, migrate, load the demo, serve until stopped."""
    from deploy import ground, supervisor
    from deploy.setup import assets
    from foundation.settings import settings as check_settings

    check_settings()
    with supervisor.place(home(), host, port, say) as place, ExitStack() as stack:
        assets.ensure(say)
        # A public instance on a given database leaves its keeping to the inner one.
        keeps = role is Role.ALL or ground.given() is None
        found = stack.enter_context(the_register())
        service = supervisor.Service(place, home(), workers=workers, say=say, hidden=_kept_from_web(role, found))
        stack.callback(service.stop)
        service.start_web()
        if keeps:
            _migrate(found)
            _load_demo(data, service)
        service.open()
        # Asked before, so that nothing stands between the address and the watch over the children.
        accounts = people.of_the_demonstration() if keeps and role is Role.ALL else []
        place.ready()
        people.show(accounts)
        if keeps:
            service.start_jobs()
        service.run(lambda: _keep_database(found))


@app.command(help="只提供服务,不做准备:需要 DATABASE_URL,或已在运行的自带数据库。")
def serve(
    host: Host = "127.0.0.1",
    port: Port = 8000,
    workers: Workers = 1,
    role: Annotated[Role, typer.Option(help="all 全部;public 只有公众页面")] = Role.ALL,
) -> None:
    """Serve over a database that is there; for service managers and containers."""
    from deploy import ground, supervisor
    from foundation.database import set_addresses

    with supervisor.place(home(), host, port, say) as place, ExitStack() as stack:
        found = ground.running()
        set_addresses(found.owner, found.public)
        service = supervisor.Service(place, home(), workers=workers, say=say, hidden=_kept_from_web(role, found))
        stack.callback(service.stop)
        service.start_web()
        service.open()
        place.ready()
        if role is Role.ALL:
            service.start_jobs()
        service.run(lambda: _keep_database(found))


@app.command(help="停止正在运行的 ./diming up 和自带的数据库。")
def stop() -> None:
    """Stop the `up` of this home folder, then the private cluster."""
    from deploy import ground, home_lock

    served = home_lock.stop_running(home())
    ran = ground.stop_cluster(home()) if home().exists() else False
    say("已停止。" if served or ran else "没有正在运行的服务。")


@app.command("test", context_settings=PASS_ON, help="运行测试(不含标记为 slow 的);其余参数原样交给 pytest。")
def run_tests(
    context: typer.Context, everything: Annotated[bool, typer.Option("--all", help="连同耗时的测试一起运行")] = False
) -> None:
    """Run the suite on a private database of its own."""
    from deploy import suite

    raise typer.Exit(suite.run(context.args, everything=everything, say=say))


@app.command(help="把数据库结构升级到本程序的版本;有数据时先备份。")
def migrate(
    backup: Annotated[bool, typer.Option("--backup/--no-backup", help="升级前是否先备份")] = True,
) -> None:
    """Migrate the register."""
    with the_register() as found:
        _migrate(found, backup=backup)
    say("数据库结构已是最新。")


@app.command(help="重建检索和地图用的派生数据。")
def reindex() -> None:
    """Rebuild derived search and tile data."""
    from processes import search

    with the_register(bring=False):
        search.reindex(say)


@journal_commands.command("verify", help="逐条核对办理日志的校验链,证明没有被改动。")
def journal_verify() -> None:
    """Prove the journal's hash chain."""
    from processes import audit

    with the_register(bring=False):
        count, problem = audit.verify_journal()
    if problem:
        raise Refused(f"办理日志第 {problem.seq} 条有问题:{problem.why}", remedy="请保留现场并联系管理员。")
    print(f"办理日志共 {count} 条,校验链完整。")


@app.command(help="列出所有设置、含义和当前值(密码不显示)。")
def settings(json: Json = False) -> None:
    """List every setting."""
    from deploy import settings_list

    settings_list.show(as_json=json)


@app.command(help="检查系统的各部分,逐项说明问题和解决办法。")
def doctor() -> None:
    """Look at each part of the house."""
    from deploy import doctor as parts
    from processes import schema

    sound = True
    for finding in parts.examine(schema.check_server):
        sound = sound and finding.sound
        print(finding.line())
    raise typer.Exit(0 if sound else 1)


@app.command(context_settings=PASS_ON, help="以所有者身份打开登记库的 psql;其余参数原样交给 psql。")
def psql(context: typer.Context) -> None:
    """Open psql on the register."""
    import signal
    import subprocess

    from deploy import ground

    with the_register(bring=False) as found:
        program, address, environment = ground.client(found, "psql")
        # Ctrl-C is for psql: it cancels a query there and must not end us.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        code = subprocess.run((program, *context.args, address), env=environment, check=False).returncode
    raise typer.Exit(1 if code else 0)


@app.command("jobs", hidden=True, help="后台任务进程(由 up 和 serve 启动)。")
def work_on_jobs() -> None:
    """Do long work until stopped."""
    from processes import work

    work.run()


def _keep_database(found: Ground) -> None:
    """Start the private cluster again when it died under us; on its old port, so that every pool finds it."""
    if found.cluster is not None and not found.cluster.alive():
        say("自带的数据库意外停止,正在重新启动……")
        found.cluster.ensure_running(say)
        say("自带的数据库已恢复。")


def _kept_from_web(role: Role, found: Ground) -> tuple[str, ...]:
    """A public instance's web processes have no desk, and hold the public's address alone, where there is one."""
    os.environ["DIMING_ROLE"] = role.value
    return ("DATABASE_URL",) if role is Role.PUBLIC and found.public else ()


def _migrate(found: Ground, *, backup: bool = True) -> None:
    from deploy import ground
    from processes import schema

    schema.check_server(found.owner)
    schema.migrate(found.owner, say, (lambda: _keep(ground.backup(found, say))) if backup else None)


def _keep(path: object) -> None:
    say(f"已备份:{path}")


def _load_demo(data: Data, service: Service) -> None:
    """Have the jobs process load the demo into an empty register, and wait for it."""
    from foundation import jobs
    from processes import demo, work

    if not demo.needed(data.value):
        return
    service.start_jobs()
    job = work.defer_demo_load()
    told = ""
    while True:
        service.watch()
        state = jobs.progress(job)
        if service.jobs and service.jobs.failures >= 3:
            raise Unavailable("后台任务进程没有启动成功。", remedy=f"详情见 {home() / 'log' / 'jobs.log'}。")
        if state is None:
            raise Unavailable("演示数据的载入任务没有登记。", remedy="请再运行一次 ./diming up。")
        line = f"载入演示数据:{state.note}({state.done}/{state.of})" if state.of else "载入演示数据……"
        if line != told:
            say(line)
            told = line
        if state.state == "done":
            return
        if state.state in {"failed", "cancelled"}:
            raise Refused(f"载入演示数据失败:{state.error or state.note}", remedy="请把这一行告诉维护人员。")
        time.sleep(0.2)


if __name__ == "__main__":
    raise SystemExit(telling.run(app))
