"""What the service, or the CLI before it, says no with."""


class SimulatedRefusalError(Exception):
    """The service says no."""
