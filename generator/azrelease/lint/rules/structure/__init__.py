"""AZR1xx: what does not fit the YAML language of Azure Pipelines."""
