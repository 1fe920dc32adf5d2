# start_postfix: a real Postfix of one's own, from the unpacked package: its
# configuration, queue, log and port lie in $work/postfix, and the machine's
# own mail server is left alone. It delivers example.org and bounces.example
# to Maildirs in $work/mail/USER for the users named, and nothing goes out
# into the world. Recipients aren't looked at before the message is taken, so
# that unknown ones bounce.
# Root alone can run it: it becomes several users.
start_postfix()
{
    local base=$work/postfix lib=$tools/postfix/usr/lib/postfix user
    postfix_port=$(free_port)
    # Accounts that each Debian has; none of them is used for anything else
    # in here.
    local owner=uucp setgid=news
    chmod 755 "$work"
    mkdir -p "$base/etc" "$base/queue" "$base/data" "$work/mail"
    chown "$owner" "$base/data"
    chown nobody "$work/mail"
    (
        cd "$base/queue" || exit 1
        mkdir active bounce corrupt defer deferred flush hold incoming \
            private saved trace public maildrop pid
        chown "$owner" ./*
        chmod 700 ./*
        chgrp "$setgid" public maildrop
        chmod 710 public
        chmod 730 maildrop
        chown root pid
        chmod 755 pid
    ) || return 1
    for user in "$@"; do
        printf '%s@example.org %s/\n' "$user" "$user"
        printf '%s@bounces.example %s/\n' "$user" "$user"
    done >"$base/etc/users"
    cat >"$base/etc/main.cf" <<CF
compatibility_level = 3.7
queue_directory = $base/queue
command_directory = $tools/postfix/usr/sbin
daemon_directory = $lib/sbin
shlib_directory = $lib
meta_directory = $base/etc
data_directory = $base/data
mail_owner = $owner
setgid_group = $setgid
default_privs = nobody
import_environment = MAIL_CONFIG MAIL_LOGTAG LD_LIBRARY_PATH TZ=UTC
maillog_file = $base/log
maillog_file_prefixes = $base
myhostname = mx.example.org
mydestination =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
alias_maps =
virtual_mailbox_domains = example.org, bounces.example
virtual_mailbox_base = $work/mail
virtual_mailbox_maps = texthash:$base/etc/users
virtual_minimum_uid = 1
virtual_uid_maps = static:$(id -u nobody)
virtual_gid_maps = static:$(id -g nobody)
recipient_delimiter = +
smtpd_reject_unlisted_recipient = no
smtpd_relay_restrictions = permit_mynetworks, reject
default_transport = error:no way out of here
relay_transport = error:no way out of here
notify_classes =
smtpd_peername_lookup = no
maximal_backoff_time = 5s
CF
    cat >"$base/etc/master.cf" <<CF
127.0.0.1:$postfix_port inet n - n - - smtpd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
proxymap unix - - n - - proxymap
error unix - - n - - error
retry unix - - n - - error
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
postlog unix-dgram n - n - 1 postlogd
CF
    LD_LIBRARY_PATH=$lib MAIL_CONFIG=$base/etc \
        "$lib/sbin/master" -c "$base/etc" -d >"$work/postfix.out" 2>&1 &
    pids+=($!)
    until_true 30 answers "$postfix_port"
}
