"""Proposals: routes, cases with their papers and opinions, filing, announcement; the decision behind a public name."""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '10min'")
    _route()
    _proposal()
    _beside()
    _register()


def _route() -> None:
    op.execute("""
        CREATE TABLE placenames.route (
            approval_category text NOT NULL,
            division_type     text NOT NULL,
            procedure         text NOT NULL CONSTRAINT ck_route_procedure
                CHECK (procedure IN ('own', 'opinion', 'received', 'division')),
            approver_kind     text NOT NULL,
            approver_level    text NOT NULL
                CONSTRAINT ck_route_approver_level CHECK (approver_level IN ('own', 'parent')),
            article           text NOT NULL,
            verified          text NOT NULL
                CONSTRAINT ck_route_verified CHECK (verified IN ('yes', 'likely', 'no')),
            note              text NOT NULL,
            CONSTRAINT pk_route PRIMARY KEY (approval_category, division_type)
        )
    """)


def _proposal() -> None:
    op.execute("""
        CREATE TABLE placenames.proposal (
            id                   bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_proposal PRIMARY KEY,
            kind                 text NOT NULL CONSTRAINT ck_proposal_kind
                CHECK (kind IN ('naming', 'renaming', 'cancelling', 'recording')),
            procedure            text NOT NULL
                CONSTRAINT ck_proposal_procedure CHECK (procedure IN ('own', 'opinion', 'received')),
            state                text NOT NULL CONSTRAINT ck_proposal_state CHECK (state IN (
                'draft', 'submitted', 'returned', 'accepted', 'in_review', 'consulting', 'awaiting_approval',
                'approved', 'refused', 'withdrawn', 'suspended', 'archived')),
            state_before         text,
            class_label          text NOT NULL
                CONSTRAINT fk_proposal_class_label_place_class REFERENCES placenames.place_class,
            division_id          bigint NOT NULL
                CONSTRAINT fk_proposal_division_id_division REFERENCES boundaries.division,
            handler_division_id  bigint NOT NULL
                CONSTRAINT fk_proposal_handler_division_id_division REFERENCES boundaries.division,
            approver_kind        text NOT NULL,
            approver_division_id bigint NOT NULL
                CONSTRAINT fk_proposal_approver_division_id_division REFERENCES boundaries.division,
            article              text NOT NULL,
            name                 text NOT NULL,
            specific             text NOT NULL,
            generic              text NOT NULL,
            readings             text[] NOT NULL,
            readings_certain     boolean NOT NULL,
            roman                text NOT NULL,
            plain                text NOT NULL,
            sound                text NOT NULL,
            meaning              text NOT NULL,
            reason               text NOT NULL,
            location             text NOT NULL,
            geom                 geometry(Geometry, 4490),
            secrecy              text NOT NULL CONSTRAINT ck_proposal_secrecy CHECK (secrecy IN ('公开', '内部')),
            applicant_name       text NOT NULL,
            applicant_code       text NOT NULL,
            applicant_contact    text NOT NULL,
            applicant_phone      text NOT NULL,
            place_id             bigint CONSTRAINT fk_proposal_place_id_place REFERENCES placenames.place,
            name_id              bigint CONSTRAINT fk_proposal_name_id_place_name REFERENCES placenames.place_name,
            version              integer NOT NULL,
            created_by           bigint NOT NULL CONSTRAINT fk_proposal_created_by_person REFERENCES foundation.person,
            organ_id             bigint NOT NULL CONSTRAINT fk_proposal_organ_id_organ REFERENCES foundation.organ,
            post_id              bigint CONSTRAINT fk_proposal_post_id_post REFERENCES foundation.post,
            created_at           timestamptz NOT NULL,
            changed_at           timestamptz NOT NULL,
            submitted_by         bigint CONSTRAINT fk_proposal_submitted_by_person REFERENCES foundation.person,
            findings             json,
            findings_at          timestamptz,
            outcome              text
                CONSTRAINT ck_proposal_outcome CHECK (outcome IN ('approve', 'refuse')),
            instrument_id        bigint
                CONSTRAINT fk_proposal_instrument_id_instrument REFERENCES foundation.instrument,
            recorded_by          bigint CONSTRAINT fk_proposal_recorded_by_person REFERENCES foundation.person,
            recorded_at          timestamptz,
            decided_by           bigint CONSTRAINT fk_proposal_decided_by_person REFERENCES foundation.person,
            decided_at           timestamptz,
            CONSTRAINT ck_proposal_suspended CHECK ((state = 'suspended') = (state_before IS NOT NULL)),
            CONSTRAINT ck_proposal_decided CHECK (
                state NOT IN ('approved', 'refused') OR (instrument_id IS NOT NULL AND decided_by IS NOT NULL)),
            -- The paper reply that one person registers, another confirms.
            CONSTRAINT ck_proposal_two_people
                CHECK (decided_by IS NULL OR recorded_by IS NULL OR decided_by <> recorded_by)
        )
    """)
    # cases.sql: the newest first, by the office that handles them.
    op.execute("CREATE INDEX ix_proposal_handler_division_id ON placenames.proposal (handler_division_id, id)")
    op.execute("CREATE INDEX ix_proposal_organ_id ON placenames.proposal (organ_id, id)")
    op.execute("CREATE INDEX ix_proposal_post_id ON placenames.proposal (post_id)")
    # alike.sql: what is in the pipeline.
    op.execute("CREATE INDEX ix_proposal_sound ON placenames.proposal (handler_division_id, sound)")
    op.execute("CREATE UNIQUE INDEX ix_proposal_name_id ON placenames.proposal (name_id)")


def _beside() -> None:
    op.execute("""
        CREATE TABLE placenames.proposal_paper (
            proposal_id   bigint
                CONSTRAINT fk_proposal_paper_proposal_id_proposal REFERENCES placenames.proposal,
            attachment_id bigint
                CONSTRAINT fk_proposal_paper_attachment_id_attachment REFERENCES foundation.attachment,
            kind          text NOT NULL,
            CONSTRAINT pk_proposal_paper PRIMARY KEY (proposal_id, attachment_id)
        )
    """)
    op.execute("""
        CREATE TABLE placenames.opinion (
            id            bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_opinion PRIMARY KEY,
            proposal_id   bigint NOT NULL
                CONSTRAINT fk_opinion_proposal_id_proposal REFERENCES placenames.proposal,
            organ         text NOT NULL,
            stance        text NOT NULL
                CONSTRAINT ck_opinion_stance CHECK (stance IN ('agree', 'suggest', 'disagree')),
            text          text NOT NULL,
            dated         date NOT NULL,
            recorded_by   bigint NOT NULL CONSTRAINT fk_opinion_recorded_by_person REFERENCES foundation.person,
            recorded_at   timestamptz NOT NULL
        )
    """)
    op.execute("CREATE INDEX ix_opinion_proposal_id ON placenames.opinion (proposal_id)")
    op.execute("""
        CREATE TABLE placenames.filing (
            proposal_id bigint CONSTRAINT pk_filing PRIMARY KEY
                CONSTRAINT fk_filing_proposal_id_proposal REFERENCES placenames.proposal,
            state       text NOT NULL CONSTRAINT ck_filing_state CHECK (state IN ('pending', 'sent')),
            due         date NOT NULL,
            sent        date,
            CONSTRAINT ck_filing_sent CHECK ((state = 'sent') = (sent IS NOT NULL))
        )
    """)
    op.execute("""
        CREATE TABLE placenames.announcement (
            proposal_id bigint CONSTRAINT pk_announcement PRIMARY KEY
                CONSTRAINT fk_announcement_proposal_id_proposal REFERENCES placenames.proposal,
            state       text NOT NULL CONSTRAINT ck_announcement_state CHECK (state IN ('pending', 'issued')),
            due         date NOT NULL,
            issued_on   date,
            channels    text[] NOT NULL,
            content     json,
            CONSTRAINT ck_announcement_issued
                CHECK ((state = 'issued') = (issued_on IS NOT NULL AND content IS NOT NULL))
        )
    """)


def _register() -> None:
    op.execute("""
        ALTER TABLE placenames.place_name ADD COLUMN instrument_id bigint
            CONSTRAINT fk_place_name_instrument_id_instrument REFERENCES foundation.instrument
    """)
    # What the permanent page tells of the decision; the case itself stays inside.
    op.execute("""
        CREATE VIEW published.place_decision AS
        SELECT n.id AS name_id, n.place_id, i.number, i.organ, i.dated, a.issued_on, a.channels
        FROM placenames.place_name n
        JOIN placenames.place p ON p.id = n.place_id
        JOIN foundation.instrument i ON i.id = n.instrument_id
        LEFT JOIN placenames.proposal c ON c.name_id = n.id
        LEFT JOIN placenames.announcement a ON a.proposal_id = c.id AND a.state = 'issued'
        WHERE placenames.is_public(n.status, p.secrecy, n.published_at)
    """)
    op.execute("GRANT SELECT ON published.place_decision TO diming_public")


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("DROP VIEW published.place_decision")
    op.execute("ALTER TABLE placenames.place_name DROP COLUMN instrument_id")
    for table in ("announcement", "filing", "opinion", "proposal_paper", "proposal", "route"):
        op.execute(f"DROP TABLE placenames.{table}")
