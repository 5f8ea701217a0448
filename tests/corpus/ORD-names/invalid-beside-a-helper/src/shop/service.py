from shop.closing import doors
from shop.store import Driver, Journal, delete


def tidy(at_night):
    finish(at_night)
    delete()  #! closed-before-deleted


def finish(at_night):
    if at_night:
        doors()


async def resolve(driver: Driver, journal: Journal, incident):
    await driver.update_incident_status(incident, "resolved")
    await journal.record(incident)
