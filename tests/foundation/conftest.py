"""Databases for the tests of the ground: bare ones that were never migrated, and one for a module that commits."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg2
import pytest
from sqlalchemy import Engine

from foundation.database import libpq_address, make_engine
from tests.conftest import Databases


@pytest.fixture
def bare_address(databases: Databases) -> str:
    """A database in which nothing was ever made."""
    return databases.clone("template1", "bare")


@pytest.fixture(scope="module")
def journal_engine(databases: Databases, empty_template: str) -> Iterator[Engine]:
    """A writing engine on a migrated register whose journal the tests of one module may fill."""
    engine = make_engine(databases.clone(empty_template, "journal"))
    yield engine
    engine.dispose()


@pytest.fixture
def owner(demo_address: str) -> Iterator[psycopg2.extensions.cursor]:
    """A cursor of the register's owner on the demonstration, each statement by itself; for looking only."""
    connection = psycopg2.connect(libpq_address(demo_address))
    connection.autocommit = True
    with connection.cursor() as cursor:
        yield cursor
    connection.close()
