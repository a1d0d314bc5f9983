"""From Azure Machine Learning CLI v1 to v2: the release, and the deployment files beside it.

Source of the mapping: learn.microsoft.com/azure/machine-learning/migrate-to-v2-managed-online-endpoints, the deployment
configuration schema of CLI v1 (reference-azure-machine-learning-cli) and the YAML reference of v2.
"""

from azrelease.migration.migrating import Migration, NewFile, migrate

__all__ = ["Migration", "NewFile", "migrate"]
