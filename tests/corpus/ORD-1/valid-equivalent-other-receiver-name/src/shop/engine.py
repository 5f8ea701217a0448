from shop import artifacts, driver
from shop.model import Config, Report


class Engine:
    def __init__(this, config: Config):
        this.config = config

    def run(this, session, report: Report):
        this._write_artifacts(report)
        if this.config.save_artifacts and not report.artifact_paths:
            raise RuntimeError("refusing DB write")
        driver.write_report(session, report)

    def _write_artifacts(this, report: Report):
        report.artifact_paths = [report.text]
