#!/usr/bin/env bash
# mpop: delivers into a Maildir, with LF; pipelines if it may.
. "$(dirname "$0")/common.sh"
client mpop "$(mpop --version 2>/dev/null | sed -n '1s/^mpop version //p')"
OPTIONS=--sasl
serve alice bob carol dave

# fetch WHAT USER OPTION...
fetch() {
    local what=$1 user=$2
    mkdir -p "$T/got.$what"/{new,cur,tmp}
    run "$what" mpop --user="$user" --passwordeval='echo secret' --host=localhost --received-header=off \
        --uidls-file="$T/uidls.$user" --delivery=maildir,"$T/got.$what" "${@:3}"
}
plain=(--port="$PORT" --tls=off) stls=(--port="$PORT" --tls=on --tls-starttls=on --tls-trust-file="$CA")
tls=(--port="$TLS_PORT" --tls=on --tls-starttls=off --tls-trust-file="$CA")

run "server information" mpop --host=localhost "${plain[@]}" --serverinfo
for capability in PIPELINING TOP UIDL EXPIRE STLS USER; do
    want "it sees $capability" "$(grep -c "^ *$capability[ :]" "$T/log")" 1
done
fetch "USER, keep" alice "${plain[@]}" --auth=user --keep=on --pipelining=off
all "USER, keep: all messages" "$T/got.USER, keep/new" --lf
want "USER, keep: left on server" "$(held alice)" "$ALL"
fetch "again" alice "${plain[@]}" --auth=user --keep=on
want "again: nothing fetched" "$(ls "$T/got.again/new")" ""
fetch "PLAIN, pipelining, all again" alice "${plain[@]}" --auth=plain --keep=on --only-new=off --pipelining=on
all "PLAIN, pipelining, all again: all messages" "$T/got.PLAIN, pipelining, all again/new" --lf
want "SASL PLAIN was used" "$(said 'AUTH PLAIN')" 1
for mechanism in SCRAM-SHA-256 SCRAM-SHA-1 CRAM-MD5 LOGIN; do
    fetch "$mechanism" alice "${plain[@]}" --auth="${mechanism,,}" --keep=on --only-new=off
    all "$mechanism: all messages" "$T/got.$mechanism/new" --lf
    want "$mechanism was used" "$(said "AUTH $mechanism")" 1
done
fetch "STLS, delete" bob "${stls[@]}" --auth=plain --keep=off
all "STLS, delete: all messages" "$T/got.STLS, delete/new" --lf
want "STLS was used" "$(said STLS)" 1
want "STLS, delete: deleted" "$(held bob)" ""
fetch "TLS, delete" carol "${tls[@]}" --auth=user --keep=off
all "TLS, delete: all messages" "$T/got.TLS, delete/new" --lf
want "TLS, delete: deleted" "$(held carol)" ""
fetch "APOP, no large ones" dave "${plain[@]}" --auth=apop --keep=off --killsize=100000
want "APOP was used" "$(said APOP)" 1
want "APOP: nothing left" "$(held dave)" ""
