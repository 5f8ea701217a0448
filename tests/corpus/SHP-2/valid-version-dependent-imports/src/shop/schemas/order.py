from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ['Orders']


class Orders:
    by_id: Mapping[int, str]
