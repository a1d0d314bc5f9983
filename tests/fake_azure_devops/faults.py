"""What can go wrong on the way, on purpose."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from fake_azure_devops.errors import error_body
from fake_azure_devops.messages import JSON, Answer, Request

_UNAVAILABLE = "<html><body><h2>Our services aren't available right now</h2></body></html>"
_BLOCKED = "Request was blocked due to exceeding usage of resource 'Concurrency' in namespace 'User'."


@dataclass(frozen=True)
class Fault:
    """One fault. Create it with the functions below."""

    kind: str
    answered: Answer | None = None
    function: Callable[[], object] | None = None

    @staticmethod
    def status(status: int, retry_after: int | None = None, message: str | None = None) -> "Fault":
        """This status, without an effect; 503 is a page, the others have an error body."""
        headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
        if status == 503 and message is None:
            return Fault("answer", Answer(status, _UNAVAILABLE, headers, "text/html; charset=utf-8"))
        blocked = status == 429
        text = message or (_BLOCKED if blocked else "TF400898: An Internal Error Occurred.")
        key = "RequestBlockedException" if blocked else "TeamFoundationServiceException"
        return Fault("answer", Answer(status, error_body(text, key), headers))

    @staticmethod
    def answer(
        status: int, headers: Mapping[str, str] | None = None, body: object = "", content_type: str = "text/html"
    ) -> "Fault":
        """Any answer, without an effect; a body of a JSON type may be what JSON holds."""
        return Fault("answer", Answer(status, body, dict(headers or {}), content_type or JSON))

    @staticmethod
    def reset_before() -> "Fault":
        """The connection is reset; nothing happened."""
        return Fault("reset_before")

    @staticmethod
    def reset_after() -> "Fault":
        """The request has its effect, then the connection is reset."""
        return Fault("reset_after")

    @staticmethod
    def silent_after() -> "Fault":
        """The request has its effect, then nothing is answered until the client gives up."""
        return Fault("silent_after")

    @staticmethod
    def call_before(function: Callable[[], object]) -> "Fault":
        """The function runs before the effect; then all goes on as usual."""
        return Fault("call_before", function=function)

    @staticmethod
    def call_after(function: Callable[[], object]) -> "Fault":
        """The function runs between the effect and the answer."""
        return Fault("call_after", function=function)


@dataclass
class _Planned:
    predicate: Callable[[Request], bool]
    fault: Fault
    times: int | None


@dataclass
class Faults:
    """The faults to come. Setup requests never meet one."""

    _planned: list[_Planned] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _seen: int = 0

    def at(self, number: int, fault: Fault) -> None:
        """The fault for the number-th request from now, the next one being 1."""
        requested = self._seen + number
        self.when(lambda request: request.number == requested, fault)

    def when(self, predicate: Callable[[Request], bool], fault: Fault, times: int | None = 1) -> None:
        """The fault for the next requests that fit; with times None, for all of them."""
        with self._lock:
            self._planned.append(_Planned(predicate, fault, times))

    def clear(self) -> None:
        """No more faults."""
        with self._lock:
            self._planned.clear()

    def take(self, request: Request) -> Fault | None:
        """The fault for this request, which is then used up."""
        if request.is_setup:
            return None
        with self._lock:
            self._seen = max(self._seen, request.number)
            for each in self._planned:
                if each.predicate(request):
                    if each.times is not None:
                        each.times -= 1
                        if each.times == 0:
                            self._planned.remove(each)
                    return each.fault
        return None
