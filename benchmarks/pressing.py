"""Many clients at once: connections that are kept, each asking one thing after the other for some seconds."""

from __future__ import annotations

import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import cycle

LONGEST_ANSWER = 60.0
_LENGTH = b"content-length:"


@dataclass
class Pressed:
    """What the clients met: seconds of each answer, and how often each status came."""

    took: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)


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


def press(port: int, paths: Sequence[str], *, clients: int, seconds: float) -> Pressed:
    """Let so many clients ask for some seconds, each beginning elsewhere in the list; raises what one of them met."""
    pressed, faults = Pressed(), list[Exception]()
    until = time.perf_counter() + seconds

    def run(asked: Iterator[str]) -> None:
        took, statuses = list[float](), Counter[int]()
        try:
            connection = Connection(port)
            while (began := time.perf_counter()) < until:
                statuses[connection.status(next(asked))] += 1
                took.append(time.perf_counter() - began)
        except Exception as error:
            faults.append(error)
        pressed.took.extend(took)
        pressed.statuses.update(statuses)

    starts = [number * len(paths) // clients for number in range(clients)]
    threads = [threading.Thread(target=run, args=(cycle([*paths[at:], *paths[:at]]),)) for at in starts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if faults:
        raise faults[0]
    return pressed


def pressing(port: int, paths: Sequence[str], *, clients: int) -> Callable[[float], Sequence[float]]:
    """What a side runs: so many clients at once; every answer must be right."""

    def run_for(seconds: float) -> list[float]:
        pressed = press(port, paths, clients=clients, seconds=seconds)
        wrong = {status: count for status, count in pressed.statuses.items() if status != 200}
        if wrong:
            raise RuntimeError(f"answers that are not right: {wrong}")
        return pressed.took

    return run_for
