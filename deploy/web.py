"""One web process over a listening socket that its parent took; run as `python -m deploy.web`.

uvicorn's own `--fd` would take the socket for a Unix one and lose the addresses of callers.
"""

from __future__ import annotations

import logging
import os
import socket
import sys
from typing import Any

import uvicorn

APPLICATION = "api.app:create_app"


class OneLine(logging.Formatter):
    """One line for the terminal; the trace stays in the log."""

    def __init__(self, log: str) -> None:
        super().__init__()
        self.log = log

    def format(self, record: logging.LogRecord) -> str:
        """The message without its trace."""
        message = record.getMessage().splitlines()[0] if record.getMessage() else record.name
        return f"{message}(详情见 {self.log})" if record.exc_info else message


def logging_settings(log: str, terminal: int) -> dict[str, Any]:
    """Everything to the log file, warnings and worse also to the terminal."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "full": {"format": "%(asctime)s %(levelname)s %(process)d %(name)s: %(message)s"},
            "terminal": {"()": OneLine, "log": log},
        },
        "handlers": {
            "file": {"class": "logging.handlers.WatchedFileHandler", "filename": log, "formatter": "full",
                     "encoding": "utf-8"},
            "terminal": {"class": "logging.StreamHandler", "stream": os.fdopen(terminal, "w", encoding="utf-8"),
                         "formatter": "terminal", "level": "WARNING"},
        },
        "root": {"handlers": ["file", "terminal"], "level": "INFO"},
    }  # fmt: skip


def main(arguments: list[str]) -> None:
    """Load the application, wait at the gate, serve until told to stop.

    `arguments`: the descriptors of the listening socket, of the terminal and of the gate; the log file.
    """
    taken, terminal, gate = map(int, arguments[:3])
    config = uvicorn.Config(
        APPLICATION,
        factory=True,
        log_config=logging_settings(arguments[3], terminal),
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=5,
    )
    config.load()
    os.read(gate, 1)
    uvicorn.Server(config).run(sockets=[socket.socket(fileno=taken)])


if __name__ == "__main__":
    main(sys.argv[1:])
