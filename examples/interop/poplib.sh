#!/usr/bin/env bash
# Python's poplib over plain, STLS and TLS, by USER/PASS and APOP. It has no SASL.
. "$(dirname "$0")/common.sh"
client "Python poplib" "$("$PYTHON" -c 'import platform, poplib; print(platform.python_version())' 2>/dev/null)"
serve alice bob
cat >"$T/session.py" <<'PYTHON'
import os, poplib, ssl, sys

way, login, port, certificate, folder = sys.argv[1:]
context = ssl.create_default_context(cafile=certificate)
if way == "TLS":
    pop = poplib.POP3_SSL("localhost", int(port), timeout=20, context=context)
else:
    pop = poplib.POP3("localhost", int(port), timeout=20)
if way == "STLS":
    pop.stls(context)
if login == "APOP":
    pop.apop("alice", "secret")
else:
    pop.user("alice"), pop.pass_("secret")
os.mkdir(folder)
count, octets = pop.stat()
listing = [line.decode() for line in pop.list()[1]]
assert len(listing) == count and sum(int(line.split()[1]) for line in listing) == octets
for number in range(1, count + 1):
    lines = pop.retr(number)[1]
    with open(f"{folder}/{number}", "wb") as file:
        file.writelines(line + b"\r\n" for line in lines)
    assert pop.top(number, 10**6)[1] == lines
pop.dele(1), pop.rset(), pop.noop(), pop.capa()
print(*listing, *(line.decode() for line in pop.uidl()[1]), sep="\n")
pop.quit()
PYTHON

before=
for way in plain STLS TLS; do
    for login in USER/PASS APOP; do
        port=$PORT
        [ "$way" != TLS ] || port=$TLS_PORT
        run "$way, $login" "$PYTHON" "$T/session.py" "$way" "$login" "$port" "$CA" "$T/$way.${login%/*}"
        want "$way, $login: LIST" "$(head -7 "$T/log")" "$LISTING"
        all "$way, $login: all messages" "$T/$way.${login%/*}"
        uids=$(tail -7 "$T/log")
        want "$way, $login: UIDL as before" "$uids" "${before:-$uids}"
        before=$uids
    done
done
want "left on server after all that" "$(held alice)" "$ALL"

run "DELE and a lost connection" "$PYTHON" -c "
import poplib
pop = poplib.POP3('localhost', $PORT, timeout=20); pop.user('bob'); pop.pass_('secret'); pop.dele(2); pop.close()"
want "nothing is deleted" "$(held bob)" "$ALL"
run "DELE and QUIT" "$PYTHON" -c "
import poplib
pop = poplib.POP3('localhost', $PORT, timeout=20); pop.user('bob'); pop.pass_('secret'); pop.dele(2); pop.dele(5); pop.quit()"
want "these two are deleted" "$(held bob)" "plain mime latin1 long endless"
