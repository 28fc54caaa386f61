# shellcheck shell=bash
# Sourced by run.sh and test.sh. prepare brings this machine to what the checkout needs: system libraries, and a
# Python environment in .venv. Whatever is said here goes to stderr, because scripts read the program's stdout.

venv=${checkout:?the script that sources this one sets it}/.venv

# Written last, so an environment without it was interrupted and is made anew.
stamp=$venv/ready

# What Qt loads, and the package that has it. Looked up as libraries and not as packages, because their names are
# the same everywhere while some packages were renamed (libglib2.0-0 became libglib2.0-0t64, which also answers to
# the old name). What each of these packages needs comes with it.
libraries=(
    # Drawing, on any platform.
    "libEGL.so.1 libegl1"
    "libGL.so.1 libgl1"
    "libglib-2.0.so.0 libglib2.0-0"
    "libfontconfig.so.1 libfontconfig1"
    "libxkbcommon.so.0 libxkbcommon0"
    "libdbus-1.so.3 libdbus-1-3"
    # QtNetwork.
    "libbrotlidec.so.1 libbrotli1"
    "libgssapi_krb5.so.2 libgssapi-krb5-2"
    # Without it Qt finds no printer.
    "libcups.so.2 libcups2"
    # X11.
    "libxcb-cursor.so.0 libxcb-cursor0"
    "libxcb-icccm.so.4 libxcb-icccm4"
    "libxcb-keysyms.so.1 libxcb-keysyms1"
    "libxcb-shape.so.0 libxcb-shape0"
    "libxcb-xkb.so.1 libxcb-xkb1"
    "libxkbcommon-x11.so.0 libxkbcommon-x11-0"
    # Wayland.
    "libwayland-cursor.so.0 libwayland-cursor0"
    "libwayland-egl.so.1 libwayland-egl1"
)

# Without a font every letter is an empty box.
font=/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf

# What the tests start, and the package that has it: a screen of their own, and a tray on it.
programs=(
    "Xvfb xvfb"
    "trayer trayer"
)

say() { printf '%s\n' "$*" >&2; }

die() {
    say "$*"
    exit 1
}

# prepare run|dev: dev has the tools of the tests as well, so it also serves run.
prepare() {
    if is_ready "$1" && [[ -z $(missing_packages "$1") ]]; then
        return
    fi
    # Two starts at once: the second waits, then finds the work done.
    exec 9<"$checkout"
    flock 9
    log=$(mktemp -t optoutdesk-setup.XXXXXX)
    install_packages "$1"
    is_ready "$1" || make_environment "$1"
    rm -f "$log"
    exec 9<&-
}

is_ready() {
    local key extra
    [[ -r $stamp ]] && read -r key extra <"$stamp" || return 1
    [[ $extra == "$1" || $extra == dev ]] && [[ $key == "$(environment_key)" ]]
}

# Changes with whatever an environment depends on: the project's requirements, this file, the Python version, and
# the folder, whose path is written into the environment's scripts.
environment_key() {
    local version
    version=$("$venv/bin/python" -V 2>/dev/null) || version=none
    {
        printf '%s\n' "$checkout" "${version%.*}"
        cat "$checkout/pyproject.toml" "$checkout/packaging/setup.sh"
    } | sha256sum | cut -d ' ' -f 1
}

missing_packages() {
    local known line
    known=$(/sbin/ldconfig -p 2>/dev/null) || known=
    for line in "${libraries[@]}"; do
        [[ $known == *$'\t'"${line% *} "* ]] || printf '%s\n' "${line#* }"
    done
    [[ -e $font ]] || printf '%s\n' fonts-dejavu-core
    if [[ $1 == dev ]]; then
        for line in "${programs[@]}"; do
            command -v "${line% *}" >/dev/null || printf '%s\n' "${line#* }"
        done
    fi
}

# The first Python that can carry the program: a version PySide6 has a build for, with its standard library whole
# (Debian packs venv and ensurepip apart). Names with a path see past a version manager that comes first in PATH.
pick_python() {
    local candidate
    for candidate in python3 /usr/bin/python3 python3.{14,13,12,11} /usr/bin/python3.11; do
        if "$candidate" -c '
import ctypes, ensurepip, sqlite3, ssl, sys, venv
sys.exit(not (3, 11) <= sys.version_info < (3, 15))' 2>/dev/null; then
            printf '%s\n' "$candidate"
            return
        fi
    done
    return 1
}

# Ubuntu 22.04's own python3 is 3.10, and it has 3.11 beside it.
python_package() {
    if grep -qs '^VERSION_CODENAME=jammy\|^UBUNTU_CODENAME=jammy' /etc/os-release; then
        printf '%s\n' python3.11-venv
    else
        printf '%s\n' python3-venv
    fi
}

install_packages() {
    local packages as_root=()
    mapfile -t packages < <(missing_packages "$1")
    is_ready "$1" || pick_python >/dev/null || packages+=("$(python_package)")
    if [[ ${#packages[@]} == 0 ]]; then
        return
    fi
    if ! command -v apt-get >/dev/null; then
        die "This script installs system packages on Debian and Ubuntu only; please install what corresponds to" \
            "these yourself and start again: ${packages[*]}"
    fi
    if [[ $EUID != 0 ]]; then
        command -v sudo >/dev/null || die "System packages are missing and there is no sudo here to install them" \
            "with; please have an administrator run this and start again: apt-get install ${packages[*]}"
        as_root=(sudo)
    fi
    say "Installing with ${as_root[*]:+sudo }apt-get, because the window, its printing, its Python or its tests need them:" \
        "${packages[*]}"
    # A broken source that none of these packages comes from is no reason to stop, so only install decides. On a
    # machine just started, the system's own updates may hold the lock for some minutes.
    # shellcheck disable=SC2016  # the inner shell expands these
    quietly "${as_root[@]}" sh -c '
        export DEBIAN_FRONTEND=noninteractive
        apt-get update
        exec apt-get install -y --no-install-recommends -o DPkg::Lock::Timeout=300 "$@"' sh "${packages[@]}" ||
        die "The system packages could not be installed; is there a connection to the internet, and may you install" \
            "packages here? What apt-get said is in $log."
    mapfile -t packages < <(missing_packages "$1")
    if [[ ${#packages[@]} != 0 ]]; then
        die "apt-get reported success, yet what these packages have is still not found: ${packages[*]}"
    fi
}

make_environment() {
    local python project=.
    python=$(pick_python) || die "No Python from 3.11 to 3.14 with its venv module was found; please install one."
    if [[ $1 == dev ]]; then
        project='.[dev]'
    fi
    say "Making the Python environment in $venv (some 100 MB to download; a minute or two, this once)."
    { quietly rm -f "$stamp" && quietly "$python" -m venv --clear "$venv"; } ||
        die "The Python environment could not be made in $venv; may you write there? What Python said is in $log."
    (cd "$checkout" && quietly "$venv/bin/python" -m pip install --disable-pip-version-check -e "$project") ||
        die "The Python packages could not be installed; is there a connection to the internet? What pip said is in" \
            "$log."
    printf '%s %s\n' "$(environment_key)" "$1" >"$stamp"
}

# The output is wanted only when something fails; CI keeps no files, so there it is printed. The program's stdin
# and our lock are not for these commands.
quietly() {
    if [[ -n ${CI:-} ]]; then
        "$@" </dev/null >&2 9<&-
    else
        "$@" </dev/null >>"$log" 2>&1 9<&-
    fi
}
