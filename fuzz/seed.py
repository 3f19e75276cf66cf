#!/usr/bin/env python3
"""Makes first inputs: seed.py POP3_VECTORS IMAP_VECTORS QUIRKS INTO. README.md says what from."""
import ast, hashlib, json, pathlib, re, sys

vectors, imap_vectors, quirks, into = sys.argv[1:]
units = [json.loads(line) for line in open(vectors)]
units = [u for u in units if u["valid"]]


def octets(unit):
    return unit["bytes"].encode("latin-1", "replace") if unit["bytes"].isascii() else unit["bytes"].encode()


def wires(text):
    """The byte strings of the POP3 cases, by case."""
    cases = {}
    for case, body in re.findall(r"^### ([PC]\d+)\.(.*?)(?=^### |^## |\Z)", text, re.M | re.S):
        strings = re.findall(r'`(b"(?:[^"\\`]|\\.)*")`', body)
        cases[case] = [ast.literal_eval(string) for string in strings if "<200" not in string]
    return {case: strings for case, strings in cases.items() if case[0] == "P" or case in ("C25", "C26", "C27")}


def put(target, data):
    folder = pathlib.Path(into, target)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / hashlib.sha1(data).hexdigest()).write_bytes(data)


def counted(data):
    return bytes([len(data)]) + data


def split(flags, choices, stream, sizes=b"\x03\x01\x07"):
    """The octets of pop3_client_split and pop3_server_split: one turn."""
    return bytes([flags]) + counted(choices[:15]) + counted(sizes) + counted(b"") + stream


COMMANDS = ["USER", "PASS", "CAPA", "STAT", "LIST", "LIST n", "UIDL", "UIDL n", "RETR n", "TOP n", "DELE n", "NOOP",
            "RSET", "QUIT", "AUTH PLAIN", "AUTH CRAM-MD5", "AUTH EXTERNAL", "AUTH", "STLS", "UTF8", "LANG", "LANG n",
            "APOP", "XTND", "LAST", "XLST"]


def choice(line):
    """The octet that stands for a command in pop3_client_split."""
    words = line.decode("latin-1").split()
    key = words[0].upper()
    if key == "AUTH":
        name = " ".join(words[:2]).upper()
        return COMMANDS.index(name if name in COMMANDS else "AUTH PLAIN" if len(words) > 1 else "AUTH")
    number = int(words[1]) if len(words) > 1 and words[1].isdigit() else None
    for name in ([key + " n"] if len(words) > 1 else []) + [key, key + " n"]:
        if name in COMMANDS:
            return COMMANDS.index(name) + 32 * (min(number or 1, 8) - 1)
    return COMMANDS.index("LAST")


# Lines, dialogues, bodies of the RFCs.
dialogues = {}
for unit in units:
    dialogues.setdefault(unit["dlg"], []).append(unit)
    for line in octets(unit).split(b"\r\n")[:-1]:
        put("pop3_parse", b"\x01" + line)
    if unit["kind"] == "multiline":
        put("pop3_stuffing", b"\x01" + counted(b"\x05") + counted(b"\x03\x01") + octets(unit))

for number, dialogue in enumerate(dialogues.values()):
    said = [u for u in dialogue if u["dir"] == "C" and u["kind"] == "command"]
    client = b"".join(octets(u) for u in dialogue if u["dir"] == "C")
    server = b"".join(octets(u) for u in dialogue if u["dir"] == "S")
    login = b"" if any(octets(u)[:4].upper() in (b"USER", b"APOP", b"AUTH", b"CAPA", b"STLS") for u in said) else b"\x00\x01"
    if dialogue[0]["kind"] != "greeting":
        server = b"+OK POP3 ready <1.2@fuzz>\r\n" + b"+OK\r\n" * len(login) + server
    choices = login + bytes(choice(octets(u)) for u in said)
    put("pop3_client_split", split(0x41 if number % 2 else 0x40, choices, server))
    hello = b"USER joe\r\nPASS x\r\n" if login else b""
    flags = 0x61 if b"STLS" in client else 0x41 if number % 2 else 0x40
    put("pop3_server_split", split(flags, b"\x00\x02\x03", hello + client))

# What servers and clients do.
SUBJECT = {"P1": 8, "P2": 8, "P3": 8, "P4": 3, "P5": 4, "P6": 6, "P7": 7, "P8": 6, "P9": 2, "P10": 2, "P11": 2,
           "P12": 9, "P13": 14, "P19": 8, "P21": 24, "P22": 2}
for case, strings in wires(open(quirks).read()).items():
    for string in strings:
        for line in string.split(b"\r\n"):
            put("pop3_parse", b"\x0f" + line)
        put("pop3_stuffing", b"\x07" + counted(b"\x02") + counted(b"\x01") + string)
        put("pop3_server_split", split(0x41, b"\x00\x03", b"USER joe\r\nPASS x\r\n" + string + b"QUIT\r\n"))
        subject = SUBJECT.get(case, 3)
        before = b"" if string.startswith((b"+", b"-")) else b"+OK\r\n"
        for flags in (0x41, 0x4f):
            put("pop3_client_split", split(flags, bytes([0, 1, subject, 11, 13]),
                b"+OK ready <1.2@fuzz>\r\n+OK\r\n+OK\r\n" + before + string + b"+OK\r\n"))

# What needs thought: pipelining, TLS, small limits, octets before TLS.
READY = b"+OK ready <1.2@fuzz>\r\n"
CAPA = b"+OK\r\nPIPELINING\r\nSASL PLAIN CRAM-MD5\r\nUIDL\r\nTOP\r\n.\r\n"
for flags in (0x00, 0x11, 0x2f, 0x81):
    put("pop3_client_split", split(flags, b"\x02\x12\x02\x0e\x03\x04\x08\x0d",
        READY + CAPA + b"+OK TLS\r\n" + CAPA + b"+ \r\n+OK in\r\n+OK 2 320\r\n+OK\r\n1 120\r\n2 200\r\n.\r\n+OK\r\n..x\r\n.\r\n+OK\r\n"))
    put("pop3_server_split", split(flags | 0x40, b"\x00\x04\x02", b"CAPA\r\nSTLS\r\nAUTH PLAIN\r\nAGpvZQB4\r\nSTAT\r\nLIST\r\nRETR 1\r\nTOP 1 0\r\nDELE 1\r\nQUIT\r\n"))
    put("pop3_server_split", split(flags | 0x40, b"\x00\x05", b"USER joe\r\nPASS x\r\nRETR 1\r\n" + b"X" * 60 + b"\r\nUIDL\r\nUIDL 2\r\nLANG *\r\nUTF8\r\nNOOP\r\nRSET\r\nXTND\r\nQUIT\r\n"))
put("pop3_server_split", split(0x60, b"\x00", b"STLS\r\nUSER joe\r\n"))
put("pop3_server_split", split(0x40, b"\x00", b"GET / HTTP/1.1\r\n"))
put("pop3_server_split", split(0x40, b"\x00", b"\x16\x03\x01\x00\x00"))
put("pop3_client_split", split(0x11, b"\x00\x01\x04", READY + b"+OK\r\n+OK\r\n+OK\r\n" + b"1" * 60 + b"\r\n1 120\r\n.\r\n"))
for body in (b".\rx", b"a\r\n.\rb\r\n.\r\n", b"..\n.\r.\r\n", b"", b".", b"\r", b"\n.\n", b"a\r\n.\r\n", b"\r\n.\r\nb\r.\n..\r\n", bytes(range(256)), b"x" * 300 + b"\n.y"):
    put("pop3_stuffing", b"\x01" + counted(b"\x01\x02") + counted(b"\x02\x01") + body)

# Wire forms and operations; decisions for the targets that throw dice.
for wire in ("01", "0100010002000100020003000300000000", "01000100020001000200040009", "01000100020001000200030009",
             "010001000100010002000100010009000a", "0100000001000100030001000100000000", "01000100010009000801", "010001080100"):
    put("uid_set", b"\x00" + bytes.fromhex(wire))
put("uid_set", b"\x00\x01\x00\x01\xff\xff" + b"\xaa" * 8192)
for target, length in (("uid_set", 60), ("pop3_round_trip", 400), ("pop3_machine", 200), ("store_session", 120)):
    for number in range(40 if target == "pop3_round_trip" else 12):
        data = b"".join(hashlib.sha512(f"{target} {number} {part}".encode()).digest() for part in range(7))[:length]
        put(target, (b"\x01" if target == "uid_set" else b"") + data)

# IMAP. Of examples that differ in their names and numbers only, the first.
def form(data):
    return re.sub(rb"[0-9]+", b"0", re.sub(rb"[a-z]+", b"a", data))


def one_of_each(strings):
    forms = {}
    for string in strings:
        forms.setdefault(form(string), string)
    return list(forms.values())


KEEP = [0, 1, 4, 10, 40, 200, 4096]
SIZES = bytes([3, 3, 1, 7])


def both(is_server, data, number):
    """A message: itself, framed, and the nouns in it that have a short cut."""
    line = data.removesuffix(b"\r\n")
    put("imap_response" if is_server else "imap_command", line)
    if b"{" in data or number % 8 == 0:
        flags = (2 if number % 2 else 0) | (8 if number % 5 == 0 else 0) | number % 8 << 5
        put("imap_split", bytes([flags | is_server]) + SIZES + data)
    if b" FETCH " in line or b"ESEARCH " in line or b"1:" in line:
        put("imap_fast", b"\x00" + line)
    for word in (b"ENVELOPE ", b"BODYSTRUCTURE ", b"BODY ", b"SEARCH", b"SORT", b"FETCH", b"COPYUID 1 ", b"ALL "):
        for at in re.finditer(word, line):
            put("imap_fast", b"\x00" + line[at.end():])
            if word.endswith(b" ") and line.endswith(b")"):
                put("imap_fast", b"\x00" + line[at.end():-1])


examples = [json.loads(line) for line in open(imap_vectors)]
for side in "CS":
    said = [unit for unit in examples if unit["dir"] == side and unit["kind"] in ("command", "response", "greeting", "continuation")]
    for number, data in enumerate(one_of_each(unit["bytes"].encode() for unit in said)):
        both(side == "S", data, number)
dialogues = {}
for unit in examples:
    dialogues.setdefault(unit["dlg"], {"C": b"", "S": b""})[unit["dir"]] += unit["bytes"].encode()
for number, dialogue in enumerate(dialogues.values()):
    if number % 16 == 0:
        put("imap_split", bytes([number // 16 % 8 << 5]) + SIZES + dialogue["C"])
        put("imap_split", bytes([3 | number // 16 % 8 << 5]) + SIZES + dialogue["S"])
for case, body in re.findall(r"^### ([QC]\d+)\.(.*?)(?=^### |^## |\Z)", open(quirks).read(), re.M | re.S):
    for string in re.findall(r'`(b"(?:[^"\\`]|\\.)*")`', body):
        data = ast.literal_eval(string)
        put("imap_split", bytes([6 | (case[0] == "Q")]) + SIZES + data)
        put("imap_fast", b"\x00" + data.removeprefix(b"ENVELOPE "))
        put("imap_fast", b"\x01" + data.removeprefix(b"ENVELOPE "))
        for line in [data] if b"}\r\n" in data else data.split(b"\r\n"):
            both(case[0] == "Q", line + b"\r\n", 1)
for octets in (b"1", b"4294967295,1:*,7", b"1:4294967295,*:5,$", b"0,1", b" 1 2 3 5 4 4 4294967295 (MODSEQ 7)", b" 0 1  2 ", b"00000001,12345678,123456789:1"):
    put("imap_fast", b"\x00" + octets)
    put("imap_fast", b"\x01" + octets)
for number in range(120):
    put("imap_round_trip", b"".join(hashlib.sha512(f"imap {number} {part}".encode()).digest() for part in range(5))[:40 + 2 * number])

# The connections.
def client(flags, calls, stream, lengths=b""):
    """The octets of imap_client: calls, and what the server says."""
    put("imap_client", bytes([flags]) + counted(calls) + counted(SIZES[1:]) + counted(lengths) + stream)


def server(flags, acts, stream, lengths=b""):
    """The octets of imap_server: what the application does, and what the client says."""
    put("imap_server", bytes([flags]) + counted(acts) + counted(SIZES[1:]) + counted(lengths) + stream)


GREETING = b"* OK [CAPABILITY IMAP4rev1 LITERAL+ SASL-IR STARTTLS CATENATE MULTIAPPEND] hi\r\n"
PREAUTH = b"* PREAUTH [CAPABILITY IMAP4rev1] hi\r\n"
SELECTED = b"A1 OK in\r\n* 3 EXISTS\r\nA2 OK [READ-WRITE] x\r\n"
for flags in (0x00, 0x01, 0x05, 0x09, 0x11):
    client(flags, bytes([1, 2, 16, 17, 3]), GREETING + SELECTED + b"* 1 FETCH (UID 1 BODY[] {5}\r\nabcde)\r\nA3 OK x\r\nA4 OK x\r\n* BYE\r\nA5 OK\r\n")
    client(flags, bytes([4, 1, 2, 3]), GREETING + b"A1 OK tls\r\n", bytes([len(GREETING) // 2 + 1]))
    client(flags, bytes([45, 1, 53, 1, 53, 1, 53, 1]), PREAUTH + b"+ go\r\nA1 OK\r\n", bytes([len(PREAUTH) // 2 + 1, 3]))
    client(flags, bytes([37, 59, 0, 59, 0, 3]), PREAUTH + b"+ idling\r\n* 3 EXISTS\r\nA1 OK\r\n")
    client(flags, bytes([6, 62, 0, 62, 0, 8, 62, 0]), GREETING + b"+ \r\n+ AAA=\r\nA1 OK\r\n")
for flags in (0x00, 0x01, 0x05, 0x20, 0x29):
    server(flags, bytes([36, 52, 0]), b"a LOGIN joe {3+}\r\nx\ry\r\nb SELECT INBOX\r\nc FETCH 1 BODY[]\r\nd NOOP\r\ne LOGOUT\r\n")
    server(flags | 16, bytes([26, 20, 16, 5, 28, 35, 5, 0]), b"b SELECT INBOX\r\nc FETCH 1 BODY[]\r\nd NOOP\r\ne LOGOUT\r\n")
    server(flags | 16, bytes([10, 0, 0]), b"b APPEND INBOX {5}\r\nabcde\r\nc APPEND x CATENATE (URL /x TEXT {3+}\r\nabc)\r\nd IDLE\r\nDONE\r\n")
    server(flags, bytes([13, 0, 0]), b"b AUTHENTICATE PLAIN\r\nAAA=\r\nc COMPRESS DEFLATE\r\nd CAPABILITY\r\n")
    server(flags | 8, bytes([0]), b"b STARTTLS\r\nc LOGIN a b\r\n", bytes([6]))
    server(flags | 16, bytes([58, 59, 37, 38, 39, 40, 0]), b"b ENABLE QRESYNC\r\nc SELECT x\r\nd UID SEARCH ALL\r\n")
for number, dialogue in enumerate(dialogues.values()):
    if number % 16 == 8:
        client(0x01, bytes(range(number % 44, 44, 5)), PREAUTH + dialogue["S"])
        server(0x11, bytes([0, 36 + number % 28, 0, 10]), dialogue["C"])
for flags in (0x01, 0x0b, 0x10, 0x21, 0x4c, 0x82, 0x84):
    for commands in ([0, 1, 2], [6, 0, 1, 3], [0, 7, 1, 16, 28], [0, 24, 1, 18, 25, 26], [10, 1, 20, 21, 23], [0, 1, 17, 31]):
        # Each is given, and then all that can move does; the news, the end of IDLE.
        put("imap_machine", bytes([flags]) + b"".join(bytes([0, command, 15, 255, 10, 3, 11]) for command in commands))
    put("imap_machine", bytes([flags, 0, 0, 0, 1, 0, 33, 0, 3, 2, 0, 33, 1, 2, 1, 15, 255, 15, 255]))
for number in range(12):
    put("imap_machine", b"".join(hashlib.sha512(f"imap_machine {number} {part}".encode()).digest() for part in range(5)))
