# Sourced by the recipes of dovecot: a private instance on loopback.

# dovecot_at PROTOCOL: serves pop3 or imap to USERS, on PORT and TLS_PORT.
dovecot_at() {
    local protocol=$1 user
    certificate
    free_ports PORT TLS_PORT
    chmod 755 "$T"
    mkdir -p "$T/home" "$T/run" "$T/state"
    for user in "${USERS[@]}"; do
        mkdir -p "$T/home/$user"
        [ "$protocol" != pop3 ] || cp -r "$T/seed/lf" "$T/home/$user/Maildir"
        echo "$user:{PLAIN}secret:65534:65534::$T/home/$user"
    done >"$T/users"
    chown -R 65534:65534 "$T/home"
    cat >"$T/dovecot.conf" <<CONF
base_dir = $T/run
state_dir = $T/state
instance_name = interop
log_path = $T/dovecot.log
protocols = $protocol
listen = 127.0.0.1
ssl = yes
ssl_cert = <$CERT
ssl_key = <$KEY
disable_plaintext_auth = no
auth_mechanisms = ${MECHANISMS:-plain login}
mail_location = maildir:~/Maildir
mail_max_userip_connections = 50
first_valid_uid = 65534
first_valid_gid = 65534
passdb {
  driver = passwd-file
  args = $T/users
}
userdb {
  driver = passwd-file
  args = $T/users
}
namespace inbox {
  inbox = yes
  separator = /
}
service $protocol-login {
  inet_listener $protocol {
    port = $PORT
  }
  inet_listener ${protocol}s {
    port = $TLS_PORT
    ssl = yes
  }
}
$SETTINGS
CONF
    dovecot -F -c "$T/dovecot.conf" >"$T/server" 2>&1 &
    SERVER=$!
    listening "$PORT" || { cat "$T/server" "$T/dovecot.log"; exit 1; }
}
SETTINGS=
