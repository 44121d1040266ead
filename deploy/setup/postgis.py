"""Finds a PostgreSQL with PostGIS on this machine, or brings one: installed as root, unpacked as a plain user."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

from deploy.setup import debian, steps
from deploy.setup.steps import Say
from foundation.cluster.private import base_folder
from foundation.cluster.programs import Programs
from foundation.errors import DimingError, Unavailable

OLDEST_POSTGRES = 15
# Packages and what they unpack to, side by side for a moment.
UNPACKED_BYTES = 700_000_000
OLDEST_POSTGIS = (3, 3)
# Newest first; what the machine's sources offer decides.
MAJORS = range(19, OLDEST_POSTGRES - 1, -1)
NEEDED_PROGRAMS = ("postgres", "initdb", "pg_ctl", "pg_isready", "psql", "pg_dump")
WELL_KNOWN = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/usr/local/pgsql/bin",
    "/opt/homebrew/opt/postgresql@*/bin",
    "/usr/local/opt/postgresql@*/bin",
    "/home/linuxbrew/.linuxbrew/opt/postgresql@*/bin",
)
# Debian's own cluster would start beside ours and take port 5432.
NO_MAIN_CLUSTER = Path("/etc/postgresql-common/createcluster.d/diming.conf")
# Left out when unpacking: the compiler of `jit` (off anyway), and what only Debian's cluster tools need.
LEFT_OUT = re.compile(
    r"libllvm|libz3|perl|libperl|libgdbm|libjson-perl|postgresql-common|postgresql-client-common|ssl-cert|openssl"
    r"|debconf|ucf|adduser|netbase|sysvinit|init-system|locales|sensible"
)
REMEDY = "请安装 PostgreSQL 15 以上和 PostGIS 3.3 以上,或用 DATABASE_URL 指明一个已有的 PostGIS 数据库。"


def find_or_bring(say: Say, major: int | None = None) -> Programs:
    """The programs of a fitting PostgreSQL; `major` asks for the version an existing cluster was made with."""
    base = base_folder(steps.home())
    folder = base / "postgis"
    found = find(folder, major)
    if found:
        return found
    base.mkdir(parents=True, exist_ok=True)
    reason: DimingError | None = None
    with steps.alone(base, say) as hold:
        # Another set-up may have brought them while we waited for the lock.
        look: Callable[[], object] = partial(find, folder, major)
        for way in (look, *ways(folder, major, hold, say)):
            try:
                way()
            except DimingError as error:
                reason = error
            found = find(folder, major)
            if found:
                return found
    if reason:
        raise reason
    wanted = f"(现有数据需要 PostgreSQL {major})" if major else ""
    raise Unavailable(f"这台机器上没有可用的 PostgreSQL 和 PostGIS{wanted},也无法自动安装。", remedy=REMEDY)


def ways(folder: Path, major: int | None, hold: int, say: Say) -> list[Callable[[], object]]:
    """What can be tried on this machine to bring the programs, the best first."""
    log = steps.home() / "log" / "setup.log"
    if debian.available():
        prefix = root_prefix()
        unpacking = partial(bring, folder, major, log, hold, say)
        return [unpacking] if prefix is None else [partial(install, prefix, major, log, say), unpacking]
    if shutil.which("brew"):
        say("正在用 Homebrew 安装 PostgreSQL 和 PostGIS……")
        command = ("brew", "install", "postgresql@17", "postgis")
        return [partial(steps.run, command, log=log, failure="用 Homebrew 安装 PostGIS 失败", hold=hold)]
    return []


def find(folder: Path, major: int | None = None) -> Programs | None:
    """The newest fitting programs: the system's, else those unpacked in `folder`."""
    candidates = [path for pattern in WELL_KNOWN for path in Path("/").glob(pattern.lstrip("/"))]
    on_path = shutil.which("postgres")
    if on_path:
        candidates.append(Path(on_path).resolve().parent)
    candidates.sort(key=lambda path: server_major(path) or 0, reverse=True)
    unpacked = [Programs(path, unpacked_environment(folder)) for path in folder.glob("usr/lib/postgresql/*/bin")]
    for programs in [*(Programs(path) for path in candidates), *unpacked]:
        if fits(programs, major):
            return programs
    return None


def fits(programs: Programs, major: int | None) -> bool:
    """Whether all programs are there, in a fitting version, with a fitting PostGIS beside them."""
    if not all(os.access(programs.path(name), os.X_OK) for name in NEEDED_PROGRAMS):
        return False
    version = server_major(programs.bin_dir, programs)
    if version is None or version < OLDEST_POSTGRES or (major is not None and version != major):
        return False
    return (postgis_version(programs.bin_dir) or (0, 0)) >= OLDEST_POSTGIS


def server_major(bin_dir: Path, programs: Programs | None = None) -> int | None:
    """The major version that `postgres --version` tells."""
    program = bin_dir / "postgres"
    if not os.access(program, os.X_OK):
        return None
    environment = (programs or Programs(bin_dir)).environment()
    told = subprocess.run((program, "--version"), capture_output=True, text=True, check=False, env=environment)
    match = re.search(r"\) (\d+)", told.stdout)
    return int(match[1]) if told.returncode == 0 and match else None


def postgis_version(bin_dir: Path) -> tuple[int, int] | None:
    """The default version in `postgis.control` of the share folder that belongs to `bin_dir`."""
    for share in share_folders(bin_dir):
        extensions = share / "extension"
        # btree_gist stands for the contrib package, which some systems keep apart.
        if (extensions / "postgis.control").is_file() and (extensions / "btree_gist.control").is_file():
            text = (extensions / "postgis.control").read_text(encoding="utf-8")
            match = re.search(r"default_version\s*=\s*'(\d+)\.(\d+)", text)
            return (int(match[1]), int(match[2])) if match else None
    return None


def share_folders(bin_dir: Path) -> tuple[Path, ...]:
    """Where the extensions of these programs may lie: as Debian, plain builds, Red Hat and Homebrew do it."""
    number = bin_dir.parent.name
    upper = bin_dir.parents[min(3, len(bin_dir.parents) - 1)]
    return (
        upper / "share" / "postgresql" / number,
        bin_dir.parent / "share",
        bin_dir.parent / "share" / "postgresql",
        bin_dir.parents[min(2, len(bin_dir.parents) - 1)] / "share" / number,
    )


def root_prefix() -> tuple[str, ...] | None:
    """How to run a command as root without being asked anything: (), ('sudo', '-n'), or None for not at all."""
    if os.geteuid() == 0:
        return ()
    if not shutil.which("sudo"):
        return None
    allowed = subprocess.run(("sudo", "-n", "true"), capture_output=True, check=False, stdin=subprocess.DEVNULL)
    return ("sudo", "-n") if allowed.returncode == 0 else None


def package_names(apt: debian.PrivateApt | None, major: int | None) -> tuple[str, str]:
    """The server and extension packages of the newest fitting version that the sources offer."""
    majors = [major] if major else list(MAJORS)
    names = [f"postgresql-{number}-postgis-3" for number in majors]
    newest = apt.newest(names) if apt else debian.system_newest(names)
    if newest is None:
        raise Unavailable("系统软件源里没有合适的 PostgreSQL 和 PostGIS。", remedy=REMEDY)
    return newest.removesuffix("-postgis-3"), newest


def install(prefix: tuple[str, ...], major: int | None, log: Path, say: Say) -> None:
    """Install the packages of the system; a run that was killed half-way is taken up again."""
    quiet = ("env", "DEBIAN_FRONTEND=noninteractive", "LC_ALL=C.UTF-8")
    wait = ("-o", "DPkg::Lock::Timeout=600")
    say("正在读取系统软件源的目录……")
    failure = "安装 PostgreSQL 和 PostGIS 失败"
    if subprocess.run(("dpkg", "--audit"), capture_output=True, check=False).stdout.strip():
        say("系统里有上次没有装完的软件包,先把它们装完……")
        await_dpkg(prefix, quiet, log, say)
        steps.run((*prefix, *quiet, "apt-get", *wait, "-y", "-f", "install"), log=log, failure=failure)
    update = (*prefix, *quiet, "apt-get", *wait, "-o", "APT::Update::Error-Mode=any", "update")
    steps.run(update, log=log, failure="读取系统软件源失败")
    server, extension = package_names(None, major)
    say(f"正在安装 {server} 和 PostGIS(约 110 MB,一两分钟)……")
    folder = NO_MAIN_CLUSTER.parent
    steps.run((*prefix, "mkdir", "-p", str(folder)), log=log, failure=failure)
    with tempfile.NamedTemporaryFile("w", suffix=".conf") as conf:
        conf.write("create_main_cluster = false\n")
        conf.flush()
        steps.run((*prefix, "install", "-m", "644", conf.name, str(NO_MAIN_CLUSTER)), log=log, failure=failure)
    steps.run(
        (*prefix, *quiet, "apt-get", *wait, "install", "-y", "--no-install-recommends", server, extension),
        log=log,
        failure=failure,
        progress=lambda output: say(f"  {last_step(output)} ……"),
    )


def await_dpkg(prefix: tuple[str, ...], quiet: tuple[str, ...], log: Path, say: Say) -> None:
    """`dpkg --configure -a`, which unlike apt does not wait for the lock by itself."""
    for _ in range(120):
        try:
            steps.run((*prefix, *quiet, "dpkg", "--force-confold", "--configure", "-a"), log=log, failure="dpkg")
        except DimingError:
            if "lock" not in steps.written_since(log, max(0, log.stat().st_size - 500)):
                return
            say("  另一个程序正在安装软件包,等它完成……")
            subprocess.run(("sleep", "5"), check=False)
        else:
            return


def last_step(output: str) -> str:
    """The step apt is at, in the user's words."""
    if "Setting up" in output:
        return f"正在配置({output.count('Setting up')} 个包)"
    if "Unpacking" in output:
        return f"正在解包({output.count('Unpacking ')} 个包)"
    return f"正在下载({len(re.findall(r'^Get:', output, re.MULTILINE))} 个包)"


def bring(folder: Path, major: int | None, log: Path, hold: int, say: Say) -> None:
    """Unpack the same packages below `folder` without root, in a temporary folder that is renamed at the end."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    steps.need_space(folder, UNPACKED_BYTES)
    for old in folder.parent.glob("postgis.new-*"):
        shutil.rmtree(old, ignore_errors=True)
    work = Path(tempfile.mkdtemp(prefix="postgis.new-", dir=folder.parent))
    try:
        apt = debian.PrivateApt(work / "apt", log, hold)
        apt.update(say)
        server, extension = package_names(apt, major)
        wanted = [name for name in apt.closure(server, extension) if not LEFT_OUT.match(name)]
        say(f"没有管理员权限,正在把 {server} 和 PostGIS 下载到本文件夹({len(wanted)} 个包,不改动系统)……")

        def progress(output: str) -> None:
            say(f"  已下载 {len(re.findall(r'^Get:', output, re.MULTILINE))}/{len(wanted)} ……")

        debs = apt.download(wanted, progress)
        say("正在解开软件包……")
        debian.unpack(debs, work / "root")
        link_alternatives(work / "root")
        (work / "root").chmod(0o755)
        if folder.exists():
            shutil.rmtree(folder)
        (work / "root").rename(folder)
    finally:
        shutil.rmtree(work, ignore_errors=True)


def link_alternatives(root: Path) -> None:
    """Make the links that the packages' own scripts would have made: `postgis.control → postgis-3.control`."""
    for control in root.glob("usr/share/postgresql/*/extension/*-3.control"):
        link = control.with_name(control.name.replace("-3.control", ".control"))
        if not link.exists():
            link.unlink(missing_ok=True)
            link.symlink_to(control.name)


def unpacked_environment(root: Path) -> dict[str, str]:
    """What programs unpacked in `root` need to find their libraries and the data of PROJ and GDAL."""
    folders = [
        folder
        for triplet in sorted(root.glob("usr/lib/*-linux-gnu*"))
        for folder in (triplet, triplet / "blas", triplet / "lapack")
    ] + list((root / "lib").glob("*-linux-gnu*"))
    return {
        "LD_LIBRARY_PATH": ":".join(str(folder) for folder in folders if folder.is_dir()),
        "PROJ_DATA": str(root / "usr/share/proj"),
        "PROJ_LIB": str(root / "usr/share/proj"),
        "GDAL_DATA": str(root / "usr/share/gdal"),
    }


if __name__ == "__main__":
    print(find_or_bring(steps.say))
