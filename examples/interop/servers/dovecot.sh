#!/usr/bin/env bash
# Our client against Debian's dovecot-pop3d, a private instance on loopback. Needs root.
#
#   dovecot.sh [--install]
. "$(dirname "$0")/../common.sh"
. "$HERE/servers/checks.sh"
if [ "${1:-}" = --install ] && ! [ -x /usr/lib/dovecot/pop3 ]; then
    apt-get install -qy --no-install-recommends dovecot-pop3d
    # Debian starts what it installs; only our own instance is wanted.
    service dovecot stop
fi
[ -x /usr/lib/dovecot/pop3 ] || client dovecot-pop3d ""
client dovecot-pop3d "$(dovecot --version 2>/dev/null | cut -d' ' -f1)"
[ "$(id -u)" -eq 0 ] || { echo "  not root"; exit 77; }

seed
certificate
free_ports PORT TLS_PORT
chmod 755 "$T"
mkdir -p "$T/home"
for user in "${USERS[@]}"; do
    mkdir -p "$T/home/$user"
    cp -r "$T/seed/lf" "$T/home/$user/Maildir"
    echo "$user:{PLAIN}secret:65534:65534::$T/home/$user"
done >"$T/users"
chown -R 65534:65534 "$T/home"
cat >"$T/dovecot.conf" <<CONF
base_dir = $T/run
state_dir = $T/state
instance_name = interop
log_path = $T/dovecot.log
protocols = pop3
listen = 127.0.0.1
ssl = yes
ssl_cert = <$CERT
ssl_key = <$KEY
disable_plaintext_auth = no
auth_mechanisms = plain login apop cram-md5 scram-sha-1 scram-sha-256
mail_location = maildir:~/Maildir
first_valid_uid = 65534
first_valid_gid = 65534
passdb {
  driver = passwd-file
  args = $T/users
}
userdb {
  driver = passwd-file
  args = $T/users
}
service pop3-login {
  inet_listener pop3 {
    port = $PORT
  }
  inet_listener pop3s {
    port = $TLS_PORT
    ssl = yes
  }
}
CONF
mkdir "$T/run" "$T/state"
dovecot -F -c "$T/dovecot.conf" >"$T/server" 2>&1 &
SERVER=$!
listening "$PORT" || { cat "$T/server" "$T/dovecot.log"; exit 1; }

APOP=yes SCRAM=yes MAILBOXES=$T/home
check
want "the logins by SCRAM-SHA-256" "$(grep -c 'Login: user=<scram.*method=SCRAM-SHA-256' "$T/dovecot.log")" 2
