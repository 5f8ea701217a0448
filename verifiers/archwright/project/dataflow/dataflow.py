"""Value flow for one run: machines that have been prepared, kept by what prepares them."""

from __future__ import annotations

from archwright.contracts.language import Selector
from archwright.project.calls import CallFinder
from archwright.project.dataflow.machine import Machine
from archwright.project.dataflow.roots import prepare
from archwright.project.inference import Inference
from archwright.project.storage.storage import Storage


class Dataflow:
    """Makes machines."""

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
        machine = Machine(self._inference, self._storage.models("postgresql"))
        if registered_by is not None:
            prepare(machine, registered_by, self._calls.selected(registered_by))
        self._prepared.append((registered_by, machine))
        return machine
