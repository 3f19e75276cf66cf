#!/usr/bin/env python3
"""The mailboxes of the scripts for IMAP servers: makes them, changes them, compares what was fetched.

  imap.py seed HOST:PORT USER FILE     makes the mailboxes and puts the mail into them, by imaplib; what the server
                                       makes of their names goes to FILE
  imap.py count FILE                   how many messages these are
  imap.py names FILE                   how the mailboxes are called there, sorted
  imap.py put HOST:PORT USER NAME      puts one more message into INBOX (`large`: of 20 MB)
  imap.py flag HOST:PORT USER NAME FLAGS   gives a message of INBOX these flags
  imap.py expunge HOST:PORT USER NAME  removes a message of INBOX
  imap.py again HOST:PORT USER         deletes the mailbox `Lists/rust` and makes it anew: another UIDVALIDITY
  imap.py seen HOST:PORT USER          how many messages of INBOX have \\Seen
  imap.py compare FOLDER FILE [--only NAME,NAME] [--drop NAME,NAME] [--add NAME,NAME] [--flags NAME=FLAGS]
                                       whether FOLDER holds all of it, octet by octet, with flags and times;
                                       --only: of INBOX these messages and nothing else

The password is always `secret`.
"""
import imaplib
import json
import os
import re
import sys

from mail import header, messages, noise, read

# As long as a line of a server may be.
imaplib._MAXLINE = 100_000_000
# The time of the first message; each further one is a minute later.
BEGIN = 1_780_000_000


def extra():
    """Messages that are hard on IMAP, beside those that are hard on everything."""
    inner = header("inner", "MIME-Version: 1.0", "Content-Type: text/plain") + b"inside\r\n"
    parts = b"".join(b"--b3\r\nContent-Type: text/plain; name=\"%d.txt\"\r\n\r\npart %d\r\n" % (n, n) for n in range(3))
    return {
        "nested": header("nested", "MIME-Version: 1.0", "Content-Type: multipart/mixed; boundary=b2")
        + b"--b2\r\nContent-Type: multipart/alternative; boundary=b3\r\n\r\n" + parts + b"--b3--\r\n"
        + b"--b2\r\nContent-Type: message/rfc822\r\nContent-Disposition: attachment; filename=\"a \\\"b\\\".eml\"\r\n\r\n"
        + inner + b"--b2--\r\n",
        "utf8": header("utf8", "MIME-Version: 1.0", "Content-Type: text/plain; charset=utf-8")
        .replace(b"From: Ada", "From: Ädä \"the\" Çountess".encode()) + "你好\r\n".encode(),
        "empty": header("empty"),
    }


def large():
    return header("large") + (noise(48_000).hex().encode() + b"\r\n") * 210


def contents():
    """What is in which mailbox: by its name, messages with flags."""
    flags = ["", r"\Seen", r"\Flagged \Seen", r"\Answered", r"\Draft", "", r"\Deleted \Seen"]
    inbox = {**messages(), **extra()}
    # What mail.py has as it comes back by POP3, here as it was put in.
    inbox["endless"] = inbox["endless"][:-2]
    mail = {"INBOX": [(m, flags[n % len(flags)]) for n, m in enumerate(inbox.values())]}
    for number, name in enumerate(["Lists", "Entwürfe", "With space", 'Quote "d', "日本語 & more", "Lists/rust"]):
        mail[name] = [(header(f"in{number}x{n}") + b"x\r\n" * n, r"\Seen" if n else "") for n in range(2)]
    mail["Nothing"] = []
    return mail


def utf7(name):
    import base64
    coded = lambda text: "&" + base64.b64encode(text.encode("utf-16-be")).decode().rstrip("=").replace("/", ",") + "-"
    text = name.replace("&", "&-")
    return re.sub(r"[^\x20-\x7e]+", lambda found: coded(found[0]), text)


def login(address, user):
    host, port = address.rsplit(":", 1)
    imap = imaplib.IMAP4(host, int(port), timeout=60)
    imap.login(user, "secret")
    return imap


def done(answer):
    kind, data = answer
    if kind != "OK":
        raise SystemExit(f"{kind} {data}")
    return data


def delimiter(imap):
    return re.match(rb'\(.*?\) "(.)"', done(imap.list('""', '""'))[0])[1].decode()


def wire(imap, name):
    """The name of a mailbox as this server has it, quoted."""
    if name != "INBOX":
        name = prefix(imap) + name.replace("/", delimiter(imap))
    return '"' + utf7(name).replace("\\", "\\\\").replace('"', '\\"') + '"'


def prefix(imap):
    found = re.match(rb'\(\("(.*?)"', done(imap.namespace())[0])
    return found[1].decode()


def dated():
    """Mailbox, message, flags, time of all of it."""
    all_mail = [(name, *mail) for name, mails in contents().items() for mail in mails]
    return [(*mail, BEGIN + 60 * number) for number, mail in enumerate(all_mail)]


def fill(imap, mailbox):
    for name, message, flags, date in dated():
        if name == mailbox:
            done(imap.append(wire(imap, name), f"({flags})" if flags else None, date, message))


def seed(address, user, file):
    imap = login(address, user)
    refused = []
    for name in contents():
        if name != "INBOX" and imap.create(wire(imap, name))[0] != "OK":
            refused.append(name)
        else:
            fill(imap, name)
    done(imap.select("INBOX", readonly=True))
    endless = done(imap.fetch(numbers(imap, "endless")[0], "BODY.PEEK[]"))[0][1]
    layout = {"prefix": prefix(imap), "delimiter": delimiter(imap), "refused": refused,
              "ends_lines": endless.endswith(b"\r\n")}
    with open(file, "w") as out:
        json.dump(layout, out)
    imap.logout()


class Layout:
    """How a server calls the mailboxes."""

    def __init__(self, file):
        with open(file) as layout:
            layout = json.load(layout)
        self.prefix, self.delimiter, self.refused = layout["prefix"], layout["delimiter"], layout["refused"]
        # It gives the last line its end.
        self.ends_lines = layout["ends_lines"]

    def mailboxes(self):
        end = lambda message: message if message.endswith(b"\r\n") or not self.ends_lines else message + b"\r\n"
        return {self.name(name): [(end(message), flags) for message, flags in mail]
                for name, mail in contents().items() if name not in self.refused}

    def name(self, name):
        return name if name == "INBOX" else self.prefix + name.replace("/", self.delimiter)


def inbox(address, user):
    imap = login(address, user)
    done(imap.select("INBOX"))
    return imap


def late(name):
    return large() if name == "large" else header(name) + b"late\r\n"


def put(imap, name):
    done(imap.append("INBOX", None, BEGIN + 3600, late(name)))


def numbers(imap, name):
    return done(imap.search(None, "SUBJECT", f'"interop {name}"'))[0].split()


def expunge(imap, name):
    for number in numbers(imap, name):
        done(imap.store(number, "+FLAGS.SILENT", r"(\Deleted)"))
    done(imap.expunge())


def compare(folder, file, *options):
    option = lambda name: options[options.index(name) + 1].split(",") if name in options else []
    only, drop, add = option("--only"), option("--drop"), option("--add")
    changed = dict(change.split("=") for change in option("--flags"))
    wrong = []
    for mailbox, mail in Layout(file).mailboxes().items():
        if mailbox == "INBOX":
            mail = mail + [(late(name), "") for name in add]
            mail = [(m, changed.get(subject(m), flags)) for m, flags in mail if subject(m) not in drop]
            mail = [(m, flags) for m, flags in mail if not only or subject(m) in only]
        elif only:
            continue
        wrong += differences(mailbox, os.path.join(folder, mailbox.replace("/", "%2F")), mail)
    print(*wrong, sep="\n")
    return not wrong


def subject(message):
    found = re.search(rb"^Subject: interop (\w+)", message, re.M)
    return found[1].decode() if found else "?"


LETTERS = {r"\Draft": "D", r"\Flagged": "F", r"\Answered": "R", r"\Seen": "S", r"\Deleted": "T"}


def differences(mailbox, folder, wanted):
    wanted = {subject(m): (m, "".join(sorted(LETTERS[f] for f in flags.split()))) for m, flags in wanted}
    files = [f"{part}/{file}" for part in ("new", "cur") for file in sorted(os.listdir(f"{folder}/{part}"))]
    for file in files:
        got = read(f"{folder}/{file}")
        name = subject(got)
        if name not in wanted:
            yield f"{mailbox}/{file}: {name} was not expected, or not twice"
            continue
        message, flags = wanted.pop(name)
        if got != message:
            place = len(os.path.commonprefix([got, message]))
            yield f"{mailbox}/{file}: {name} differs at octet {place}: {got[place:place + 60]!r} for {message[place:place + 60]!r}"
        letters = file.partition(":2,")[2]
        if letters != flags or file.startswith("new") == bool(flags):
            yield f"{mailbox}/{file}: {name} has the flags {letters}, expected {flags}"
        if os.path.getmtime(f"{folder}/{file}") not in times():
            yield f"{mailbox}/{file}: {name} is of {os.path.getmtime(f'{folder}/{file}')}"
    for name in wanted:
        yield f"{mailbox}: {name} is missing"


def times():
    return range(BEGIN, BEGIN + 3601, 60)


def main(what, *rest):
    if what == "seed":
        seed(*rest)
    elif what == "compare":
        return 0 if compare(*rest) else 1
    elif what == "put":
        put(inbox(*rest[:2]), *rest[2:])
    elif what == "expunge":
        expunge(inbox(*rest[:2]), rest[2])
    elif what == "flag":
        imap = inbox(*rest[:2])
        for number in numbers(imap, rest[2]):
            done(imap.store(number, "FLAGS", f"({rest[3]})"))
    elif what == "seen":
        print(len(done(inbox(*rest).search(None, "SEEN"))[0].split()))
    elif what == "again":
        imap = login(*rest)
        done(imap.delete(wire(imap, "Lists/rust")))
        done(imap.create(wire(imap, "Lists/rust")))
        fill(imap, "Lists/rust")
    elif what == "count":
        print(sum(map(len, Layout(*rest).mailboxes().values())))
    elif what == "names":
        print(*sorted(Layout(*rest).mailboxes()), sep="\n")
    else:
        sys.exit(__doc__)
    return 0


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
