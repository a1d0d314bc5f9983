#!/usr/bin/env bash
# Installs what the tests of the endpoint need.
set -euo pipefail
python -m pip install --quiet "pytest>=8" "pytest-cov>=5"
