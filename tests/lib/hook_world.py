"""The world around a hub in a network namespace where every address is this machine (AnyIP): whoever connects
anywhere is seen, whatever it names.

    hook_world.py FOLDER

FOLDER/packets   each TCP segment that opens a connection and each datagram but those of DNS: "ADDRESS PORT", as captured
FOLDER/accepted  each connection that was taken, to whatever address
FOLDER/asked     each name that was looked up
DNS at 127.0.0.53: v4-HEX.test and v6-HEX.test have that address, both-HEX-HEX.test two of IPv4, mixed-HEX.test a public
IPv4 and that IPv6; rebind.test is public at the first look, this machine at the next, and so on.
"""
import os
import socket
import struct
import sys
import threading

folder = sys.argv[1]
PUBLIC = "93.184.215.14"
looks = {}


def note(name, text):
    with open(os.path.join(folder, name), "a") as f:
        f.write(text + "\n")


def capture():
    s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
    note("ready", "capture")
    while True:
        frame, where = s.recvfrom(65536)
        if where[2] == socket.PACKET_OUTGOING:
            seen(frame[14:])


def seen(p):
    if p[0] >> 4 == 4:
        protocol, to, rest = p[9], socket.inet_ntop(socket.AF_INET, p[16:20]), p[(p[0] & 15) * 4:]
    elif p[0] >> 4 == 6:
        protocol, to, rest = p[6], socket.inet_ntop(socket.AF_INET6, p[24:40]), p[40:]
    else:
        return
    if len(rest) < 8 or protocol not in (6, 17):
        return
    source, port = struct.unpack("!HH", rest[:4])
    if protocol == 6 and rest[13] & 0x12 == 0x02 or protocol == 17 and 53 not in (source, port):
        note("packets", "%s %d" % (to, port))


def answers(name, kind):
    """Addresses of a name, of the kind that was asked for (1: A, 28: AAAA)."""
    form, _, rest = name.partition(".")[0].partition("-")
    four = lambda h: socket.inet_ntop(socket.AF_INET, bytes.fromhex(h))
    six = lambda h: socket.inet_ntop(socket.AF_INET6, bytes.fromhex(h))
    if form == "v4" and kind == 1:
        return [four(rest)]
    if form == "v6" and kind == 28:
        return [six(rest)]
    if form == "both" and kind == 1:
        return [four(h) for h in rest.split("-")]
    if form == "mixed":
        return [PUBLIC] if kind == 1 else [six(rest)]
    if form == "rebind" and kind == 1:
        looks[name] = looks.get(name, 0) + 1
        return [PUBLIC if looks[name] % 2 else "127.0.0.1"]
    return []


def dns():
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.bind(("127.0.0.53", 53))
    note("ready", "dns")
    while True:
        q, peer = s.recvfrom(2048)
        at, labels = 12, []
        while q[at]:
            labels.append(q[at + 1:at + 1 + q[at]].decode())
            at += 1 + q[at]
        name, kind = ".".join(labels).lower(), struct.unpack("!H", q[at + 1:at + 3])[0]
        note("asked", "%s %d" % (name, kind))
        found = answers(name, kind)
        reply = q[:2] + struct.pack("!HHHHH", 0x8180, 1, len(found), 0, 0) + q[12:at + 5]
        for a in found:
            packed = socket.inet_pton(socket.AF_INET if kind == 1 else socket.AF_INET6, a)
            reply += struct.pack("!HHHIH", 0xC00C, kind, 1, 0, len(packed)) + packed
        s.sendto(reply, peer)


def listen(family, address, port):
    s = socket.socket(family, socket.SOCK_STREAM)
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if family == socket.AF_INET6:
        s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
    s.bind((address, port))
    s.listen(64)
    note("ready", "port %d" % port)
    while True:
        c, _ = s.accept()
        note("accepted", "%s %d" % c.getsockname()[:2])
        c.close()


runs = [capture, dns] + [lambda f=f, a=a, p=p: listen(f, a, p)
    for f, a in ((socket.AF_INET, "0.0.0.0"), (socket.AF_INET6, "::")) for p in (22, 443, 8443, 6379)]
threads = [threading.Thread(target=r) for r in runs]
for t in threads:
    t.start()
for t in threads:
    t.join()
