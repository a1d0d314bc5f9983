"""AZR1xx: what does not fit the YAML language of Azure Pipelines. Reading the file finds these."""

from azrelease import diagnostics as codes
from azrelease.lint.rule import Rule

_REFERENCE = "learn.microsoft.com/azure/devops/pipelines/yaml-schema"

_RELEASE = """\
name: churn
artifact: {{pipeline: churn-training, name: model}}
stages:
- name: staging
  tasks:
  - {{task: UsePythonVersion, version: {}}}
"""

# Rows of a table: rules whose check is the reading of a file have texts and examples only.
RULES = (
    Rule(
        code=codes.UNKNOWN_FIELD,
        summary="a key that the language does not have",
        why=(
            "The service refuses the file: *Unexpected value*. In a pool, a repository or a container it ignores the key instead, "
            f"which is a warning here. The keys are those of {_REFERENCE}."
        ),
        wrong="steps:\n- script: echo one\n  dispalyName: One\n",
        right="steps:\n- script: echo one\n  displayName: One\n",
    ),
    Rule(
        code=codes.MISSING_FIELD,
        summary="a required key is missing",
        why="The service refuses the file: a deployment job needs an environment, a build resource a type, a connection and a source.",
        wrong="jobs:\n- deployment: ship\n  strategy:\n    runOnce:\n      deploy:\n        steps:\n        - script: echo one\n",
        right=(
            "jobs:\n- deployment: ship\n  environment: staging\n  strategy:\n    runOnce:\n      deploy:\n        steps:\n"
            "        - script: echo one\n"
        ),
    ),
    Rule(
        code=codes.WRONG_TYPE,
        summary="text, a list or a mapping where another of these is expected",
        why="The service refuses the file: *A mapping was not expected*, *A sequence was not expected*.",
        wrong="steps:\n  script: echo one\n",
        right="steps:\n- script: echo one\n",
    ),
    Rule(
        code=codes.INVALID_VALUE,
        summary="a value that the key does not take",
        why=(
            f"The service refuses values outside its lists, and text where it expects a number or a boolean ({_REFERENCE}). A number out of "
            "the documented range is a warning; values with a macro or an expression are not checked."
        ),
        wrong="steps:\n- script: echo one\n  continueOnError: sometimes\n",
        right="steps:\n- script: echo one\n  continueOnError: true\n",
    ),
    Rule(
        code=codes.CONFLICTING_FIELDS,
        summary="keys that exclude each other",
        why="A file has stages, or jobs, or steps; a step does one thing. The service refuses a second one.",
        wrong="steps:\n- script: echo one\n  bash: echo two\n",
        right="steps:\n- script: echo one\n- bash: echo two\n",
    ),
    Rule(
        code=codes.KEY_CASING,
        summary="a key in another letter case than the documentation's",
        why="Keys are documented in one case only; whether the service takes another is not documented, and editors do not take it.",
        wrong="steps:\n- script: echo one\n  displayname: One\n",
        right="steps:\n- script: echo one\n  displayName: One\n",
    ),
    Rule(
        code=codes.DIRECTIVE,
        summary="an `else` without its `if`",
        why=(
            "`${{ else }}` and `${{ elseif }}` follow an `${{ if }}` of the same list or mapping, with no `${{ each }}` or "
            "`${{ insert }}` between them; anywhere else the service refuses them."
        ),
        wrong="steps:\n- script: echo one\n- ${{ else }}:\n  - script: echo two\n",
        right="steps:\n- ${{ if eq(variables['Build.Reason'], 'Manual') }}:\n  - script: echo one\n- ${{ else }}:\n  - script: echo two\n",
    ),
    Rule(
        code=codes.UNQUOTED_NUMBER,
        summary="a version without quotes",
        why="YAML reads 3.10 as the number 3.1.",
        wrong=_RELEASE.format("3.10"),
        right=_RELEASE.format('"3.10"'),
        file="release.yml",
    ),
)
