"""The agent of a release as a pool."""

from azrelease.pipeline import Pool
from azrelease.release import Agent


def lower_pool(agent: Agent) -> Pool:
    """The pool of a completed agent."""
    return Pool(vm_image=agent.image, name=agent.pool, demands=agent.demands)
