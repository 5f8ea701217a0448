from shop.closing import doors, windows
from shop.store import Driver, Journal, delete


def tidy(at_night):
    finish(at_night)
    delete()


def finish(at_night):
    if at_night:
        doors()
    else:
        windows()


class Service:
    async def resolve(self, driver: Driver, journal: Journal, incident):
        await driver.update_incident_status(incident, "resolved")
        await journal.record(incident)
