"""Machines that follow requests, each prepared by what is registered first; kept by what prepares them."""

from __future__ import annotations

from archwright.contracts.language import Selector
from archwright.project.calls.calls import CallFinder
from archwright.project.execution.carrying import together
from archwright.project.execution.machine import Machine
from archwright.project.requests.registering import prepare
from archwright.project.storage.storage import Storage
from archwright.project.types.inference import Inference


class Following:
    """Makes machines that follow every call with the values it is given."""

    def __init__(self, inference: Inference, calls: CallFinder, storage: Storage) -> None:
        self._inference = inference
        self._calls = calls
        self._storage = storage
        self._reads = inference.project.reads
        self._selectors: list[Selector | None] = []
        self._prepared: dict[int, Machine] = self._reads.table(None)
        """By the place of what prepares them among the selectors."""
        self._machines: list[Machine] = []
        self._most: int | None = None

    def machine(self, registered_by: Selector | None = None) -> Machine:
        """A machine for which everything has been registered that calls of *registered_by* register; one for each."""
        if registered_by not in self._selectors:
            self._selectors.append(registered_by)
        place = self._selectors.index(registered_by)
        self._storage.models("postgresql")  # the machine's: whoever runs it reads them
        found = self._prepared.get(place)
        if found is None:
            found = self._reads.made(self._prepared, place, lambda: self._prepare(registered_by))
        return found

    @property
    def spent(self) -> int:
        """Statements all of them have followed, but for those of modules and of what registers, which are followed once."""
        return sum(machine.spent for machine in self._machines)

    def allow(self, statements: int | None) -> None:
        """How many *statements* a run may follow from now on; None for as many as it is made for."""
        self._most = statements
        for machine in self._machines:
            machine.most = statements

    def _prepare(self, registered_by: Selector | None) -> Machine:
        machine = Machine(self._inference, together(), models=self._storage.models("postgresql"))
        if registered_by is not None:
            prepare(machine, registered_by, self._calls.selected(registered_by))
        machine.spent, machine.most = 0, self._most
        self._machines.append(machine)
        return machine
