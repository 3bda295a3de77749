"""The queue's changes for a page, as server-sent events."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator

from codec.studio.jobs import JobQueue

LOOK_SECONDS = 0.2
"""What changes meanwhile is sent at once, so that a quick job does not flood the page."""
_ALIVE_SECONDS = 15.0  # a line now and then finds out whether the page is still there


async def changes(queue: JobQueue, *, look_seconds: float = LOOK_SECONDS) -> AsyncIterator[str]:
    """An event ``jobs`` with all jobs, at the start and after every change; without end.

    Args:
        queue: whose jobs they are.
        look_seconds: from one look to the next.
    """
    sent: int | None = None
    silent_seconds = 0.0
    while True:
        if queue.version != sent:
            sent, jobs = queue.as_json()
            silent_seconds = 0.0
            yield f"event: jobs\ndata: {json.dumps(jobs)}\n\n"
        elif silent_seconds >= _ALIVE_SECONDS:
            silent_seconds = 0.0
            yield ": alive\n\n"
        await asyncio.sleep(look_seconds)
        silent_seconds += look_seconds
