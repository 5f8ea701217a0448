"""The only code that writes reports to the database."""


def write_report(session, report):
    session.execute("INSERT INTO reports (id) VALUES (?)", (report.id,))


async def write_report_async(session, report):
    await session.execute("INSERT INTO reports (id) VALUES (?)", (report.id,))


class ReportDriver:
    def save(self, report):
        self.session.execute("INSERT INTO reports (id) VALUES (?)", (report.id,))
