import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from azrelease.release import Release, dump, load, load_document
from azrelease.yaml_document import YamlDocument
from support.release_data import releases
from support.thorough import examples


# Arbitrary examples take twice as long with coverage, and reach hardly a line that the samples do not.
@pytest.mark.no_cover
@settings(max_examples=examples(300))
@given(releases())
def test_what_is_written_is_read_back(data: dict[str, Any]) -> None:
    release = Release.model_validate(data)
    for subject in (release, release.completed()):
        assert load_document(YamlDocument.parse(dump(subject), "f.yml")).release == subject
        assert Release.model_validate(json.loads(dump(subject, form="json"))) == subject
    assert release.completed().completed() == release.completed()


@pytest.mark.parametrize(
    "name", ["insurance", "minimal", "fan-out", "insurance-managed", "insurance-kubernetes", "insurance-batch"]
)
def test_a_sample_in_full_is_the_same_release(samples: Path, name: str) -> None:
    release = load(samples / name / "release.yml").release
    full = dump(release.completed())
    assert load_document(YamlDocument.parse(full, "f.yml")).release == release.completed()
    assert json.loads(dump(release, form="json"))["name"] == release.name
