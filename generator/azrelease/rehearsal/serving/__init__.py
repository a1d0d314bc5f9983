"""Models on loopback ports, served by the inference server of Azure Machine Learning."""

from azrelease.rehearsal.serving.endpoint_front import EndpointFront
from azrelease.rehearsal.serving.local_host import LocalHost
from azrelease.rehearsal.serving.model_store import USUAL_PLACES, ModelStore, usual_model

__all__ = ["USUAL_PLACES", "EndpointFront", "LocalHost", "ModelStore", "usual_model"]
