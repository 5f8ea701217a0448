"""What a project says about the shapes of definitions, in one place; each part answers when it is asked."""

from __future__ import annotations

from functools import cached_property

from archwright.project.shapes.classes import ClassShapes
from archwright.project.shapes.origins import Origins
from archwright.project.shapes.typesets import TypeSets
from archwright.project.types.inference import Inference


class Shapes:
    """Derived facts about annotations, values and classes; one per run."""

    def __init__(self, inference: Inference) -> None:
        self._inference = inference
        self.types = TypeSets(inference)
        self.classes = ClassShapes(inference, self.types)

    @cached_property
    def origins(self) -> Origins:
        """What values hold, by where they come from."""
        return Origins(self._inference, self.types)
