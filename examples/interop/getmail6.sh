#!/usr/bin/env bash
# getmail6: delivers into a Maildir, with LF. It has APOP and TLS, neither STLS nor SASL PLAIN for POP3.
. "$(dirname "$0")/common.sh"
client getmail6 "$(getmail --version 2>/dev/null | sed 's/^getmail //')"
serve alice bob carol

# fetch WHAT USER RETRIEVER-CLASS RETRIEVER-LINE OPTION-LINE
fetch() {
    local what=$1 user=$2 folder="$T/got.$1" delivery=
    mkdir -p "$folder"/{new,cur,tmp} "$T/getmail"
    # It does not deliver as root.
    if [ "$(id -u)" -eq 0 ]; then
        delivery="user = nobody"
        chmod 755 "$T" && chown -R nobody "$folder"
    fi
    cat >"$T/getmail/rc" <<RC
[retriever]
type = $3
server = localhost
username = $user
password = secret
$4
[destination]
type = Maildir
path = $folder/
$delivery
[options]
$5
verbose = 2
received = false
delivered_to = false
RC
    run "$what" getmail --getmaildir="$T/getmail" --rcfile=rc
}

fetch "leave on server" alice SimplePOP3Retriever "port = $PORT" $'delete = false\nread_all = false'
all "leave on server: all messages" "$T/got.leave on server/new" --lf --drop Return-Path
want "leave on server: all there" "$(held alice)" "$ALL"
fetch "again" alice SimplePOP3Retriever "port = $PORT" $'delete = false\nread_all = false'
want "again: nothing fetched" "$(ls "$T/got.again/new")" ""
fetch "TLS" bob SimplePOP3SSLRetriever "port = $TLS_PORT"$'\n'"ca_certs = $CA" 'delete = true'
all "TLS: all messages" "$T/got.TLS/new" --lf --drop Return-Path
want "TLS: deleted" "$(held bob)" ""
fetch "APOP" carol SimplePOP3Retriever "port = $PORT"$'\nuse_apop = true' 'delete = true'
all "APOP: all messages" "$T/got.APOP/new" --lf --drop Return-Path
want "APOP was used" "$(said APOP)" 1
want "APOP: deleted" "$(held carol)" ""
