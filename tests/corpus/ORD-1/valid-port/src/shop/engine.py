from shop import artifacts, driver
from shop.model import Config, Report


from typing import Protocol


class ReportPort(Protocol):
    def put(self, session, report: Report) -> None: ...


class DatabaseReports:
    def put(self, session, report: Report) -> None:
        driver.write_report(session, report)


class Engine:
    def __init__(self, port: ReportPort):
        self._port = port

    def run(self, session, report: Report):
        artifacts.store(report)
        self._port.put(session, report)
