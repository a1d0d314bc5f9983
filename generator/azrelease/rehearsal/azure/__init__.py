"""A stand-in for `az`: knows the Azure Machine Learning commands, and keeps what they make during a rehearsal."""

from azrelease.rehearsal.azure.hosting import NO_HOST, Deployed, Host, Unhosted
from azrelease.rehearsal.azure.refusal import SimulatedRefusalError
from azrelease.rehearsal.azure.serving_cli import Answer, serving
from azrelease.rehearsal.azure.simulated_cli import SimulatedAzureCLI

__all__ = ["NO_HOST", "Answer", "Deployed", "Host", "SimulatedAzureCLI", "SimulatedRefusalError", "Unhosted", "serving"]
