"""Search within a part of the register by characters and letters: the terms of tokens hold these, not pairs.

One character, or two letters, within a county had to be looked for among all its names. What search derives is emptied
here, and whoever migrates a register derives it again (see 0008).
"""

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '10min'")
    _empty()
    # Beyond the codes of characters, among which cells would otherwise be.
    op.execute("""
        CREATE OR REPLACE FUNCTION placenames.cell(place geometry) RETURNS integer
        LANGUAGE sql IMMUTABLE PARALLEL SAFE
        AS $$SELECT 2097152 + floor((ST_Y(place) + 90) * 5)::integer * 1800 + floor((ST_X(place) + 180) * 5)::integer$$
    """)
    # What tells letters apart needs no form: where its text is not asked for, it is not looked up.
    op.execute("""
        CREATE OR REPLACE VIEW published.search_spoken AS
        SELECT s.form_id, f.text, s.pinyin, s.initials, s.rank, f.classes
        FROM placenames.search_sound s LEFT JOIN placenames.search_form f ON f.id = s.form_id WHERE s.rank IS NOT NULL
    """)
    _derive_again("0015")


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    _empty()
    op.execute("""
        CREATE OR REPLACE FUNCTION placenames.cell(place geometry) RETURNS integer
        LANGUAGE sql IMMUTABLE PARALLEL SAFE
        AS $$SELECT floor((ST_Y(place) + 90) * 5)::integer * 1800 + floor((ST_X(place) + 180) * 5)::integer$$
    """)
    op.execute("""
        CREATE OR REPLACE VIEW published.search_spoken AS
        SELECT s.form_id, f.text, s.pinyin, s.initials, s.rank, f.classes
        FROM placenames.search_sound s JOIN placenames.search_form f ON f.id = s.form_id WHERE s.rank IS NOT NULL
    """)
    _derive_again("0014")


def _empty() -> None:
    op.execute(
        "TRUNCATE placenames.search_form, placenames.search_sound, placenames.search_token, placenames.search_hot,"
        " placenames.search_top, placenames.map_point"
    )


def _derive_again(named: str) -> None:
    # A load that stood behind its rows derives everything once more.
    op.execute("""
        UPDATE foundation.bulk_load SET phase = 'forms listed', done = 0
        WHERE phase NOT IN ('rows', 'indexes', 'forms listed', 'done')
    """)
    op.execute(f"""
        INSERT INTO foundation.policy (name, value)
        SELECT 'to_derive', '{named}' WHERE EXISTS (SELECT FROM placenames.place)
        ON CONFLICT (name) DO UPDATE SET value = excluded.value
    """)
