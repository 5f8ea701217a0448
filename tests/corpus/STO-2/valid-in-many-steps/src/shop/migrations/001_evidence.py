from alembic import op

revision = "001_evidence"
down_revision = None


def upgrade():
    op.execute("CREATE TABLE evidence (id BIGINT PRIMARY KEY, verdict VARCHAR(20), details JSON)")


def downgrade():
    op.execute("DROP TABLE evidence")
