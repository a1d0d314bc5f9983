"""Each field of a release in turn: the plan shows that change and no other; applied, there is nothing left to do."""

import pytest

from fake_azure_devops import Service
from support.registering import FULL, apply, plan, released
from support.thorough import some_of


@pytest.fixture
def service(service: Service) -> Service:
    service.organization.add_identity("somebody", mail="somebody@example.com")
    return service


PRODUCTION = "check approval of churn-production"
STAGING = "churn-staging"
CASES: dict[str, tuple[str, str, list[str]]] = {
    "description": ("Deploys the churn model.", "Deploys it.", ["update pipeline \\ml\\churn\\churn description"]),
    "tags": ("tags: [models]", "tags: [models, ml]", ["update pipeline \\ml\\churn\\churn tags"]),
    "value of a settable variable": ('limit: "5"', 'limit: "6"', ["update pipeline \\ml\\churn\\churn variables.limit"]),
    "settable": (
        "settable: [limit, api.key]",
        "settable: [limit]",
        ["update pipeline \\ml\\churn\\churn settable.api.key"],
    ),
    "a variable is settable": (
        "settable: [limit, api.key]",
        "settable: [limit, api.key, region]",
        ["update pipeline \\ml\\churn\\churn managed variables settable.region variables.region"],
    ),
    "a secret": (
        "secrets: [api.key]",
        "secrets: [api.key, db_password]",
        [],  # a variable group of the release has it
    ),
    "another secret": (
        "secrets: [token]",
        "secrets: [token, alert_token]",
        ["update pipeline \\ml\\churn\\churn managed variables settable.alert_token variables.alert_token"],
    ),
    "default branch": (
        "default_branch: main",
        "default_branch: trunk",
        [
            "update build validation churn pull request of models, trunk branch",
            "update pipeline \\ml\\churn\\churn default_branch",
            "update pipeline \\ml\\churn\\churn pull request default_branch",
        ],
    ),
    "value in a group": ("size: small", "size: large", ["update variable group churn-settings variables.size"]),
    "variable in a group": (
        "{size: small}",
        "{size: small, color: red}",
        ["update variable group churn-settings managed variables variables.color"],
    ),
    "description of a group": (
        "Settings of churn.",
        "Settings.",
        ["update variable group churn-settings description"],
    ),
    "vault": ("name: churn-kv", "name: other-kv", ["update variable group churn-vault key_vault"]),
    "connection of a vault": (
        "name: churn-kv, service_connection: churn-azure",
        "name: churn-kv, service_connection: github",
        ["update variable group churn-vault service_connection"],
    ),
    "another secret of a vault": (
        "[score-key, other-key]",
        "[score-key, other-key, third-key]",
        ["update variable group churn-vault managed variables variables.third-key"],
    ),
    "repository": (
        "  default_branch: main",
        "  default_branch: main\n  repository: {name: templates}",
        [
            "update build validation churn pull request of templates, main repository",
            "update pipeline \\ml\\churn\\churn repository",
            "update pipeline \\ml\\churn\\churn pull request repository",
        ],
    ),
    "not settable any more": (
        "settable: [limit, api.key]",
        "settable: [api.key]",
        [],  # it stays until it is pruned
    ),
    "another template": (
        "{path: safe.yml, repository: MLOps/templates}]",
        "{path: safe.yml, repository: MLOps/templates}, {path: b.yml, repository: MLOps/templates}]",
        [f"update check required template of {STAGING} templates"],
    ),
    "gate's connection": (
        "serviceConnection: incidents",
        "serviceConnection: github",
        [f"update check No open incident of {STAGING} inputs.connectedServiceName"],
    ),
    "gate's title": (
        "display_name: No open incident",
        "display_name: No incident",
        ["create check No incident of churn-staging"],  # the other one stays until it is pruned
    ),
    "gate's method": ("method: GET", "method: POST", [f"update check No open incident of {STAGING} inputs.method"]),
    "secrets of a vault": (
        "[score-key, other-key]",
        "[score-key]",
        [],  # it stays until it is pruned
    ),
    "paths of the policy": (
        "/releases/*",
        "/ml/*",
        ["update build validation churn pull request of models, main paths"],
    ),
    "validity": ("12 hours", "1 day", ["update build validation churn pull request of models, main valid_for"]),
    "blocking": (
        "valid_for: 12 hours",
        "valid_for: 12 hours, blocking: false",
        ["update build validation churn pull request of models, main blocking"],
    ),
    "yaml of the check": (
        ".azure/pull-request.yml",
        ".azure/check.yml",
        ["update pipeline \\ml\\churn\\churn pull request yaml"],
    ),
    "branches": (
        "[main, release/*]",
        "[main]",
        [f"update check branch control of {STAGING} allowed"],
    ),
    "protected": ("protected: true", "protected: false", [f"update check branch control of {STAGING} protected"]),
    "days": ("[Monday, Tuesday]", "[Monday]", [f"update check business hours of {STAGING} days"]),
    "start": ('"09:00"', '"10:00"', [f"update check business hours of {STAGING} start"]),
    "end": ('"17:00"', '"18:30"', [f"update check business hours of {STAGING} end"]),
    "time zone": ("W. Europe Standard Time", "UTC", [f"update check business hours of {STAGING} time_zone"]),
    "template": ("path: safe.yml", "path: safer.yml", [f"update check required template of {STAGING} templates[0].path"]),
    "gate's input": ("urlSuffix: open", "urlSuffix: all", [f"update check No open incident of {STAGING} inputs.urlSuffix"]),
    "gate's interval": ("20 minutes", "30 minutes", [f"update check No open incident of {STAGING} interval"]),
    "gate's timeout": ("timeout: 2 hours", "timeout: 3 hours", [f"update check No open incident of {STAGING} timeout"]),
    "approvers": (", Grace Hopper]", "]", [f"update {PRODUCTION} approvers minimum"]),
    "minimum": ("minimum: 2", "minimum: 1", [f"update {PRODUCTION} minimum"]),
    "instructions": ("Look at the tests.", "Look twice.", [f"update {PRODUCTION} instructions"]),
    "timeout": ("timeout: 3 days", "timeout: 2 days", [f"update {PRODUCTION} timeout"]),
    "order": ("minimum: 2", "order: sequence", [f"update {PRODUCTION} approvers minimum order"]),
    "requester": ("minimum: 2", "minimum: 2\n      requester_may_approve: true", [f"update {PRODUCTION} requester_may_approve"]),
    "another stage's lock": (
        "secrets: [token]",
        "secrets: [token]\n    lock: sequential",
        ["create check exclusive lock of churn-production"],
    ),
    "an environment of another name": (
        "    secrets: [token]",
        "    secrets: [token]\n    environment: live",
        [
            "create check approval of live",
            "create environment live",
            "create pipeline \\ml\\churn\\churn: environment live",
        ],
    ),
    "a connection": (
        "service_connection: churn-azure}\nreg",
        "service_connection: github}\nreg",
        ["create pipeline \\ml\\churn\\churn: service connection github"],
    ),
    "a folder": (
        "folder: \\ml\\churn",
        "folder: \\ml",
        [
            "update pipeline \\ml\\churn folder",
            "update pipeline \\ml\\churn pull request folder",
        ],
    ),
    "all pipelines": (
        "description: Settings of churn.",
        "description: Settings of churn.\n      all_pipelines: true",
        ["create all pipelines: variable group churn-settings"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", some_of(list(CASES), 5, 1))
def test_the_plan_shows_the_change_and_no_other(service: Service, name: str) -> None:
    before, after, expected = CASES[name]
    assert apply(service, released(FULL)).failed is None
    assert FULL.count(before) >= 1
    changed = released(FULL.replace(before, after))
    found = plan(service, changed)
    shown = [
        " ".join(
            (f"{change.action} {change.key}", *sorted(f.field for f in change.fields if change.action == "update"))
        )
        for change in found.changes
    ]
    assert sorted(shown) == sorted(expected)
    assert apply(service, changed).failed is None
    assert plan(service, changed).changes == ()


def test_a_release_can_move_to_github(service: Service) -> None:
    assert apply(service, released(FULL)).failed is None
    moved = released(
        FULL.replace(
            "  default_branch: main\n",
            "  default_branch: main\n  repository: {type: github, name: contoso/churn, service_connection: github}\n",
        ).replace("12 hours}", "12 hours, blocking: false}")
    )
    found = plan(service, moved)
    assert [f"{change.action} {change.key}" for change in found.changes] == [
        "update pipeline \\ml\\churn\\churn",
        "update pipeline \\ml\\churn\\churn pull request",
        "create pipeline \\ml\\churn\\churn: service connection github",
    ]
    # The policy of the old repository is left until it is pruned, and then told as what it is.
    assert plan(service, moved, prune=True).weakens == ("pull requests no longer need `churn pull request`",)
    assert apply(service, moved, prune=True).failed is None
    assert plan(service, moved, prune=True).changes == ()


def test_every_field_has_its_turn(service: Service) -> None:
    told = {word for _, _, expected in CASES.values() for line in expected for word in line.split()}
    of_course = {
        "enabled",
        "process",
        "authorized",
        "unknown_status_allowed",
        "other_inputs",
        "task",
        "manual",
        "title",
    }
    secret = {
        "variables.api.key",
        "variables.token",
        "variables.db_password",
        "variables.score-key",
        "variables.other-key",
    }
    # One that is not settable any more is no variable of the pipeline any more.
    fixed = {
        "settable.limit",
        "inputs.connectedServiceNameSelector",
        "settable.token",
        "unnamed checks",
        "managed variables",
    }
    fields = {field for each in plan(service, released(FULL)).resources for field in each.fields}
    assert fields - told - of_course - secret - fixed == set()


REMOVED = {
    "approval": (FULL[FULL.index("    approval:") :], "", "environment churn-production loses its approval"),
    "lock": ("    lock: latest\n", "", "environment churn-staging loses its exclusive lock"),
    "templates": (
        "      required_templates: [{path: safe.yml, repository: MLOps/templates}]\n",
        "",
        "environment churn-staging loses its required template",
    ),
    "gate": (
        FULL[FULL.index("    gates:") : FULL.index("  - name: production")],
        "",
        "environment churn-staging loses its No open incident",
    ),
    "pull-request check": (
        FULL[FULL.index("  pull_request_check:") : FULL.index("stages:")],
        "",
        "pull requests no longer need `churn pull request`",
    ),
}


@pytest.mark.parametrize(("before", "after", "weaker"), REMOVED.values(), ids=REMOVED)
def test_a_control_that_is_not_asked_for_any_more_goes_only_with_prune(
    service: Service, before: str, after: str, weaker: str
) -> None:
    assert apply(service, released(FULL)).failed is None
    changed = released(FULL.replace(before, after))
    kept = plan(service, changed)
    assert kept.changes == ()
    assert [other for other in kept.unmanaged if other.removable]
    pruned = plan(service, changed, prune=True)
    assert [change.action for change in pruned.changes] == ["delete"]
    assert pruned.weakens == (weaker,)
    assert apply(service, changed, prune=True).failed is None
    after_all = plan(service, changed, prune=True)
    assert after_all.changes == ()
    assert not [other for other in after_all.unmanaged if other.removable]


WEAKER = {
    "fewer approvers": (", Grace Hopper]", "]", "environment churn-production no longer has the approvers Grace Hopper"),
    "another approver": (
        "Grace Hopper]",
        "somebody@example.com]",
        "environment churn-production no longer has the approvers Grace Hopper",
    ),
    "more to choose from": (
        "Grace Hopper]",
        "Grace Hopper, somebody@example.com]",
        "environment churn-production has more possible approvers: somebody",
    ),
    "gate's input": (
        "urlSuffix: open",
        "urlSuffix: all",
        "the gate No open incident of environment churn-staging changes: inputs.urlSuffix",
    ),
    "gate's method": (
        "method: GET",
        "method: POST",
        "the gate No open incident of environment churn-staging changes: inputs.method",
    ),
    "another branch": ("default_branch: main", "default_branch: trunk", "pull requests to main are no longer checked"),
    "fewer paths": ("paths: [/releases/*]", "paths: [/ml/*]", "pull requests that change other paths are no longer checked"),
    "fewer approvals": ("minimum: 2", "minimum: 1", "environment churn-production needs fewer approvals: 1 instead of 2"),
    "own runs": (
        "minimum: 2",
        "minimum: 2\n      requester_may_approve: true",
        "the requester of a run may approve it for environment churn-production",
    ),
    "more branches": (
        "[main, release/*]",
        "[main, release/*, fix/*]",
        "environment churn-staging accepts runs from more branches: refs/heads/fix/*",
    ),
    "no protection": (
        "protected: true",
        "protected: false",
        "environment churn-staging accepts runs from unprotected branches",
    ),
    "more days": ("[Monday, Tuesday]", "[Monday, Tuesday, Sunday]", "environment churn-staging accepts runs on more days: Sunday"),
    "earlier": ('"09:00"', '"07:00"', "environment churn-staging accepts runs at other hours: 07:00-17:00 instead of 09:00-17:00"),
    "later": ('"17:00"', '"19:00"', "environment churn-staging accepts runs at other hours: 09:00-19:00 instead of 09:00-17:00"),
    "at night": (
        'start: "09:00", end: "17:00"',
        'start: "18:00", end: "08:00"',
        "environment churn-staging accepts runs at other hours: 18:00-08:00 instead of 09:00-17:00",
    ),
    "another template to choose from": (
        "{path: safe.yml, repository: MLOps/templates}]",
        "{path: safe.yml, repository: MLOps/templates}, {path: b.yml, repository: MLOps/templates}]",
        "environment churn-staging accepts other templates",
    ),
    "another zone": (
        "W. Europe Standard Time",
        "UTC",
        "environment churn-staging accepts runs at other hours: time zone UTC instead of W. Europe Standard Time",
    ),
    "another template": ("path: safe.yml", "path: any.yml", "environment churn-staging accepts other templates"),
    "not blocking": (
        "valid_for: 12 hours",
        "valid_for: 12 hours, blocking: false",
        "pull requests can be completed without a successful check",
    ),
    "older results": ("12 hours", "2 days", "an older result of the check stays valid"),
    "open to all": (
        "description: Settings of churn.",
        "description: Settings of churn.\n      all_pipelines: true",
        "every pipeline of the project may use the variable group churn-settings",
    ),
    "settable": (
        "settable: [limit, api.key]",
        "settable: [limit, api.key, region]",
        "region can be set when a run is started",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", some_of(list(WEAKER), 3, 0))
def test_what_becomes_weaker_is_told(service: Service, name: str) -> None:
    before, after, weaker = WEAKER[name]
    assert apply(service, released(FULL)).failed is None
    assert weaker in plan(service, released(FULL.replace(before, after))).weakens


STRONGER = {
    "more approvals": ("minimum: 2", "minimum: 3"),
    "fewer branches": ("[main, release/*]", "[main]"),
    "fewer days": ("[Monday, Tuesday]", "[Monday]"),
    "shorter": ('"17:00"', '"16:00"'),
    "a branch that the pattern held": ("[main, release/*]", "[main, release/1]"),
    "more paths": ("[/releases/*]", "[/releases/*, /ml/*]"),
    "all paths": ("paths: [/releases/*], ", ""),
    "newer results": (", valid_for: 12 hours", ""),
}


@pytest.mark.parametrize(("before", "after"), STRONGER.values(), ids=STRONGER)
def test_what_becomes_stronger_is_no_reason_to_stop(service: Service, before: str, after: str) -> None:
    assert apply(service, released(FULL)).failed is None
    found = plan(service, released(FULL.replace(before, after)))
    assert found.changes
    assert found.weakens == ()
