"""Plans in files: what `plan --out` writes and `apply FILE` reads."""

from collections.abc import Sequence
from pathlib import Path

from azrelease.application.input_text import read_text
from azrelease.application.service import ServiceOptions
from azrelease.errors import OverwriteError, UserError
from azrelease.files import write_atomically
from azrelease.registration import Plan, Project, dump_plan, is_plan, load_plan, organization_key, replan


def write_plan(path: Path, plan: Plan) -> None:
    """Write a plan to a file.

    Raises:
        OverwriteError: the path has a file that is not a plan.
    """
    if path.exists() and not is_plan(read_text(path)):
        raise OverwriteError(f"{path.as_posix()}: already exists and is not a plan; name another file with --out")
    write_atomically(path, dump_plan(plan))


def saved_plan(files: Sequence[Path]) -> Plan | None:
    """The plan among files; None where they are releases.

    Raises:
        UserError: a plan is not the only file, or cannot be read.
    """
    plans = [path for path in files if path.suffix == ".json" or (path.is_file() and is_plan(read_text(path)))]
    if not plans:
        return None
    if len(files) > 1:
        raise UserError("pass one plan file and no release files")
    return load_plan(read_text(plans[0]), str(plans[0]))


def remaining_plan(plan: Plan, service: ServiceOptions) -> tuple[Project, Plan]:
    """The project of a saved plan, and the changes of it that are still to make.

    A plan does not say where the token is sent: options, environment or git remote do, as for a release.

    Raises:
        UserError: they name another project than the plan.
        StateChangedError: the project changed since the plan was made.
    """
    target = service.target()
    same = organization_key(target.address) == organization_key(plan.address)
    if not same or target.project.lower() != plan.project.lower():
        raise UserError(
            f"the plan is for {plan.address} {plan.project}, but this is {target.address} {target.project}: "
            "pass --organization and --project"
        )
    project = service.connect(target)
    return project, replan(project, plan)
