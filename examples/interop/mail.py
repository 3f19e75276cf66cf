#!/usr/bin/env python3
"""The mail of the interoperability scripts: makes it, compares it, asks a server for it.

  mail.py seed DIR             what RETR should bring in DIR/N.eml, a Maildir with CRLF in DIR/crlf and
                               one with LF, as Unix servers keep it, in DIR/lf
  mail.py names DIR            the names of all messages, in their order
  mail.py listing DIR          what LIST should bring
  mail.py compare DIR GOT [--lf] [--stuffed] [--drop NAME,NAME] [--only NAME,NAME]
                               whether the files in GOT are these messages, each once, octet by octet;
                               --lf: stored with LF; --drop: without header fields that the client adds
  mail.py held HOST:PORT USER PASSWORD [CA]
                               the names of the messages a server holds, read by poplib (CA: over TLS)
"""
import base64
import hashlib
import os
import re
import sys


def header(name, *fields):
    common = ["Date: Mon, 03 Aug 2026 09:00:00 +0000", "From: Ada <ada@example.org>",
              "To: You <you@example.org>", f"Subject: interop {name}",
              f"Message-ID: <{name}@interop.example.org>"]
    return "".join(f"{line}\r\n" for line in [*common, *fields]).encode("latin-1") + b"\r\n"


def noise(octets):
    """The same on every machine, and not compressible."""
    blocks = (hashlib.sha256(b"%d" % n).digest() for n in range(octets // 32 + 1))
    return b"".join(blocks)[:octets]


def messages():
    """What RETR should bring, by name. The last one is stored without the end of its last line."""
    coded = base64.encodebytes(noise(2_000)).replace(b"\n", b"\r\n")
    random, big = noise(4_096), b""
    for n in range(10_000):
        if len(big) < 300 * 1024:
            big += b"." * (n % 4) + random[n % 4_000:][:n % 71].hex().encode() + b"\r\n"
    return {
        "plain": header("plain") + b"One line.\r\n\r\nFrom here on it is an mbox trap.\r\n>From quoted\r\n",
        "dots": header("dots") + b".\r\n..\r\n...\r\n.x\r\n\r\n. \r\n.\r\n",
        "mime": header("mime", "MIME-Version: 1.0", "Content-Type: multipart/mixed; boundary=b1")
        + b"--b1\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
        + "Grüße, 你好.\r\n".encode() + b"--b1\r\nContent-Type: application/octet-stream; name=a.bin\r\n"
        + b"Content-Transfer-Encoding: base64\r\n\r\n" + coded + b"--b1--\r\n",
        "latin1": header("latin1", "X-Raw: Gr\xfc\xdfe", "MIME-Version: 1.0",
                         "Content-Type: text/plain; charset=iso-8859-1", "Content-Transfer-Encoding: 8bit")
        + bytes(range(0xa0, 0x100)) + b"\r\n" + bytes(range(0x80, 0xa0)) + b"\r\n",
        "big": header("big") + big,
        "long": header("long") + b"x" * 998 + b"\r\n" + b"." * 998 + b"\r\n\r\n\r\n",
        "endless": header("endless") + b"The last line has no end.\r\n",
    }


def seed(folder):
    for form in ("crlf", "lf"):
        for part in ("new", "cur", "tmp"):
            os.makedirs(f"{folder}/{form}/{part}", exist_ok=True)
    for number, (name, message) in enumerate(messages().items(), 1):
        stored = message[:-2] if name == "endless" else message
        # A time of delivery, so that every server keeps the order.
        file = f"new/{1_780_000_000 + number}.M{number}.interop"
        write(f"{folder}/{number}.eml", message)
        write(f"{folder}/crlf/{file}", stored)
        write(f"{folder}/lf/{file}", stored.replace(b"\r\n", b"\n"))


def write(path, octets):
    with open(path, "wb") as file:
        file.write(octets)


def read(path):
    with open(path, "rb") as file:
        return file.read()


def without(message, fields, end):
    """The message without these header fields and the lines that continue them."""
    if not fields:
        return message
    head, gap, body = message.partition(end + end)
    names = b"|".join(re.escape(field.encode()) for field in fields)
    field = re.compile(rb"^(?:" + names + rb"):[^\n]*\n(?:[ \t][^\n]*\n)*", re.I | re.M)
    return field.sub(b"", head + end) + gap[len(end):] + body


def compare(folder, got, *options):
    option = lambda name: options[options.index(name) + 1].split(",") if name in options else []
    end = b"\n" if "--lf" in options else b"\r\n"
    fields, only = option("--drop"), option("--only")
    wanted = {name: m.replace(b"\r\n", end) for name, m in messages().items() if not only or name in only}
    if "--stuffed" in options:
        wanted = {name: re.sub(rb"^\.", b"..", m, flags=re.M) for name, m in wanted.items()}
    wrong = 0
    for file in sorted(os.listdir(got)):
        message = without(read(os.path.join(got, file)), fields, end)
        found = re.search(rb"^Subject: interop (\w+)", message, re.M)
        name = found.group(1).decode() if found else "?"
        expected = wanted.pop(name, None)
        if message == expected:
            continue
        wrong += 1
        if expected is None:
            print(f"{file}: {name} was not expected, or not twice")
            continue
        place = len(os.path.commonprefix([message, expected]))
        print(f"{file}: {name} differs at octet {place}: "
              f"got {message[place:place + 60]!r}, expected {expected[place:place + 60]!r}")
    for name in wanted:
        print(f"{name}: missing")
    return not wrong and not wanted


def held(address, user, password, ca=None):
    import poplib
    import ssl
    host, port = address.rsplit(":", 1)
    if ca:
        context = ssl.create_default_context(cafile=ca)
        pop = poplib.POP3_SSL(host, int(port), timeout=20, context=context)
    else:
        pop = poplib.POP3(host, int(port), timeout=20)
    # Without it a server may hide what has octets beyond ASCII in its header (RFC 6856).
    if "UTF8" in pop.capa():
        pop.utf8()
    pop.user(user)
    pop.pass_(password)
    names = []
    for number in range(1, pop.stat()[0] + 1):
        lines = pop.top(number, 0)[1]
        names += [line.split()[-1].decode() for line in lines if line.startswith(b"Subject: ")]
    pop.quit()
    return names


def main(what, *rest):
    if what == "seed":
        seed(*rest)
    elif what == "names":
        print(*messages())
    elif what == "listing":
        for number, message in enumerate(messages().values(), 1):
            print(number, len(message))
    elif what == "compare":
        return 0 if compare(*rest) else 1
    elif what == "held":
        print(*held(*rest))
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]) if len(sys.argv) > 1 else __doc__)
