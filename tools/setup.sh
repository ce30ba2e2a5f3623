#!/usr/bin/env bash
# Makes .venv with everything pinned, and our own distributions in place:  tools/setup.sh runtime|all
# Does nothing when nothing has changed since the last time.
set -euo pipefail
cd "$(dirname "$0")/.."

scope=${1:-all}
files=(requirements/build.txt requirements/runtime.txt)
case "$scope" in
    runtime) ;;
    all) files+=(requirements/test.txt) ;;
    *) sed -n '2,3s/^# //p' "$0" >&2; exit 2 ;;
esac
distributions=()
for folder in shared services/* deploy/allinone; do
    if [ -f "$folder/pyproject.toml" ]; then distributions+=("$folder"); fi
done

fingerprint() {  # of a scope
    local also=()
    [ "$1" = runtime ] || also=(requirements/{test,sources}.txt)
    cat tools/setup.sh requirements/{build,runtime}.txt "${also[@]}" "${distributions[@]/%//pyproject.toml}" | cksum
}
stamp=.venv/.$scope-is
if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$(fingerprint "$scope")" ] && .venv/bin/python -c '' 2>/dev/null; then
    exit 0
fi

find_python() {  # the first Python that can make an environment, those first on which the project is tested
    local newest candidate
    for newest in 3,14 4,0; do
        for candidate in python3 python3.13 python3.12 python3.11 /usr/bin/python3 /usr/bin/python3.1[1-3]; do
            if "$candidate" -c "import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info < ($newest))" 2>/dev/null; then
                command -v "$candidate"
                return
            fi
        done
    done
    return 1
}

if ! .venv/bin/python -c 'import pip' 2>/dev/null; then
    python=$(find_python) || { tools/system_packages.sh python && python=$(find_python); } || {
        echo "Gerai needs Python 3.11, 3.12 or 3.13 with its modules venv and ensurepip (Debian: python3-venv)." >&2
        exit 3
    }
    echo "Making .venv with $("$python" --version)"
    rm -rf .venv
    "$python" -m venv .venv
fi

# Wheels only: building one would fetch build tools that nobody has pinned.
echo "Installing pinned packages"
pip=(.venv/bin/python -m pip --disable-pip-version-check install -qq)
"${pip[@]}" --only-binary :all: --require-hashes "${files[@]/#/--requirement=}"
if [ "$scope" = all ]; then
    # What has no wheel is built here, with the pinned tools that stand in the environment by now.
    "${pip[@]}" --only-binary :all: --no-binary relaxml,three --no-build-isolation --require-hashes --requirement requirements/sources.txt
fi
if [ ${#distributions[@]} -gt 0 ]; then
    echo "Installing our own: ${distributions[*]}"
    "${pip[@]}" --no-deps --no-index --no-build-isolation "${distributions[@]/#/--editable=./}"
fi
.venv/bin/python -m pip --disable-pip-version-check check >/dev/null || .venv/bin/python -m pip check
fingerprint "$scope" > "$stamp"
fingerprint runtime > .venv/.runtime-is  # which all includes
