#!/usr/bin/env python3
"""Random changes of an exported log, each of which busbar-verify must find, naming the first entry that is not as
it was. audit_edits.py VERIFIER FOLDER KEY COUNT SEED; prints what was not found and "N of COUNT". Changes are made in
place in a copy in memory (/dev/shm) and taken back, so a log of 10^6 entries is as good as one of 300."""
import array
import hashlib
import json
import mmap
import os
import random
import shutil
import subprocess
import sys
import tempfile

verifier, folder, key, count, seed = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]), int(sys.argv[5])
draw = random.Random(seed)


class Copy:
    """A file that is changed by splices, and put back by the same the other way round."""

    def __init__(self, path):
        self.file = open(path, "r+b")
        self.size = os.path.getsize(path)
        self.map = mmap.mmap(self.file.fileno(), self.size)
        self.undo = []

    def splice(self, at, much, new, keep=True):
        if keep:
            self.undo.append((at, len(new), self.map[at:at + much]))
        if len(new) > much:
            self.map.resize(self.size + len(new) - much)
        if len(new) != much:
            self.map.move(at + len(new), at + much, self.size - at - much)
        self.map[at:at + len(new)] = new
        if len(new) < much:
            self.map.resize(max(1, self.size + len(new) - much))
        self.size += len(new) - much

    def put_back(self):
        while self.undo:
            self.splice(*self.undo.pop(), keep=False)


work = tempfile.mkdtemp(dir="/dev/shm")
shutil.copyfile(folder + "/entries", work + "/entries")


def put(name, data):
    with open(os.path.join(work, name), "wb") as f:
        f.write(data)


origin = open(folder + "/checkpoint", "rb").readline().rstrip(b"\n")


def own_lines(name):
    """Without what witnesses signed: who has their keys finds changes there (94_audit.sh), nobody else can."""
    lines = open(os.path.join(folder, name), "rb").read().split(b"\n")
    own = b"\n".join(x for x in lines if not x.startswith("— ".encode()) or x.startswith("— ".encode() + origin + b" "))
    put(name, own)
    return own


log = Copy(work + "/entries")
starts = array.array("Q", [0])
while starts[-1] < log.size:
    starts.append(log.map.find(b"\n", starts[-1]) + 1)
lines_n = len(starts) - 1
notes = own_lines("checkpoints")
newest = own_lines("checkpoint")
sizes = sorted({int(n) for n in notes.split(b"\n") if n.isdigit()} | {lines_n})


def entry():
    return draw.randrange(lines_n)


def line(n):
    return log.map[starts[n]:starts[n + 1]]


def of_byte(at):
    """The entry that a byte belongs to."""
    low, high = 0, lines_n
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if starts[middle] <= at else (low, middle)
    return low


def rehashed(old, row):
    salt = old.split(b" ", 2)[1]
    leaf = hashlib.sha256(b"\0" + bytes.fromhex(salt.decode()) + row).hexdigest().encode()
    return leaf + b" " + salt + b" " + row + b"\n"


def row_of(n):
    return line(n)[:-1].split(b" ", 2)[2]


# Each changes the log, or gives files that are changed; and what the verifier must say is the first bad entry: a number,
# a pair (from, to) where a signed root is all that can tell, or None where no entry is bad.

def flip_byte():
    at = draw.randrange(log.size)
    first = of_byte(at)
    log.splice(at, 1, bytes([log.map[at] ^ 1 << draw.randrange(8)]))
    return {}, first


def edit_word():
    n = entry()
    row = line(n)[:-1]
    at = draw.randrange(len(row) + 1)
    new = row[:at] + draw.choice([b" ", b"x", b"0", b"\xc3\xa9", b"\\", b"\0"]) + row[at + draw.randrange(2):]
    if new == row:
        new = row + b" "
    log.splice(starts[n], len(row), new)
    return {}, n


def delete_some():
    n = entry()
    much = draw.randrange(1, 6)
    log.splice(starts[n], starts[min(n + much, lines_n)] - starts[n], b"")
    return {}, n


def swap_two():
    a, b = sorted(draw.sample(range(lines_n), 2))
    one, other = line(a), line(b)
    log.splice(starts[b], len(other), one)
    log.splice(starts[a], len(one), other)
    return {}, a


def repeat_one():
    a, b = entry(), entry()
    log.splice(starts[a], 0, line(b))
    return {}, a if b != a else a + 1


def truncate():
    at = draw.randrange(1, log.size)
    first = of_byte(at)
    log.splice(at, log.size - at, b"")
    return {}, first


def add_one():
    row = row_of(lines_n - 1).replace(b'{"entry":%d,' % (lines_n - 1), b'{"entry":%d,' % lines_n)
    log.splice(log.size, 0, rehashed(line(lines_n - 1), row))
    return {}, lines_n


def between(n):
    """The signed sizes around entry n."""
    return max([0] + [s for s in sizes if s <= n]), min(s for s in sizes if s > n)


def edit_and_rehash():
    n = entry()
    old = line(n)
    log.splice(starts[n], len(old), rehashed(old, row_of(n).replace(b'"actor"', b'"acted"', 1)))
    return {}, between(n)


def delete_and_renumber():
    n = max(entry(), lines_n - 1000)  # all behind it is hashed anew
    new = b"".join(rehashed(line(i), row_of(i).replace(b'{"entry":%d,' % i, b'{"entry":%d,' % (i - 1), 1))
                   for i in range(n + 1, lines_n))
    log.splice(starts[n], log.size - starts[n], new)
    return {}, between(n) if between(n)[1] < lines_n else lines_n - 1


def edit_checkpoint():
    new = bytearray(newest)
    new[draw.randrange(len(newest))] ^= 1 << draw.randrange(8)
    return {"checkpoint": bytes(new)}, None


def edit_checkpoints():
    new = bytearray(notes)
    new[draw.randrange(len(notes))] ^= 1 << draw.randrange(8)
    return {"checkpoints": bytes(new)}, None


def delete_checkpoint_lines():
    some = notes.split(b"\n")
    n = draw.randrange(len(some) - 1)
    return {"checkpoints": b"\n".join(some[:n] + some[n + draw.randrange(1, 7):])}, None


def delete_checkpoint():
    """All lines of one: three, an empty one, the signature."""
    some = notes.split(b"\n")
    n = 1 + 5 * draw.randrange((len(some) - 2) // 5)
    return {"checkpoints": b"\n".join(some[:n] + some[n + 5:])}, None


kinds = [(flip_byte, 5), (edit_word, 5), (delete_some, 5), (swap_two, 5), (repeat_one, 3), (truncate, 5), (add_one, 1),
         (edit_and_rehash, 4), (delete_and_renumber, 2), (edit_checkpoint, 2), (edit_checkpoints, 2),
         (delete_checkpoint_lines, 1), (delete_checkpoint, 1)]
found = 0


def run():
    ran = subprocess.run([verifier, "--json", "--key", key, work], stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return ran.returncode, json.loads(ran.stdout)


try:
    for i in range(count):
        kind = draw.choices([k for k, _ in kinds], [w for _, w in kinds])[0]
        changed, expected = kind()
        for name, data in changed.items():
            put(name, data)
        status, said = run()
        good = status == 1 and said["verified"] is False
        if isinstance(expected, int):
            good = good and said.get("entry") == expected and said["says"].startswith(f"entry {expected} ")
        elif expected is not None:
            good = good and said.get("entry") == expected[0] and f"before entry {expected[1]}," in said["says"]
        found += good
        if not good:
            print(f"{kind.__name__} ({i}): expected {expected}, status {status}, says {said}", flush=True)
        log.put_back()
        for name in changed:
            put(name, notes if name == "checkpoints" else newest)
    if run()[0] != 0:
        print("what was put back is not what there was")
        found = 0
finally:
    shutil.rmtree(work)
print(f"{found} of {count}")
