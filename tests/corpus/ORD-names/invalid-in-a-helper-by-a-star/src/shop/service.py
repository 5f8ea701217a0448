from shop.store import Driver, Journal


class Service:
    def __init__(self, driver: Driver, journal: Journal):
        self._driver = driver
        self._journal = journal

    async def resolve(self, incident):
        await self._finish(incident)
        await self._journal.record(incident)  #! updated-before-recorded, owner-before-recorded-in-services

    async def _finish(self, incident):
        await self._driver.read_incident(incident)
