# Debian's packages for the tests; sourced. `install` says in $why what it could not do.

can_install() { command -v apt-get >/dev/null && { [ "$(id -u)" = 0 ] || sudo -n true 2>/dev/null; }; }

install() { # packages: 1 where they do not come
    local apt=(apt-get -o Acquire::Retries=3 -o DPkg::Lock::Timeout=120)
    [ "$(id -u)" = 0 ] || apt=(sudo "${apt[@]}")
    can_install || { why="install $*"; return 1; }
    echo "installing $* (system packages)" >&2
    why="installing $* failed"
    [ -n "${updated:-}" ] || "${apt[@]}" update -qq || return 1
    updated=1
    DEBIAN_FRONTEND=noninteractive "${apt[@]}" install -y -qq --no-install-recommends "$@" >/dev/null
}
