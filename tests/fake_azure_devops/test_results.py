"""Test runs of builds, and their results."""

from fake_azure_devops.clock import now
from fake_azure_devops.errors import ServiceError
from fake_azure_devops.lists import same
from fake_azure_devops.messages import Answer, listing
from fake_azure_devops.routes import Context, route
from fake_azure_devops.state import Project, Record

_LIST = "/{project}/_apis/test/runs"


def new_test_run(project: Project, build_id: int, results: list[Record], fields: Record) -> Record:
    """Put a test run of a build into the project; it is {"run": ..., "results": [...]}."""
    identifier = project.organization.test_ids.next()
    base = f"{project.organization.url}/{project.name}/_apis/test/Runs/{identifier}"
    outcomes = [each.get("outcome", "Passed") for each in results]
    run = {
        "id": identifier,
        "name": f"Test run {identifier}",
        "url": base,
        "isAutomated": True,
        "state": "Completed",
        "build": {"id": str(build_id), "name": project.builds[build_id]["buildNumber"], "url": ""},
        "project": project.short_reference(),
        "startedDate": now(),
        "completedDate": now(),
        "totalTests": len(results),
        "incompleteTests": 0,
        "notApplicableTests": outcomes.count("NotApplicable") + outcomes.count("NotExecuted"),
        "passedTests": outcomes.count("Passed"),
        "unanalyzedTests": outcomes.count("Failed"),
        "revision": 1,
        "webAccessUrl": f"{project.organization.url}/{project.name}/_TestManagement/Runs?runId={identifier}",
    } | fields
    numbered = [
        {
            "id": 100000 + number,
            "testRun": {"id": str(identifier), "name": run["name"], "url": base},
            "state": "Completed",
            "outcome": "Passed",
            "durationInMs": 1.0,
            "automatedTestName": each.get("testCaseTitle", ""),
        }
        | each
        for number, each in enumerate(results)
    ]
    entry = {"run": run, "results": numbered}
    project.test_runs.setdefault(build_id, []).append(entry)
    return entry


def _entries(context: Context) -> list[Record]:
    return [entry for entries in context.project.test_runs.values() for entry in entries]


def _found(context: Context) -> Record:
    identifier = context.number("run")
    for entry in _entries(context):
        if entry["run"]["id"] == identifier:
            return entry
    raise ServiceError("TestObjectNotFoundException", f"Test run {identifier} not found.")


def _page(context: Context, values: list[Record]) -> Answer:
    skip = context.asked_number("$skip") or 0
    top = context.asked_number("$top")
    return listing(values[skip : None if top is None else skip + top])


@route("GET", _LIST, "test")
def list_runs(context: Context) -> Answer:
    """Test runs, all or of a build."""
    build = context.asked("buildUri")
    requested = None if build is None else build.rpartition("/")[2]
    return _page(
        context,
        [each["run"] for each in _entries(context) if requested is None or each["run"]["build"]["id"] == requested],
    )


@route("GET", _LIST + "/{run}", "test")
def get_run(context: Context) -> Record:
    """One test run."""
    run: Record = _found(context)["run"]
    return run


@route("GET", _LIST + "/{run}/results", "test")
def list_results(context: Context) -> Answer:
    """The results of a test run, all or by outcome."""
    outcomes = context.asked_list("outcomes")
    results = _found(context)["results"]
    return _page(
        context, [each for each in results if not outcomes or any(same(each["outcome"], one) for one in outcomes)]
    )
