#!/usr/bin/env bash
# Installs code-server, which is VS Code with its window in a browser, from the registry of npm into a folder.
# Needs Node.js 20 with npm and its headers, a compiler for C++, make and Python. Takes about a minute and 350 MB.
set -euo pipefail
mkdir -p "$1"
cd "$1"
version=4.100.3

# Scripts of packages do not run: some download programs from elsewhere, which the tests do not need.
quietly=(--ignore-scripts --no-audit --no-fund --loglevel=error)
[ -f package.json ] || echo '{"private": true}' >package.json
npm install "${quietly[@]}" "code-server@$version"
(cd node_modules/code-server/lib/vscode && npm install "${quietly[@]}" --omit=dev)

# The modules in C++ that the server loads are built here, with the headers of this Node.js where they are installed.
prefix=$(dirname "$(dirname "$(command -v node)")")
if [ -f "$prefix/include/node/node.h" ]; then
  export npm_config_nodedir=$prefix
fi
npm rebuild --build-from-source --loglevel=error argon2
cd node_modules/code-server/lib/vscode/node_modules
for module in node-pty @vscode/spdlog native-watchdog; do
  (cd "$module" && node "$(npm root --global)/npm/node_modules/node-gyp/bin/node-gyp.js" rebuild --loglevel=error)
done
