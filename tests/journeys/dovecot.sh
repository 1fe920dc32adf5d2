# A real Dovecot: bounces read by IMAP and by POP3, over TLS with the right
# certificate, and no password for a wrong one.
. "$(dirname "$0")/../support/lib.sh"
. "$here/certificates.sh"

dovecot=$(PATH=$PATH:/usr/sbin command -v dovecot) || {
    echo "skipped: no dovecot; tests/setup installs it"
    exit 77
}
for protocol in imap pop3; do
    [ -x "/usr/lib/dovecot/$protocol" ] || {
        echo "skipped: dovecot has no $protocol; tests/setup installs it"
        exit 77
    }
done
certificates "$work/tls" || fail "no certificates"

# start_dovecot CERTIFICATE: its own folder, ports and process.
start_dovecot()
{
    imap_port=$(free_port)
    pop3_port=$(free_port)
    # Dovecot's login processes refuse to be root; started by root, they are
    # the users that its package made.
    me=$(id -un)
    login=$me
    if [ "$(id -u)" = 0 ]; then
        me=dovecot
        login=dovenull
        chmod 755 "$work"
    fi
    mkdir -p "$work/dovecot/run" "$work/dovecot/state" "$work/dovecot/home"
    [ "$(id -u)" != 0 ] || chown dovecot "$work/dovecot/home"
    printf 'bounces@example.org:{PLAIN}open sesame\n' >"$work/dovecot/users"
    # Since 2.4 the settings have other names, and their version stands first.
    if "$dovecot" --version | grep -q '^2\.[0-3]\.'; then
        cat >"$work/dovecot/settings" <<CONF
mail_location = maildir:$work/mail
ssl_cert = <$work/tls/$1.pem
ssl_key = <$work/tls/$1.key
passdb {
  driver = passwd-file
  args = username_format=%u $work/dovecot/users
}
userdb {
  driver = static
  args = uid=$(id -u "$me") gid=$(id -g "$me") home=$work/dovecot/home
}
CONF
        : >"$work/dovecot/dovecot.conf"
    else
        version=$("$dovecot" --version | sed 's/[- ].*//')
        cat >"$work/dovecot/settings" <<CONF
mail_driver = maildir
mail_path = $work/mail
ssl_server_cert_file = $work/tls/$1.pem
ssl_server_key_file = $work/tls/$1.key
passdb passwd-file {
  passwd_file_path = $work/dovecot/users
  auth_username_format = %{user}
}
userdb static {
  fields {
    uid = $(id -u "$me")
    gid = $(id -g "$me")
    home = $work/dovecot/home
  }
}
CONF
        printf 'dovecot_config_version = %s\ndovecot_storage_version = %s\n' \
            "$version" "$version" >"$work/dovecot/dovecot.conf"
    fi
    cat - "$work/dovecot/settings" >>"$work/dovecot/dovecot.conf" <<CONF
base_dir = $work/dovecot/run
state_dir = $work/dovecot/state
log_path = $work/dovecot/log
protocols = imap pop3
listen = 127.0.0.1
default_internal_user = $me
default_internal_group = $(id -gn "$me")
default_login_user = $login
first_valid_uid = 1
first_valid_gid = 1
mail_uid = $(id -u "$me")
mail_gid = $(id -g "$me")
mail_home = $work/dovecot/home
ssl = required
auth_mechanisms = plain login
service imap-login {
  chroot =
  inet_listener imap {
    port = 0
  }
  inet_listener imaps {
    port = $imap_port
    ssl = yes
  }
}
service pop3-login {
  chroot =
  inet_listener pop3 {
    port = 0
  }
  inet_listener pop3s {
    port = $pop3_port
    ssl = yes
  }
}
service anvil {
  chroot =
}
service stats {
  chroot =
}
CONF
    "$dovecot" -F -c "$work/dovecot/dovecot.conf" >"$work/dovecot/out" 2>&1 &
    pids+=($!)
    until_true 60 serves
}

serves()
{
    kill -0 "${pids[-1]}" 2>/dev/null || {
        tail -n 5 "$work/dovecot/out" "$work/dovecot/log" 2>/dev/null
        fail "dovecot doesn't start here"
    }
    answers "$imap_port" && answers "$pop3_port"
}

mailbox()
{
    sed -i "/^bounces:/c\\bounces: { address: bounces@example.org, mailbox: '$1', password_file: password, ca_file: $work/tls/ca.pem }" digest.yaml
}

deliver()
{
    mkdir -p "$work/mail/new" "$work/mail/cur" "$work/mail/tmp"
    local n
    for n in $(seq "$1" "$2"); do
        printf 'From: MAILER-DAEMON@example.net\r\nTo: bounces@example.org\r\nSubject: Undelivered Mail Returned to Sender\r\nMessage-ID: <%s@example.net>\r\n\r\n<x%s@example.net>: 550 5.1.1 User unknown\r\n' \
            "$n" "$n" >"$work/mail/new/$n.x.host"
    done
    [ "$(id -u)" != 0 ] || chown -R dovecot "$work/mail"
}

left()
{
    find "$work/mail/new" "$work/mail/cur" -type f | wc -l
}

make_folder folder 'transport: { url: maildir:outbox }
bounces: { address: bounces@example.org }'
echo 'open sesame' >password

start_dovecot good
deliver 1 3
mailbox "imaps://bounces%40example.org@localhost:$imap_port"
expect 0 "$DIGEST" --json mailbox poll
[ "$(json "$work/out" 'j["read"], j["aside"]')" = '(3, 3)' ] || fail "IMAP: three mails"
[ "$(left)" = 0 ] || fail "IMAP: mails are left"
deliver 2 260
mailbox "pop3s://bounces%40example.org@localhost:$pop3_port"
expect 0 "$DIGEST" --json mailbox poll
[ "$(json "$work/out" 'j["read"], j["again"], j["aside"]')" = '(259, 2, 257)' ] ||
    fail "POP3: what had been read before"
[ "$(left)" = 0 ] || fail "POP3: mails are left"

# Many at once, and a folder.
deliver 300 520
mailbox "imaps://bounces%40example.org@127.0.0.1:$imap_port/INBOX"
expect 0 "$DIGEST" --json mailbox poll
[ "$(json "$work/out" 'j["read"]')" = 221 ] || fail "IMAP: many mails"
[ "$(left)" = 0 ] || fail "IMAP: many mails are left"
mailbox "imaps://bounces%40example.org@localhost:$imap_port/Nowhere"
expect 66 "$DIGEST" mailbox poll

# The wrong password, and none.
for url in "imaps://bounces%40example.org@localhost:$imap_port" \
    "pop3s://bounces%40example.org@localhost:$pop3_port"; do
    mailbox "$url"
    echo 'closed' >password
    expect 77 "$DIGEST" mailbox poll
    rm password
    expect 78 "$DIGEST" mailbox poll
    warns password_file
    echo 'open sesame' >password
done

# logins: how often somebody got as far as a password.
logins()
{
    grep -cE 'Login: |auth failed' "$work/dovecot/log"
}

# A certificate that nobody signed, and one for another host.
for certificate in self other; do
    kill "${pids[-1]}"
    wait "${pids[-1]}" 2>/dev/null
    unset 'pids[-1]'
    start_dovecot $certificate
    deliver 600 600
    before=$(logins)
    for url in "imaps://bounces%40example.org@localhost:$imap_port" \
        "pop3s://bounces%40example.org@localhost:$pop3_port"; do
        mailbox "$url"
        expect 69 "$DIGEST" mailbox poll
        warns 'no password was sent'
    done
    [ "$(left)" = 1 ] || fail "a mail was taken from a server that isn't trusted"
    [ "$(logins)" = "$before" ] || fail "a password was sent"
done

# Nobody answers.
mailbox "imaps://bounces%40example.org@localhost:$(free_port)"
expect 75 "$DIGEST" mailbox poll
