"""Many clients at once: connections that are kept, each asking one thing after the other for some seconds."""

from __future__ import annotations

import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import cycle

LONGEST_ANSWER = 60.0
_LENGTH = b"content-length:"


@dataclass
class Pressed:
    """What the clients met: seconds of each answer, and how often each status came."""

    took: list[float]
    statuses: Counter[int]


class Connection:
    """One kept connection, spoken to with as little work as can be: the client shares the machine with the server."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=LONGEST_ANSWER)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def status(self, path: str) -> int:
        """Ask, read the whole answer, and tell its status."""
        self.socket.sendall(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
        read = b""
        while (end := read.find(b"\r\n\r\n")) < 0:
            read += self._more()
        head = read[:end].lower()
        at = head.index(_LENGTH) + len(_LENGTH)
        left = int(head[at:].split(b"\r\n", 1)[0]) - (len(read) - end - 4)
        while left > 0:
            left -= len(self._more())
        return int(head.split(b" ", 2)[1])

    def _more(self) -> bytes:
        more = self.socket.recv(1 << 16)
        if not more:
            raise ConnectionResetError("the server closed the connection")
        return more


def at_once(acts: Sequence[Callable[[], None]], seconds: float) -> list[float]:
    """Repeat each act in a thread of its own for some seconds; how long each took. Raises what an act raises."""
    took: list[float] = []
    faults: list[BaseException] = []
    until = time.perf_counter() + seconds

    def repeat(act: Callable[[], None]) -> None:
        try:
            while (began := time.perf_counter()) < until and not faults:
                act()
                took.append(time.perf_counter() - began)
        except Exception as fault:
            faults.append(fault)

    threads = [threading.Thread(target=repeat, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if faults:
        raise faults[0]
    return took


def press(port: int, paths: Sequence[str], *, clients: int, seconds: float) -> Pressed:
    """Let so many clients ask for some seconds, each beginning elsewhere in the list; raises what one of them met."""
    asking = [_Asking(port, paths, number * len(paths) // clients) for number in range(clients)]
    took = at_once([each.ask for each in asking], seconds)
    return Pressed(took, sum((each.statuses for each in asking), Counter[int]()))


class _Asking:
    """One client, with the statuses that it was told."""

    def __init__(self, port: int, paths: Sequence[str], start: int) -> None:
        self.connection, self.statuses = Connection(port), Counter[int]()
        self.paths = cycle([*paths[start:], *paths[:start]])

    def ask(self) -> None:
        """The next of the list."""
        self.statuses[self.connection.status(next(self.paths))] += 1


def pressing(port: int, paths: Sequence[str], *, clients: int) -> Callable[[float], Sequence[float]]:
    """What a side runs: so many clients at once; every answer must be right."""

    def run_for(seconds: float) -> list[float]:
        pressed = press(port, paths, clients=clients, seconds=seconds)
        wrong = {status: count for status, count in pressed.statuses.items() if status != 200}
        if wrong:
            raise RuntimeError(f"answers that are not right: {wrong}")
        return pressed.took

    return run_for
