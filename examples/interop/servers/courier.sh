#!/usr/bin/env bash
# Our client against Debian's courier-pop, a private instance on loopback. Needs root.
#
#   courier.sh [--install]
#
# Its paths are compiled in and its package removes dovecot's, so nothing is installed: the packages are unpacked below
# the target directory (by --install) and stand over /usr and /etc in a mount namespace of their own.
. "$(dirname "$0")/../common.sh"
. "$HERE/servers/checks.sh"
packages=$TARGET/interop/courier
if [ "${1:-}" = --install ] && ! [ -d "$packages/root" ]; then
    mkdir -p "$packages" && cd "$packages" &&
        apt-get download -q courier-pop courier-base libcourier-unicode4 courier-authlib courier-authlib-userdb \
            courier-authdaemon libltdl7 &&
        for package in *.deb; do dpkg -x "$package" unpacked; done &&
        mv unpacked root
    cd "$OLDPWD" || exit 1
fi
[ -d "$packages/root" ] || client courier-pop ""
client courier-pop "$(ls "$packages" | sed -n 's/^courier-pop_\(.*\)_.*\.deb$/\1/p')"
[ "$(id -u)" -eq 0 ] || { echo "  not root"; exit 77; }

seed
certificate
free_ports PORT TLS_PORT
chmod 755 "$T"
mkdir -p "$T/home" "$T/etc/courier"
hash=$(openssl passwd -6 secret)
for user in "${USERS[@]}"; do
    mkdir -p "$T/home/$user"
    cp -r "$T/seed/lf" "$T/home/$user/Maildir"
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
cat "$KEY" "$CERT" >"$T/etc/courier/pop3d.pem"
chmod 600 "$T/etc/courier/pop3d.pem"
chown 65533 "$T/etc/courier" "$T/etc/courier/pop3d.pem"

cat >"$T/inside" <<INSIDE
set -e
mount -t overlay overlay -o lowerdir=$packages/root/usr:/usr /usr
# The overlay has the folder to mount upon, in which there may be written.
mount -t overlay overlay -o lowerdir=$T/etc:/etc /etc
mount --bind $T/etc/courier /etc/courier
mount -t tmpfs none /run
mkdir -p /run/courier/authdaemon
export LD_LIBRARY_PATH=/usr/lib:/usr/lib/x86_64-linux-gnu
/usr/sbin/makeuserdb
export POP3AUTH="PLAIN LOGIN" POP3AUTH_TLS="PLAIN LOGIN" POP3_STARTTLS=YES POP3_TLS_REQUIRED=0 POP3_PROXY=0
export COURIERTLS=/usr/bin/couriertls TLS_CERTFILE=/etc/courier/pop3d.pem TLS_VERIFYPEER=NONE MAILDIRPATH=Maildir
export prefix=/usr
# What it started ends with it.
trap 'kill \$(jobs -p); wait; exit' TERM
/usr/lib/courier/courier-authlib/authdaemond &
serve() { /usr/sbin/couriertcpd -address=127.0.0.1 -maxprocs=20 -maxperip=20 -nodnslookup -noidentlookup "\$@" & }
serve $PORT /usr/lib/courier/courier/courierpop3login /usr/lib/courier/courier/courierpop3d Maildir
POP3_TLS=1 serve $TLS_PORT /usr/bin/couriertls -server -tcpd \\
    /usr/lib/courier/courier/courierpop3login /usr/lib/courier/courier/courierpop3d Maildir
wait
INSIDE
unshare -m bash "$T/inside" >"$T/server" 2>&1 &
SERVER=$!
listening "$PORT" && listening "$TLS_PORT" || { cat "$T/server"; exit 1; }

APOP= SCRAM= MAILBOXES=$T/home
check
