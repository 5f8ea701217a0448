from shop.store import Journal


async def resolve(anything, journal: Journal, incident):
    await anything.update_incident_status(incident, "resolved")
    await journal.record(incident)  #? updated-before-recorded
