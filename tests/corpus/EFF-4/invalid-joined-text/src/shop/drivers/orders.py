from sqlalchemy import Connection
SKIP = " FOR UPDATE SKIP LOCKED"


def claim(connection: Connection) -> None:
    connection.exec_driver_sql("SELECT id FROM orders" + SKIP)  #! locks-in-one-place
