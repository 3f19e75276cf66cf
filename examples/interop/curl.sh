#!/usr/bin/env bash
# curl: no state of its own, so it leaves everything on the server unless told to DELE.
. "$(dirname "$0")/common.sh"
client curl "$(curl --version 2>/dev/null | sed -n '1s/^curl \([^ ]*\).*/\1/p')"
serve alice bob
get() { curl -sS --fail --max-time 30 --cacert "$CA" -u alice:secret "$@"; }
plain=pop3://$HOST:$PORT tls=pop3s://localhost:$TLS_PORT

fetch() { # fetch WHAT BASE [OPTION...]
    rm -rf "$T/got"
    get "${@:3}" --create-dirs -o "$T/got/#1" "$2/[1-7]" 2>"$T/log"
    want "$1: status" $? 0
    all "$1: all messages" "$T/got"
}

for way in "plain $plain" "TLS $tls" "STLS $plain --ssl-reqd" "SASL PLAIN $plain --login-options AUTH=PLAIN" \
    "initial response $plain --sasl-ir" "APOP $plain --login-options AUTH=+APOP"; do
    read -r -a words <<<"${way#*pop3}"
    name=${way%% pop3*}
    base=pop3${words[0]}
    want "$name: LIST" "$(get "${words[@]:1}" "$base/" | tr -d '\r')" "$LISTING"
    fetch "$name" "$base" "${words[@]:1}"
done
want "UIDL names each one differently" "$(get "$plain/" -X UIDL | cut -d' ' -f2 | sort -u | wc -l)" 7
want "TOP" "$(get "$plain/" -X 'TOP 2 2' | tr -d '\r' | tail -2)" $'.\n..'
want "left on server after all that" "$(held alice)" "$ALL"
get -u bob:secret -l "$plain/2" -X DELE
want "DELE" "$(held bob)" "${ALL/ dots/}"
get -u alice:wrong "$plain/" 2>/dev/null
want "a wrong password is told from other failures" $? 67
want "STLS was used" "$(said 'STLS')" 2
want "APOP was used" "$(said 'APOP')" 2
