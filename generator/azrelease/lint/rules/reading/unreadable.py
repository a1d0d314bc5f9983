"""AZR0xx: what keeps a file from being read. Reading it finds these."""

from azrelease import diagnostics as codes
from azrelease.diagnostics import Code, Severity
from azrelease.lint.rule import Rule

UNREADABLE_FILE = Rule(
    code=Code("AZR010", "unreadable-file", Severity.ERROR),
    summary="the file cannot be read",
    why=(
        "A link that leads nowhere, a file or folder without permission to read it. The other files are checked; what was not looked at "
        "is not said to be fine."
    ),
)

RULES = (
    Rule(
        code=codes.NOT_UTF8,
        summary="the file is not UTF-8",
        why="Azure Pipelines reads YAML as UTF-8. A file in another encoding is refused, or its text arrives garbled.",
        wrong="steps:\n- script: echo caf\udce9\n",
        right="steps:\n- script: echo café\n",
    ),
    Rule(
        code=codes.BAD_YAML,
        summary="the file is not YAML",
        why="What cannot be parsed cannot run. The place is where the parser gave up; the mistake is often on the line above.",
        wrong="steps:\n- script: echo one\n  displayName: Say: one\n",
        right='steps:\n- script: echo one\n  displayName: "Say: one"\n',
    ),
    Rule(
        code=codes.EMPTY_FILE,
        summary="the file is empty",
        why="An empty file is refused by the service.",
        wrong="# nothing yet\n",
        right="steps:\n- script: echo one\n",
    ),
    Rule(
        code=codes.TOO_DEEP,
        summary="the file nests too deep",
        why="No pipeline comes near 64 levels; brackets that are never closed do.",
        wrong=f"steps: {'[' * 70}{']' * 70}\n",
        right="steps: []\n",
    ),
    Rule(
        code=codes.DUPLICATE_KEY,
        summary="a key stands twice in one mapping",
        why=(
            "The service refuses such a file; other readers of YAML take one of the two without a word. Keys that are expressions "
            "(`${{ if … }}`) may repeat."
        ),
        wrong="steps:\n- script: echo one\n  env:\n    LEVEL: low\n    LEVEL: high\n",
        right="steps:\n- script: echo one\n  env:\n    LEVEL: high\n",
    ),
    Rule(
        code=codes.YAML_FEATURE,
        summary="YAML that Azure Pipelines does not support",
        why=(
            "Anchors, tags, and keys that are no text are refused. `{{ name }}` without a `$` is such a key: a token of another tool "
            "that was not filled in."
        ),
        wrong="steps:\n- script: &greet echo one\n",
        right="steps:\n- script: echo one\n",
    ),
    Rule(
        code=codes.ALIAS,
        summary="a YAML alias",
        why="Azure Pipelines refuses anchors and aliases. What several places share goes into a variable or a template.",
        wrong="variables:\n  first: &value a\n  second: *value\nsteps:\n- script: echo one\n",
        right="variables:\n  first: a\n  second: $(first)\nsteps:\n- script: echo one\n",
    ),
    Rule(
        code=codes.SECOND_DOCUMENT,
        summary="a second YAML document",
        why="The service reads one document from a file.",
        wrong="steps:\n- script: echo one\n---\nsteps:\n- script: echo two\n",
        right="steps:\n- script: echo one\n- script: echo two\n",
    ),
    UNREADABLE_FILE,
    Rule(
        code=codes.TOO_LARGE,
        summary="the file is larger than 5,000,000 bytes",
        why="Files of that size are data that went into YAML by mistake; they are not read.",
    ),
)
