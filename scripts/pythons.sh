# Which Pythons this machine has; sourced. Usable: 3.11 to 3.14, with ssl, ctypes, zlib and venv, not a build without the GIL.

usable_python() { # program: prints its version where livecam runs on it (1: it does not), and " bare" where ensurepip is missing
    "$1" -c '
import sys, sysconfig
import ctypes, ssl, venv, zlib
if not (3, 11) <= sys.version_info < (3, 15) or sys.version_info.releaselevel != "final" or sysconfig.get_config_var("Py_GIL_DISABLED"):
    sys.exit(1)
try:
    import ensurepip
except ImportError:
    print("%d.%d bare" % sys.version_info[:2])
else:
    print("%d.%d" % sys.version_info[:2])' 2>/dev/null
}

places_of() { # version: programs of that name, on the path and where pyenv and uv keep theirs, newest patch release first
    type -aP "python$1" || true
    local folder
    for folder in "${PYENV_ROOT:-$HOME/.pyenv}/versions" "${UV_PYTHON_INSTALL_DIR:-${XDG_DATA_HOME:-$HOME/.local/share}/uv/python}"; do
        [ ! -d "$folder" ] || find "$folder" -mindepth 3 -maxdepth 3 -path "*/bin/python$1" 2>/dev/null | sort -rV
    done
}

pythons() { # one line a version, newest first: version, program, and "bare" where Debian's python3-venv is missing
    local version program found bare
    for version in 3.14 3.13 3.12 3.11; do
        bare=""
        while read -r program; do
            found=$(usable_python "$program") || continue
            if [ "$found" = "$version" ]; then echo "$version $program"; continue 2; fi
            [ -n "$bare" ] || bare="$version $program bare"
        done < <(places_of "$version")
        [ -z "$bare" ] || echo "$bare"
    done
}

newest_python() { # version, program[, bare]: one that is complete before one that is not; 1 where there is none
    local all program found
    all=$(pythons)
    if [ -z "$all" ] && program=$(type -P python3) && found=$(usable_python "$program"); then
        set -- $found
        all="$1 $program ${2:-}"
    fi
    [ -n "$all" ] || return 1
    grep -v ' bare$' <<<"$all" | head -n 1 | grep . || head -n 1 <<<"$all"
}
