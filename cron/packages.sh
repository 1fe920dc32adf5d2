# Sourced by the setup scripts: install_missing PACKAGE... installs those of
# the packages that are missing, and says which.

can_be_root()
{
    [ "$(id -u)" = 0 ] || command -v sudo >/dev/null
}

as_root()
{
    if [ "$(id -u)" = 0 ]; then
        "$@"
    else
        sudo "$@"
    fi
}

apt_install()
{
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q \
        -o DPkg::Lock::Timeout=120 --no-install-recommends "$@"
}

install_missing()
{
    command -v dpkg-query >/dev/null || {
        echo "This isn't Debian; what it calls these packages has to be there:" >&2
        echo "  $*" >&2
        return 69
    }
    there=$(dpkg-query -W -f '${Package} ${Status}\n' "$@" 2>/dev/null |
        sed -n 's/ .* installed$//p' | tr '\n' ' ')
    missing=
    for package in "$@"; do
        case " $there" in
        *" $package "*) ;;
        *) missing="$missing $package" ;;
        esac
    done
    [ -n "$missing" ] || return 0
    can_be_root || {
        echo "These packages are missing; have them installed as root:" >&2
        echo "  apt-get install --no-install-recommends$missing" >&2
        return 69
    }
    echo "Installing$missing"
    log=$(mktemp)
    # Lists that are old, or not there at all, are fetched at need.
    apt_install $missing >"$log" 2>&1 || {
        as_root apt-get update -q >"$log" 2>&1 &&
            apt_install $missing >"$log" 2>&1
    } || {
        tail -n 20 "$log" >&2
        rm -f "$log"
        echo "Installing failed; what apt-get said stands above." >&2
        return 69
    }
    rm -f "$log"
}

# missing_libraries NAME...: of the names of pkg-config, those that aren't
# there; without pkg-config itself, all of them.
missing_libraries()
{
    for library in "$@"; do
        pkg-config --exists "$library" 2>/dev/null || printf ' %s' "$library"
    done
}
