# Doors of a hub that is in trouble itself: its disk is full, its database is gone.
#
#   trouble.py THERE before|full|after     a disk; one step each, tests/fault/trouble_doors fills it between them
#   trouble.py THERE database STOP         uploads at every door until the file STOP is there
#
# Prints "ok" and "not ok" lines.
import json
import os
import random
import re
import sys
import threading
import time

from doors import Cut, Ledger, Refused, Wrong, door_of

AGAIN_S = 30
DOORS = ('sftp', 'ftps13', 'https')
FULL = {'sftp': r'4 .*no space|.*[Nn]o space', 'ftps13': r'.*\b452 ', 'https': r'.*507'}
# A database that is away is no wrong password and no missing file.
AWAY = {'sftp': r'(?!2 )', 'ftps13': r'.*\b(421|425|426|451) |end of the control|.*[Cc]onnection|.*EOF|.*timed out',
        'https': r'.*\b503\b|.*RemoteDisconnected'}


def say(good, words, detail=''):
    print(f'{"ok" if good else "not ok"} {words}')
    if not good:
        print(f'    {str(detail)[:600]}')


def put(door, path, data):
    """None with a receipt, else what was said."""
    session = None
    try:
        session = door.session()
        session.put(path, data)
    except (Cut, Refused) as e:
        return str(e) or type(e).__name__
    finally:
        if session:
            session.close()


def data_of(name, size=1000000):
    return random.Random(name).randbytes(size)


def before(there, ledger):
    for name in DOORS:
        said = put(door_of(name, there, there['proxy']), f'/test/early-{name}', data_of(name, 50000))
        say(said is None, f'{name}: with room there is a receipt', said)


def full(there, ledger):
    for name in DOORS:
        door = door_of(name, there, there['proxy'])
        for folder in ('test', 'in'):
            said = put(door, f'/{folder}/full-{name}', data_of(name))
            say(said is not None and re.match(FULL[name], said),
                f'{name}: on a full disk an upload to {folder}/ is refused, with words', said)
        session = door.session()
        listed = {folder: session.list('/' + folder) for folder in ('test', 'in')}
        say(not any(f'full-{name}' in x for x in listed.values()), f'{name}: nothing of it is listed', listed)
        back = bytearray()
        session.get(f'/test/early-{name}', back)
        say(back == data_of(name, 50000), f'{name}: what was there can be taken')
        say(ledger.rows(f'full-{name}') == 0, f'{name}: nothing is in the ledger')


def after(there, ledger):
    for name in DOORS:
        door = door_of(name, there, there['proxy'])
        path, data = f'/test/full-{name}', data_of(name)
        session = door.session()
        at = session.part(path)
        session.put(path, data, at)
        back = bytearray()
        session.get(path, back)
        say(back == data, f'{name}: with room again it goes on, from byte {at}, to a receipt')


class Sender(threading.Thread):
    """Files of a utility, one after the other; each is sent until there is a receipt."""

    def __init__(self, there, name, stop):
        super().__init__()
        self.there, self.name_of_door, self.stop = there, name, stop
        self.sent, self.said, self.wrong, self.longest = [], {}, [], 0.0
        with open(there['lse'][name], 'rb') as f:
            self.template = f.read()

    def once(self, door, path, data):
        session = None
        try:
            session = door.session()
            whole = path[4:] in session.list('/in')
            session.put(path, data, 0 if whole else min(session.part(path), len(data)))
            return True
        except (Cut, Refused) as e:
            words = str(e) or type(e).__name__
            self.said[words[:80]] = self.said.get(words[:80], 0) + 1
            if not re.match(AWAY[self.name_of_door], words):
                self.wrong.append(words)
            time.sleep(0.05)
            return False
        except Wrong as e:
            self.wrong.append(str(e))
            return False
        finally:
            if session:
                session.close()

    def run(self):
        door = door_of(self.name_of_door, self.there, self.there['proxy'])
        k = 0
        while not os.path.exists(self.stop) and k + 1 < len(self.there['days']):
            k += 1
            name = self.there['lse_name'] % (self.there['doors'][self.name_of_door], k)
            data = self.template.replace(b'19990909', self.there['days'][k].encode())
            begun = time.monotonic()
            while not self.once(door, f'/in/{name}', data):
                if time.monotonic() - begun > AGAIN_S:
                    self.wrong.append(f'no receipt within {AGAIN_S} s')
                    return
            self.longest = max(self.longest, time.monotonic() - begun)
            self.sent.append(name)


def database(there, ledger, stop):
    senders = [Sender(there, name, stop) for name in DOORS]
    for s in senders:
        s.start()
    for s in senders:
        s.join()
    ledger = Ledger(there['psql'])  # the one before saw the kills, too
    for s in senders:
        name = s.name_of_door
        say(not s.wrong, f'{name}: whoever sends while the database is away is told to try again', s.wrong[:5])
        rows = [ledger.rows(x) for x in s.sent]
        say(rows and set(rows) == {1}, f'{name}: each of {len(rows)} receipts is one row of the ledger', rows)
        listed = door_of(name, there, there['proxy']).session().list('/in')
        say(all(x in listed for x in s.sent), f'{name}: and one file of the box')
        print(f'# {name}: at most {s.longest:.1f} s to a receipt; was told {s.said}')


def main():
    with open(sys.argv[1]) as f:
        there = json.load(f)
    {'before': before, 'full': full, 'after': after, 'database': database}[sys.argv[2]](
        there, Ledger(there['psql']), *sys.argv[3:])


main()
