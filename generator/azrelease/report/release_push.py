"""What `bootstrap` pushes, as text; and the description of the pull request for a release, as Markdown."""

from collections.abc import Collection, Iterator, Mapping, Sequence

from azrelease.registration import Plan
from azrelease.registration.repositories import Proposal
from azrelease.release import Approval, Release, Stage
from azrelease.report.log_sanitizer import printable, sanitized
from azrelease.report.plans import plan_markdown
from azrelease.templating.markdown_text import code, escaped

_MORE = "\n\n… cut: `azrelease plan` shows the rest.\n"


def proposal_text(proposal: Proposal, notes: Mapping[str, str], written: Collection[str]) -> str:
    """The files of a push and their target, with notes by path; `written` files are also written in the checkout."""
    lines = [printable(f"repository {proposal.repository.name}: {_target(proposal)}")]
    for change in proposal.changes:
        more = [notes[change.path]] if change.path in notes else []
        more += ["also written in this checkout"] if change.path in written else []
        lines.append(printable(f"  {'+' if change.old is None else '~'} {change.path}{_bracketed(more)}"))
    if proposal.pull_request is not None:
        lines.append(f"  pull request {proposal.pull_request.id} is open: {proposal.pull_request.link}")
    return sanitized("\n".join((*lines, "")))


def pull_request_text(releases: Sequence[Release], plan: Plan, longest: int) -> str:
    """The description of a pull request: each completed release with its stages, and the plan.

    A text longer than `longest` characters is cut at the end of a line.
    """
    about = "\n".join(line for release in releases for line in _release_lines(release))
    for shorter in (plan, plan._replace(unmanaged=())):
        text = f"{about}\n## In Azure DevOps\n\n{plan_markdown(shorter)}"
        if len(text) <= longest:
            return text
    whole_lines, _, _ = text[: longest - len(_MORE)].rpartition("\n")
    return f"{whole_lines.rstrip()}{_MORE}"


def _target(proposal: Proposal) -> str:
    target = f"`{proposal.target}`"
    if proposal.is_merged:
        return f"{target} has all files; nothing to push"
    if proposal.source is None:
        return f"empty; one commit on {target}"
    source = f"`{proposal.source}`"
    if not proposal.changes:
        opens = f"; a pull request to {target}" if proposal.opens else "; nothing to push"
        return f"{source} has all files{opens}"
    where = f"the new branch {source}, on top of {target}" if proposal.is_new else source
    return f"one commit on {where}" + (f", and a pull request to {target}" if proposal.opens else "")


def _bracketed(notes: Sequence[str]) -> str:
    return f" ({'; '.join(notes)})" if notes else ""


def _release_lines(release: Release) -> Iterator[str]:
    yield f"## Release {escaped(release.name)}"
    yield ""
    if release.description:
        yield escaped(release.description)
        yield ""
    if release.artifact is not None:
        name = f", artifact {code(release.artifact.name)}" if release.artifact.name else ""
        yield f"Releases the output of the pipeline {code(release.artifact.pipeline)}{name}."
        yield ""
    yield "| stage | after | environment | approval |"
    yield "|---|---|---|---|"
    for stage in release.stages:
        cells = (_title(stage), ", ".join(stage.depends_on or ()), stage.environment or stage.name, _approval(stage))
        yield f"| {' | '.join(map(escaped, cells))} |"
    yield ""


def _title(stage: Stage) -> str:
    return stage.display_name or stage.name


def _approval(stage: Stage) -> str:
    before = [_approvers(stage.approval)] if stage.approval is not None else []
    after = [f"after it: {', '.join(stage.approval_after.approvers)}"] if stage.approval_after is not None else []
    return "; ".join((*before, *after))


def _approvers(approval: Approval) -> str:
    names = ", ".join(approval.approvers)
    return f"{approval.minimum} of {names}" if approval.minimum is not None else names
