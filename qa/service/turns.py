"""Who asks next: questions wait in a fair queue, since two at once would only share a processor.

All of it runs on the server's event loop, so nothing here needs a lock.
"""

import asyncio
from collections import OrderedDict, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

from qa.errors import InputError, ServiceError

MOST_WAITING: Final = 32


class BusyError(ServiceError):
    """Too much is asked at once; ``retry_after`` says in how many seconds to try again."""

    def __init__(self, code: str, message: str, hint: str, retry_after: int) -> None:
        super().__init__(code, message, hint)
        self.retry_after = retry_after


@dataclass(slots=True)
class _Waiting:
    ticket: str
    turn: "asyncio.Future[None]"


class Turns:
    """One turn at a time. Those who wait are served in rounds, each client once a round."""

    def __init__(self, most_waiting: int = MOST_WAITING) -> None:
        """Let up to ``most_waiting`` questions wait."""
        self._most = most_waiting
        self._busy = False
        self._clients: OrderedDict[str, deque[_Waiting]] = OrderedDict()

    @property
    def waiting(self) -> int:
        """How many questions wait."""
        return sum(map(len, self._clients.values()))

    @asynccontextmanager
    async def turn(self, client: str, ticket: str = "") -> AsyncIterator[None]:
        """Wait for the turn of ``client``, and hand it on at the end of the block.

        Raises BusyError ("queue_full"), and InputError ("question_cancelled") once
        :meth:`cancel` was called with this ``ticket``.
        """
        if self._busy:
            await self._wait(client, ticket)
        self._busy = True
        try:
            yield
        finally:
            self._hand_on()

    def cancel(self, ticket: str) -> bool:
        """Take a question out of the queue; return whether it was still waiting."""
        for queue in self._clients.values():
            for waiting in queue:
                if ticket and waiting.ticket == ticket and not waiting.turn.done():
                    waiting.turn.set_exception(
                        InputError(
                            "question_cancelled", "The question was cancelled.", "Ask again."
                        )
                    )
                    return True
        return False

    async def _wait(self, client: str, ticket: str) -> None:
        if self.waiting >= self._most:
            raise BusyError(
                "queue_full",
                f"{self._most} questions are waiting already.",
                "Ask again in some seconds.",
                retry_after=5,
            )
        waiting = _Waiting(ticket, asyncio.get_running_loop().create_future())
        self._clients.setdefault(client, deque()).append(waiting)
        try:
            await waiting.turn
        except BaseException:
            # Whoever leaves just as the turn comes hands it on.
            if waiting.turn.done() and not waiting.turn.cancelled() and not _failed(waiting.turn):
                self._hand_on()
            raise
        finally:
            self._forget(client, waiting)

    def _hand_on(self) -> None:
        """Give the turn to the first question of the client who has waited longest."""
        while self._clients:
            client, queue = self._clients.popitem(last=False)
            waiting = queue.popleft()
            if queue:
                self._clients[client] = queue  # at the end: the others come first
            if not waiting.turn.done():
                waiting.turn.set_result(None)
                return
        self._busy = False

    def _forget(self, client: str, waiting: _Waiting) -> None:
        queue = self._clients.get(client, deque())
        if waiting in queue:
            queue.remove(waiting)
        if not queue:
            self._clients.pop(client, None)


def cancelled() -> InputError:
    """Return the error for a question that is no longer wanted."""
    return InputError("question_cancelled", "The question was cancelled.", "Ask again.")


def _failed(turn: "asyncio.Future[None]") -> bool:
    return turn.exception() is not None
