#!/usr/bin/env python3
"""Random changes of an exported log, each of which busbar-verify must find, naming the first entry that is not as
it was. audit_edits.py VERIFIER FOLDER KEY COUNT SEED; prints what was not found and "N of COUNT"."""
import hashlib
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile

verifier, folder, key, count, seed = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]), int(sys.argv[5])
draw = random.Random(seed)
whole = open(folder + "/entries", "rb").read()
lines = whole.split(b"\n")[:-1]
starts = [0]
for line in lines:
    starts.append(starts[-1] + len(line) + 1)
notes = open(folder + "/checkpoints", "rb").read()
newest = open(folder + "/checkpoint", "rb").read()
sizes = sorted({int(n) for n in notes.split(b"\n") if n.isdigit()} | {len(lines)})


def entry():
    return draw.randrange(len(lines))


def join(some):
    return b"".join(line + b"\n" for line in some)


def rehashed(line, row):
    salt = line.split(b" ", 2)[1]
    leaf = hashlib.sha256(b"\0" + bytes.fromhex(salt.decode()) + row).hexdigest().encode()
    return leaf + b" " + salt + b" " + row


# Each gives files that are changed, and what the verifier must say is the first bad entry: a number, a pair
# (from, to) where a signed root is all that can tell, or None where no entry is bad.

def flip_byte():
    at = draw.randrange(len(whole))
    new = bytearray(whole)
    new[at] ^= 1 << draw.randrange(8)
    first = next(i for i in range(len(lines)) if starts[i + 1] > at)
    return {"entries": bytes(new)}, first


def edit_word():
    n = entry()
    row = lines[n]
    at = draw.randrange(len(row) + 1)
    new = row[:at] + draw.choice([b" ", b"x", b"0", b"\xc3\xa9", b"\\", b"\0"]) + row[at + draw.randrange(2):]
    if new == row:
        new = row + b" "
    return {"entries": join(lines[:n] + [new] + lines[n + 1:])}, n


def delete_some():
    n = entry()
    much = draw.randrange(1, 6)
    return {"entries": join(lines[:n] + lines[n + much:])}, n


def swap_two():
    a, b = sorted(draw.sample(range(len(lines)), 2))
    new = list(lines)
    new[a], new[b] = new[b], new[a]
    return {"entries": join(new)}, a


def repeat_one():
    a, b = entry(), entry()
    return {"entries": join(lines[:a] + [lines[b]] + lines[a:])}, a if lines[b] != lines[a] else a + 1


def truncate():
    at = draw.randrange(len(whole))
    return {"entries": whole[:at]}, next(i for i in range(len(lines)) if starts[i + 1] > at)


def add_one():
    row = lines[-1].split(b" ", 2)[2].replace(b'{"entry":%d,' % (len(lines) - 1), b'{"entry":%d,' % len(lines))
    return {"entries": whole + rehashed(lines[-1], row) + b"\n"}, len(lines)


def between(n):
    """The signed sizes around entry n."""
    return max([0] + [s for s in sizes if s <= n]), min(s for s in sizes if s > n)


def edit_and_rehash():
    n = entry()
    row = lines[n].split(b" ", 2)[2]
    new = row.replace(b'"actor"', b'"acted"', 1)
    return {"entries": join(lines[:n] + [rehashed(lines[n], new)] + lines[n + 1:])}, between(n)


def delete_and_renumber():
    n = entry()
    new = lines[:n]
    for i in range(n + 1, len(lines)):
        row = lines[i].split(b" ", 2)[2].replace(b'{"entry":%d,' % i, b'{"entry":%d,' % (i - 1), 1)
        new.append(rehashed(lines[i], row))
    return {"entries": join(new)}, between(n) if between(n)[1] < len(lines) else len(lines) - 1


def edit_checkpoint():
    at = draw.randrange(len(newest))
    new = bytearray(newest)
    new[at] ^= 1 << draw.randrange(8)
    return {"checkpoint": bytes(new)}, None


def edit_checkpoints():
    at = draw.randrange(len(notes))
    new = bytearray(notes)
    new[at] ^= 1 << draw.randrange(8)
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
with tempfile.TemporaryDirectory() as work:
    for i in range(count):
        kind = draw.choices([k for k, _ in kinds], [w for _, w in kinds])[0]
        changed, expected = kind()
        copy = os.path.join(work, "log")
        shutil.rmtree(copy, ignore_errors=True)
        os.mkdir(copy)
        for name, data in {"entries": whole, "checkpoint": newest, "checkpoints": notes, **changed}.items():
            with open(os.path.join(copy, name), "wb") as f:
                f.write(data)
        ran = subprocess.run([verifier, "--json", "--key", key, copy], stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        said = json.loads(ran.stdout)
        good = ran.returncode == 1 and said["verified"] is False
        if isinstance(expected, int):
            good = good and said.get("entry") == expected and said["says"].startswith(f"entry {expected} ")
        elif expected is not None:
            good = good and said.get("entry") == expected[0] and f"before entry {expected[1]}," in said["says"]
        found += good
        if not good:
            print(f"{kind.__name__} ({i}): expected {expected}, status {ran.returncode}, says {said}")
print(f"{found} of {count}")
