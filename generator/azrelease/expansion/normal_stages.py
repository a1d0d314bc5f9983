"""The normal form of stages (learn.microsoft.com/azure/devops/pipelines/yaml-schema/stages-stage)."""

from azrelease.expansion.normal_jobs import JOB_LIST, normal_pool
from azrelease.expansion.normal_nodes import Form, items_of, list_of, text_list, with_values
from azrelease.expansion.normal_variables import normal_variables
from azrelease.expansion.tree import ExpandedMapping, ExpandedSequence


def normal_stages(stages: ExpandedSequence) -> ExpandedSequence:
    """The stages in normal form, without names and dependencies that the service implies."""
    return items_of(stages, normal_stage)


def normal_stage(stage: ExpandedMapping) -> ExpandedMapping:
    """The stage in normal form, without a name and dependencies that the service implies."""
    return ExpandedMapping(with_values(stage, _STAGE).entries, stage.origin, stage.written or stage)


_STAGE = {"dependsOn": text_list, "jobs": JOB_LIST, "pool": normal_pool, "variables": normal_variables}

STAGE_LIST: Form = list_of(normal_stage)
"""The form of the value of `stages`."""
