#!/usr/bin/env bash
# fetchmail: hands each message to a program, with LF. It has APOP for POP3, and no SASL PLAIN.
. "$(dirname "$0")/common.sh"
client fetchmail "$(fetchmail --version 2>/dev/null | sed -n 's/^This is fetchmail release \([0-9.]*[0-9]\).*/\1/p')"
serve alice bob carol dave
printf '#!/bin/sh\ncat >"$1/$$"\n' >"$T/deliver"
chmod +x "$T/deliver"

# fetch WHAT STATUS USER POLL-OPTIONS -- USER-OPTIONS
fetch() {
    local what=$1 expected=$2 user=$3 poll=$4 options=$5
    mkdir -p "$T/got.$what"
    # `invisible` and `no rewrite`: the message as it is, without a Received field.
    cat >"$T/rc" <<RC
set invisible
poll localhost $poll no dns
    user "$user" password "secret" $options no rewrite mda "$T/deliver '$T/got.$what'"
RC
    chmod 600 "$T/rc"
    timeout 60 fetchmail -f "$T/rc" --nosyslog --nobounce --pidfile "$T/pid" --idfile "$T/ids" -v >"$T/log" 2>&1 </dev/null
    want "$what: status" "$?" "$expected"
    [ "${FAILURES}" -eq 0 ] || tail -5 "$T/log"
}
plain="service $PORT protocol POP3 auth password" tls="sslcertck sslcertfile \"$CA\" sslcommonname localhost"

fetch "keep with UIDL" 0 alice "$plain uidl" 'sslproto "" keep'
all "keep with UIDL: all messages" "$T/got.keep with UIDL" --lf
want "keep with UIDL: left on server" "$(held alice)" "$ALL"
fetch "keep again" 1 alice "$plain uidl" 'sslproto "" keep'
want "keep again: nothing fetched" "$(ls "$T/got.keep again")" ""
fetch "STLS" 0 alice "$plain" "sslproto 'TLS1.2+' $tls keep fetchall"
all "STLS: all messages" "$T/got.STLS" --lf
want "STLS was used" "$(said STLS)" 1
fetch "TLS" 0 bob "service $TLS_PORT protocol POP3 auth password" "ssl $tls no keep fetchall"
all "TLS: all messages" "$T/got.TLS" --lf
want "TLS: deleted" "$(held bob)" ""
fetch "APOP" 0 carol "service $PORT protocol APOP" 'sslproto "" no keep fetchall'
all "APOP: all messages" "$T/got.APOP" --lf
want "APOP was used" "$(said APOP)" 1
want "APOP: deleted" "$(held carol)" ""
fetch "limit" 0 dave "$plain" 'sslproto "" no keep fetchall limit 100000'
want "limit: the big one stays" "$(held dave)" "big"
