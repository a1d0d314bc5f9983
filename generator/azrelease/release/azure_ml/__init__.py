"""Endpoints and deployments of Azure Machine Learning v2, in the words of its own YAML.

Source: the CLI (v2) YAML reference, learn.microsoft.com/azure/machine-learning/reference-yaml-overview, and the
schemas of the package azure-ai-ml, which the CLI reads the files with.
"""
