#!/usr/bin/env bash
# Starts Opt-Out Desk from this checkout; the first start also installs what it needs.
#
#     bash packaging/run.sh             the window
#     bash packaging/run.sh COMMAND     the command line: bash packaging/run.sh help

[ -n "${BASH_VERSION:-}" ] || exec bash "$0" "$@"
set -euo pipefail
checkout=$(dirname "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")")
# shellcheck source=packaging/setup.sh disable=SC1091
source "$checkout/packaging/setup.sh"

if [[ $# == 0 && -z ${DISPLAY:-}${WAYLAND_DISPLAY:-}${QT_QPA_PLATFORM:-} ]]; then
    die "This machine has no screen to show the window on; the command line works without one:" \
        "bash packaging/run.sh help"
fi
prepare run
exec "$checkout/.venv/bin/optoutdesk" "$@"
