#!/usr/bin/env bash
# Our client against Debian's dovecot-imapd, a private instance on loopback. Needs root.
#
#   dovecot-imap.sh [--install]
. "$(dirname "$0")/../common.sh"
. "$HERE/servers/imap_checks.sh"
. "$HERE/servers/start_dovecot.sh"
if [ "${1:-}" = --install ] && ! [ -x /usr/lib/dovecot/imap ]; then
    apt-get install -qy --no-install-recommends dovecot-imapd
    # Debian starts what it installs; only our own instance is wanted.
    service dovecot stop
fi
[ -x /usr/lib/dovecot/imap ] || client dovecot-imapd ""
client dovecot-imapd "$(dovecot --version 2>/dev/null | cut -d' ' -f1)"
[ "$(id -u)" -eq 0 ] || { echo "  not root"; exit 77; }

MECHANISMS="plain login cram-md5 scram-sha-1 scram-sha-256"
dovecot_at imap
check
