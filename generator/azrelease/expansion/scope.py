"""What expressions can read at a place: parameters, variables, and the variables of loops."""

from collections.abc import Iterator, Mapping
from functools import cached_property

import yaml

from azrelease.expansion.origins import Frame, Origin, SourceFile, TemplateCall
from azrelease.syntax.expressions import EvaluationError, Index, Literal, Members, Name, Unknown, Value

_PREDEFINED = (
    "agent.",
    "build.",
    "checks.",
    "common.",
    "endpoint.",
    "environment.",
    "pipeline.",
    "resources.",
    "strategy.",
    "system.",
    "tf_build",
)
"""The beginnings of the names of predefined variables, which get their value from the run
(learn.microsoft.com/azure/devops/pipelines/build/variables)."""


class Parameters(Members, Mapping[str, Value]):
    """The parameters of a file. Their names ignore letter case.

    Args:
        values: the values by name.
        takes_any: whether the file declares none, or in the old form: then it may read any name, and gets null for one
            that was not given.
        is_open: whether any other may be given too: then all of them are unknown.
    """

    def __init__(self, values: Mapping[str, Value], *, takes_any: bool, is_open: bool = False) -> None:
        self.is_open = is_open
        self._names = {name.casefold(): name for name in values}
        self._values = values
        self._takes_any = takes_any

    def member(self, key: str) -> Value:
        """The value of a parameter.

        Raises:
            EvaluationError: the file does not declare it.
        """
        name = self._names.get(key.casefold())
        if name is not None:
            return self._values[name]
        if self.is_open:
            return parameter(key, "")
        if self._takes_any:
            return None
        raise EvaluationError(f"the file declares no parameter `{key}`")

    def __getitem__(self, key: str) -> Value:
        return self._values[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)


class Variables(Members):
    """The variables that are known before the run at a place: those above it, the inner ones first.

    Names ignore letter case. A name that nothing sets is null, as in the service, which does not know the values of the
    portal before a run; a predefined variable is unknown, and so is every name beside a variable group.
    """

    is_kept = True

    def __init__(self, outer: "Variables | None" = None, given: Mapping[str, str] | None = None) -> None:
        self.outer = outer
        self.values: dict[str, Value] = {name.casefold(): value for name, value in (given or {}).items()}
        self.is_open = False

    def member(self, key: str) -> Value:
        """The value of a variable."""
        name = key.casefold()
        scope: Variables | None = self
        is_open = name.startswith(_PREDEFINED)
        while scope is not None:
            if name in scope.values:
                return scope.values[name]
            is_open = is_open or scope.is_open
            scope = scope.outer
        return variable(key) if is_open else None

    def declare(self, name: str, value: Value) -> None:
        """Set a variable of this place."""
        self.values[name.casefold()] = value

    def open(self) -> None:
        """Note that this place may set any variable: a group, or a template out of reach."""
        self.is_open = True


def variable(name: str) -> Unknown:
    """A variable that only the run knows."""
    return Unknown(Index(Name("variables", 0, 0), Literal(name, 0, 0), 0, 0), "text")


def parameter(name: str, kind: str) -> Unknown:
    """A parameter of the pipeline that only the run knows, of the kind of `Unknown`."""
    return Unknown(Index(Name("parameters", 0, 0), Literal(name, 0, 0), 0, 0), kind)


class Scope:
    """What is known at a place.

    Attributes:
        file: the file.
        frame: the innermost call, loop or condition around the place.
        parameters: the parameters of the file.
        variables: the variables.
        loops: the variables of the `each` around it, by name in lower case.
        is_certain: whether the place is in the pipeline; not below a condition that only the run knows.
        level: how many templates are around it.
    """

    def __init__(
        self,
        file: SourceFile,
        frame: Frame | None,
        parameters: Parameters,
        variables: Variables,
        loops: Mapping[str, Value],
        level: int,
        *,
        is_certain: bool,
    ) -> None:
        self.file = file
        self.frame = frame
        self.parameters = parameters
        self.variables = variables
        self.loops = loops
        self.level = level
        self.is_certain = is_certain

    @cached_property
    def contexts(self) -> Mapping[str, Value]:
        """The values by name, as expressions read them."""
        parameters: Value = Unknown(Name("parameters", 0, 0)) if self.parameters.is_open else self.parameters
        return {"parameters": parameters, "variables": self.variables, **self.loops}

    def within(self, frame: Frame, *, is_certain: bool = True) -> "Scope":
        """The scope of a branch."""
        return Scope(
            self.file,
            frame,
            self.parameters,
            self.variables,
            self.loops,
            self.level,
            is_certain=self.is_certain and is_certain,
        )

    def turn(self, frame: Frame, name: str, value: Value, *, is_certain: bool = True) -> "Scope":
        """The scope of a turn of a loop."""
        return Scope(
            self.file,
            frame,
            self.parameters,
            self.variables,
            {**self.loops, name.casefold(): value},
            self.level,
            is_certain=self.is_certain and is_certain,
        )

    def inner_variables(self) -> "Scope":
        """The scope of a stage or job, which may set variables of its own."""
        return Scope(
            self.file,
            self.frame,
            self.parameters,
            Variables(self.variables),
            self.loops,
            self.level,
            is_certain=self.is_certain,
        )

    def called(self, call: TemplateCall, parameters: Parameters) -> "Scope":
        """The scope of a template: it sees the variables of the place that includes it, not its parameters and loops.

        Source: learn.microsoft.com/azure/devops/pipelines/process/template-expressions ("all the variables specified in
        the YAML file").
        """
        return Scope(call.file, call, parameters, self.variables, {}, self.level + 1, is_certain=self.is_certain)

    def origin(self, node: yaml.Node) -> Origin:
        """The origin of a node of the file, here."""
        return Origin(self.file, node, self.frame)
