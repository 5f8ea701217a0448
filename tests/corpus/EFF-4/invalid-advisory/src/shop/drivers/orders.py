from sqlalchemy import Connection
def claim(connection: Connection) -> None:
    connection.exec_driver_sql("SELECT pg_advisory_xact_lock(7)")  #! locks-in-one-place
