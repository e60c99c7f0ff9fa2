# Cuts a door's connections at byte offsets drawn from a seed, goes on where they stopped until the file is
# whole, and looks at the box from a second session, and at the ledger, after each cut.
#
#   cut.py THERE DOOR WAY POINTS SEED [ONLY]
#
# THERE is the JSON file of tests/fault/cut; WAY is up or down; ONLY repeats one point. Prints "ok" and
# "not ok" lines.
import hashlib
import json
import random
import sys
import time

from doors import Cut, Ledger, Refused, Wrong, door_of

TRIES, AGAIN_S, EDGE = 8, 15, 4096


class Sweep:
    def __init__(self, there, door_name, way, seed):
        self.there, self.way, self.seed = there, way, seed
        self.door = door_of(door_name, there, there['proxy'])
        self.ledger = Ledger(there['psql'])
        self.observer = self.door.session()
        self.wrong, self.cuts, self.missed, self.resumed = [], 0, 0, 0
        self.point = None
        self.replay = f"tests/fault/cut {door_name} {way} --seed {seed} --only"
        if way == 'down':
            self.data = random.Random(f'{seed} {door_name}').randbytes(there['size'])
            self.name = f'{door_name}-source'
            self.observer.put(f'/test/{self.name}', self.data)

    def not_ok(self, words):
        self.wrong.append(f'point {self.point}: {words}; replay: {self.replay} {self.point}')

    def plan(self, rng, more=0):
        """Where this connection breaks, and how: words for the proxies. `more`: bytes than the run that was
        measured."""
        lines = [(line, way) for line, ways in self.door.lines.items() for way in ways]
        main = lines[0][0], self.way
        line, way = main if rng.random() < 0.7 else rng.choice(lines)
        total = self.total[line, way] + (more if (line, way) == main else 0)
        where = rng.random()
        if where < 0.25:
            at = rng.randrange(min(EDGE, total))
        elif where < 0.5:
            at = rng.randrange(max(0, total - EDGE), total)
        else:
            at = rng.randrange(total)
        how = rng.choice([f'cut {at} rst', f'cut {at} fin', f'stall {at} 150', f'slice 1000 cut {at} rst'])
        return {line: f'{way} {how}'}

    # ---- up ----

    def file(self, k):
        """Of a utility's in/, where it is loaded, or of test/: folder, name, bytes."""
        rng = random.Random(f'{self.seed} {self.door.name} file {k}')
        if k % 2 == 0:
            day = self.there['days'][k // 2]
            with open(self.there['lse'][self.door.name], 'rb') as f:
                return 'in', self.there['lse_name'] % (self.there['doors'][self.door.name], k), \
                    f.read().replace(b'19990909', day.encode())
        size = self.there['size'] + rng.randrange(1000)
        return 'test', f'{self.door.name}-{k}', rng.randbytes(size)

    def look(self, folder, name, data):
        """After a cut, from another session: nothing that is not whole. True when it is whole."""
        listed = self.observer.list('/' + folder).get(name)
        if listed not in (None, len(data)):
            self.not_ok(f'{listed} of {len(data)} bytes are listed')
        if folder == 'in' and listed is None and (rows := self.ledger.rows(name)) != 0:
            # between the two questions it may have become whole
            if self.observer.list('/in').get(name) != len(data):
                self.not_ok(f'{rows} rows in the ledger of a file that is not whole')
        return listed is not None

    def send(self, path, data, whole, plan):
        """Goes on where the hub says it stopped; waits while the hub has not yet seen the cut."""
        until = time.monotonic() + AGAIN_S
        while True:
            session = None
            try:
                session = self.door.session(plan)
                at = 0 if whole else session.part(path)
                at = min(at, len(data))
                self.resumed += at > 0
                session.put(path, data, at)
                return
            except Refused:
                if time.monotonic() > until:
                    raise
                time.sleep(0.02)
                whole = False
            finally:
                if session:
                    session.close()

    def up(self, k, rng):
        folder, name, data = self.file(k)
        path, whole, got = f'/{folder}/{name}', False, False
        for attempt in range(TRIES):
            again = attempt > 0 and (attempt == TRIES - 1 or rng.random() > 0.3)
            plan = None if again else self.plan(rng, len(data) - self.measured)
            try:
                self.send(path, data, whole, plan)
                got = True
                self.missed += plan is not None
                break
            except Cut as e:
                if plan is None:
                    self.not_ok(f'an undisturbed session broke: {e}')
                self.cuts += 1
            whole = self.look(folder, name, data)
        if not got:
            self.not_ok('it never became whole')
            return
        if not self.look(folder, name, data):
            self.not_ok('a receipt was given, and it is not listed')
        found = self.ledger.entry(self.there['login'], folder, name)
        if found != [hashlib.sha256(data).hexdigest()]:
            self.not_ok(f'its digest in the box is {found}')
        if folder == 'in' and self.ledger.rows(name) != 1:
            self.not_ok(f'{self.ledger.rows(name)} rows in the ledger')
        if folder == 'test':
            back = bytearray()
            self.observer.get(path, back)
            if back != data:
                self.not_ok(f'{len(back)} bytes come back of {len(data)}, or others')
            self.observer.remove(path)

    # ---- down ----

    def down(self, k, rng):
        sink = bytearray()
        for attempt in range(TRIES):
            again = attempt > 0 and (attempt == TRIES - 1 or rng.random() > 0.3)
            plan = None if again else self.plan(rng)
            session = None
            try:
                session = self.door.session(plan)
                self.resumed += len(sink) > 0
                session.get(f'/test/{self.name}', sink)
                self.missed += plan is not None
                break
            except Cut as e:
                if plan is None:
                    self.not_ok(f'an undisturbed session broke: {e}')
                self.cuts += 1
            finally:
                if session:
                    session.close()
            if sink != self.data[:len(sink)]:
                self.not_ok('other bytes came')
                return
        if sink != self.data:
            self.not_ok(f'{len(sink)} of {len(self.data)} bytes, and the hub said that is all')

    # ---- all ----

    def measure(self):
        """An undisturbed run through the proxies: how many bytes there are to cut at."""
        session = self.door.session({})
        if self.way == 'up':
            folder, name, data = self.file(1)
            self.measured = len(data)
            session.put(f'/{folder}/{name}', data)
            self.observer.remove(f'/{folder}/{name}')
        else:
            session.get(f'/test/{self.name}', bytearray())
        self.total = self.door.passed(session)

    def run(self, points):
        self.measure()
        for k in points:
            self.point = k
            try:
                getattr(self, self.way)(k, random.Random(f'{self.seed} {self.door.name} {self.way} {k}'))
            except (Cut, Refused, Wrong) as e:
                self.not_ok(f'{type(e).__name__}: {e}')
        self.observer.close()
        self.door.close()


def main():
    there_file, door, way, points, seed = sys.argv[1:6]
    only = [int(k) for k in sys.argv[6:7]]
    with open(there_file) as f:
        there = json.load(f)
    begun = time.monotonic()
    sweep = Sweep(there, door, way, seed)
    sweep.run(only or range(int(points)))
    what = f'{door} {way}: {len(only) or points} files cut {sweep.cuts} times, seed {seed}'
    for line in sweep.wrong[:20]:
        print('    ' + line)
    print(f'{"not ok" if sweep.wrong else "ok"} {what}: whole at last, never listed or loaded before')
    resumed = sweep.resumed > 0 and sweep.cuts >= sweep.missed
    print(f'{"ok" if resumed else "not ok"} {door} {way}: most cuts hit ({sweep.missed} did not), '
          f'{sweep.resumed} times it went on where it stopped')
    print(f'# {time.monotonic() - begun:.1f} s, bytes of an undisturbed run: '
          + ', '.join(f'{line} {way} {n}' for (line, way), n in sweep.total.items()))


main()
