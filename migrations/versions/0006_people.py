"""People: organs, persons, posts and who holds them, sign-ins, hand-overs; files and instruments."""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

TABLES = (
    "instrument", "attachment", "sign_in_attempt", "sign_in", "handover", "post_grant", "post", "person", "organ",
)  # fmt: skip


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '10min'")
    _people()
    _access()
    _papers()
    # The chain's head, read once its lock is held: one way to the server and back instead of two, while every other
    # writer waits. A function of its own statements, because a single one would look before it waits.
    op.execute("""
        CREATE FUNCTION foundation.journal_head(lock_key bigint, OUT seq bigint, OUT hash bytea) LANGUAGE plpgsql AS $$
        BEGIN
            PERFORM pg_advisory_xact_lock(lock_key);
            SELECT j.seq, j.hash INTO journal_head.seq, journal_head.hash
                FROM foundation.journal j ORDER BY j.seq DESC LIMIT 1;
        END
        $$
    """)


def _people() -> None:
    op.execute("""
        CREATE TABLE foundation.organ (
            id          bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_organ PRIMARY KEY,
            name        text   NOT NULL CONSTRAINT uq_organ_name UNIQUE,
            kind        text   NOT NULL CONSTRAINT ck_organ_kind CHECK (kind IN (
                'civil_affairs', 'government', 'housing', 'transport', 'water', 'culture', 'other')),
            division_id bigint NOT NULL CONSTRAINT fk_organ_division_id_division REFERENCES boundaries.division
        )
    """)
    op.execute("CREATE INDEX ix_organ_division_id ON foundation.organ (division_id)")
    op.execute("""
        CREATE TABLE foundation.person (
            id            bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_person PRIMARY KEY,
            login         text        NOT NULL CONSTRAINT uq_person_login UNIQUE,
            name          text        NOT NULL,
            password_hash text        NOT NULL,
            active        boolean     NOT NULL,
            created_at    timestamptz NOT NULL
        )
    """)
    op.execute("""
        CREATE TABLE foundation.post (
            id          bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_post PRIMARY KEY,
            organ_id    bigint NOT NULL CONSTRAINT fk_post_organ_id_organ REFERENCES foundation.organ,
            role        text   NOT NULL CONSTRAINT ck_post_role CHECK (role IN (
                'applicant', 'clerk', 'section_chief', 'bureau_leader', 'approver', 'expert', 'inspector', 'caretaker',
                'heritage_officer', 'city_officer', 'archivist', 'auditor', 'administrator')),
            division_id bigint NOT NULL CONSTRAINT fk_post_division_id_division REFERENCES boundaries.division,
            title       text   NOT NULL,
            CONSTRAINT uq_post_organ_id_role_division_id_title UNIQUE (organ_id, role, division_id, title)
        )
    """)
    op.execute("""
        CREATE TABLE foundation.post_grant (
            id        bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_post_grant PRIMARY KEY,
            post_id   bigint      NOT NULL CONSTRAINT fk_post_grant_post_id_post REFERENCES foundation.post,
            person_id bigint      NOT NULL CONSTRAINT fk_post_grant_person_id_person REFERENCES foundation.person,
            stand_in  boolean     NOT NULL,
            from_at   timestamptz NOT NULL,
            until_at  timestamptz,
            CONSTRAINT ck_post_grant_period CHECK (until_at IS NULL OR until_at >= from_at),
            CONSTRAINT ck_post_grant_stand_in_ends CHECK (NOT stand_in OR until_at IS NOT NULL)
        )
    """)
    # grants.sql
    op.execute("CREATE INDEX ix_post_grant_person_id ON foundation.post_grant (person_id)")
    op.execute("""
        CREATE UNIQUE INDEX ix_post_grant_once ON foundation.post_grant (post_id, person_id) WHERE until_at IS NULL
    """)
    op.execute("""
        CREATE TABLE foundation.handover (
            id          bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_handover PRIMARY KEY,
            post_id     bigint      NOT NULL CONSTRAINT fk_handover_post_id_post REFERENCES foundation.post,
            giver_id    bigint      NOT NULL CONSTRAINT fk_handover_giver_id_person REFERENCES foundation.person,
            receiver_id bigint      NOT NULL CONSTRAINT fk_handover_receiver_id_person REFERENCES foundation.person,
            state       text        NOT NULL
                CONSTRAINT ck_handover_state CHECK (state IN ('proposed', 'confirmed', 'declined', 'cancelled')),
            items       json        NOT NULL,
            note        text        NOT NULL,
            proposed_at timestamptz NOT NULL,
            settled_at  timestamptz,
            CONSTRAINT ck_handover_two_people CHECK (giver_id <> receiver_id),
            CONSTRAINT ck_handover_settled CHECK ((state = 'proposed') = (settled_at IS NULL))
        )
    """)
    op.execute("""
        CREATE UNIQUE INDEX ix_handover_one_open ON foundation.handover (post_id, giver_id) WHERE state = 'proposed'
    """)
    op.execute("CREATE INDEX ix_handover_receiver_id ON foundation.handover (receiver_id)")


def _access() -> None:
    # Only digests of what opens the door are kept: a stolen backup opens nothing.
    op.execute("""
        CREATE TABLE foundation.sign_in (
            id            bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_sign_in PRIMARY KEY,
            person_id     bigint      NOT NULL CONSTRAINT fk_sign_in_person_id_person REFERENCES foundation.person,
            cookie_digest bytea       NOT NULL CONSTRAINT uq_sign_in_cookie_digest UNIQUE,
            token_digest  bytea       NOT NULL CONSTRAINT uq_sign_in_token_digest UNIQUE,
            csrf          text        NOT NULL,
            address       text        NOT NULL,
            at            timestamptz NOT NULL,
            expires_at    timestamptz NOT NULL,
            ended_at      timestamptz
        )
    """)
    op.execute("CREATE INDEX ix_sign_in_person_id ON foundation.sign_in (person_id)")
    op.execute("""
        CREATE TABLE foundation.sign_in_attempt (
            id      bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_sign_in_attempt PRIMARY KEY,
            login   text        NOT NULL,
            address text        NOT NULL,
            at      timestamptz NOT NULL
        )
    """)
    op.execute("CREATE INDEX ix_sign_in_attempt_login ON foundation.sign_in_attempt (login, at)")
    op.execute("CREATE INDEX ix_sign_in_attempt_address ON foundation.sign_in_attempt (address, at)")
    op.execute("CREATE INDEX ix_sign_in_attempt_at ON foundation.sign_in_attempt (at)")


def _papers() -> None:
    op.execute("""
        CREATE TABLE foundation.attachment (
            id         bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_attachment PRIMARY KEY,
            sha256     bytea       NOT NULL CONSTRAINT ck_attachment_sha256 CHECK (length(sha256) = 32),
            bytes      bigint      NOT NULL,
            media_type text        NOT NULL,
            name       text        NOT NULL,
            secrecy    text        NOT NULL
                CONSTRAINT ck_attachment_secrecy CHECK (secrecy IN ('公开', '内部')),
            person_id  bigint      NOT NULL CONSTRAINT fk_attachment_person_id_person REFERENCES foundation.person,
            at         timestamptz NOT NULL
        )
    """)
    op.execute("CREATE INDEX ix_attachment_sha256 ON foundation.attachment (sha256)")
    op.execute("""
        CREATE TABLE foundation.instrument (
            id            bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_instrument PRIMARY KEY,
            number        text        NOT NULL,
            organ         text        NOT NULL,
            dated         date        NOT NULL,
            received_on   date,
            registered_at timestamptz NOT NULL,
            attachment_id bigint CONSTRAINT fk_instrument_attachment_id_attachment REFERENCES foundation.attachment,
            CONSTRAINT uq_instrument_organ_number UNIQUE (organ, number),
            CONSTRAINT ck_instrument_received CHECK (received_on IS NULL OR received_on >= dated)
        )
    """)


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("DROP FUNCTION foundation.journal_head(bigint)")
    for table in TABLES:
        op.execute(f"DROP TABLE foundation.{table}")
