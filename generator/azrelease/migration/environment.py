"""The code and the environment of a deployment."""

import posixpath
from collections.abc import Iterator

from azrelease.diagnostics import CHANGED, NO_COUNTERPART, Diagnostic
from azrelease.migration.deployment_parts import DeploymentPart, V1Service
from azrelease.migration.settings import Setting, Settings, local_path
from azrelease.release.fields import is_rooted

IMAGE = "mcr.microsoft.com/azureml/openmpi4.1.0-ubuntu22.04:latest"
GPU_IMAGE = "mcr.microsoft.com/azureml/openmpi4.1.0-cuda11.8-cudnn8-ubuntu22.04:latest"


def code(settings: Settings, service: V1Service) -> DeploymentPart:
    """The scoring script and its folder."""
    done = ("entry_script", "source_directory")
    script = scoring_script(settings)
    if script is None:
        message = "no setting names the scoring script"
        hint = "Write `code_configuration` into the deployment, unless the model is an MLflow model."
        return DeploymentPart({}, done, (service.location.finding(NO_COUNTERPART, message, hint),))
    source = settings.get("source_directory")
    folder = source.path if source else posixpath.dirname(script) or "."
    name = script if is_rooted(script) or is_rooted(folder) else posixpath.relpath(script, folder)
    return DeploymentPart(
        {"code_configuration.code": _from_target(folder, service), "code_configuration.scoring_script": name}, done
    )


def scoring_script(settings: Settings) -> str | None:
    """The scoring script as a path of the artifact; None where no setting names it."""
    script, source = settings.get("entry_script"), settings.get("source_directory")
    if script is None:
        return None
    # In a file, the path starts in the source directory; as an argument, in the artifact.
    if source is not None and script.label == "entryScript" and not is_rooted(script.value):
        return posixpath.normpath(posixpath.join(source.path, script.value))
    return script.path


def environment(settings: Settings, service: V1Service) -> DeploymentPart:
    """The image and its packages, or a registered environment."""
    done = ("conda_file", "base_image", "enable_gpu", "runtime", "environment_name", "environment_version")
    named, version = settings.get("environment_name"), settings.get("environment_version")
    image, conda = settings.get("base_image"), settings.get("conda_file")
    findings = []
    runtime = settings.get("runtime")
    if runtime is not None and runtime.value.lower() not in ("python", "python-slim"):
        hint = "Set `environment.image` to an image that has it."
        findings.append(runtime.location.finding(NO_COUNTERPART, f"v2 has no runtime `{runtime.value}`", hint))
    # A file names the environment that it defines; an argument names a registered one.
    defined = named is not None and named.label.startswith("environment.") and (conda or image)
    if named is not None and not defined:
        reference = f"azureml:{named.value}:{version.value}" if version else f"azureml:{named.value}@latest"
        unused = [settings[name] for name in ("conda_file", "base_image") if name in settings]
        reason = "the registered environment has its own packages and image"
        findings += [setting.location.finding(CHANGED, f"`{setting.label}` is omitted: {reason}") for setting in unused]
        return DeploymentPart({"environment": reference}, done, findings)
    if named is None and version is not None:
        findings.append(version.location.finding(NO_COUNTERPART, f"`{version.label}` has no counterpart in v2"))
    if not {"conda_file", "base_image", "entry_script"} & set(settings):
        return DeploymentPart({}, done, findings)
    gpu = "enable_gpu" in settings and settings["enable_gpu"].is_on
    chosen = image.value if image else GPU_IMAGE if gpu else IMAGE
    if image is None:
        message = f"the image is {chosen}; v1 chooses one itself"
        hint = "Change `environment.image` if you need another one."
        findings.append((runtime.location if runtime else service.location).finding(CHANGED, message, hint))
    values = {"environment.name": named.value} if named else {}
    if named and version:
        values["environment.version"] = version.value
    values["environment.image"] = chosen
    if conda is not None:
        values["environment.conda_file"] = _from_target(conda.path, service)
        findings += _conda_findings(conda, service)
    return DeploymentPart(values, done, findings)


def _conda_findings(conda: Setting, service: V1Service) -> Iterator[Diagnostic]:
    """The conda file must contain the server, which v1 adds to the image itself."""
    here = local_path(conda.path, service.folder)
    if here is None:
        message = f"the conda file `{conda.value}` does not exist here, so azrelease cannot check it"
        yield conda.location.finding(CHANGED, message, "Add azureml-inference-server-http to it if it is missing.")
        return
    text = here.read_text(encoding="utf-8", errors="replace")
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    if not any(name in line for line in lines for name in ("azureml-defaults", "azureml-inference-server-http")):
        message = f"the conda file `{conda.value}` lacks azureml-inference-server-http"
        hint = "Add it below `pip:`; the container has no server without it."
        yield conda.location.finding(NO_COUNTERPART, message, hint)


def _from_target(path: str, service: V1Service) -> str:
    if is_rooted(path) or "$" in path:
        return path
    return posixpath.relpath(path, service.target)
