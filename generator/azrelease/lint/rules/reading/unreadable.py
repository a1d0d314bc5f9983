"""AZR0xx: what keeps a file from being read. Reading it finds these."""

from azrelease import diagnostics as codes
from azrelease.lint.rule import Rule

NOT_UTF8 = Rule(
    codes.NOT_UTF8,
    "the file is not UTF-8",
    "Azure Pipelines reads YAML as UTF-8. A file in another encoding is refused, or its text arrives garbled.",
    "steps:\n- script: echo caf\udce9\n",
    "steps:\n- script: echo café\n",
)

BAD_YAML = Rule(
    codes.BAD_YAML,
    "the file is not YAML",
    "What cannot be parsed cannot run. The place is where the parser gave up; the mistake is often on the line above.",
    "steps:\n- script: echo one\n  displayName: Say: one\n",
    'steps:\n- script: echo one\n  displayName: "Say: one"\n',
)

EMPTY_FILE = Rule(
    codes.EMPTY_FILE,
    "the file is empty",
    "An empty file is refused by the service.",
    "# nothing yet\n",
    "steps:\n- script: echo one\n",
)

TOO_DEEP = Rule(
    codes.TOO_DEEP,
    "the file nests too deep",
    "No pipeline comes near 64 levels; brackets that are never closed do.",
    f"steps: {'[' * 70}{']' * 70}\n",
    "steps: []\n",
)

DUPLICATE_KEY = Rule(
    codes.DUPLICATE_KEY,
    "a key stands twice in one mapping",
    "The service refuses such a file; other readers of YAML take one of the two without a word. Keys that are expressions "
    "(`${{ if … }}`) may repeat.",
    "steps:\n- script: echo one\n  env:\n    LEVEL: low\n    LEVEL: high\n",
    "steps:\n- script: echo one\n  env:\n    LEVEL: high\n",
)

YAML_FEATURE = Rule(
    codes.YAML_FEATURE,
    "YAML that Azure Pipelines does not support",
    "Anchors, tags, and keys that are no text are refused. `{{ name }}` without a `$` is such a key: a token of another tool "
    "that was not filled in.",
    "steps:\n- script: &greet echo one\n",
    "steps:\n- script: echo one\n",
)

ALIAS = Rule(
    codes.ALIAS,
    "a YAML alias",
    "Azure Pipelines refuses anchors and aliases. What several places share goes into a variable or a template.",
    "variables:\n  first: &value a\n  second: *value\nsteps:\n- script: echo one\n",
    "variables:\n  first: a\n  second: $(first)\nsteps:\n- script: echo one\n",
)

SECOND_DOCUMENT = Rule(
    codes.SECOND_DOCUMENT,
    "a second YAML document",
    "The service reads one document from a file.",
    "steps:\n- script: echo one\n---\nsteps:\n- script: echo two\n",
    "steps:\n- script: echo one\n- script: echo two\n",
)

UNREADABLE_FILE = Rule(
    codes.UNREADABLE_FILE,
    "the file cannot be read",
    "A link that leads nowhere, a file or folder without permission to read it. The other files are checked; what was not looked at "
    "is not said to be fine.",
    "",
    "",
)

TOO_LARGE = Rule(
    codes.TOO_LARGE,
    "the file is larger than 5,000,000 bytes",
    "Files of that size are data that went into YAML by mistake; they are not read.",
    "",
    "",
)

RULES = (
    NOT_UTF8,
    BAD_YAML,
    EMPTY_FILE,
    TOO_DEEP,
    DUPLICATE_KEY,
    YAML_FEATURE,
    ALIAS,
    SECOND_DOCUMENT,
    TOO_LARGE,
    UNREADABLE_FILE,
)
