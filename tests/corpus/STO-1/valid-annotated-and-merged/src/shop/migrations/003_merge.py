revision: str = "003_merge"
down_revision: tuple[str, ...] = ("002_left", "002_right")


def upgrade() -> None:
    """Nothing to do: joins the two."""


def downgrade() -> None:
    """Nothing to undo."""
