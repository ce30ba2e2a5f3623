#!/usr/bin/env bash
# Makes sure that this machine has what the tests and the real topology need beside Python.
#   tools/system_packages.sh [--dry-run] [--optional] [servers] [browser] [voice] [python]     (default: servers browser)
# Installs what is missing with apt-get if it may, without starting any service; else says what to install and exits with 3.
# With --optional it exits with 0 whatever happens: what is missing is told, and the mall runs without it.
set -euo pipefail

dry_run=no
optional=no
wanted=()
for argument in "$@"; do
    case "$argument" in
        --dry-run) dry_run=yes ;;
        --optional) optional=yes ;;
        servers | browser | voice | python) wanted+=("$argument") ;;
        *) sed -n '2,5s/^# //p' "$0" >&2; exit 2 ;;
    esac
done
[ ${#wanted[@]} -gt 0 ] || wanted=(servers browser)

on_path() { command -v "$1" >/dev/null 2>&1; }
exists() { [ -e "$1" ]; }  # given a pattern: its first match, or the pattern itself, which does not exist

missing=()
for kind in "${wanted[@]}"; do
    case "$kind" in
        servers)
            { exists /usr/lib/rabbitmq/bin/rabbitmq-server || on_path rabbitmq-server; } && on_path epmd || missing+=(rabbitmq-server)
            exists /usr/lib/postgresql/*/bin/initdb || on_path initdb || missing+=(postgresql) ;;
        browser)
            # The shell is the browser without a window around its pages: half the work. Older archives have none.
            on_path chromium-headless-shell || on_path chromium || on_path chromium-browser || on_path google-chrome ||
                missing+=(chromium-headless-shell) ;;
        voice)
            on_path espeak-ng || missing+=(espeak-ng) ;;
        python)
            missing+=(python3-venv) ;;  # asked for only by tools/setup.sh, when no Python that it found will do
    esac
done
[ ${#missing[@]} -gt 0 ] || exit 0
[ "$optional" = no ] || trap 'exit 0' EXIT

if [ "$(id -u)" = 0 ]; then
    as_root=()
elif on_path sudo && sudo -n true 2>/dev/null; then
    as_root=(sudo -n)
else
    as_root=(none)
fi
if [ "${as_root[*]}" = none ] || ! on_path apt-get; then
    echo "Missing on this machine: ${missing[*]} (names of Debian's packages). Please install, for example:" >&2
    echo "    apt-get install --no-install-recommends ${missing[*]}" >&2
    exit 3
fi

run() {
    if [ "$dry_run" = yes ]; then echo "would run: ${as_root[*]+${as_root[*]} }$*" >&2; else "${as_root[@]}" "$@"; fi
}
write() {  # path, mode, text
    if [ "$dry_run" = yes ]; then
        echo "would write: $1: $3"
    else
        "${as_root[@]}" mkdir -p "$(dirname "$1")"
        printf '%s\n' "$3" | "${as_root[@]}" tee "$1" >/dev/null
        "${as_root[@]}" chmod "$2" "$1"
    fi
}

# We start private servers of our own; the packages' services must neither start now nor get a database cluster.
policy=/usr/sbin/policy-rc.d
cluster=/etc/postgresql-common/createcluster.d/90-gerai.conf
written=("$cluster")
exists "$policy" || written+=("$policy")
trap 'status=$?; run rm -f "${written[@]}"; [ "$optional" = no ] || exit 0; exit "$status"' EXIT
write "$cluster" 644 'create_main_cluster = false'
exists "$policy" || write "$policy" 755 $'#!/bin/sh\nexit 101'

echo "Installing ${missing[*]}"
# What can be done without is not waited for where nothing answers.
patience=()
[ "$optional" = no ] || patience=(-o Acquire::Retries=0 -o Acquire::http::Timeout=10 -o Acquire::https::Timeout=10)
run apt-get -qq "${patience[@]}" update
for at in "${!missing[@]}"; do
    if [ "${missing[$at]}" = chromium-headless-shell ] && ! apt-cache show chromium-headless-shell >/dev/null 2>&1; then
        missing[at]=chromium
    fi
done
run env DEBIAN_FRONTEND=noninteractive apt-get -qq "${patience[@]}" install --yes --no-install-recommends "${missing[@]}" >/dev/null
