"""All step templates, for a repository that has them for many releases."""

from azrelease.lowering import rollouts
from azrelease.lowering.functions import functions_template
from azrelease.pipeline import StepTemplate
from azrelease.release.tasks import (
    allocate_traffic,
    batch_deployment,
    batch_invoke,
    batch_test,
    create_aks_compute,
    delete_deployment,
    endpoint_asset,
    endpoint_test,
    evaluation_gate,
    install_azure_cli_extension,
    install_requirements,
    invoke_endpoint,
    mirror_traffic,
    model_deploy,
    online_deployment,
    publish_test_results,
    register_model,
    share_model,
)
from azrelease.templating import Templates

_SCRIPTS = (
    allocate_traffic.TEMPLATE,
    batch_deployment.TEMPLATE,
    batch_invoke.TEMPLATE,
    batch_test.TEMPLATE,
    create_aks_compute.TEMPLATE,
    delete_deployment.TEMPLATE,
    endpoint_asset.BESIDE_TEMPLATE,
    endpoint_asset.ENDPOINT_TEMPLATE,
    endpoint_test.ENDPOINT_TEST_TEMPLATE,
    endpoint_test.SERVICE_TEMPLATE,
    evaluation_gate.TEMPLATE,
    install_azure_cli_extension.TEMPLATE,
    invoke_endpoint.TEMPLATE,
    mirror_traffic.TEMPLATE,
    model_deploy.TEMPLATE,
    online_deployment.TEMPLATE,
    register_model.TEMPLATE,
    share_model.TEMPLATE,
    rollouts.BACK,
    rollouts.BATCH_BACK,
    rollouts.BATCH_FINISH,
    rollouts.FINISH,
    rollouts.RESUME,
    rollouts.SWITCH,
    rollouts.TRAFFIC,
)


def step_templates(templates: Templates) -> tuple[StepTemplate, ...]:
    """The step templates of all tasks, by name.

    Raises:
        TemplateError: a script cannot be rendered.
    """
    found = (
        functions_template(templates),
        install_requirements.TEMPLATE,
        publish_test_results.TEMPLATE,
        *(script.of(templates) for script in _SCRIPTS),
    )
    return tuple(sorted(found, key=lambda template: template.name))
