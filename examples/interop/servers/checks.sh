# Sourced by the recipes: what our client is asked to do with a server. No check knows which one it is.
#
# PORT and TLS_PORT say where it is, MAILBOXES/USER/Maildir what it serves, APOP and SCRAM what it offers (yes or nothing).
. "$HERE/servers/tools.sh"

# Each has the password "secret" and all messages.
USERS=(raw sasl apop scram scram-tls cut cut-keep unheard unanswered killed refused)
for channel in plain stls tls; do USERS+=("$channel-delete" "$channel-keep" "$channel-after"); done

check() {
    raw_session raw
    raw_session raw plain
    pop3_fetch
}

# seen WHAT PATTERN [TIMES]
seen() { want "$1" "$(grep -cE "$2" "$T/events")" "${3:-1}"; }

# raw_session USER [plain]: every command, and the events they bring.
raw_session() {
    local program name="raw session${2:+, AUTH PLAIN}"
    program=$(example raw_session) || exit 1
    timeout 60 "$program" "$HOST:$PORT" "$1" secret "${@:2}" >"$T/events" 2>"$T/octets.raw${2:+.$2}" </dev/null
    want "$name: ends in QUIT" "$? $(tail -1 "$T/events")" "0 Closed(Quit)"
    cp "$T/events" "$T/events.raw${2:+.$2}"
    seen "$name: CAPA before and after login" 'Capability\((Top|Uidl)\)' 4
    seen "$name: STAT" 'Ok\(Drop\(DropListing \{ messages: 7,'
    seen "$name: LIST" 'line: Scan\(' 7
    seen "$name: LIST 1" 'Ok\(Scan\(ScanListing \{ message: MessageNumber\(1\)'
    seen "$name: UIDL" 'line: UniqueId\(' 7
    seen "$name: UIDL 1" 'Ok\(UniqueId\(UidListing \{ message: MessageNumber\(1\)'
    seen "$name: TOP lacks the last three lines" 'a body of 173 octets'
    seen "$name: RETR, and again after DELE and RSET" 'a body of 223 octets' 2
    seen "$name: nothing malformed, no defects" 'Malformed|Defect' 0
}

# fetch USER STATUS SUMMARY OPTION...: one run into $T/got/USER, which says this at its end.
fetch() {
    local user=$1 status=$2 summary=$3 port=$PORT program said wait
    shift 3
    program=$(example pop3_fetch) || exit 1
    [[ " $* " != *" --tls "* ]] || port=$TLS_PORT
    [ -z "$SWITCH" ] || port=$SWITCH
    for _ in 1 2 3; do
        POP3_PASSWORD=secret timeout 60 "$program" "$@" --ca "$CA" "$user@$HOST:$port" "$T/got/$user" \
            >"$T/log" 2>"$T/log.errors" </dev/null
        said="$? $(sed 's/ ([^)]*)//' "$T/log")"
        # A server may want some time between two logins; then there is nothing to do but to wait.
        wait=$(sed -n 's/.*wants \([0-9]*\) seconds more.*/\1/p' "$T/log.errors")
        [ -n "$wait" ] || break
        sleep "$wait"
    done
    want "$user $*: ends in $status, ${summary:-nothing}" "$said" "$status $summary"
    [ "$said" = "$status $summary" ] || sed 's/^/       /' "$T/log.errors"
}

got() { all "$1: $2" "$T/got/$1/new" "${@:3}"; }
server_has() { want "$1: the server has ${2:-nothing}" "$(held "$1")" "${2:-}"; }

pop3_fetch() {
    local channel user now most="plain mime latin1 big long endless"
    mkdir "$T/got"

    # The first runs; for `keep` one of the messages arrives only later.
    for channel in plain stls tls; do
        mv "$MAILBOXES/$channel-keep/Maildir/new"/*.M2.interop "$T/late.$channel"
        fetch $channel-delete 0 "7 messages fetched, 0 known, 7 deleted" --$channel
        got $channel-delete "all messages"
        server_has $channel-delete
        fetch $channel-keep 0 "6 messages fetched, 0 known, 0 deleted" --$channel --keep
        got $channel-keep "six messages" --only "${most// /,}"
        server_has $channel-keep "$most"
        fetch $channel-after 0 "7 messages fetched, 0 known, 0 deleted" --$channel --delete-after 30
        server_has $channel-after "$ALL"
    done
    fetch sasl 0 "7 messages fetched, 0 known, 7 deleted" --stls --auth plain
    [ -z "$APOP" ] || fetch apop 0 "7 messages fetched, 0 known, 7 deleted" --stls --auth apop
    if [ -n "$SCRAM" ]; then
        # Over STLS, where TLS 1.3 could be bound to, and over nothing, where no password may be seen.
        fetch scram 0 "7 messages fetched, 0 known, 7 deleted" --plain --auth sasl
        fetch scram-tls 0 "7 messages fetched, 0 known, 7 deleted" --stls --auth sasl
    fi
    for user in sasl ${APOP:+apop} ${SCRAM:+scram scram-tls}; do
        got "$user" "all messages"
        server_has "$user"
    done

    # The second runs.
    now=$(date +%s)
    for channel in plain stls tls; do
        fetch $channel-delete 0 "0 messages fetched, 0 known, 0 deleted" --$channel
        mv "$T/late.$channel" "$MAILBOXES/$channel-keep/Maildir/new/$now.M8.interop"
        fetch $channel-keep 0 "1 messages fetched, 6 known, 0 deleted" --$channel --keep
        got $channel-keep "all messages, once"
        server_has $channel-keep "$most dots"
        fetch $channel-after 0 "0 messages fetched, 7 known, 0 deleted" --$channel --delete-after 30
        server_has $channel-after "$ALL"
    done

    # The third: now the mail was fetched 31 days ago.
    for channel in plain stls tls; do
        sed -i "s/^seen [0-9]*/seen $((now - 31 * 86400))/" "$T/got/$channel-after/pop3_fetch.state"
        fetch $channel-after 0 "0 messages fetched, 7 known, 7 deleted" --$channel --delete-after 30
        got $channel-after "all messages, once"
        server_has $channel-after
    done

    # The wire breaks in the middle of the third message, of the fifth, not at all.
    through 2000 100000
    fetch cut 75 "2 messages fetched, 0 known, 0 deleted" --plain
    server_has cut "$ALL"
    fetch cut 75 "2 messages fetched, 2 known, 0 deleted" --plain
    fetch cut 0 "3 messages fetched, 4 known, 7 deleted" --plain
    got cut "all messages, once"
    through 2000 100000
    fetch cut-keep 75 "2 messages fetched, 0 known, 0 deleted" --plain --keep
    fetch cut-keep 75 "2 messages fetched, 2 known, 0 deleted" --plain --keep
    fetch cut-keep 0 "3 messages fetched, 4 known, 0 deleted" --plain --keep
    got cut-keep "all messages, once"
    # The server does not hear QUIT, so it deletes nothing; it hears it, but nobody hears its answer.
    through before:QUIT
    fetch unheard 75 "7 messages fetched, 0 known, 0 deleted" --plain
    server_has unheard "$ALL"
    fetch unheard 0 "0 messages fetched, 7 known, 7 deleted" --plain
    got unheard "all messages, once"
    through after:QUIT
    fetch unanswered 75 "7 messages fetched, 0 known, 0 deleted" --plain
    server_has unanswered
    fetch unanswered 0 "0 messages fetched, 0 known, 0 deleted" --plain
    got unanswered "all messages, once"
    # Killed in the middle of the third message.
    through stall:2000
    killed
    fetch killed 0 "5 messages fetched, 2 known, 7 deleted" --plain
    got killed "all messages, once"
    direct
    server_has cut
    server_has cut-keep "$ALL"
    server_has unheard
    server_has killed
    refused
}

# A run that is killed when two messages are there.
killed() {
    local program run
    program=$(example pop3_fetch)
    POP3_PASSWORD=secret "$program" --plain "killed@$HOST:$SWITCH" "$T/got/killed" >"$T/log" 2>&1 </dev/null &
    run=$!
    for _ in $(seq 100); do
        [ "$(ls "$T/got/killed/new" 2>/dev/null | wc -l)" -lt 2 ] || break
        sleep 0.1
    done
    kill -KILL "$run"
    wait "$run" 2>/dev/null
    want "killed --plain: in the middle" "$? $(ls "$T/got/killed/new" | wc -l)" "137 2"
}

# What must not work.
refused() {
    local program
    program=$(example pop3_fetch)
    POP3_PASSWORD=wrong "$program" --stls --ca "$CA" "refused@$HOST:$PORT" "$T/got/refused" >"$T/log" 2>&1 </dev/null
    want "a wrong password is the end" "$? $(grep -c 'refuses the login' "$T/log")" "1 1"
    if [ -n "$SCRAM" ]; then
        rm -rf "$T/got/refused"
        POP3_PASSWORD=wrong "$program" --stls --auth sasl --ca "$CA" "refused@$HOST:$PORT" "$T/got/refused" \
            >"$T/log" 2>&1 </dev/null
        want "a wrong password is the end, by SCRAM" "$? $(grep -c 'server refuses' "$T/log")" "1 1"
    fi
    rm -rf "$T/got/refused"
    POP3_PASSWORD=secret "$program" --tls "refused@$HOST:$TLS_PORT" "$T/got/refused" >"$T/log" 2>&1 </dev/null
    want "an unknown authority is the end, over TLS" "$? $(grep -c 'certificate' "$T/log")" "1 1"
    POP3_PASSWORD=secret "$program" --stls "refused@$HOST:$PORT" "$T/got/refused" >"$T/log" 2>&1 </dev/null
    want "an unknown authority is the end, over STLS" "$? $(grep -c 'certificate' "$T/log")" "1 1"
    want "and nothing came" "$(ls "$T/got/refused/new")" ""
}
