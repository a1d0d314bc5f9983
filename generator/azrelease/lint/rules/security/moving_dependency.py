"""AZR530, AZR531: tools and packages that change without a change in the repository."""

import re
from pathlib import Path, PurePath

from azrelease.lint.facts.script_patterns import matches
from azrelease.lint.facts.scripts import Script
from azrelease.lint.rule import Code, Findings, LintedFile, Rule, Severity
from azrelease.syntax.embedded import is_computed

_LATEST = re.compile(
    r"\b(?:npx|npm[ \t]+(?:install|i|exec|add)|pnpm[ \t]+(?:add|dlx|install)|yarn[ \t]+(?:global[ \t]+)?(?:add|dlx)|bunx)\b(?:[ \t]+-\S+)*(?:[ \t]+[^\s;|&]+)*?[ \t]+(?P<npm>@?[\w./-]+@(?:latest|next|canary|beta))(?![\w.-])"
    r"|\bgo[ \t]+(?:install|run)[ \t]+(?:-\S+[ \t]+)*(?P<go>\S+@(?:latest|master|main))(?![\w.-])"
    r"|\bpip[\d.]*[ \t]+install\b[^\n;|&]*?(?P<git>git\+(?:https|ssh)://[^\s\"'@#]+(?:@(?:main|master|develop|HEAD))?)(?=[\s\"'#]|$)"
    r"|\b(?:npm|yarn|pnpm)[ \t]+(?:install|i|add)\b[^\n;|&]*?[ \t](?P<repo>(?:github:|git\+https://)[^\s\"'#]+)(?=[\s\"']|$)",
    re.MULTILINE,
)
_IMAGE = re.compile(
    r"\b(?:docker|podman)[ \t]+(?:run|pull|create)[ \t]+(?P<rest>(?:\\\n|[^\n;|&])*)",
)
_FLAGS = frozenset(
    (
        "-i",
        "-t",
        "-it",
        "-ti",
        "-d",
        "-dt",
        "-td",
        "--rm",
        "--privileged",
        "--init",
        "--tty",
        "--interactive",
        "--detach",
        "--read-only",
        "-q",
        "--quiet",
        "-P",
        "--no-healthcheck",
    )
)
_TASK_VERSIONS = {
    "kubectlinstaller": ("kubectlversion",),
    "helminstaller": ("helmversion", "helmversiontoinstall"),
    "terraforminstaller": ("terraformversion",),
    "dockerinstaller": ("dockerversion",),
    "gotool": ("version",),
    "kubelogininstaller": ("kubeloginversion",),
    "functoolsinstaller": ("version",),
}


def _check_tools(file: LintedFile) -> Findings:
    """Tools by a tag that moves, packages from a branch, images without a version, installers with `latest`."""
    for script in file.scripts:
        yield from _in_script(file, script)
    for step in file.outline.steps:
        for name in _TASK_VERSIONS.get(step.task_name, ()):
            node = step.inputs.get(name)
            if node is not None and node.value.strip().casefold() == "latest":
                yield file.finding(
                    TOOL.code, "each run may install another version of this tool", node, "Name a version."
                )


def _in_script(file: LintedFile, script: Script) -> Findings:
    if script.language != "python":
        text = script.text
        if "@" in text or "git+" in text or "github:" in text:
            for match in matches(script, _LATEST):
                name = match.lastgroup or "npm"
                message = (
                    f"`{match[name]}` changes without a change in this repository, and runs here with what the job has"
                )
                yield file.in_script(
                    TOOL.code, message, (script, match.start(name), match.end(name)), "Name a version, or a commit."
                )
        if ("docker" in text or "podman" in text) and script.language != "python":
            for match in matches(script, _IMAGE):
                found = _image(match["rest"])
                if found is not None and not _is_built(file, found[0]):
                    start = match.start("rest") + found[1]
                    message = f"the image `{found[0]}` changes with every push"
                    yield file.in_script(
                        TOOL.code,
                        message,
                        (script, start, start + len(found[0])),
                        "Name a version, or the digest: `image@sha256:…`.",
                    )


def _image(rest: str) -> tuple[str, int] | None:
    """The image in the words behind `docker run`, with its offset, where it has no version; None if that is not certain."""
    expects_value = False
    for word in re.finditer(r"\S+", rest.replace("\\\n", "  ")):
        text = word[0]
        if expects_value:
            expects_value = False
        elif text.startswith("-"):
            expects_value = "=" not in text and text not in _FLAGS
        else:
            name = text.rpartition("/")[2]
            is_plain = re.fullmatch(r"[a-z0-9][\w./-]*(?::latest)?", text) is not None
            is_pinned = "@" in text or (":" in name and not name.endswith(":latest"))
            return (text, word.start()) if is_plain and not is_pinned else None
    return None


def _is_built(file: LintedFile, image: str) -> bool:
    """Whether the file itself makes the image, or may: then its version is that of the sources."""
    text, name = file.document.text, image.removesuffix(":latest")
    builds = re.search(
        r"docker(?:[ \t]+buildx)?[ \t]+build|docker[ \t]+load|Docker@|DockerCompose@|buildah|docker[ \t]+tag", text
    )
    return builds is not None and (text.count(name) > 1 or "/" not in name or "Docker@" in text)


def _check_lock(file: LintedFile) -> Findings:
    """`npm install` where the lock file is beside `package.json`, as far as the folder is known."""
    if "npm" not in file.document.text.casefold():
        return
    for step in file.outline.steps:
        if step.task_name == "npm" and (step.input("command") or "install").casefold() == "install":
            folder = _folder(step.input("workingDir") or "")
            if folder is not None and _exists(file, f"{folder}package-lock.json"):
                yield file.finding(LOCK.code, _UNLOCKED, step.inputs.get("command") or step.head, "Use `ci`.")
    for script in file.scripts:
        if "npm" not in script.text or _is_elsewhere(script) or not _exists(file, "package-lock.json"):
            continue
        for match in matches(script, _INSTALL):
            where = (script, match.start("call"), match.end("call"))
            yield file.in_script(LOCK.code, _UNLOCKED, where, "Use `npm ci`.")


def _is_elsewhere(script: Script) -> bool:
    """Whether a script may run in another folder than that of the sources."""
    step = script.step
    set_by_step = step.block.entry("workingDirectory") is not None or "workingdirectory" in step.inputs
    return set_by_step or script.language == "python" or _CHANGES_FOLDER.search(script.text) is not None


def _exists(file: LintedFile, name: str) -> bool:
    """Whether the repository of a file has another file, by its path from the top."""
    root = file.context.templates.repository(Path(file.path).absolute().parent)
    return root is not None and (root / name).is_file()


_CHANGES_FOLDER = re.compile(r"^\s*(?:cd|pushd|Set-Location)\b|(?:&&|;)[ \t]*(?:cd|pushd)\b|--prefix", re.MULTILINE)
_INSTALL = re.compile(
    r"(?:^|[;&|][ \t]*)[ \t]*(?P<call>npm[ \t]+(?:install|i))(?=[ \t]*(?:$|[;&|]|--(?!global|save|prefix)\S+[ \t]*$))",
    re.MULTILINE,
)
_UNLOCKED = "`npm install` may install other versions than `package-lock.json` names, and changes that file"


def _folder(path: str) -> str | None:
    plain = re.sub(r"^\$\((?:Build\.SourcesDirectory|System\.DefaultWorkingDirectory)\)/?", "", path.strip())
    if is_computed(plain) or PurePath(plain).is_absolute():
        return None
    plain = plain.strip("/").removeprefix("./")
    return f"{plain}/" if plain and plain != "." else ""


TOOL = Rule(
    code=Code("AZR530", "moving-tool", Severity.INFO),
    summary="a tool changes without a change in the repository",
    why=(
        "A tag such as `latest`, the branch of a repository and an image without a version lead to something else tomorrow: the pipeline breaks without a change, and a push to the tool "
        "runs code here, with the secrets and connections of the job (CICD-SEC-3). It asks scripts for tags and branches that are written out, for calls of `docker run` and `docker pull`, and the inputs of tasks that install a tool. "
        "Packages without any version, and images that the file itself builds, are not reported."
    ),
    wrong="steps:\n- script: npx @redocly/cli@latest lint api.yml\n",
    right="steps:\n- script: npx @redocly/cli@1.34.5 lint api.yml\n",
    check=_check_tools,
)

LOCK = Rule(
    code=Code("AZR531", "unlocked-packages", Severity.INFO),
    summary="packages are installed beside their lock file",
    why=(
        "`npm install` may resolve newer versions than the lock file names, and rewrites that file; `npm ci` installs what it names, and fails where it does not fit `package.json` "
        "(docs.npmjs.com/cli/commands/npm-ci). It asks the repository for `package-lock.json` in the folder of the command, where that is known; without a repository nothing is reported."
    ),
    wrong="steps:\n- script: npm install\n",
    right="steps:\n- script: npm ci\n",
    beside=(("package-lock.json", "{}\n"),),
    check=_check_lock,
)

RULES = (TOOL, LOCK)
