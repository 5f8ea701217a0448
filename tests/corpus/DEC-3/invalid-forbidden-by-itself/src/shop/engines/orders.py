# Callers: api routes
# Allowed Imports: Drivers, sqlalchemy
# Forbidden Imports: Models, sqlalchemy
import sqlalchemy


def decide() -> int:
    return sqlalchemy.func.count()
