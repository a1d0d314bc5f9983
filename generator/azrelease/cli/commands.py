"""The commands of azrelease: the module of each, and its line in the help."""

from typing import NamedTuple


class CommandSource(NamedTuple):
    """Where a command comes from: its module, which has a function `command`, and its line in `azrelease --help`."""

    module: str
    summary: str


COMMANDS = {
    "init": CommandSource(
        "azrelease.cli.init",
        "Start a release project: asks on a terminal, then writes the release, its pipelines, deployment files and "
        "tests.",
    ),
    "render": CommandSource(
        "azrelease.cli.render", "Write the azure-pipelines.yml of a release, and the step templates that it calls."
    ),
    "templates": CommandSource(
        "azrelease.cli.templates", "Write all step templates, as a repository that many releases refer to."
    ),
    "show": CommandSource(
        "azrelease.cli.show",
        "Print a release in full: every default filled in, values of other files with their place, secrets redacted.",
    ),
    "graph": CommandSource(
        "azrelease.cli.graph",
        "Draw a release or any pipeline: sources, stages in their order, who approves, tests, rollouts.",
    ),
    "check": CommandSource("azrelease.cli.check", "Find what is wrong in release files, pipelines and templates."),
    "expand": CommandSource(
        "azrelease.cli.expand",
        "Print the final YAML of a pipeline: templates included, `${{ }}` worked out, with where each part comes from.",
    ),
    "explain": CommandSource(
        "azrelease.cli.explain", "Say what a rule finds, why it matters, and how it looks wrong and right."
    ),
    "migrate": CommandSource(
        "azrelease.cli.migrate",
        "Make a release for Azure ML v2 from one for CLI v1, with its endpoint and deployment files.",
    ),
    "import": CommandSource(
        "azrelease.cli.import_release",
        "Make a release file from a classic release definition, and say what became of each part of it.",
    ),
    "export": CommandSource(
        "azrelease.cli.export_release",
        "Make a classic release definition from a release file, for the REST API and for the portal's import.",
    ),
    "plan": CommandSource(
        "azrelease.cli.plan",
        "Show what Azure DevOps lacks of a release: pipeline, environments, approvals, permissions. Changes nothing.",
    ),
    "apply": CommandSource(
        "azrelease.cli.apply",
        "Make Azure DevOps what a release asks for. Shows the plan, and asks first; applied twice it changes nothing.",
    ),
    "bootstrap": CommandSource(
        "azrelease.cli.bootstrap",
        "Bring a new release to Azure DevOps in one go: push its files, open the pull request, plan and apply.",
    ),
    "run": CommandSource(
        "azrelease.cli.run", "Start a release in Azure DevOps, follow it to its end, and print its test results."
    ),
    "approve": CommandSource(
        "azrelease.cli.approve", "Approve what waits in a run of a release, so that its stage goes on."
    ),
    "reject": CommandSource(
        "azrelease.cli.reject", "Reject what waits in a run of a release, so that its stage does not begin."
    ),
    "drift": CommandSource(
        "azrelease.cli.drift",
        "Show where a release, its YAML here and on its branch, and what Azure DevOps has are apart.",
    ),
    "rehearse": CommandSource(
        "azrelease.cli.rehearse",
        "Run a stage on this machine before Azure does: the same steps, the model served on a loopback port.",
    ),
    "language-server": CommandSource(
        "azrelease.cli.language_server",
        "Serve an editor: findings as you type, completion, hovers, definitions, the final YAML.",
    ),
    "catalog": CommandSource(
        "azrelease.cli.catalog",
        "Read the organization's own tasks and their inputs into a lock file, for `check` to know them.",
    ),
    "schema": CommandSource(
        "azrelease.cli.schema", "Print the JSON Schema of release.yml, with the tasks of installed packages."
    ),
}
