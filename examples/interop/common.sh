# Sourced by every script: a folder for what it writes, the server, the checks.
#
#   KEEP=1 ./curl.sh      leaves the folder, with the server's trace in it
#
# Ends with 0 if every check held, 1 if one did not, 77 if the client is not installed.

set -uo pipefail
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
ROOT=$(cd "$HERE/../.." && pwd)
T=$(mktemp -d "${TMPDIR:-/tmp}/interop.XXXXXX")
# Where a version manager stands before it, asking for the real one once is faster.
PYTHON=$(python3 -c 'import sys; print(sys.executable)') || exit 77
TARGET=${CARGO_TARGET_DIR:-$ROOT/target}
# Clients read and write their home; proxies and languages of this machine are not their business.
OLD_HOME=$HOME
export HOME=$T/home LC_ALL=C.UTF-8 no_proxy='*' NO_PROXY='*' PYTHONDONTWRITEBYTECODE=1
unset http_proxy https_proxy all_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY MAIL MAILDIR
mkdir -p "$HOME"
SERVER=
CHECKS=0
FAILURES=0

end() {
    local status=$?
    [ -z "$SERVER" ] || { kill "$SERVER" 2>/dev/null && wait "$SERVER" 2>/dev/null; }
    if declare -F stop >/dev/null; then stop; fi
    if [ "$CHECKS" -eq 0 ] && [ "$status" -eq 0 ]; then echo "  FAIL nothing was checked"; status=1; fi
    [ "$FAILURES" -eq 0 ] || status=1
    if [ -n "${KEEP:-}" ]; then echo "kept: $T"; else rm -rf "$T"; fi
    exit "$status"
}
trap end EXIT
trap 'exit 130' INT TERM

# client NAME VERSION: what is tested. Without a version it is not installed.
client() {
    echo "client $1 | $2"
    [ -n "$2" ] || exit 77
}

# The path of an example: `run-all` builds it.
example() {
    local program=$TARGET/${PROFILE:-release}/examples/$1
    [ -x "$program" ] || { echo "$program is not built" >&2; return 1; }
    echo "$program"
}

mail() { "$PYTHON" "$HERE/mail.py" "$@"; }

# The messages, their names in ALL, and what LIST should say in LISTING.
seed() {
    mail seed "$T/seed" || exit 1
    ALL=$(mail names) LISTING=$(mail listing)
}

# An authority of our own, which the clients are told to trust (CA), and what it signed for localhost.
certificate() {
    CA=$T/ca.pem CERT=$T/cert.pem KEY=$T/key.pem
    {
        openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=interop -keyout "$T/ca.key" -out "$CA" &&
            openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -keyout "$KEY" -out "$CERT" \
                -CA "$CA" -CAkey "$T/ca.key" -addext basicConstraints=critical,CA:FALSE \
                -addext subjectAltName=DNS:localhost,IP:127.0.0.1
    } >"$T/openssl.log" 2>&1 || { cat "$T/openssl.log"; exit 1; }
}

# serve USER...: starts a mailserver; each of the users has the password "secret" and all messages.
serve() {
    local program user arguments=()
    program=$(example mailserver) || exit 1
    seed
    certificate
    for user; do arguments+=(--user "$user:secret" --load "$user=$T/seed/crlf"); done
    : >"$T/server"
    "$program" --pop3 127.0.0.1:0 --pop3s 127.0.0.1:0 --tls-cert "$CERT" --tls-key "$KEY" --apop --trace \
        ${OPTIONS-} "${arguments[@]}" >"$T/server" 2>"$T/trace" &
    SERVER=$!
    for _ in $(seq 100); do
        grep -q '^try: ' "$T/server" && break
        kill -0 "$SERVER" 2>/dev/null || { cat "$T/trace"; exit 1; }
        sleep 0.05
    done
    HOST=127.0.0.1
    PORT=$(sed -n 's/^listening pop3 .*://p' "$T/server")
    TLS_PORT=$(sed -n 's/^listening pop3s .*://p' "$T/server")
}

ok() { CHECKS=$((CHECKS + 1)); echo "  ok   $1"; }
fail() {
    CHECKS=$((CHECKS + 1)) FAILURES=$((FAILURES + 1))
    echo "  FAIL $1"
}

# want WHAT GOT EXPECTED
want() { if [ "$2" = "$3" ]; then ok "$1"; else fail "$1: got '$2', expected '$3'"; fi; }

# all WHAT FOLDER [OPTIONS of compare]: the messages are all there, octet by octet.
all() {
    local said
    if said=$(mail compare "$T/seed" "${@:2}" 2>&1); then ok "$1"; else fail "$1: $said"; fi
}

# held USER: what the server still has of a mailbox.
held() { mail held "$HOST:$PORT" "$1" secret 2>&1; }

# run WHAT COMMAND...: the command ends well.
run() {
    local what=$1 status
    shift
    timeout 60 "$@" >"$T/log" 2>&1 </dev/null
    status=$?
    if [ "$status" -eq 0 ]; then ok "$what"; else fail "$what: status $status: $(tail -5 "$T/log")"; fi
}

# said COMMAND: how many sessions sent it, as the server saw it.
said() { grep -cE "^ *[0-9]+ <- +[0-9]+ $1" "$T/trace"; }
