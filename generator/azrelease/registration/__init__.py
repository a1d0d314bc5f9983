"""Reads and changes Azure DevOps. The only room that imports azure.devops."""

from azrelease.registration.applying import apply_plan, unmet
from azrelease.registration.classic_releases import (
    ClassicProject,
    ClassicRelease,
    approver_names,
    classic_release,
    names_by_id,
    pipeline_names,
)
from azrelease.registration.connection import Connection, RetryPolicy, connect, organization_url
from azrelease.registration.desired_state import DesiredState, ReleaseToRegister, desired_state
from azrelease.registration.failures import StateChangedError
from azrelease.registration.parallel_changes import Applied
from azrelease.registration.plan_file import change_json, dump_plan, is_plan, load_plan, replan
from azrelease.registration.planning import Action, Change, Plan, make_plan
from azrelease.registration.project import Project
from azrelease.registration.project_names import names_of_project
from azrelease.registration.target import ProjectTarget, find_target, organization_key
from azrelease.registration.tasks import organization_tasks

__all__ = [
    "Action",
    "Applied",
    "Change",
    "ClassicProject",
    "ClassicRelease",
    "Connection",
    "DesiredState",
    "Plan",
    "Project",
    "ProjectTarget",
    "ReleaseToRegister",
    "RetryPolicy",
    "StateChangedError",
    "apply_plan",
    "approver_names",
    "change_json",
    "classic_release",
    "connect",
    "desired_state",
    "dump_plan",
    "find_target",
    "is_plan",
    "load_plan",
    "make_plan",
    "names_by_id",
    "names_of_project",
    "organization_key",
    "organization_tasks",
    "organization_url",
    "pipeline_names",
    "replan",
    "unmet",
]
