"""The folders that paths in inputs of built-in tasks start in, which definitions of tasks do not contain.

An agent resolves inputs of the type `filePath`: a relative or empty one starts in the folder of the sources in a
pipeline, and in the folder of the artifacts in a classic release. Other inputs reach the task as they are, and its code
decides what a relative path means.

Source: `TaskRunner.cs` and `ReleaseJobExtension.cs` of microsoft/azure-pipelines-agent; the code of the tasks in
microsoft/azure-pipelines-tasks.
"""

from collections.abc import Mapping

from azrelease.catalog.tasks import InputDefinition, TaskDefinition

_WORKING_DIRECTORIES = frozenset(("cwd", "workingdirectory", "workingfolder", "workingdir", "wd"))

_FOLDERS = _WORKING_DIRECTORIES | {
    "baseresolvedirectory",
    "buildcontext",
    "context",
    "functionrootdirectory",
    "kustomizationpath",
    "projectdirectory",
    "rootfolder",
    "sourcefolder",
    "sourcepath",
}
"""Inputs of the type `filePath` that name a folder, so that an empty one means the folder where the job starts. An
empty input for a file means no file: tasks compare it to that folder (`filePathSupplied` of the task library)."""

_FOLDERS_OF_TASK: Mapping[str, frozenset[str]] = {
    "publishtestresults": frozenset(("searchfolder",)),
    "vstest": frozenset(("searchfolder",)),
}
"""Inputs of other types that name such a folder."""

_PATHS: Mapping[str, frozenset[str]] = {
    task: frozenset(inputs)
    for task, inputs in {
        "copyfiles": ("targetfolder",),
        "dotnetcorecli": ("projects", "packagesdirectory"),
        "downloadbuildartifacts": ("downloadpath",),
        "downloadfileshareartifacts": ("downloadpath",),
        "downloadgithubrelease": ("downloadpath",),
        "downloadpackage": ("downloadpath",),
        "downloadpipelineartifact": ("downloadpath", "path"),
        "extractfiles": ("archivefilepatterns",),
        "githubrelease": ("assets",),
        "kubernetesmanifest": ("overridefiles",),
        "nodetool": ("versionfilepath",),
        "nugetcommand": ("packagesdirectory", "basepath"),
        "nugetrestore": ("packagesdirectory",),
        "publishcodecoverageresults": (
            "summaryfilelocation",
            "pathtosources",
            "reportdirectory",
            "additionalcodecoveragefiles",
        ),
        "publishsymbols": ("symbolsfolder",),
        "publishtestresults": ("searchfolder",),
        "sqldacpacdeploymentonmachinegroup": ("sqlfile", "publishprofile"),
        "usenode": ("versionfilepath",),
        "vstest": ("searchfolder", "resultsfolder", "pathtocustomtestadapters", "testassembly"),
    }.items()
}
"""Inputs of other types with paths that start where the job starts."""

_BELOW: Mapping[str, frozenset[str]] = {
    task: frozenset(inputs)
    for task, inputs in {
        "azurermwebappdeployment": ("jsonfiles",),
        "copyfiles": ("contents",),
        "copyfilesoverssh": ("contents", "targetfolder"),
        "deletefiles": ("contents",),
        "downloadbuildartifacts": ("itempattern",),
        "downloadfileshareartifacts": ("itempattern",),
        "downloadgithubrelease": ("itempattern",),
        "downloadpackage": ("files",),
        "downloadpipelineartifact": ("itempattern", "patterns"),
        "filetransform": ("targetfiles", "jsontargetfiles", "xmltargetfiles"),
        "ftpupload": ("filepatterns", "remotepath"),
        "iiswebappdeploymentonmachinegroup": ("jsonfiles",),
        "jenkinsdownloadartifacts": ("itempattern",),
        "publishsymbols": ("searchpattern",),
        "publishtestresults": ("testresultsfiles",),
        "vstest": ("testassemblyver2",),
    }.items()
}
"""Inputs with paths that start in the folder of another input, or on another machine."""

_WITH_COMMAS: Mapping[str, frozenset[str]] = {"kubernetesmanifest": frozenset(("manifests",))}
"""Inputs that separate paths by commas too."""

_IN_FOLDER_OF_SCRIPT = frozenset(("azurecli@1", "batchscript@1", "shellscript@2"))
"""Tasks that run a script file in its own folder by default."""

_WITHOUT_FOLDER = frozenset(
    ("azurepowershell@2", "azurepowershell@3", "azurepowershell@4", "servicefabricpowershell@1")
)
"""Tasks whose script starts where the job starts, whatever their inputs say; of AzurePowerShell@4 only Windows
PowerShell, as PowerShell Core starts in `workingDirectory`."""


def is_path(task: TaskDefinition, known: InputDefinition) -> bool:
    """Whether an input has paths that start where the job starts."""
    return known.type == "filepath" or known.name.casefold() in _PATHS.get(_name(task), ())


def is_working_directory(known: InputDefinition) -> bool:
    """Whether an input names the folder that a task starts in."""
    return any(name.casefold() in _WORKING_DIRECTORIES for name in known.names)


def is_folder(task: TaskDefinition, known: InputDefinition) -> bool:
    """Whether an empty input means the folder where the job starts."""
    if known.name.casefold() in _FOLDERS_OF_TASK.get(_name(task), ()):
        return True
    return known.type == "filepath" and any(name.casefold() in _FOLDERS for name in known.names)


def starts_elsewhere(task: TaskDefinition, known: InputDefinition) -> bool:
    """Whether the paths of an input are known to start in another folder, or on another machine."""
    return known.name.casefold() in _BELOW.get(_name(task), ())


def separators(task: TaskDefinition, known: InputDefinition) -> str:
    """The characters that separate several paths in an input."""
    return "\n;," if known.name.casefold() in _WITH_COMMAS.get(_name(task), ()) else "\n;"


def is_kept_as_it_is(task: TaskDefinition, known: InputDefinition, value: str) -> bool:
    """Whether a value of an input with paths is not a path: `**` of Docker@2 means the folder of the Dockerfile."""
    return (_name(task), known.name.casefold(), value) == ("docker", "buildcontext", "**")


def runs_in_folder_of_script(task: TaskDefinition, values: Mapping[str, str]) -> bool:
    """Whether a task without a working directory starts in the folder of its script.

    The values are by canonical name.
    """
    inline = values.get("scriptLocation", "").casefold() == "inlinescript"
    is_off = values.get("disableAutoCwd", "").casefold() == "true"
    return task.reference.casefold() in _IN_FOLDER_OF_SCRIPT and not inline and not is_off


def script_without_folder(task: TaskDefinition, values: Mapping[str, str]) -> str | None:
    """The input with a script that always starts where the job starts; None where there is none.

    The values are by canonical name.
    """
    key = task.reference.casefold()
    if key not in _WITHOUT_FOLDER or (key == "azurepowershell@4" and values.get("pwsh", "").casefold() == "true"):
        return None
    name = "Inline" if values.get("ScriptType", "").casefold() == "inlinescript" else "ScriptPath"
    return name if values.get(name) else None


def _name(task: TaskDefinition) -> str:
    return task.reference.partition("@")[0].casefold()
