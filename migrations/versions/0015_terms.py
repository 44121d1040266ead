"""Search within a part of the register by characters and first letters: the terms of tokens hold these, not pairs.

One character, or two letters, within a county had to be looked for among all its names. What search derives is emptied
here, and whoever migrates a register derives it again (see 0008).
"""

from importlib import import_module

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

EARLIER = import_module("migrations.versions.0013_parts")
CELL = """
    CREATE OR REPLACE FUNCTION placenames.cell(place geometry) RETURNS integer
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$SELECT {first}floor((ST_Y(place) + 90) * 5)::integer * 1800 + floor((ST_X(place) + 180) * 5)::integer$$
"""
# What tells letters apart needs no form: where its text is not asked for, it is not looked up.
SPOKEN = """
    CREATE OR REPLACE VIEW published.search_spoken AS
    SELECT s.form_id, f.text, s.pinyin, s.initials, s.rank, f.classes
    FROM placenames.search_sound s {join} placenames.search_form f ON f.id = s.form_id WHERE s.rank IS NOT NULL
"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '10min'")
    op.execute(f"TRUNCATE {EARLIER.DERIVED}")
    # Beyond the codes of characters, among which cells would otherwise be.
    op.execute(CELL.format(first="2097152 + "))
    op.execute(SPOKEN.format(join="LEFT JOIN"))
    EARLIER._to_derive(revision)


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute(f"TRUNCATE {EARLIER.DERIVED}")
    op.execute(CELL.format(first=""))
    op.execute(SPOKEN.format(join="JOIN"))
    EARLIER._to_derive(down_revision)
