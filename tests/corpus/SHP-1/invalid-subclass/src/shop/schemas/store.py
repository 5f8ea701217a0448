from sqlalchemy.orm import Session


class Store(Session):
    """Ours."""
