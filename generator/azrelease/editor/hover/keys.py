"""What a key is: of the language, an input of a task, or a parameter of a template."""

from collections.abc import Iterator

from azrelease.catalog.descriptions import directive_description, key_description, page
from azrelease.editor.parameters import parameter_text
from azrelease.editor.task_inputs import input_documentation, task_of
from azrelease.editor.template_calls import called_template, is_call
from azrelease.editor.tree_path import TreePath
from azrelease.editor.view import FileView
from azrelease.syntax.embedded import directive


def of_key(view: FileView, path: TreePath, offset: int) -> Iterator[str]:
    """What the key at the end of a way is, in parts."""
    name, step = str(path.last.node.value), path.steps[-2]
    found = directive(name)
    if (step.owner, step.key) == ("steps.task", "inputs"):
        yield _input(view, name, offset)
    elif is_call(step):
        yield _argument(view, name, offset)
    elif found is not None:
        yield f"`${{{{ {found.name} }}}}`"
        yield directive_description(found.name) or ""
        yield f"[Template expressions]({page('directives')})"
    elif step.form is not None and name in step.form.keys:
        yield f"**{name}**"
        yield key_description(step.form.name, name) or ""
        values = step.form.keys[name].values
        if values:
            yield "One of: " + ", ".join(f"`{value}`" for value in values) + "."
        yield f"[{step.form.name}]({page(step.form.name)})"


def _input(view: FileView, name: str, offset: int) -> str:
    """What an input of a task takes."""
    step = view.surroundings(offset).step
    task = None if step is None else task_of(view, step)
    definition = None if task is None else task.input(name)
    if definition is None:
        return ""
    return f"**{definition.yaml_name}** ({definition.type})\n\n{input_documentation(definition)}".strip()


def _argument(view: FileView, name: str, offset: int) -> str:
    """What a parameter of a template takes."""
    template = called_template(view, offset)
    found = None if template is None else template.parameters.get(name.casefold())
    return "" if found is None else parameter_text(found)
