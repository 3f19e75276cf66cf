#!/usr/bin/env bash
# Our client against Debian's cyrus-imapd, a private instance on loopback. Needs root.
#
#   cyrus-imap.sh [--install]
#
# Its package removes dovecot's, so it is not installed: the packages are unpacked below the target directory and run there.
. "$(dirname "$0")/../common.sh"
. "$HERE/servers/imap_checks.sh"
CYRUS=$TARGET/interop/cyrus
PACKAGES="cyrus-common cyrus-imapd libclamav12 libical3 libmspack0 libpcre3 libxapian30 libzephyr4 sasl2-bin"
if [ "${1:-}" = --install ] && ! [ -x "$CYRUS/root/usr/lib/cyrus/bin/imapd" ]; then
    rm -rf "$CYRUS" && mkdir -p "$CYRUS" && cd "$CYRUS" || exit 1
    # shellcheck disable=SC2086
    apt-get download -q $PACKAGES && for package in *.deb; do dpkg -x "$package" unpacked; done && mv unpacked root
    cd "$OLDPWD" || exit 1
fi
ROOT=$CYRUS/root
[ -x "$ROOT/usr/lib/cyrus/bin/imapd" ] || client cyrus-imapd ""
client cyrus-imapd "$(ls "$CYRUS" | sed -n 's/^cyrus-imapd_\(.*\)_.*\.deb$/\1/p')"
[ "$(id -u)" -eq 0 ] || { echo "  not root"; exit 77; }

certificate
free_ports PORT TLS_PORT
chmod 755 "$T"
mkdir -p "$T"/lib/{socket,proc,lock,db,log} "$T/spool" "$T/run"
cat >"$T/imapd.conf" <<CONF
configdirectory: $T/lib
defaultpartition: default
partition-default: $T/spool
cyrus_user: nobody
cyrus_group: nogroup
sasl_pwcheck_method: auxprop
sasl_auxprop_plugin: sasldb
sasl_sasldb_path: $T/sasldb2
sasl_mech_list: ${MECHANISMS:-PLAIN LOGIN CRAM-MD5 SCRAM-SHA-1 SCRAM-SHA-256}
allowplaintext: yes
virtdomains: off
servername: localhost
unixhierarchysep: yes
altnamespace: yes
autocreate_quota: 0
# Otherwise octets above 0x7F in header fields become X.
munge8bit: no
tls_server_cert: $CERT
tls_server_key: $KEY
idlesocket: $T/run/idle
imapidlepoll: 60
lmtpsocket: $T/run/lmtp
notifysocket: $T/run/notify
syslog_prefix: interop
CONF
bin=$ROOT/usr/lib/cyrus/bin
cat >"$T/cyrus.conf" <<CONF
START {
  recover cmd="$bin/ctl_cyrusdb -C $T/imapd.conf -r"
  idled cmd="$bin/idled -C $T/imapd.conf"
}
SERVICES {
  imap cmd="$bin/imapd -C $T/imapd.conf -U 30" listen="127.0.0.1:$PORT" prefork=0
  imaps cmd="$bin/imapd -C $T/imapd.conf -s -U 30" listen="127.0.0.1:$TLS_PORT" prefork=0
}
EVENTS {
}
CONF
libraries=$ROOT/usr/lib/x86_64-linux-gnu:$ROOT/lib/x86_64-linux-gnu
for user in "${USERS[@]}"; do
    echo secret | LD_LIBRARY_PATH=$libraries "$ROOT/usr/sbin/saslpasswd2" -p -c -f "$T/sasldb2" -u localhost "$user" || exit 1
done
chown -R nobody:nogroup "$T"
LD_LIBRARY_PATH=$libraries "$ROOT/usr/sbin/cyrmaster" -C "$T/imapd.conf" -M "$T/cyrus.conf" -p "$T/run/pid" >"$T/server" 2>&1 &
SERVER=$!
listening "$PORT" || { cat "$T/server"; exit 1; }
check
