"""Foundation: the extensions, the chained journal that nobody can change, policy, and progress of long work."""

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '10min'")
    op.execute("CREATE EXTENSION IF NOT EXISTS postgis")
    # Plain equality inside exclusion constraints (a code in a period); never used on names.
    op.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
    op.execute("CREATE SCHEMA foundation")
    op.execute("""
        CREATE TABLE foundation.journal (
            seq          bigint      CONSTRAINT pk_journal PRIMARY KEY,
            at           timestamptz NOT NULL,
            person       bigint,
            organ        bigint,
            verb         text        NOT NULL,
            subject_kind text        NOT NULL,
            subject_id   bigint      NOT NULL,
            reason       text        NOT NULL,
            before       json,
            after        json,
            previous     bytea       NOT NULL,
            hash         bytea       NOT NULL
        )
    """)
    # The history of one record, newest last.
    op.execute("CREATE INDEX ix_journal_subject ON foundation.journal (subject_kind, subject_id, seq)")
    op.execute("""
        CREATE FUNCTION foundation.refuse_journal_change() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION 'the journal is append-only: % refused', TG_OP USING ERRCODE = 'insufficient_privilege';
        END
        $$
    """)
    op.execute("""
        CREATE TRIGGER journal_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON foundation.journal
            FOR EACH STATEMENT EXECUTE FUNCTION foundation.refuse_journal_change()
    """)
    op.execute("""
        CREATE TABLE foundation.policy (
            name  text CONSTRAINT pk_policy PRIMARY KEY,
            value text NOT NULL
        )
    """)
    op.execute("""
        CREATE TABLE foundation.job (
            id         bigint      CONSTRAINT pk_job PRIMARY KEY,
            task       text        NOT NULL,
            state      text        NOT NULL
                CONSTRAINT ck_job_state CHECK (state IN ('queued', 'running', 'done', 'failed', 'cancelled')),
            done       bigint      NOT NULL,
            "of"       bigint      NOT NULL,
            note       text        NOT NULL,
            result     json,
            error      text,
            changed_at timestamptz NOT NULL
        )
    """)
    # How precisely the public sees a position; written anew from the settings after each migration. It calls
    # nothing of ours, so that views of `published` can use it for a role that may not enter this schema.
    op.execute("""
        CREATE FUNCTION foundation.public_position(place geometry) RETURNS geometry LANGUAGE sql IMMUTABLE
            AS 'SELECT ST_SnapToGrid(place, 1e-5)'
    """)


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("DROP SCHEMA foundation CASCADE")
