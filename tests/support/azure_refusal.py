"""What the service, or the CLI before it, says no with."""


class Refused(Exception):  # noqa: N818  (the words of the service)
    """The service says no."""
