# Sourced by the recipes: what our client is asked to do with an IMAP server. No check knows which one it is.
#
# PORT and TLS_PORT say where it is. Each of USERS has the password "secret" and an INBOX without mail.
. "$HERE/servers/tools.sh"

CHANNELS=(plain starttls tls)
USERS=(meanwhile cut killed chosen refused polled again)
for channel in "${CHANNELS[@]}"; do USERS+=("$channel" "$channel-idle"); done

imap() { "$PYTHON" "$HERE/imap.py" "$@"; }
# at USER WHAT...: another client.
at() { imap "$2" "$HOST:$PORT" "$1" "${@:3}"; }

check() {
    local channel
    mkdir "$T/got"
    : >"$T/odd"
    logs_in
    for channel in "${CHANNELS[@]}"; do
        fetches "$channel"
        watches "$channel"
    done
    meanwhile
    breaks
    kills
    chooses
    changes_uid_validity
    polls
    comes_back
    refuses
    want "nothing was unparsed" "$(grep -c unparsed "$T/odd")" 0
    sed 's/ at octet [0-9]*//; s/^/  odd  /' "$T/odd" | sort | uniq -c | sort -rn | head -20
}

# way USER OPTION...: the address, and the authority to trust.
way() {
    local port=$PORT
    [[ " $* " != *" --tls "* ]] || port=$TLS_PORT
    [ -z "$SWITCH" ] || port=$SWITCH
    echo "$1@$HOST:$port"
}

# program NAME USER OPTION... -- ARGUMENT...: runs it; what it says is in $T/log and $T/log.errors.
program() {
    local program options=()
    program=$(example "$1") || exit 1
    local user=$2
    shift 2
    while [ "${1:---}" != -- ]; do options+=("$1"); shift; done
    IMAP_PASSWORD=${PASSWORD:-secret} timeout 120 "$program" --verbose --ca "$CA" "${options[@]}" \
        "$(way "$user" "${options[@]}")" "${@:2}" >"$T/log" 2>"$T/log.errors" </dev/null
}

odd() { grep -E ': (defect|unparsed) ' "$T/log.errors" >>"$T/odd"; }

# fetch USER STATUS SUMMARY OPTION...: one run into $T/got/USER, which says this at its end.
fetch() {
    local user=$1 status=$2 summary=$3 said
    shift 3
    program imap_fetch "$user" "$@" -- "$T/got/$user"
    said="$? $(tail -1 "$T/log" | sed 's/ ([^)]*)//')"
    want "$user $*: ends in $status, ${summary:-nothing}" "$said" "$status $summary"
    [ "$said" = "$status $summary" ] || sed 's/^/       /' "$T/log.errors" | head -20
    odd
}

# got USER WHAT [OPTIONS of compare]
got() {
    local said
    if said=$(imap compare "$T/got/$1" "$T/layout" "${@:3}" 2>&1); then ok "$1: $2"; else fail "$1: $2: $said"; fi
}

seeded() { at "$1" seed "$T/layout" || fail "$1: cannot be seeded"; MAIL=$(imap count "$T/layout"); }

# Every way to log in that both sides have, and the best.
logs_in() {
    local mechanism
    program imap_fetch plain --starttls --list --trace --
    grep -oE 'AUTH=[A-Z0-9-]+' "$T/log.errors" | sort -u | sed s/AUTH=// >"$T/offered"
    for mechanism in SCRAM-SHA-256 SCRAM-SHA-1 CRAM-MD5 PLAIN LOGIN; do
        grep -qx "$mechanism" "$T/offered" || continue
        program imap_fetch plain --starttls --auth "$mechanism" --list --trace --
        want "AUTH=$mechanism" "$? $(grep -c "AUTHENTICATE $mechanism" "$T/log.errors")" "0 1"
        PASSWORD=wrong program imap_fetch plain --starttls --auth "$mechanism" --list --
        want "AUTH=$mechanism, wrong password" "$?" 1
    done
    program imap_fetch plain --starttls --auth login --list --trace --
    want "LOGIN" "$? $(grep -cE '^-> .* LOGIN ' "$T/log.errors")" "0 1"
}

fetches() {
    local user=$1 channel=--$1
    seeded "$user"
    program imap_fetch "$user" "$channel" --list --
    odd
    imap names "$T/layout" >"$T/names"
    want "$user: lists all mailboxes" "$(cut -f4 "$T/log" | sort | grep -xFf "$T/names" | wc -l)" "$(wc -l <"$T/names")"
    want "$user: and their messages" "$(grep -P '^10\t5\t.*\tINBOX$' "$T/log" | wc -l)" 1
    program imap_fetch "$user" "$channel" --headers --mailbox INBOX --
    odd
    want "$user: headers of all messages" "$(grep -cP '\tinterop \w+$' "$T/log")" 10
    want "$user: the structure of the nested one" "$(grep -P '\tinterop nested$' "$T/log" | cut -f5)" 5
    fetch "$user" 0 "$MAIL messages fetched, 0 known, 0 changed, 0 gone" "$channel"
    got "$user" "all messages with flags and times"
    want "$user: none of them was marked" "$(at "$user" seen)" 5
    fetch "$user" 0 "0 messages fetched, $MAIL known, 0 changed, 0 gone" "$channel"
    at "$user" put late
    at "$user" flag plain '\Flagged \Answered'
    at "$user" expunge dots
    # Who expunges takes what was marked before with it.
    fetch "$user" 0 "1 messages fetched, $((MAIL - 2)) known, 1 changed, 2 gone" "$channel"
    got "$user" "one more, other flags, and what is gone there is kept" --add late --flags 'plain=\Flagged \Answered'
    at "$user" put large
    fetch "$user" 0 "1 messages fetched, $((MAIL - 1)) known, 0 changed, 0 gone" "$channel"
    got "$user" "20 MB" --add late,large --flags 'plain=\Flagged \Answered'
    fetch "$user" 0 "0 messages fetched, $MAIL known, 0 changed, 0 gone" "$channel"
    rm -rf "$T/got/$user"
}

# says PATTERN [TIMES]: waits until imap_idle has said it.
says() {
    local seconds
    for seconds in $(seq 100); do
        [ "$(grep -cE "$1" "$T/log")" -lt "${2:-1}" ] || return 0
        sleep 0.1
    done
    return 1
}
told() { if says "$@"; then ok "$NAME: ${2:-1} x $1"; else fail "$NAME: $1 was not said: $(cat "$T/log" "$T/log.errors")"; fi; }

# idle USER OPTION...: in the background.
idle() {
    NAME=$*
    : >"$T/log"
    program imap_idle "$@" -- &
    IDLE=$!
    says '^watching' || fail "$NAME: does not watch: $(cat "$T/log.errors")"
}

# ended STATUS
ended() {
    wait "$IDLE"
    want "$NAME: ends in $1" "$?" "$1"
    odd
}

# What another client does is told, one way or the other.
news() {
    local user=$1
    at "$user" put one
    told '^exists 1$'
    told '^new 1 uid [0-9]+ .* from ada@example.org subject interop one$'
    at "$user" flag one '\Flagged'
    told '^flags 1 uid [-0-9]+ \(.*\\Flagged.*\)$'
    at "$user" expunge one
    told '^(expunge 1|vanished [0-9]+)$'
    at "$user" put two
    told '^new 1 .* interop two$'
}

watches() {
    local user=$1-idle
    idle "$user" "--$1" --refresh 4 --seconds 15
    want "$NAME: has IDLE" "$(grep -c '^watching by IDLE$' "$T/log")" 1
    news "$user"
    told '^refresh$' 2
    ended 0
}

polls() {
    idle polled --starttls --poll --every 1 --events 6
    want "$NAME: asks" "$(grep -c '^watching by NOOP$' "$T/log")" 1
    news polled
    ended 0
}

# The wire breaks when IDLE is begun again; something comes meanwhile.
comes_back() {
    at polled expunge two
    through before:DONE
    idle polled --plain --refresh 2 --seconds 12
    told '^lost '
    at polled put three
    told '^watching by IDLE$' 2
    told '^new 1 .* interop three$'
    ended 0
    direct
}

# Another client expunges while bodies come.
meanwhile() {
    seeded meanwhile
    through pause:60000
    (sleep 2 && at meanwhile expunge utf8) &
    fetch meanwhile 0 "8 messages fetched, 0 known, 0 changed, 0 gone" --plain --mailbox INBOX --pipeline 1
    wait $!
    direct
    got meanwhile "all but what is gone" --only plain,dots,mime,latin1,big,long,nested,empty
    fetch meanwhile 0 "0 messages fetched, 8 known, 0 changed, 0 gone" --plain --mailbox INBOX
}

# The wire breaks in the middle of `big`, twice.
breaks() {
    seeded cut
    through 150000 100000
    fetch cut 75 "4 messages fetched, 0 known, 0 changed, 0 gone" --plain --mailbox INBOX --pipeline 1
    fetch cut 75 "0 messages fetched, 4 known, 0 changed, 0 gone" --plain --mailbox INBOX --trace
    want "cut: goes on where it broke off" "$(grep -cE 'BODY.PEEK\[\]<[1-9][0-9]{5}\.' "$T/log.errors")" 1
    fetch cut 0 "6 messages fetched, 4 known, 0 changed, 0 gone" --plain --mailbox INBOX
    direct
    got cut "all of INBOX" --only plain,dots,mime,latin1,big,long,endless,nested,utf8,empty
}

kills() {
    local run size=0
    seeded killed
    at killed put large
    run=$(example imap_fetch)
    IMAP_PASSWORD=secret "$run" --tls --ca "$CA" --mailbox INBOX "killed@$HOST:$TLS_PORT" "$T/got/killed" \
        >"$T/log" 2>&1 </dev/null &
    run=$!
    for _ in $(seq 200); do
        size=$(cat "$T/got/killed/INBOX/tmp/"* 2>/dev/null | wc -c)
        [ "$size" -lt 1000000 ] || break
        sleep 0.02
    done
    kill -KILL "$run"
    wait "$run" 2>/dev/null
    want "killed: in the middle" "$? $(find "$T/got/killed/INBOX/"{new,cur} -type f | wc -l)" "137 10"
    fetch killed 0 "1 messages fetched, 10 known, 0 changed, 0 gone" --tls --mailbox INBOX --trace
    want "killed: goes on" "$(grep -cE 'BODY.PEEK\[\]<[1-9][0-9]*\.' "$T/log.errors")" 1
    got killed "all of INBOX" --add large --only plain,dots,mime,latin1,big,long,endless,nested,utf8,empty,large
}

# Bodies on demand.
chooses() {
    seeded chosen
    fetch chosen 0 "2 messages fetched, 0 known, 0 changed, 0 gone" --starttls --mailbox INBOX --uid 2,5:6 --max-size 5000
    got chosen "two of them" --only dots,long
    fetch chosen 0 "4 messages fetched, 2 known, 0 changed, 0 gone" --starttls --mailbox INBOX --unseen --seen
    want "chosen: marked because it was asked for" "$(at chosen seen)" 9
    fetch chosen 0 "4 messages fetched, 6 known, 4 changed, 0 gone" --starttls --mailbox INBOX
    got chosen "all of INBOX, marked" --only plain,dots,mime,latin1,big,long,endless,nested,utf8,empty \
        --flags 'plain=\Seen,latin1=\Answered \Seen,big=\Draft \Seen,nested=\Seen'
}

changes_uid_validity() {
    seeded again
    fetch again 0 "$MAIL messages fetched, 0 known, 0 changed, 0 gone" --tls
    # Some count UIDVALIDITY in seconds.
    sleep 1
    at again again
    fetch again 0 "0 messages fetched, $((MAIL - 2)) known, 2 found again, 0 changed, 0 gone" --tls
    got again "all messages, once"
    fetch again 0 "0 messages fetched, $MAIL known, 0 changed, 0 gone" --tls
}

# denied WHAT PATTERN OPTION...: status 1, and why.
denied() {
    program imap_fetch refused "${@:3}" -- "$T/got/refused"
    want "$1" "$? $(grep -c "$2" "$T/log.errors")" "1 1"
    grep -q "$2" "$T/log.errors" || sed 's/^/       /' "$T/log.errors"
}

# What must not work.
refuses() {
    local trust=$CA
    PASSWORD=wrong denied "a wrong password is the end" 'refuses the login' --starttls
    CA=$T/other.pem
    openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=other -keyout "$T/other.key" -out "$CA" 2>/dev/null
    denied "an unknown authority is the end, over TLS" certificate --tls
    denied "an unknown authority is the end, over STARTTLS" certificate --starttls
    CA=$trust
    through hide:STARTTLS
    denied "without STARTTLS there is no login" 'does not offer STARTTLS' --starttls --trace
    want "and no password was sent" "$(grep -cE '^-> .*(LOGIN|AUTHENTICATE)|<hidden>' "$T/log.errors")" 0
    direct
    denied "a mailbox that is not there" 'the server refuses the mailbox' --starttls --mailbox 'No such "one"'
    want "and nothing came" "$(find "$T/got/refused" -path '*/new/*' -o -path '*/cur/*' 2>/dev/null)" ""
}
