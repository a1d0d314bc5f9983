"""The text of a step template: its typed parameters, and the steps that the service makes of a call."""

from functools import lru_cache
from hashlib import sha256
from typing import NamedTuple

from azrelease.catalog.step_templates import TemplateRevision, lag, revisions
from azrelease.pipeline import ParameterValue, StepTemplate
from azrelease.pipeline.step_templates import CONNECTION_VARIABLE
from azrelease.rendering.header import with_header
from azrelease.templating import Templates

_SOURCE = "its step template "
_INSERT = "${{ insert }}"
_CONNECTION = f"${{{{ coalesce(parameters.connection, variables['{CONNECTION_VARIABLE}']) }}}}"


class _Declared(NamedTuple):
    """A parameter as the file declares it."""

    name: str
    type: str
    default: ParameterValue
    description: str
    values: tuple[str, ...] = ()


@lru_cache(maxsize=128)
def render_step_template(template: StepTemplate, templates: Templates) -> str:
    """The YAML of a step template, with a header that says what made it.

    Values go into scripts as environment variables, and are never pasted. An input or a variable that is optional is
    left out where its parameter is empty, 0 or false. All releases of a run share the text, so it is rendered once.

    Args:
        template: the step template.
        templates: where the template of the file is looked for.

    Raises:
        TemplateError: a template cannot be rendered.
    """
    body = _body(template, templates, len(revisions(template.name)))
    return with_header(body, f"{_SOURCE}{template.name}", "it is shared by the releases of this repository.")


def template_digest(template: StepTemplate, templates: Templates) -> str:
    """The digest of a step template without its revision, by which a change without a new revision is noticed.

    Raises:
        TemplateError: a template cannot be rendered.
    """
    return sha256(_body(template, templates, 0).encode()).hexdigest()[:16]


def _body(template: StepTemplate, templates: Templates, revision: int) -> str:
    return templates.yaml(
        "pipeline/step_template.yml.j2",
        template=template,
        revision=revision,
        parameters=_declared(template),
        takes_values=bool(template.parameters),
        expression=_expression,
        condition=_condition,
        insert=_INSERT,
        connection=_CONNECTION,
    )


def changes_since(old: str, template: str) -> tuple[TemplateRevision, ...]:
    """The revisions of a template after the one that a text was rendered from; none where the text says none."""
    found = lag(old)
    return () if found is None or found[0] != template else found[1]


def _expression(name: str) -> str:
    return f"${{{{ parameters.{name} }}}}"


def _condition(name: str) -> str:
    return f"${{{{ if parameters.{name} }}}}"


def _declared(template: StepTemplate) -> tuple[_Declared, ...]:
    """The parameters of a template: its own, and those that each step has."""
    own = [_Declared(p.name, p.type, p.default, p.description, p.values) for p in template.parameters]
    if not own:
        return ()
    last = template.bodies[-1]
    connection = "Service connection to Azure. Default: that of the pipeline or the stage."
    condition = "When the step runs."
    step = f"More keys of the step: name, {'' if last.condition else 'condition, '}continueOnError, enabled, "
    step += "timeoutInMinutes, retryCountOnTaskFailure."
    return (
        *own,
        *((_Declared("connection", "string", "", connection),) if last.connection else ()),
        _Declared("displayName", "string", last.title, "What the step is called in the log."),
        *((_Declared("condition", "string", last.condition, condition),) if last.condition else ()),
        _Declared("step", "object", {}, step),
        *((_Declared("env", "object", {}, "More environment variables."),) if last.environment else ()),
    )
