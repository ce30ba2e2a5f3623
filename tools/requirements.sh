#!/usr/bin/env bash
# Pins requirements/*.in with hashes in requirements/*.txt:  tools/requirements.sh [--upgrade]
# Runs on Python 3.11, the oldest we support. Should a newer one need more, the `pip check` of tools/setup.sh says so there.
set -euo pipefail
cd "$(dirname "$0")/.."

python=$(command -v python3.11) || { echo "Pinning needs python3.11, the oldest Python we support." >&2; exit 3; }
tools=$(mktemp -d)
trap 'rm -rf "$tools"' EXIT
"$python" -m venv "$tools"
"$tools/bin/python" -m pip install -qq --disable-pip-version-check 'pip-tools==7.6.2'

# No header, no options of this machine: the files say what, never from where.
for name in build runtime test sources; do
    echo "Pinning requirements/$name.txt"
    CUSTOM_COMPILE_COMMAND='make requirements' "$tools/bin/pip-compile" --quiet --generate-hashes --allow-unsafe --strip-extras --no-header \
        --no-emit-index-url --no-emit-trusted-host --no-emit-find-links --no-emit-options \
        "$@" --output-file "requirements/$name.txt" "requirements/$name.in"
done
