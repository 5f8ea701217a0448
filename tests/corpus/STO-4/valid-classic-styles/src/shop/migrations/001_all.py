from alembic import op

revision = "001_all"
down_revision = None


def upgrade():
    op.execute(
        """CREATE TABLE articles (id INTEGER PRIMARY KEY, title VARCHAR(200) NOT NULL UNIQUE, body TEXT,
        public BOOLEAN NOT NULL, sponsor VARCHAR(50))"""
    )
    op.execute(
        """CREATE TABLE tags (article_id INTEGER NOT NULL REFERENCES articles (id), tag VARCHAR(20) NOT NULL,
        PRIMARY KEY (article_id, tag))"""
    )
    op.execute("CREATE TABLE reviews (id INTEGER PRIMARY KEY, stars INTEGER NOT NULL CHECK (stars between 1 and 5))")
    op.execute("CREATE TABLE notes (id INTEGER PRIMARY KEY, noted_at TIMESTAMP)")


def downgrade():
    for name in ("notes", "reviews", "tags", "articles"):
        op.execute(f"DROP TABLE {name}")
