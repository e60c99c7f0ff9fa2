#!/usr/bin/env python3
"""An exported log, checked without any code of the hub's: RFC 6962 and C2SP signed notes by hashlib, Ed25519 by
openssl. audit_check.py FOLDER KEY [WITNESS_KEY]; prints "ENTRIES ROOT-IN-HEX", and when the witness signed the last
checkpoint, or what is wrong and fails."""
import base64
import hashlib
import os
import subprocess
import sys
import tempfile

folder, key = sys.argv[1:3]


def fail(words):
    sys.exit(words)


def sha256(data):
    return hashlib.sha256(data).digest()


def root(hashes):
    """MTH of RFC 6962, 2.1, as it is written there."""
    if not hashes:
        return sha256(b"")
    if len(hashes) == 1:
        return hashes[0]
    k = 1
    while k * 2 < len(hashes):
        k *= 2
    return sha256(b"\x01" + root(hashes[:k]) + root(hashes[k:]))


def public_key(known_as, kind):
    """NAME+ID+KEY of C2SP signed-note: 1 a log's, 4 a witness's."""
    who, told, public = known_as.strip().split("+", 2)
    public = base64.b64decode(public, validate=True)
    if public[0] != kind or sha256(who.encode() + b"\n" + public)[:4].hex() != told:
        fail("the key and its id do not belong together")
    return who, told, public[1:]


def holds(public, message, signature):
    with tempfile.TemporaryDirectory() as work:
        for file, data in (("text", message), ("signature", signature),
                           # SubjectPublicKeyInfo of an Ed25519 key, RFC 8410
                           ("key.der", bytes.fromhex("302a300506032b6570032100") + public)):
            with open(os.path.join(work, file), "wb") as f:
                f.write(data)
        return subprocess.run(["openssl", "pkeyutl", "-verify", "-pubin", "-keyform", "DER", "-inkey", work + "/key.der",
                               "-rawin", "-in", work + "/text", "-sigfile", work + "/signature"],
                              stdout=subprocess.DEVNULL).returncode == 0


def signature_of(lines, who, key_id):
    for line in lines.decode().splitlines():
        dash, name, blob = line.split(" ")
        blob = base64.b64decode(blob, validate=True)
        if dash == "\u2014" and name == who and blob[:4].hex() == key_id:
            return blob[4:]
    return fail(f"it is not signed by {who}")


note = open(folder + "/checkpoint", "rb").read()
text, signatures = note.rsplit(b"\n\n", 1)
text += b"\n"
name, log_id, log_key = public_key(key, 1)
if not holds(log_key, text, signature_of(signatures, name, log_id)):
    fail("the signature does not hold")
seen = ""
if len(sys.argv) > 3:
    witness, witness_id, witness_key = public_key(sys.argv[3], 4)
    blob = signature_of(signatures, witness, witness_id)
    seen = str(int.from_bytes(blob[:8], "big"))
    if not holds(witness_key, b"cosignature/v1\ntime " + seen.encode() + b"\n" + text, blob[8:]):
        fail("the signature of the witness does not hold")

origin, size, signed_root = text.decode().splitlines()
leaves = []
for line in open(folder + "/entries", "rb").read().split(b"\n")[:-1]:
    told, salt, row = line.split(b" ", 2)
    leaf = sha256(b"\x00" + bytes.fromhex(salt.decode()) + row)
    if leaf.hex() != told.decode():
        fail(f"entry {len(leaves)} is not what was hashed")
    leaves.append(leaf)
if origin != name or int(size) != len(leaves):
    fail(f"{len(leaves)} entries, the checkpoint says {size} of {origin}")
if base64.b64decode(signed_root) != root(leaves):
    fail("the root is another")
print(len(leaves), root(leaves).hex(), *filter(None, [seen]))
