"""A simulated `az`: knows the commands of Azure Machine Learning, and keeps their resources during a rehearsal."""

from azrelease.rehearsal.azure.cli_program import CommandAnswer, cli_program
from azrelease.rehearsal.azure.hosting import DeploymentSpec, Host, SimulatedRefusalError
from azrelease.rehearsal.azure.simulated_cli import SimulatedAzureCLI

__all__ = [
    "CommandAnswer",
    "DeploymentSpec",
    "Host",
    "SimulatedAzureCLI",
    "SimulatedRefusalError",
    "cli_program",
]
