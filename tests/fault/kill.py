# kill -9 of the process behind a door at each write-side call of an upload's life. Every file has bytes, a
# day and a name of its own. A receipt that was given holds: the file is listed, whole, once in the ledger.
# One that was not given leaves nothing that is seen, or the whole file; sending goes on to a receipt.
#
#   kill.py THERE DOOR STRIDE
#
# THERE as for cut.py. Of the calls that follow each other by one name every STRIDE-th is struck.
import hashlib
import json
import os
import sys
import time

from doors import Cut, Ledger, Refused, SftpAlone, door_of

AGAIN_S = 15


def shim(there, program):
    return {'LD_PRELOAD': there['shim'], 'FAULT_PROGRAM': program, 'FAULT_PLAN': there['plan'],
            'FAULT_LOG': there['log']}


class Kills:
    def __init__(self, there, name, stride):
        self.there, self.stride = there, stride
        if name == 'sftp':
            self.door = SftpAlone(there, shim(there, 'busbar-sftp'))
            self.quiet = SftpAlone(there)
        else:
            self.door = self.quiet = door_of(name, there, there['proxy'])
        self.ledger = Ledger(there['psql'])
        self.observer = self.quiet.session()
        self.point, self.wrong = 0, []
        self.before, self.behind, self.never, self.resumed, self.longest = 0, 0, 0, 0, 0.0
        with open(there['lse'][name], 'rb') as f:
            self.template = f.read()

    def not_ok(self, words):
        self.wrong.append(f'{self.doing}: {words}')

    # ---- what is done ----

    def plan(self, words):
        with open(self.there['log'], 'w'):
            pass
        os.chmod(self.there['log'], 0o666)
        new = self.there['plan'] + '.new'
        with open(new, 'w') as f:
            f.write(words + '\n')
        os.rename(new, self.there['plan'])

    def fired(self, n):
        """How many calls an upload takes varies a little: the last ones may not come."""
        with open(self.there['log']) as f:
            return any(line.split()[:1] == [n] for line in f)

    def unplan(self):
        try:
            os.unlink(self.there['plan'])
        except FileNotFoundError:
            return

    def file(self):
        self.point += 1
        name = self.there['lse_name'] % (self.there['doors'][self.quiet.name], self.point)
        return name, self.template.replace(b'19990909', self.there['days'][self.point].encode())

    def put(self, session, life, name, data, at):
        """One of the ways in which clients send: under the name, or under another and renamed."""
        if life == 'renamed':
            session.put(f'/in/{name}.filepart', data, at)
            session.rename(f'/in/{name}.filepart', f'/in/{name}')
        else:
            session.put(f'/in/{name}', data, at)

    def try_once(self, door, life, name, data):
        """True when there was a receipt."""
        session = None
        try:
            session = door.session()
            at = session.part(f'/in/{name}') if self.point % 3 else 0
            at = 0 if at >= len(data) and self.is_listed(name) else at
            self.resumed += at > 0
            self.put(session, life, name, data, at)
            return True
        except Cut:
            return False
        finally:
            if session:
                session.close()

    # ---- what must be true ----

    def observe(self, ask):
        """The observer's session may have been of the process that was killed."""
        until = time.monotonic() + AGAIN_S
        while True:
            try:
                return ask(self.observer)
            except Cut:
                if time.monotonic() > until:
                    raise
                self.observer.close()
                try:
                    self.observer = self.quiet.session()
                except (Cut, Refused):
                    time.sleep(0.02)

    def is_listed(self, name):
        return name in self.observe(lambda s: s.list('/in'))

    def look(self, name, data, receipt):
        size = self.observe(lambda s: s.list('/in')).get(name)
        if size not in (None, len(data)):
            self.not_ok(f'{size} of {len(data)} bytes are listed')
        if receipt and size is None:
            self.not_ok('a receipt was given, and it is not listed')
        rows, entry = self.ledger.rows(name), self.ledger.entry(self.there['login'], 'in', name)
        expected = (1, [hashlib.sha256(data).hexdigest()]) if size is not None else (0, [])
        if (rows, entry) != expected:
            # it may have become whole between the questions
            if not (size is None and self.is_listed(name)):
                self.not_ok(f'{rows} rows in the ledger, {entry} in the box, listed {size}')

    def strike(self, life, words, second=None):
        name, data = self.file()
        self.doing = f'{life} {words}' + (f', then {second}' if second else '')
        self.plan(words)
        receipt = self.try_once(self.door, life, name, data)
        if not self.fired(words.split()[-1]):
            self.never += 1
        elif receipt:
            self.behind += 1
        else:
            self.before += 1
        self.unplan()
        self.look(name, data, receipt)
        if second:
            self.plan(second)
            receipt = self.try_once(self.door, life, name, data) or receipt
            self.unplan()
            self.look(name, data, receipt)
        begun = time.monotonic()
        while True:
            try:
                if self.try_once(self.quiet, life, name, data):
                    break
            except Refused as e:  # the killed process may not quite be gone
                if time.monotonic() - begun > AGAIN_S:
                    self.not_ok(f'sent again it is refused: {e}')
                    break
            if time.monotonic() - begun > AGAIN_S:
                self.not_ok('sent again it breaks')
                break
            time.sleep(0.02)
        self.longest = max(self.longest, time.monotonic() - begun)
        self.look(name, data, True)

    def calls(self, life):
        name, data = self.file()
        self.doing = f'{life}, undisturbed'
        self.is_listed(name)  # a door that keeps its sessions has one now, as later
        self.plan('count any 1')
        if not self.try_once(self.door, life, name, data):
            self.not_ok('no receipt')
        self.look(name, data, True)
        with open(self.there['log']) as f:
            return [line.split()[:2] for line in f]

    def sweep(self, life):
        before, alike = None, 0
        calls = self.calls(life)
        for n, call in calls:
            alike = alike + 1 if call == before else 0
            before = call
            if alike % self.stride == 0 and (call not in ('write', 'send') or int(n) % self.stride == 0):
                self.strike(life, f'kill-before any {n}',
                            f'kill-before any {int(n) // 2 + 1}' if int(n) % 7 == 0 else None)
                self.strike(life, f'kill-after any {n}')
        return len(calls)


def main():
    there_file, name, stride = sys.argv[1:4]
    with open(there_file) as f:
        there = json.load(f)
    begun = time.monotonic()
    kills = Kills(there, name, int(stride))
    counts = {life: kills.sweep(life) for life in (('direct', 'renamed') if name == 'sftp' else ('direct',))}
    kills.observer.close()
    for line in kills.wrong[:20]:
        print('    ' + line)
    struck = kills.point - len(counts)
    print(f'{"not ok" if kills.wrong else "ok"} {name}: after each of {struck} kills receipts hold, and '
          'nothing else is seen')
    hit = kills.before * 3 > kills.before + kills.behind  # some calls come behind the receipt
    print(f'{"ok" if hit else "not ok"} {name}: of {struck} kills {kills.before} came before the receipt, '
          f'{kills.behind} behind it; {kills.never} calls were never made')
    print(f'{"ok" if kills.longest < 5 else "not ok"} {name}: a sender can go on within 5 s')
    print('# ' + ', '.join(f'{life}: {n} calls' for life, n in counts.items())
          + f'; resumed {kills.resumed} times, at most {kills.longest:.2f} s to the receipt, '
          f'{time.monotonic() - begun:.1f} s in all')


main()
