# Sourced by cron/setup: puts the program in its place and takes it away.
# Says what it did; what was in place already isn't touched.

user=digest
units='digest-run@.service digest-run@.timer digest-serve.service
    digest-backup.service digest-backup.timer'
started='digest-run@00.timer digest-run@30.timer digest-backup.timer
    digest-serve.service'
etc=$DESTDIR/etc
logs=/var/log/digest
changed=0

say()
{
    changed=1
    echo "$*"
}

# Where the machine runs on systemd; a tree that is only being filled says so
# by having the folder.
has_systemd()
{
    [ -d "$DESTDIR/run/systemd/system" ]
}

set_paths()
{
    bin=$prefix/bin/digest
    lib=$prefix/lib/digest
}

# fill FILE: a file of this folder with its places filled in.
fill()
{
    sed -e "/^@HARDENING@\$/{
        r $root/cron/hardening.conf
        d
    }" "$root/cron/$1" |
        sed -e "s|@BIN@|$bin|g; s|@LIB@|$lib|g; s|@DIR@|$dir|g" \
            -e "s|@LOG@|$logs|g; s|@USER@|$user|g"
}

# put MODE DESTINATION SOURCE: a copy in one step, unless it is there already.
# True when it wasn't.
put()
{
    if cmp -s "$3" "$2" && [ "$(stat -c %a "$2")" = "$1" ]; then
        return 1
    fi
    mkdir -p "$(dirname "$2")"
    new=$(mktemp "$2.XXXXXX")
    cat "$3" >"$new"
    chmod "$1" "$new"
    mv -f "$new" "$2"
    say "Installed $2"
}

# put_filled MODE DESTINATION FILE: the same for a file of this folder.
put_filled()
{
    filled=$(mktemp)
    fill "$3" >"$filled"
    if put "$1" "$2" "$filled"; then
        rm -f "$filled"
        return 0
    fi
    rm -f "$filled"
    return 1
}

# folder MODE PATH: a folder of the user's own.
folder()
{
    if ! [ -d "$DESTDIR$2" ]; then
        mkdir -p "$DESTDIR$2"
        chmod "$1" "$DESTDIR$2"
        say "Made $DESTDIR$2"
    fi
    [ -n "$DESTDIR" ] || [ "$(stat -c %U "$2")" = "$user" ] || {
        chown "$user:$user" "$2"
        say "Gave $2 to $user"
    }
}

make_user()
{
    [ -z "$DESTDIR" ] || return 0
    getent passwd "$user" >/dev/null && return 0
    useradd --system --user-group --home-dir "$dir" --no-create-home \
        --shell /usr/sbin/nologin "$user"
    say "Added the user $user"
}

# In a tree that is only being filled nothing can be started.
systemctl_here()
{
    [ -n "$DESTDIR" ] || systemctl -q "$@"
}

install_units()
{
    reload=
    for unit in $units; do
        if put_filled 644 "$etc/systemd/system/$unit" "$unit"; then
            reload=1
        fi
    done
    [ -z "$reload" ] || systemctl_here daemon-reload
    for unit in $started; do
        if [ -n "$DESTDIR" ] || systemctl -q is-enabled "$unit" 2>/dev/null
        then
            continue
        fi
        systemctl_here enable --now "$unit"
        say "Started $unit"
    done
    [ -z "$reload$new_program" ] || systemctl_here try-restart digest-serve
}

install_crontab()
{
    folder 750 "$logs"
    put_filled 644 "$etc/cron.d/digest" digest.crontab || true
    put_filled 644 "$etc/logrotate.d/digest" digest.logrotate || true
    command -v cron >/dev/null || [ -n "$DESTDIR" ] ||
        echo "Neither systemd nor cron runs here; nothing runs the scheduler." >&2
    [ -n "$new_program" ] && [ -f "$dir/serve.lock" ] &&
        ! flock -n "$dir/serve.lock" true &&
        echo "\`digest serve\` still runs the old program; end it, and cron" \
            "starts the new one." || true
}

# The units see no home folders and a /tmp of their own.
check_place()
{
    case $prefix:$dir in
    *[!A-Za-z0-9/._:+-]*)
        echo "cron/setup: --prefix, --dir: only letters, digits and" \
            "/ . _ + - can stand in them" >&2
        exit 64
        ;;
    /*:/home/* | /*:/root/* | /*:/tmp/*)
        has_systemd || return 0
        echo "cron/setup: --dir $dir: choose a folder outside /home, /root" \
            "and /tmp, which the services don't see" >&2
        exit 64
        ;;
    /*:/*) ;;
    *)
        echo "cron/setup: --prefix and --dir have to begin with /" >&2
        exit 64
        ;;
    esac
}

check_root()
{
    [ -n "$DESTDIR" ] || [ "$(id -u)" = 0 ] || {
        echo "cron/setup: only root can do this; try sudo cron/setup $*" >&2
        exit 77
    }
}

install_all()
{
    set_paths
    check_place
    check_root --install
    make_user
    folder 750 "$dir"
    folder 700 "$dir/backups"
    new_program=
    if put 755 "$DESTDIR$bin" "$root/build/digest"; then
        new_program=1
    fi
    put 755 "$DESTDIR$lib/digest-picture" "$root/build/digest-picture" || true
    put_filled 755 "$DESTDIR$lib/backup" backup || true
    if has_systemd; then
        install_units
    else
        install_crontab
    fi
    [ -n "$DESTDIR" ] ||
        printf '%s\n' "$prefix" "$dir" >"$root/build/installed"
    [ $changed = 1 ] || echo "All of it was in place; nothing was changed."
    [ -f "$DESTDIR$dir/digest.yaml" ] || say_next
}

say_next()
{
    echo "Next: runuser -u $user -- $bin init $dir, fill in"
    echo "$dir/digest.yaml, see what is missing with"
    echo "runuser -u $user -- $bin -C $dir doctor"
    ! has_systemd || echo "and then: systemctl start digest-serve"
}

# take_away FILE...
take_away()
{
    for file in "$@"; do
        [ -e "$file" ] || continue
        rm -f "$file"
        say "Removed $file"
    done
}

uninstall_all()
{
    set_paths
    check_place
    check_root --uninstall
    for unit in $started; do
        [ -z "$DESTDIR" ] && has_systemd &&
            systemctl -q is-enabled "$unit" 2>/dev/null || continue
        systemctl -q disable --now "$unit"
        say "Stopped $unit"
    done
    for unit in $units; do
        take_away "$etc/systemd/system/$unit"
    done
    [ $changed = 0 ] || ! has_systemd || systemctl_here daemon-reload
    take_away "$etc/cron.d/digest" "$etc/logrotate.d/digest" \
        "$DESTDIR$bin" "$DESTDIR$lib/digest-picture" "$DESTDIR$lib/backup"
    rmdir "$DESTDIR$lib" 2>/dev/null || true
    rm -f "$root/build/installed"
    [ $changed = 1 ] || echo "There was nothing to take away."
    [ ! -d "$DESTDIR$dir" ] ||
        echo "Left the data in $DESTDIR$dir, and the user that owns it."
}
