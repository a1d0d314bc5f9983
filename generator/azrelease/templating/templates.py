"""Finding templates (the user's folder first, then the shipped ones) and rendering them."""

import re
from collections.abc import Callable
from functools import cache, cached_property
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

from markupsafe import Markup, escape

from azrelease import data_files
from azrelease.errors import TemplateError, UserError
from azrelease.templating import yaml_data, yaml_scalars
from azrelease.templating.markdown_text import code
from azrelease.templating.scripts import RenderedScript, ScriptValue, bind

if TYPE_CHECKING:
    from jinja2 import Environment


class Templates:
    """The templates of a run.

    A name is a path (`scripts/model_deploy.sh.j2`), or a path in an installed package
    (`contoso_release:templates/announce.sh.j2`) for the templates of tasks of other packages.

    Args:
        directory: a folder of the user's that is looked into first; a file in it replaces the shipped one of the
            same path.

    Raises:
        UserError: the directory is not there.
    """

    def __init__(self, directory: Path | None = None) -> None:
        if directory is not None and not directory.is_dir():
            raise UserError(f"{directory}: no such folder; --templates takes a folder of Jinja templates")
        self._folders = tuple(filter(None, (directory, data_files.TEMPLATES)))

    def yaml(self, name: str, /, **context: object) -> str:
        """Render a template of YAML: every value in it is written as a scalar.

        Raises:
            TemplateError: the template is not there, does not compile, or names something that is not there.
        """
        return yaml_scalars.settle_blocks(self._render(self._yaml_environment, name, context))

    def script(self, name: str, /, **values: ScriptValue) -> RenderedScript:
        """Render a template of a shell script: every value in it is one shell word.

        Raises:
            TemplateError: as for `yaml`.
        """
        context, env = bind(values)
        return RenderedScript(self._render(self._script_environment, name, context), env)

    def page(self, name: str, **context: object) -> Markup:
        """Render a template of HTML or SVG: every value in it is text, whatever it holds, unless it was rendered so.

        Raises:
            TemplateError: as for `yaml`.
        """
        return Markup(self._render(self._page_environment, name, context))

    def markdown(self, name: str, /, **context: object) -> str:
        """Render a template of Markdown: every value in it is a code span.

        Raises:
            TemplateError: as for `yaml`.
        """
        return self._render(self._markdown_environment, name, context)

    @cached_property
    def _page_environment(self) -> "Environment":
        return self._environment(_html_text)

    @cached_property
    def _yaml_environment(self) -> "Environment":
        environment = self._environment(yaml_scalars.scalar)
        environment.filters |= {
            "key": yaml_scalars.key,
            "comment": yaml_scalars.comment,
            "mapping": yaml_data.mapping,
            "nest": _nest,
        }
        return environment

    @cached_property
    def _script_environment(self) -> "Environment":
        return self._environment(_shell_word)

    @cached_property
    def _markdown_environment(self) -> "Environment":
        return self._environment(_code_span)

    def _environment(self, quote: Callable[[object], object]) -> "Environment":
        from jinja2 import Environment, FunctionLoader, StrictUndefined, Undefined, pass_context

        # With the context, Jinja calls it when it renders. Without, it would write a literal such as `{{ "a & b" }}`
        # when it compiles, escaped as HTML before it is quoted.
        @pass_context
        def finalize(_context: object, value: object) -> object:
            return str(value) if isinstance(value, Undefined) else quote(value)

        return Environment(
            loader=FunctionLoader(self._load),
            autoescape=True,
            finalize=finalize,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
            auto_reload=False,
        )

    def _load(self, name: str) -> tuple[str, str, None] | None:
        package, colon, path = name.partition(":")
        files = (resources.files(package) / path,) if colon else (folder / name for folder in self._folders)
        for file in files:
            if file.is_file():
                try:
                    return file.read_text(encoding="utf-8-sig"), str(file), None
                except (OSError, UnicodeDecodeError) as error:
                    raise TemplateError(f"{file}: cannot be read: {error}") from error
        return None

    def _render(self, environment: "Environment", name: str, context: dict[str, object]) -> str:
        from jinja2 import TemplateError as JinjaError
        from jinja2 import TemplateNotFound, TemplateSyntaxError

        try:
            return environment.get_template(name).render(context)
        except TemplateSyntaxError as error:
            raise TemplateError(f"{error.filename or error.name}:{error.lineno}: {error.message}") from error
        except TemplateNotFound as error:
            package, colon, _ = str(error.name).partition(":")
            looked = f"package {package}" if colon else ", ".join(map(str, self._folders))
            raise TemplateError(f"template {error.name} not found; looked in {looked}") from error
        except (
            JinjaError,
            ArithmeticError,
            AttributeError,
            ImportError,
            LookupError,
            RecursionError,
            TypeError,
            ValueError,
        ) as error:
            raise TemplateError(f"{self._place(error, name)}: {error}") from error

    def _place(self, error: BaseException, name: str) -> str:
        """The file and line of the template that an error came from: the last frame that lies in one."""
        place, trace = name, error.__traceback__
        while trace is not None:
            file = trace.tb_frame.f_code.co_filename
            if file.endswith(".j2"):
                place = f"{file}:{trace.tb_lineno}"
            trace = trace.tb_next
        return place


def templates_for(release: Path) -> Templates:
    """The templates for a release file: those that the settings above it name go before the shipped ones.

    Raises:
        UserError: the settings cannot be read.
        InvalidFileError: what they name is not a folder of templates.
    """
    from azrelease.settings import find_settings_file, templates_folder

    settings = find_settings_file(release.parent)
    folder = None if settings is None else templates_folder(settings)
    return shipped_templates() if folder is None else Templates(folder)


@cache
def shipped_templates() -> Templates:
    """The shipped templates alone. They do not change while a process runs, so each is compiled once in it."""
    return Templates()


def _shell_word(value: object) -> object:
    """What `bind` did not quote is a mistake of the template: a literal there needs no braces."""
    if isinstance(value, Markup):
        return value
    raise TypeError(f"a template of a script can only write the words it is given, not {value!r}")


def _html_text(value: object) -> object:
    """Text as HTML and XML show it; characters that neither may hold are shown as a dot."""
    if isinstance(value, Markup):
        return value
    if not isinstance(value, str | int | float) or isinstance(value, bool):
        raise TypeError(f"a template of a page can only write texts and numbers, not {value!r}")
    return escape(re.sub(_NO_CHARACTER, "·", str(value)))


# Characters that XML 1.0 cannot write (w3.org/TR/xml, chapter 2.2). Compiled where a page is rendered: it is slow.
_NO_CHARACTER = "[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"


def _code_span(value: object) -> object:
    return value if isinstance(value, Markup) else Markup(code(str(value)))


def _nest(text: str, width: int) -> Markup:
    """Indent all lines but empty ones by `width` columns; unlike Jinja's own filter, only at line feeds."""
    margin = " " * width
    body, end = (text[:-1], "\n") if text.endswith("\n") else (text, "")
    nested = f"{margin}{body}".replace("\n", f"\n{margin}") + end
    # Twice: of two empty lines in a row the first replacement reaches only one.
    empty = f"\n{margin}\n"
    return Markup(nested.replace(empty, "\n\n").replace(empty, "\n\n"))
