"""Where the paths of built-in tasks start, as far as the definitions of tasks do not tell.

An agent gives a task its inputs of the type `filePath` as full paths: it puts what is relative, or empty, below the
folder of the sources in a pipeline, and below that of the artifacts in a classic release. Other inputs reach the task
as they are written, and the code of the task decides what a relative path in them means.

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
empty one that names a file means none: tasks compare it to that folder (`filePathSupplied` of the task library)."""

_FOLDERS_OF_TASK: Mapping[str, frozenset[str]] = {
    "publishtestresults": frozenset(("searchfolder",)),
    "vstest": frozenset(("searchfolder",)),
}
"""Inputs of other types for which the same holds."""

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
"""Inputs of other types that hold paths, which start where the job starts."""

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
"""Inputs whose paths start elsewhere: in the folder that another input names, or on another machine."""

_WITH_COMMAS: Mapping[str, frozenset[str]] = {"kubernetesmanifest": frozenset(("manifests",))}
"""Inputs that separate paths by commas too."""

_IN_FOLDER_OF_SCRIPT = frozenset(("azurecli@1", "batchscript@1", "shellscript@2"))
"""Tasks that run a script file in its own folder where no other is given."""

_WITHOUT_FOLDER = frozenset(
    ("azurepowershell@2", "azurepowershell@3", "azurepowershell@4", "servicefabricpowershell@1")
)
"""Tasks whose script starts where the job starts, whatever their inputs say; of AzurePowerShell@4 only Windows
PowerShell, as PowerShell Core starts in `workingDirectory`."""


def is_path(task: TaskDefinition, known: InputDefinition) -> bool:
    """Whether an input holds paths that start where the job starts."""
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
    """Whether a value is no path, though its input holds paths: `**` of Docker@2 is the folder of the Dockerfile."""
    return (_name(task), known.name.casefold(), value) == ("docker", "buildcontext", "**")


def runs_in_folder_of_script(task: TaskDefinition, values: Mapping[str, str]) -> bool:
    """Whether a task without a working directory starts in the folder of its script.

    The values are by canonical name.
    """
    inline = values.get("scriptLocation", "").casefold() == "inlinescript"
    told_not_to = values.get("disableAutoCwd", "").casefold() == "true"
    return task.reference.casefold() in _IN_FOLDER_OF_SCRIPT and not inline and not told_not_to


def script_without_folder(task: TaskDefinition, values: Mapping[str, str]) -> str | None:
    """The input with a script that starts where the job starts, whatever the inputs say; None where there is none.

    The values are by canonical name.
    """
    key = task.reference.casefold()
    if key not in _WITHOUT_FOLDER or (key == "azurepowershell@4" and values.get("pwsh", "").casefold() == "true"):
        return None
    name = "Inline" if values.get("ScriptType", "").casefold() == "inlinescript" else "ScriptPath"
    return name if values.get(name) else None


def _name(task: TaskDefinition) -> str:
    return task.reference.partition("@")[0].casefold()
