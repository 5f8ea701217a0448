from shop.store import Driver, Journal


class Service:
    def __init__(self, driver: Driver, journal: Journal):
        self._driver = driver
        self._journal = journal

    async def resolve(self, incident):
        await self._finish(incident)
        await self._journal.record(incident)

    async def hand_over(self, incident, owner):
        await self._change(incident, owner)
        await self._journal.record(incident)

    async def _finish(self, incident):
        await self._driver.update_incident_status(incident, "resolved")

    async def _change(self, incident, owner):
        await self._of(incident, owner)

    async def _of(self, incident, owner):
        await self._driver.update_incident_owner(incident, owner)
