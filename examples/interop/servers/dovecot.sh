#!/usr/bin/env bash
# Our client against Debian's dovecot-pop3d, a private instance on loopback. Needs root.
#
#   dovecot.sh [--install]
. "$(dirname "$0")/../common.sh"
. "$HERE/servers/checks.sh"
. "$HERE/servers/start_dovecot.sh"
if [ "${1:-}" = --install ] && ! [ -x /usr/lib/dovecot/pop3 ]; then
    apt-get install -qy --no-install-recommends dovecot-pop3d
    # Debian starts what it installs; only our own instance is wanted.
    service dovecot stop
fi
[ -x /usr/lib/dovecot/pop3 ] || client dovecot-pop3d ""
client dovecot-pop3d "$(dovecot --version 2>/dev/null | cut -d' ' -f1)"
[ "$(id -u)" -eq 0 ] || { echo "  not root"; exit 77; }

seed
MECHANISMS="plain login apop cram-md5 scram-sha-1 scram-sha-256"
dovecot_at pop3
APOP=yes SCRAM=yes MAILBOXES=$T/home
check
want "the logins by SCRAM-SHA-256" "$(grep -c 'Login: user=<scram.*method=SCRAM-SHA-256' "$T/dovecot.log")" 2
