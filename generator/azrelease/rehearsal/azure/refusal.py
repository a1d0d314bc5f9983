"""What the service, or the CLI before it, says no with."""


class RefusedError(Exception):
    """The service says no."""
