"""Models served on loopback ports by the inference server of Azure Machine Learning."""

from azrelease.rehearsal.serving.host import LocalHost

__all__ = ["LocalHost"]
