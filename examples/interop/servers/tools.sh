# Sourced by the checks: ports, and wires that break.

HOST=127.0.0.1
# Where to connect instead of PORT; see `through`.
SWITCH=
CUTTERS=

# free_ports NAME...: sets each to a port that nobody listens on.
free_ports() {
    local name port ports
    ports=$("$PYTHON" -c '
import socket, sys
sockets = [socket.create_server(("127.0.0.1", 0)) for _ in sys.argv[1:]]
print(*(s.getsockname()[1] for s in sockets))' "$@")
    for name; do
        port=${ports%% *} ports=${ports#* }
        printf -v "$name" %s "$port"
    done
}

# listening PORT: waits until somebody does.
listening() {
    for _ in $(seq 100); do
        if (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; then return 0; fi
        sleep 0.1
    done
    return 1
}

# What this file started.
stop() { [ -z "$CUTTERS" ] || kill $CUTTERS 2>/dev/null; }

# through WHERE...: the first connections are cut there (see cut.py), until `direct`.
through() {
    rm -f "$T/cut"
    "$PYTHON" "$HERE/cut.py" "$HOST:$PORT" "$@" >"$T/cut" &
    CUTTERS+=" $!"
    until [ -s "$T/cut" ]; do sleep 0.05; done
    read -r SWITCH <"$T/cut"
}
direct() { SWITCH=; }
