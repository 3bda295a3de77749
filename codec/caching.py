"""Values that keep what is made from them, but do not send it to other processes."""

from __future__ import annotations

import dataclasses
from typing import Any


class WithoutCache:
    """Of frozen dataclasses with cached properties: pickled by their fields alone.

    What a cached property holds, such as a network on the backend, is made again where the value arrives.
    """

    def __getstate__(self) -> dict[str, Any]:
        fields = dataclasses.fields(self)  # type: ignore[arg-type]
        return {field.name: getattr(self, field.name) for field in fields}
