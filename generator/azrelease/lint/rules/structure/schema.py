"""AZR1xx: what does not fit the YAML language of Azure Pipelines. Reading the file finds these."""

from azrelease import diagnostics as codes
from azrelease.lint.rule import Rule

_REFERENCE = "learn.microsoft.com/azure/devops/pipelines/yaml-schema"

UNKNOWN_KEY = Rule(
    codes.UNKNOWN_FIELD,
    "a key that the language does not have",
    "The service refuses the file: *Unexpected value*. In a pool, a repository or a container it ignores the key instead, "
    f"which is a warning here. The keys are those of {_REFERENCE}.",
    "steps:\n- script: echo one\n  dispalyName: One\n",
    "steps:\n- script: echo one\n  displayName: One\n",
)

MISSING_KEY = Rule(
    codes.MISSING_FIELD,
    "a key that has to be there is missing",
    "The service refuses the file: a deployment job needs an environment, a build resource a type, a connection and a source.",
    "jobs:\n- deployment: ship\n  strategy:\n    runOnce:\n      deploy:\n        steps:\n        - script: echo one\n",
    "jobs:\n- deployment: ship\n  environment: staging\n  strategy:\n    runOnce:\n      deploy:\n        steps:\n"
    "        - script: echo one\n",
)

WRONG_TYPE = Rule(
    codes.WRONG_TYPE,
    "text, a list or a mapping where another of these belongs",
    "The service refuses the file: *A mapping was not expected*, *A sequence was not expected*.",
    "steps:\n  script: echo one\n",
    "steps:\n- script: echo one\n",
)

INVALID_VALUE = Rule(
    codes.INVALID_VALUE,
    "a value that the key does not take",
    f"The service refuses values outside its lists, and text where a number or a boolean belongs ({_REFERENCE}). A number out of "
    "the documented range is a warning; what holds a macro or an expression is not judged.",
    "steps:\n- script: echo one\n  continueOnError: sometimes\n",
    "steps:\n- script: echo one\n  continueOnError: true\n",
)

CONFLICT = Rule(
    codes.CONFLICTING_FIELDS,
    "keys that cannot stand together",
    "A file has stages, or jobs, or steps; a step does one thing. The service refuses a second one.",
    "steps:\n- script: echo one\n  bash: echo two\n",
    "steps:\n- script: echo one\n- bash: echo two\n",
)

KEY_CASING = Rule(
    codes.KEY_CASING,
    "a key in another letter case than the documentation's",
    "Keys are documented in one case only; whether the service takes another is not documented, and editors do not.",
    "steps:\n- script: echo one\n  displayname: One\n",
    "steps:\n- script: echo one\n  displayName: One\n",
)

DIRECTIVE = Rule(
    codes.DIRECTIVE,
    "an `else` without its `if`",
    "`${{ else }}` and `${{ elseif }}` follow an `${{ if }}` of the same list or mapping, with no `${{ each }}` or "
    "`${{ insert }}` between them; anywhere else the service refuses them.",
    "steps:\n- script: echo one\n- ${{ else }}:\n  - script: echo two\n",
    "steps:\n- ${{ if eq(variables['Build.Reason'], 'Manual') }}:\n  - script: echo one\n- ${{ else }}:\n  - script: echo two\n",
)

RULES = (UNKNOWN_KEY, MISSING_KEY, WRONG_TYPE, INVALID_VALUE, CONFLICT, KEY_CASING, DIRECTIVE)
