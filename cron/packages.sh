# Sourced by the setup scripts: install_missing PACKAGE... installs those of
# the packages that are missing, and says which.

install_missing()
{
    missing=
    for package in "$@"; do
        case $(dpkg-query -W -f '${Status}' "$package" 2>/dev/null) in
        *' installed') ;;
        *) missing="$missing $package" ;;
        esac
    done
    [ -n "$missing" ] || return 0
    as_root=
    if [ "$(id -u)" != 0 ]; then
        command -v sudo >/dev/null || {
            echo "These packages are missing; have them installed as root:" >&2
            echo "  apt-get install --no-install-recommends$missing" >&2
            return 69
        }
        as_root=sudo
    fi
    echo "Installing$missing"
    log=$(mktemp)
    # Lists that are old, or not there at all, are fetched at need.
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q \
        --no-install-recommends $missing >"$log" 2>&1 || {
        $as_root apt-get update -q >"$log" 2>&1 &&
            $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y \
                -q --no-install-recommends $missing >"$log" 2>&1
    } || {
        tail -n 20 "$log" >&2
        rm -f "$log"
        echo "Installing failed; what apt-get said stands above." >&2
        return 69
    }
    rm -f "$log"
}
