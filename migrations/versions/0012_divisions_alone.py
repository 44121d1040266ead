"""One place for each division, held by an index over divisions alone: over all places it was as large as the key."""

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("ALTER TABLE placenames.place DROP CONSTRAINT uq_place_own_division_id")
    op.execute("""
        CREATE UNIQUE INDEX uq_place_own_division_id ON placenames.place (own_division_id)
        WHERE own_division_id IS NOT NULL
    """)


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("DROP INDEX placenames.uq_place_own_division_id")
    op.execute("ALTER TABLE placenames.place ADD CONSTRAINT uq_place_own_division_id UNIQUE (own_division_id)")
