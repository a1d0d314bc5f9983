"""AZR205 to AZR207: references to the results and outputs of other stages, jobs and steps."""

from azrelease.lint.facts.outputs import OutputMistake
from azrelease.lint.rule import Check, Code, Findings, LintedFile, Rule, Severity

_SET = 'bash: echo "##vso[task.setvariable variable=tag;isOutput=true]1"'
_JOBS = (
    f"jobs:\n- job: build\n  steps:\n  - {_SET}\n    name: version\n- job: ship\n{{}}  variables:\n"
    "    tag: $[dependencies.build.outputs['{}.tag']]\n  steps:\n  - script: echo $(tag)\n"
)
_DEPLOYMENT = (
    "jobs:\n- deployment: ship\n  environment: staging\n  strategy:\n    runOnce:\n      deploy:\n        steps:\n"
    f"        - {_SET}\n          name: version\n- job: test\n  dependsOn: ship\n  variables:\n"
    "    tag: $[dependencies.ship.outputs['{}version.tag']]\n  steps:\n  - script: echo $(tag)\n"
)


def _check(code: Code, mistake: OutputMistake) -> Check:
    def check(file: LintedFile) -> Findings:
        """Only where all jobs, steps and dependencies can be seen."""
        for problem in file.output_problems:
            if problem.mistake is mistake:
                where = (problem.expression, problem.start, problem.end)
                yield file.in_expression(code, problem.message, where, problem.hint)

    return check


_UNKNOWN = Code("AZR205", "unknown-output", Severity.ERROR)
_NO_DEPENDENCY = Code("AZR206", "missing-dependency", Severity.ERROR)
_NO_JOB_NAME = Code("AZR207", "deployment-output-name", Severity.ERROR)

RULES = (
    Rule(
        code=_UNKNOWN,
        summary="an expression names a stage, job or step that does not exist",
        why=(
            "It is empty, without an error: the variable is empty, the comparison false. So is a variable that its step sets without `isOutput=true` "
            "(learn.microsoft.com/azure/devops/pipelines/process/set-variables-scripts). An expression refers to a step by its `name`, not by its "
            "display name."
        ),
        wrong=_JOBS.format("  dependsOn: build\n", "versions"),
        right=_JOBS.format("  dependsOn: build\n", "version"),
        check=_check(_UNKNOWN, OutputMistake.UNKNOWN),
        of_every_run=True,
    ),
    Rule(
        code=_NO_DEPENDENCY,
        summary="an expression uses a job or stage that is not in `dependsOn`",
        why=(
            "An expression knows only what its job or stage depends on directly; anything else is empty, without an error. A "
            "stage without `dependsOn` depends on the one above it."
        ),
        wrong=_JOBS.format("", "version"),
        right=_JOBS.format("  dependsOn: build\n", "version"),
        check=_check(_NO_DEPENDENCY, OutputMistake.NO_DEPENDENCY),
        of_every_run=True,
    ),
    Rule(
        code=_NO_JOB_NAME,
        summary="an output of a deployment job without the job's name in it",
        why=(
            "An output of a deployment job is `JOB.STEP.VARIABLE`, since each hook runs as a job of its own "
            "(learn.microsoft.com/azure/devops/pipelines/process/deployment-jobs, Support for output variables). The short name is "
            "empty, without an error."
        ),
        wrong=_DEPLOYMENT.format(""),
        right=_DEPLOYMENT.format("ship."),
        check=_check(_NO_JOB_NAME, OutputMistake.NO_JOB_NAME),
        of_every_run=True,
    ),
)
