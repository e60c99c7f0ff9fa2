#!/usr/bin/python3
"""objects.py copy FROM TO [LIST]: copies what TO does not have yet of a file store, and looks at each byte of it.
objects.py purge STORE LIST...: removes from a copy what none of the lists names.

An object's name is the SHA-256 of its bytes and it never changes, so what is there already is left as it is. What is
copied gets its name when it is on the disk. LIST: the names of all that FROM has, a line each."""
import hashlib
import os
import sys

SIDES = ("in", "out")
PIECE = 1 << 20


def objects(store):
    for side in SIDES:
        for folder in sorted(os.listdir(os.path.join(store, side))):
            for name in os.listdir(os.path.join(store, side, folder)):
                if len(name) == 64:
                    yield os.path.join(side, folder, name)


def folder_make(path, like):
    if os.path.isdir(path):
        return
    folder_make(os.path.dirname(path), os.path.dirname(like))
    os.mkdir(path, 0o700)
    own_as(path, like)


def own_as(path, like):
    st = os.stat(like)
    os.chown(path, st.st_uid, st.st_gid)
    os.chmod(path, st.st_mode & 0o7777)


def copy_one(source, to):
    """Raises ValueError when the bytes are not what the name says."""
    digest = hashlib.sha256()
    new = to + ".new"
    with open(source, "rb") as f, open(new, "wb") as g:
        while piece := f.read(PIECE):
            digest.update(piece)
            g.write(piece)
        g.flush()
        os.fsync(g.fileno())
    if digest.hexdigest() != os.path.basename(to):
        os.unlink(new)
        raise ValueError(f"{source} is damaged: its bytes have SHA-256 {digest.hexdigest()}")
    own_as(new, source)
    os.utime(new, ns=(os.stat(source).st_atime_ns, os.stat(source).st_mtime_ns))
    os.rename(new, to)


def copy(source, to, listed=None):
    count = size = bad = 0
    touched = set()
    names = open(listed + ".new", "w", encoding="ascii") if listed else None
    for side in SIDES:
        folder_make(os.path.join(to, side), os.path.join(source, side))
    for name in objects(source):
        if names:
            names.write(name + "\n")
        target = os.path.join(to, name)
        if os.path.exists(target):
            continue
        folder_make(os.path.dirname(target), os.path.dirname(os.path.join(source, name)))
        try:
            copy_one(os.path.join(source, name), target)
        except FileNotFoundError:  # swept meanwhile
            continue
        except ValueError as damage:
            print(f"objects: {damage}", file=sys.stderr)
            bad += 1
            continue
        touched.add(os.path.dirname(target))
        count += 1
        size += os.path.getsize(target)
    for folder in touched:
        fd = os.open(folder, os.O_RDONLY)
        os.fsync(fd)
        os.close(fd)
    if names:
        names.close()
        os.rename(listed + ".new", listed)
    print(f"{count} {size}")
    return bad == 0


def purge(store, lists):
    named = set()
    for path in lists:
        with open(path, encoding="ascii") as f:
            named.update(line.rstrip("\n") for line in f)
    gone = 0
    for name in list(objects(store)):
        if name not in named:
            os.unlink(os.path.join(store, name))
            gone += 1
    print(gone)
    return True


if __name__ == "__main__":
    if len(sys.argv) < 4 or sys.argv[1] not in ("copy", "purge"):
        sys.exit(__doc__)
    done = copy(*sys.argv[2:5]) if sys.argv[1] == "copy" else purge(sys.argv[2], sys.argv[3:])
    sys.exit(0 if done else 1)
