#!/usr/bin/env bash
# Our client against Debian's courier-imap, a private instance on loopback. Needs root.
#
#   courier-imap.sh [--install]
. "$(dirname "$0")/../common.sh"
. "$HERE/servers/imap_checks.sh"
. "$HERE/servers/start_courier.sh"
[ "${1:-}" != --install ] || get_courier imaplogin
[ -x "$COURIER/root/usr/lib/courier/courier/imaplogin" ] || client courier-imap ""
client courier-imap "$(version_of courier-imap)"
[ "$(id -u)" -eq 0 ] || { echo "  not root"; exit 77; }

courier_at imap
check
