"""Answers requests of the online endpoint: init() is called once, run() for each request."""

import json
import sys
from pathlib import Path
from typing import Any

sys.path.append(str(Path(__file__).resolve().parent))

from delivery import BadRequestError, load_model, rows_of

try:
    from azureml_inference_server_http.api.aml_response import AMLResponse
except ImportError:  # not in the container: in a test on a desk or in the CI pipeline
    AMLResponse = None

LOADED: dict[str, Any] = {}


def init() -> None:
    """Load the model, once."""
    LOADED["model"] = load_model()


def run(raw: str) -> Any:
    """The minutes of each delivery that is asked about: `{"minutes": [21.5]}`; or what is wrong, with status 400."""
    try:
        rows = rows_of(json.loads(raw))
    except BadRequestError as problem:
        return _refused(str(problem))
    except ValueError:
        return _refused("the request is no JSON")
    return {"minutes": [round(float(minutes), 2) for minutes in LOADED["model"].predict(rows)]}


def _refused(why: str) -> Any:
    answer = {"error": why}
    return answer if AMLResponse is None else AMLResponse(answer, 400, json_str=True)
