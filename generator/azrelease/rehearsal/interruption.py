"""Signals that end a rehearsal: they raise KeyboardInterrupt once, so that it cleans up."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from types import FrameType


@dataclass
class Interruption:
    """Raises KeyboardInterrupt at the first signal while it is enabled: the cleanup must not be interrupted."""

    enabled: bool = True

    def __call__(self, _number: int, _frame: FrameType | None) -> None:
        """Handle a signal."""
        if self.enabled:
            self.enabled = False
            raise KeyboardInterrupt


@contextmanager
def interrupted_by_signals() -> Iterator[Interruption]:
    """Turn signals that end the process into interruptions until the block ends."""
    interruption = Interruption()
    if threading.current_thread() is not threading.main_thread():
        yield interruption
        return
    handlers = {
        number: signal.getsignal(number)
        for number in (signal.SIGINT, signal.SIGTERM, getattr(signal, "SIGHUP", signal.SIGTERM))
    }
    for number in handlers:
        signal.signal(number, interruption)
    try:
        yield interruption
    finally:
        for number, handler in handlers.items():
            with suppress(ValueError, TypeError):
                signal.signal(number, handler)
