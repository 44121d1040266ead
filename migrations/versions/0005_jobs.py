"""Jobs: the queue's own tables, as procrastinate defines them, in a schema of their own."""

from importlib import resources

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("CREATE SCHEMA jobs")
    op.execute("SET LOCAL search_path = jobs, public")
    text = (resources.files("procrastinate.sql") / "schema.sql").read_text(encoding="utf-8")
    # The driver must see the text as it is: it holds percent signs and colons of its own.
    op.get_bind().exec_driver_sql(text.replace("%", "%%"))
    op.execute("SET LOCAL search_path = DEFAULT")


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("DROP SCHEMA jobs CASCADE")
