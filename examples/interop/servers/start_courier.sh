# Sourced by the recipes of courier: a private instance on loopback.
#
# Its paths are compiled in and its packages remove dovecot's, so nothing is installed: the packages are unpacked below
# the target directory and stand over /usr and /etc in a mount namespace of their own.

COURIER=$TARGET/interop/courier
PACKAGES="courier-pop courier-imap courier-base libcourier-unicode4 courier-authlib courier-authlib-userdb
    courier-authdaemon libltdl7 gamin libgamin0"

# get_courier PROGRAM: unpacks the packages if this one is not there.
get_courier() {
    [ ! -x "$COURIER/root/usr/lib/courier/courier/$1" ] || return 0
    rm -rf "$COURIER" && mkdir -p "$COURIER" && cd "$COURIER" || exit 1
    # shellcheck disable=SC2086
    apt-get download -q $PACKAGES && for package in *.deb; do dpkg -x "$package" unpacked; done && mv unpacked root
    cd "$OLDPWD" || exit 1
}

# version_of PACKAGE
version_of() { ls "$COURIER" 2>/dev/null | sed -n "s/^$1_\\(.*\\)_.*\\.deb$/\\1/p" | sed 's/%3a/:/'; }

# courier_at PROTOCOL: serves pop3 or imap to USERS, on PORT and TLS_PORT.
courier_at() {
    local protocol=$1 user hash
    certificate
    free_ports PORT TLS_PORT
    chmod 755 "$T"
    mkdir -p "$T/home" "$T/etc/courier/shared"
    hash=$(openssl passwd -6 secret)
    for user in "${USERS[@]}"; do
        mkdir -p "$T/home/$user"
        case $protocol in
        pop3) cp -r "$T/seed/lf" "$T/home/$user/Maildir" ;;
        imap) mkdir -p "$T/home/$user/Maildir"/{tmp,new,cur} ;;
        esac
        printf '%s\tuid=65534|gid=65534|home=%s|mail=%s/Maildir|shell=/bin/false|systempw=%s\n' \
            "$user" "$T/home/$user" "$T/home/$user" "$hash"
    done >"$T/etc/courier/userdb"
    chown -R 65534:65534 "$T/home"
    chmod 700 "$T/etc/courier" && chmod 600 "$T/etc/courier/userdb"
    cat >"$T/etc/courier/authdaemonrc" <<'RC'
authmodulelist="authuserdb"
authmodulelistorig="authuserdb"
daemons=2
authdaemonvar=/run/courier/authdaemon
DEBUG_LOGIN=0
DEFAULTOPTIONS=""
RC
    # couriertls asks for the user that the package would have made.
    { cat /etc/passwd; echo "courier:x:65533:65533::$T:/bin/false"; } >"$T/etc/passwd"
    { cat /etc/group; echo "courier:x:65533:"; } >"$T/etc/group"
    cat "$KEY" "$CERT" >"$T/etc/courier/server.pem"
    chmod 600 "$T/etc/courier/server.pem"
    chown 65533 "$T/etc/courier" "$T/etc/courier/server.pem"
    inside_"$protocol" >"$T/serve"
    cat >"$T/inside" <<INSIDE
set -e
mount -t overlay overlay -o lowerdir=$COURIER/root/usr:/usr /usr
# The overlay has the folder to mount upon, in which there may be written.
mount -t overlay overlay -o lowerdir=$T/etc:/etc /etc
mount --bind $T/etc/courier /etc/courier
mount -t tmpfs none /run
mkdir -p /run/courier/authdaemon
export LD_LIBRARY_PATH=/usr/lib:/usr/lib/x86_64-linux-gnu
/usr/sbin/makeuserdb
export COURIERTLS=/usr/bin/couriertls TLS_CERTFILE=/etc/courier/server.pem TLS_VERIFYPEER=NONE MAILDIRPATH=Maildir
export prefix=/usr
# What it started ends with it.
trap 'kill \$(jobs -p); wait; exit' TERM
/usr/lib/courier/courier-authlib/authdaemond &
serve() { /usr/sbin/couriertcpd -address=127.0.0.1 -maxprocs=40 -maxperip=40 -nodnslookup -noidentlookup "\$@" & }
. $T/serve
wait
INSIDE
    unshare -m bash "$T/inside" >"$T/server" 2>&1 &
    SERVER=$!
    listening "$PORT" && listening "$TLS_PORT" || { cat "$T/server"; exit 1; }
}

inside_pop3() {
    cat <<SERVE
export POP3AUTH="PLAIN LOGIN" POP3AUTH_TLS="PLAIN LOGIN" POP3_STARTTLS=YES POP3_TLS_REQUIRED=0 POP3_PROXY=0
serve $PORT /usr/lib/courier/courier/courierpop3login /usr/lib/courier/courier/courierpop3d Maildir
POP3_TLS=1 serve $TLS_PORT /usr/bin/couriertls -server -tcpd \\
    /usr/lib/courier/courier/courierpop3login /usr/lib/courier/courier/courierpop3d Maildir
SERVE
}

# The settings are those that its package comes with, but that IDLE looks for news more often than every minute (FAM, which
# would tell it, cannot run here), and that AUTH=PLAIN is offered.
inside_imap() {
    cat <<SERVE
set -a
. $COURIER/root/etc/courier/imapd
. $COURIER/root/etc/courier/imapd-ssl
set +a
export IMAP_STARTTLS=YES IMAP_TLS_REQUIRED=0 IMAP_PROXY=0 TLS_CERTFILE=/etc/courier/server.pem TLS_CACHEFILE= IMAP_IDLE_TIMEOUT=1
export IMAP_CAPABILITY="\$IMAP_CAPABILITY AUTH=PLAIN" IMAP_CAPABILITY_TLS="\$IMAP_CAPABILITY AUTH=PLAIN"
serve $PORT /usr/lib/courier/courier/imaplogin /usr/bin/imapd Maildir
IMAP_TLS=1 serve $TLS_PORT /usr/bin/couriertls -server -tcpd /usr/lib/courier/courier/imaplogin /usr/bin/imapd Maildir
SERVE
}
