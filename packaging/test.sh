#!/usr/bin/env bash
# Checks the checkout: style, types, tests and coverage; the first run also installs what they need.
#
#     bash packaging/test.sh                          everything, as CI does
#     bash packaging/test.sh tests/domain -k match    arguments go to pytest; coverage is then not asked for

[ -n "${BASH_VERSION:-}" ] || exec bash "$0" "$@"
set -euo pipefail
checkout=$(dirname "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")")
# shellcheck source=packaging/setup.sh disable=SC1091
source "$checkout/packaging/setup.sh"

prepare dev
cd "$checkout"
export PATH="$checkout/.venv/bin:$PATH" QT_QPA_PLATFORM=offscreen

# Every check runs, so that one round shows all there is to mend.
failed=()
check() {
    printf '\n== %s\n' "$*"
    "$@" || failed+=("$*")
}

check ruff check
check ruff format --check
check mypy
if [[ $# != 0 ]]; then
    check pytest "$@"
else
    check pytest -n auto --cov --cov-report=term:skip-covered
    check coverage report --include='*/optoutdesk/domain/*' --show-missing --skip-covered --fail-under=100
    check coverage report --format=total --fail-under=90
fi

if [[ ${#failed[@]} != 0 ]]; then
    printf '\nFailed:\n'
    printf '    %s\n' "${failed[@]}"
    exit 1
fi
printf '\nAll checks passed.\n'
