"""How long the service takes from its start to its first right answer over the country, beside the peers."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Sequence

from benchmarks.country import register
from benchmarks.frame import Asked, Fact, Measured, Report, Side, compared
from benchmarks.ground import Ground
from benchmarks.serving import Server, ours, pygeoapi, tipg
from deploy.setup import steps


def run(ground: Ground, asked: Asked) -> Report:
    """Start each in turn, warm, and once more after a restart of the server where it may be restarted."""
    register.ready(ground, asked.rows)
    log = steps.home() / "log" / "bench-serving.log"
    folder = steps.home() / "bench" / "pygeoapi-settings"
    starts: dict[str, Callable[[], Server]] = {
        "Diming": lambda: ours(log),
        "tipg": lambda: tipg(log, ground.say),
        "pygeoapi": lambda: pygeoapi(log, folder, ground.say),
    }
    for start in starts.values():
        start().stop()
    sides = [Side(name, _once(start)) for name, start in starts.items()]
    found = compared(sides, rounds=asked.rounds, seconds=0, say=ground.say, warm=False)
    facts = [
        *(Fact(f"{side.name} 启动到第一个正确答复,中位", _median(side), "秒") for side in found),
        *(Fact(f"{side.name} 用时与 Diming 之比", _median(side) / _median(found[0]), "倍") for side in found[1:]),
    ]
    for name, start in starts.items():
        if ground.restart(register.database(asked.rows)) is not None:
            facts.append(Fact(f"{name} 数据库重启后的启动", _once(start)(0)[0], "秒"))
    return Report(f"服务启动:{asked.rows:,} 条地名", found, facts)


def _once(start: Callable[[], Server]) -> Callable[[float], Sequence[float]]:
    def started(seconds: float) -> list[float]:
        server = start()
        server.stop()
        return [server.seconds]

    return started


def _median(side: Measured) -> float:
    return statistics.median(side.took) / 1000
