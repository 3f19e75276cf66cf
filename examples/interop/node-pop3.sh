#!/usr/bin/env bash
# npm's node-pop3: plain and TLS, USER/PASS only. Its RETR leaves the dots of RFC 1939 section 3 stuffed.
. "$(dirname "$0")/common.sh"
modules=${NODE_MODULES:-$TARGET/interop/node_modules}
client node-pop3 "$(sed -n 's/^ *"version": "\(.*\)",/\1/p' "$modules/node-pop3/package.json" 2>/dev/null)"
serve alice bob
cat >"$T/session.js" <<'NODE'
const [modules, user, host, port, certificate, folder, ...deleted] = process.argv.slice(2);
const module_ = require(modules + '/node-pop3');
const Pop3 = module_.default || module_;
const fs = require('fs');
(async () => {
  const tls = certificate ? { tls: true, tlsOptions: { ca: fs.readFileSync(certificate) }, servername: 'localhost' } : {};
  const pop = new Pop3({ user, password: 'secret', host, port: Number(port), timeout: 20000, ...tls });
  const listing = await pop.LIST();
  listing.forEach(([number, size]) => console.log(number, size));
  const ids = await pop.UIDL();
  if (new Set(ids.map(([, id]) => id)).size !== ids.length) throw new Error('UIDL repeats an id');
  if (!(await pop.TOP(1, 0)).includes('Subject: ')) throw new Error('TOP');
  for (const [number] of listing) {
    // RETR() would take the octets for UTF-8.
    const [, stream] = await pop.command('RETR', number);
    const chunks = [];
    for await (const chunk of stream) chunks.push(chunk);
    fs.writeFileSync(`${folder}/${number}`, Buffer.concat([...chunks, Buffer.from('\r\n')]));
  }
  await pop.NOOP();
  for (const number of deleted) await pop.DELE(number);
  await pop.QUIT();
})().catch(error => { console.error(error); process.exit(1); });
NODE

fetch() { # fetch WHAT USER PORT CERTIFICATE [DELETED...]
    mkdir -p "$T/got.$1"
    run "$1" node "$T/session.js" "$modules" "$2" localhost "$3" "$4" "$T/got.$1" "${@:5}"
    want "$1: LIST" "$(cat "$T/log")" "$LISTING"
    all "$1: all messages, stuffed" "$T/got.$1" --stuffed
}
fetch plain alice "$PORT" ""
want "left on server" "$(held alice)" "$ALL"
fetch TLS bob "$TLS_PORT" "$CA" 2 5
want "the deleted ones are deleted" "$(held bob)" "plain mime latin1 long endless"
