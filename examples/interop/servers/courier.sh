#!/usr/bin/env bash
# Our client against Debian's courier-pop, a private instance on loopback. Needs root.
#
#   courier.sh [--install]
. "$(dirname "$0")/../common.sh"
. "$HERE/servers/checks.sh"
. "$HERE/servers/start_courier.sh"
[ "${1:-}" != --install ] || get_courier courierpop3login
[ -x "$COURIER/root/usr/lib/courier/courier/courierpop3login" ] || client courier-pop ""
client courier-pop "$(version_of courier-pop)"
[ "$(id -u)" -eq 0 ] || { echo "  not root"; exit 77; }

seed
courier_at pop3
APOP= SCRAM= MAILBOXES=$T/home
check
