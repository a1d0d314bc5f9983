"""The artifact that the endpoint samples release, and a `pytest` that takes no time."""

import json
from typing import Any

ROOT = "insurance-training/landing"
MINIMAL_ROOT = "churn-training/model"

FILES = {
    "deployment/score.py": "def init(): ...\ndef run(data): ...\n",
    "deployment/batch_score.py": "def init(): ...\ndef run(files): ...\n",
    "deployment/conda.yml": "name: scoring\n",
    "deployment/deployment.yml": (
        "name: blue\nendpoint_name: insurance\nmodel: azureml:insurance@latest\ninstance_type: Standard_DS3_v2\n"
        "code_configuration: {code: ., scoring_script: score.py}\nenvironment: azureml:scoring@latest\ninstance_count: 1\n"
    ),
    "deployment/k8s.yml": (
        "name: blue\nendpoint_name: insurance\ntype: kubernetes\nmodel: azureml:insurance@latest\n"
        "code_configuration: {code: ., scoring_script: score.py}\nenvironment: azureml:scoring@latest\ninstance_count: 1\n"
    ),
    "deployment/production.yml": (
        "name: blue\nendpoint_name: insurance\nmodel: azureml:insurance@latest\ninstance_type: Standard_DS3_v2\n"
        "code_configuration: {code: ., scoring_script: score.py}\n"
        "environment: {image: mcr.microsoft.com/azureml/x, conda_file: conda.yml}\n"
    ),
    "deployment/batch-deployment.yml": (
        "name: blue\nendpoint_name: claims\ntype: model\nmodel: azureml:insurance@latest\n"
        "code_configuration: {code: ., scoring_script: batch_score.py}\nenvironment: azureml:scoring@latest\n"
    ),
    "metadata/metrics.json": '{"accuracy": 0.95}\n',
    "package_requirement/install_requirements.sh": "set -e\n",
    "tests/sample-request.json": '{"data": [[1, 2]]}\n',
    "tests/batch/claims.csv": "1,2\n",
    "tests/integration/conftest.py": (
        "def pytest_addoption(parser):\n"
        "    for name in ('--scoreurl', '--scorekey', '--scoredeployment', '--predictions'):\n        parser.addoption(name)\n"
    ),
    **{
        f"tests/integration/{stage}_test.py": (
            "def test_it_is_reached(request):\n"
            "    assert request.config.getoption('--scoreurl').endswith('/score')\n"
            "    assert '-of-' in request.config.getoption('--scorekey')\n"
        )
        for stage in ("staging", "production", "europe", "america", "asia")
    },
}

QUICK_PYTEST = """\
#!/usr/bin/env bash
echo "pytest $*" >>"${0%/*}/pytest.log"
all="$*"
[[ "$*" == *'--scoreurl http'* && "$*" == *'--scorekey '[a-z]* || -f "${all##*--predictions }/predictions.csv" ]] || exit 4
count=0
while read -r _; do count=$((count + 1)); done <"${0%/*}/pytest.log"
[ "$count" -ne "${FAIL_TEST:-0}" ] || exit 1
"""
"""Fails the test of the number in `FAIL_TEST`, counted over all runs of the agent."""


def artifact(version: int) -> dict[str, str]:
    """The files of an artifact that has a version of the model."""
    metadata = json.dumps({"name": "insurance", "version": str(version)})
    files = {**FILES, "metadata/model.json": metadata}
    return {f"{root}/{name}": text for root in (ROOT, MINIMAL_ROOT) for name, text in files.items()}


def models(count: int) -> list[dict[str, Any]]:
    """Versions of the model, each better than the one before."""
    return [
        {"name": "insurance", "version": str(number), "tags": {"accuracy": str(0.9 + number / 100)}, "properties": {}}
        for number in range(1, count + 1)
    ]
