"""Release → Pipeline: what the user says becomes what Azure Pipelines runs."""

from azrelease.lowering.releases import lower

__all__ = ["lower"]
