"""Machines that follow requests, each prepared by what is registered first; kept by what prepares them."""

from __future__ import annotations

from archwright.contracts.language import Selector
from archwright.project.calls import CallFinder
from archwright.project.execution.carrying import together
from archwright.project.execution.machine import Machine
from archwright.project.inference import Inference
from archwright.project.requests.registering import prepare
from archwright.project.storage.storage import Storage


class Following:
    """Makes machines that follow every call with the values it is given."""

    def __init__(self, inference: Inference, calls: CallFinder, storage: Storage) -> None:
        self._inference = inference
        self._calls = calls
        self._storage = storage
        self._prepared: list[tuple[Selector | None, Machine]] = []

    def machine(self, registered_by: Selector | None = None) -> Machine:
        """A machine for which everything has been registered that calls of *registered_by* register; one for each."""
        for selector, machine in self._prepared:
            if selector == registered_by:
                return machine
        machine = Machine(self._inference, together(), models=self._storage.models("postgresql"))
        if registered_by is not None:
            prepare(machine, registered_by, self._calls.selected(registered_by))
        self._prepared.append((registered_by, machine))
        return machine
