import sqlite3


def decide(path: str) -> None:
    connection = sqlite3.connect(path)
    connection.execute("DELETE FROM orders")  #! engines-run-no-statement
