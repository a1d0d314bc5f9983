"""A simulated `az`: knows the commands of Azure Machine Learning, and keeps their resources during a rehearsal."""

from azrelease.rehearsal.azure.cli_program import CommandAnswer, cli_program
from azrelease.rehearsal.azure.hosting import NO_HOST, DeploymentSpec, Host, NoHost
from azrelease.rehearsal.azure.refusal import SimulatedRefusalError
from azrelease.rehearsal.azure.simulated_cli import SimulatedAzureCLI

__all__ = [
    "NO_HOST",
    "CommandAnswer",
    "DeploymentSpec",
    "Host",
    "NoHost",
    "SimulatedAzureCLI",
    "SimulatedRefusalError",
    "cli_program",
]
