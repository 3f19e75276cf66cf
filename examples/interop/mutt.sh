#!/usr/bin/env bash
# mutt, under a pty, driven by pushed keys; copies into a Maildir, with LF.
. "$(dirname "$0")/common.sh"
command -v script >/dev/null || { echo "script (util-linux) is missing"; exit 77; }
client mutt "$(mutt -v 2>/dev/null | sed -n '1s/^Mutt \([^ ]*\).*/\1/p')"
serve alice bob carol dave

# go WHAT URL KEYS SETTINGS
go() {
    cat >"$T/rc" <<RC
set pop_pass="secret" certificate_file="$CA"
set ssl_starttls=no ssl_force_tls=no mbox_type=Maildir copy=no confirmappend=no confirmcreate=no
set move=no delete=yes quit=yes wait_key=no sleep_time=0 header_cache="" message_cachedir="" beep=no
set folder="$T" sendmail=/bin/true check_new=no mail_check=3600 pop_checkinterval=3600
$4
RC
    export TERM=xterm
    run "$1" script -qec "mutt -n -F '$T/rc' -e 'push \"$3\"' -f $2" /dev/null
}
copy() { echo "<tag-pattern>~A<enter><tag-prefix><copy-message>$T/got.$1<enter><quit>"; }
# What mutt adds to a message that it has read.
all_copied() { all "$1: all messages" "$T/got.$2/new" --lf --drop Content-Length,Lines; }

go "USER, copy" "pop://alice@localhost:$PORT/" "$(copy user)" 'set pop_authenticators=user'
all_copied "USER, copy" user
want "left on server" "$(held alice)" "$ALL"
go "delete" "pop://alice@localhost:$PORT/" "<delete-pattern>~s dots<enter><sync-mailbox><quit>" 'set pop_authenticators=user'
want "only the deleted one is deleted" "$(held alice)" "${ALL/ dots/}"
go "PLAIN over TLS" "pops://bob@localhost:$TLS_PORT/" "$(copy plain)" 'set pop_authenticators=plain'
all_copied "PLAIN over TLS" plain
want "SASL PLAIN was used" "$(said 'AUTH PLAIN')" 1
go "STLS" "pop://carol@localhost:$PORT/" "$(copy stls)" 'set ssl_starttls=yes ssl_force_tls=yes pop_authenticators=user'
all_copied STLS stls
want "STLS was used" "$(said STLS)" 1
go "APOP" "pop://dave@localhost:$PORT/" "$(copy apop)" 'set pop_authenticators=apop'
all_copied APOP apop
want "APOP was used" "$(said APOP)" 1
