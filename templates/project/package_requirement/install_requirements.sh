#!/usr/bin/env bash
# Installs what the tests of the endpoint need. The release runs it on the agent before the tests.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
python -m pip install --quiet --requirement requirements.txt
