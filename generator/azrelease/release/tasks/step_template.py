"""Step templates of the tasks: what each is made of, and the steps that a call of it becomes."""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import NamedTuple

from azrelease.pipeline import (
    ParameterValue,
    Scalar,
    StepCall,
    StepTemplate,
    TaskStep,
    TemplateBody,
    TemplateInput,
    TemplateParameter,
)
from azrelease.templating import EnvironmentWord, Templates

ARTIFACT = "$(azrelease.artifact)"
"""Variable of the pipeline: the folder of the artifact on the agent."""

RESOURCE_GROUP = TemplateParameter(
    "resourceGroup", "Resource group of the workspace.", "$(azrelease.resourceGroup)", optional=False
)
WORKSPACE = TemplateParameter(
    "workspace", "Workspace of Azure Machine Learning.", "$(azrelease.workspace)", optional=False
)
ENDPOINT = TemplateParameter("endpoint", "Name of the endpoint.", "$(azrelease.endpoint)", optional=False)
ENDPOINT_PARAMETERS = (ENDPOINT, RESOURCE_GROUP, WORKSPACE)
FOLDER = TemplateParameter("folder", "Folder that the script runs in.", ARTIFACT, optional=False)
ARGUMENTS = TemplateParameter("arguments", "More arguments for pytest, one on a line.", "--doctest-modules\n")
JUNIT = TemplateParameter(
    "junit", "File of the results, from the folder of the test.", "junit/test-results.xml", optional=False
)
KIND = TemplateParameter("kind", "Kind of the endpoint.", "online", optional=False, values=("online", "batch"))


class ScriptTemplate(NamedTuple):
    """A step template whose step runs a script of the folder `scripts` with the Azure CLI.

    Attributes:
        name: the name of the template; that of the script is the same with `_`.
        task: the task that it is of, for the reader.
        title: what the step is called unless a call says otherwise.
        parameters: what the script gets.
        folder: the parameter that says where it runs; None for the agent's default.
        kind: the kind of endpoint that the script always works on; None for one that a parameter says, or for none.
        needs_functions: whether the script calls the functions of the job.
        first: scripts that are run before, as steps of their own, and define more functions: name and title.
    """

    name: str
    task: str
    title: str
    parameters: tuple[TemplateParameter, ...]
    folder: TemplateParameter | None = None
    kind: str | None = None
    needs_functions: bool = True
    first: tuple[tuple[str, str], ...] = ()

    @lru_cache(maxsize=128)  # noqa: B019  (a declaration of the module, which lives as long)
    def of(self, templates: Templates) -> StepTemplate:
        """The step template with the text of its script, which is the same in each step of a run.

        Raises:
            TemplateError: the script cannot be rendered.
        """
        body = TemplateBody(
            task="AzureCLI@2",
            inputs=(
                TemplateInput("scriptType", "bash"),
                TemplateInput("scriptLocation", "inlineScript"),
                *((TemplateInput("workingDirectory", parameter=self.folder),) if self.folder else ()),
                TemplateInput("inlineScript", _script(self.name, templates, self.parameters)),
            ),
            title=self.title,
            connection="azureSubscription",
            environment=self.parameters,
            fixed_environment=() if self.kind is None else (("ARG_KIND", self.kind),),
        )
        first = tuple(bash_body(name, title, templates) for name, title in self.first)
        return StepTemplate(self.name, self.task, (*first, body), self.needs_functions)


def text_lines(items: Iterable[str]) -> str | None:
    """Items as a script reads them: one on a line, what follows a line break in it after two blanks; None for none."""
    return "".join(f"{item}\n".replace("\n", "\n  ", item.count("\n")) for item in items) or None


def bash_body(name: str, title: str, templates: Templates) -> TemplateBody:
    """A step that runs a script of the folder `scripts` with bash, and gets nothing."""
    inputs = (TemplateInput("targetType", "inline"), TemplateInput("script", _script(name, templates)))
    return TemplateBody("Bash@3", inputs, title)


def _script(name: str, templates: Templates, parameters: tuple[TemplateParameter, ...] = ()) -> str:
    """The text of a script. A template may name a value as `{{ resource_group }}` for `"$ARG_RESOURCE_GROUP"`."""
    words = {
        parameter.variable.removeprefix("ARG_").lower(): EnvironmentWord(parameter.variable, parameter.optional)
        for parameter in parameters
    }
    return templates.script(f"scripts/{name.replace('-', '_')}.sh.j2", **words).text


def written_out(
    template: StepTemplate,
    given: Mapping[str, Scalar | None],
    *,
    connection: str | None = None,
    usual_connection: str | None = None,
) -> tuple[TaskStep, ...]:
    """The steps of a call, as the service makes them of it.

    Args:
        template: the template.
        given: the values of parameters by name; None for the default.
        connection: the service connection.
        usual_connection: that of the steps which name none.

    Raises:
        ValueError: a parameter without a default is missing, or there is none of a name.
    """
    known = {parameter.name: parameter for parameter in template.parameters}
    unknown = given.keys() - known.keys()
    if unknown:
        raise ValueError(f"{template.name} has no parameter {', '.join(sorted(unknown))}")
    values: dict[str, Scalar] = {}
    for name, parameter in known.items():
        value = given.get(name)
        value = parameter.default if value is None else value
        if value is None:
            raise ValueError(f"{template.name} needs the parameter {name}")
        values[name] = value
    own: dict[str, ParameterValue] = {
        name: value for name, value in values.items() if value != known[name].default or known[name].default is None
    }
    if connection is not None and connection != usual_connection:
        own["connection"] = connection
    return tuple(
        _written_step(body, values, connection)._replace(call=StepCall(template, tuple(own.items()), number))
        for number, body in enumerate(template.bodies)
    )


def _written_step(body: TemplateBody, values: Mapping[str, Scalar], connection: str | None) -> TaskStep:
    inputs: list[tuple[str, Scalar]] = []
    if body.connection is not None:
        inputs.append((body.connection, connection or ""))
    for name, value, parameter in body.inputs:
        actual = value if parameter is None else values[parameter.name]
        if parameter is None or not parameter.optional or actual:
            inputs.append((name, actual))
    env = tuple(
        (parameter.variable, _text(values[parameter.name]))
        for parameter in body.environment
        if not parameter.optional or values[parameter.name]
    )
    return TaskStep(
        task=body.task,
        inputs=tuple(inputs),
        display_name=body.title,
        condition=body.condition,
        env=(*env, *body.fixed_environment),
    )


def _text(value: Scalar) -> str:
    """A value as an expression writes it into a text: `True` and `False` for booleans."""
    return str(value)
