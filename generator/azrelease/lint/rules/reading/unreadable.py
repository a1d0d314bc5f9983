"""AZR0xx: what keeps a file from being read. Reading it finds these."""

from azrelease import diagnostics as codes
from azrelease.lint.rule import Code, Rule, Severity

UNREADABLE_FILE = Rule(
    code=Code("AZR010", "unreadable-file", Severity.ERROR),
    summary="the file cannot be read",
    why=(
        "A broken link, or a file or folder without permission to read it. The other files are checked; `azrelease` exits with 2, "
        "since a file that was not checked may have mistakes."
    ),
)

# Rows of a table: rules whose check is the reading of a file have texts and examples only.
RULES = (
    Rule(
        code=codes.NOT_UTF8,
        summary="the file is not UTF-8",
        why="Azure Pipelines reads YAML as UTF-8. It refuses a file in another encoding, or garbles its text.",
        wrong="steps:\n- script: echo caf\udce9\n",
        right="steps:\n- script: echo café\n",
    ),
    Rule(
        code=codes.BAD_YAML,
        summary="the file is not YAML",
        why="The service cannot parse it. The place is where the parser stopped; the mistake is often on the line above.",
        wrong="steps:\n- script: echo one\n  displayName: Say: one\n",
        right='steps:\n- script: echo one\n  displayName: "Say: one"\n',
    ),
    Rule(
        code=codes.EMPTY_FILE,
        summary="the file is empty",
        why="The service refuses an empty file.",
        wrong="# nothing yet\n",
        right="steps:\n- script: echo one\n",
    ),
    Rule(
        code=codes.TOO_DEEP,
        summary="the file nests too deep",
        why="No pipeline needs 64 levels; brackets that are never closed reach them.",
        wrong=f"steps: {'[' * 70}{']' * 70}\n",
        right="steps: []\n",
    ),
    Rule(
        code=codes.DUPLICATE_KEY,
        summary="a key occurs twice in one mapping",
        why=(
            "The service refuses such a file; other YAML readers silently use one of the two. Keys that are expressions "
            "(`${{ if … }}`) may repeat."
        ),
        wrong="steps:\n- script: echo one\n  env:\n    LEVEL: low\n    LEVEL: high\n",
        right="steps:\n- script: echo one\n  env:\n    LEVEL: high\n",
    ),
    Rule(
        code=codes.YAML_FEATURE,
        summary="YAML that Azure Pipelines does not support",
        why=(
            "The service refuses anchors, tags, and keys that are not text. `{{ name }}` without a `$` is such a key: a token of another tool "
            "that was not replaced."
        ),
        wrong="steps:\n- script: &greet echo one\n",
        right="steps:\n- script: echo one\n",
    ),
    Rule(
        code=codes.ALIAS,
        summary="a YAML alias",
        why="Azure Pipelines refuses anchors and aliases. Put a shared value into a variable or a template.",
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
        why="Files of that size are data in YAML by mistake; azrelease does not read them.",
    ),
)
