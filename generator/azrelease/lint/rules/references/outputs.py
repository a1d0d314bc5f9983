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

_MATRIX = (
    f"jobs:\n- job: build\n  strategy:\n    matrix:\n      slim:\n        flavor: slim\n  steps:\n  - {_SET}\n    name: version\n"
    "- job: ship\n  dependsOn: build\n  variables:\n    tag: $[dependencies.build.outputs['{}version.tag']]\n  steps:\n"
    "  - script: echo $(tag)\n"
)
_STAGES = (
    f"stages:\n- stage: build\n  jobs:\n  - job: make\n    steps:\n    - {_SET}\n      name: version\n- stage: ship\n"
    "  condition: and(succeeded(), ne({}, ''))\n  jobs:\n  - job: copy\n    steps:\n    - script: ./copy.sh\n"
)


def _check(code: Code, mistake: OutputMistake) -> Check:
    def check(file: LintedFile) -> Findings:
        """Only where all jobs, steps and dependencies can be seen."""
        for problem in file.output_problems:
            if problem.mistake is mistake:
                where = (problem.expression, problem.start, problem.end)
                yield file.in_expression(code, problem.message, where, problem.hint)

    return check


_UNKNOWN = Code("AZR205", "unknown-output", Severity.WARNING)
_NO_DEPENDENCY = Code("AZR206", "missing-dependency", Severity.WARNING)
_NO_JOB_NAME = Code("AZR207", "deployment-output-name", Severity.WARNING)
_NO_LEG = Code("AZR221", "matrix-output", Severity.WARNING)
_OTHER_FORM = Code("AZR222", "output-form", Severity.WARNING)

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
    Rule(
        code=_NO_LEG,
        summary="an output of a job with a matrix without the name of the leg",
        why=(
            "A matrix makes a job of each leg, so an output is `LEG.STEP.VARIABLE` "
            "(learn.microsoft.com/azure/devops/pipelines/process/set-variables-scripts, Set an output variable for use in future jobs). The short name "
            "is empty, without an error. The rule asks for the outputs of the job, and for the legs where they can be seen."
        ),
        wrong=_MATRIX.format(""),
        right=_MATRIX.format("slim."),
        check=_check(_NO_LEG, OutputMistake.NO_LEG),
        of_every_run=True,
    ),
    Rule(
        code=_OTHER_FORM,
        summary="a stage reads an output in the form of another place",
        why=(
            "The condition of a stage knows `dependencies.STAGE.outputs['JOB.STEP.VARIABLE']`; jobs know "
            "`stageDependencies.STAGE.JOB.outputs['STEP.VARIABLE']`, which is empty or refused in the condition of a stage; so do the variables of a stage, since they are evaluated in its jobs "
            "(learn.microsoft.com/azure/devops/pipelines/process/expressions, Stage to stage dependencies)."
        ),
        wrong=_STAGES.format("stageDependencies.build.make.outputs['version.tag']"),
        right=_STAGES.format("dependencies.build.outputs['make.version.tag']"),
        check=_check(_OTHER_FORM, OutputMistake.OTHER_FORM),
        of_every_run=True,
    ),
)
