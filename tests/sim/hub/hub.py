"""The hub of a crowd: its commands, its database as an operator sees it, its daemons."""
import os
import signal
import subprocess
import threading
import time

MARK = 'END-OF-ANSWER'


class Trouble(Exception):
    """What is no matter of rules: the hub does not work."""


class Sql:
    """One session of psql that stays."""

    def __init__(self, state):
        self.lock = threading.Lock()
        self.p = subprocess.Popen(
            ['runuser', '-u', 'busbar-db', '--', '/usr/lib/postgresql/15/bin/psql', '-XqAt', '-F', ' ', '-v',
             'ON_ERROR_STOP=0', '-h', f'{state}/run/db', '-U', 'busbar_db', '-d', 'busbar'],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd='/')

    def rows(self, query):
        with self.lock:
            self.p.stdin.write(f'{query.rstrip().rstrip(";")};\n\\echo {MARK}\n')
            self.p.stdin.flush()
            rows = []
            for line in self.p.stdout:
                line = line.rstrip('\n')
                if line == MARK:
                    return rows
                if line.startswith('ERROR'):
                    raise Trouble(f'{line}: {query[:300]}')
                rows.append(line.split(' '))
        raise Trouble('psql has ended')

    def one(self, query):
        return self.rows(query)[0][0]


class Hub:
    def __init__(self, state):
        self.state = state
        self.programs = f'{state}/programs'
        self.sql = Sql(state)
        self.log = open(f'{state}/log/crowd.log', 'a', encoding='utf-8')

    def busbar(self, *args, person=None, stdin=None):
        """Exit status and what it says."""
        env = dict(os.environ, **({'SUDO_USER': person} if person else {}))
        p = subprocess.run([f'{self.programs}/bin/busbar', '-c', f'{self.state}/busbar.conf', *map(str, args)],
                           input=stdin, stdin=None if stdin else subprocess.DEVNULL, stdout=subprocess.PIPE,
                           stderr=subprocess.STDOUT, text=True, timeout=120, env=env)
        self.log.write(f'{p.returncode} {" ".join(map(str, args))}: {p.stdout[:500]}\n')
        if p.returncode in (64, 69, 70, 71) or p.returncode < 0:
            raise Trouble(f'busbar {" ".join(map(str, args))}: status {p.returncode}: {p.stdout[:300]}')
        return p.returncode, p.stdout

    def must(self, *args, **more):
        status, said = self.busbar(*args, **more)
        if status != 0:
            raise Trouble(f'busbar {" ".join(map(str, args))}: status {status}: {said[:300]}')
        return said

    def bounce(self, mail):
        p = subprocess.run(['runuser', '-u', 'busbar-bounce', '--', f'{self.programs}/bin/busbar-bounce', '-c',
                            f'{self.state}/busbar.conf'], input=mail, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                           text=True, timeout=60, cwd='/')
        if p.returncode != 0:
            raise Trouble(f'busbar-bounce: status {p.returncode}: {p.stdout[:300]}')

    def now(self):
        return int(self.sql.one('select floor(extract(epoch from ops.now()))::int8'))

    def kill(self, daemon):
        """SIGKILL; the keeper starts it again."""
        path = f'{self.state}/run/{daemon}.pid'
        with open(path, encoding='ascii') as f:
            pid = int(f.read())
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            return False
        for _ in range(400):
            try:
                with open(path, encoding='ascii') as f:
                    again = f.read().strip()
            except FileNotFoundError:
                again = ''
            if again and int(again) != pid:
                return True
            time.sleep(0.02)
        raise Trouble(f'{daemon} was not started again')

    def is_settled(self):
        """Nothing is due, no mail is on its way."""
        return self.sql.one("""
            select (not exists (select from mail.outbox where state = 'SENDING')
                and coalesce(mail.next_ms(), 1) > 0 and not exists (select from radar.following)
                and coalesce(agreement.next_due() > ops.now(), true))::int4""") == '1'

    def settle(self, while_waiting=lambda: None, most_s=90):
        until = time.monotonic() + most_s
        pause = 0.01
        while time.monotonic() < until:
            while_waiting()
            if self.is_settled():
                return
            time.sleep(pause)
            pause = min(pause * 1.5, 0.1)
        due = self.sql.rows("""select 'due', agreement, what, due_at from agreement.dues(ops.now()) limit 3""")
        mails = self.sql.rows("""select mail, kind, state, due_at, attempts from mail.outbox
            where state in ('QUEUED', 'SENDING') and due_at <= ops.now() order by due_at limit 3""")
        raise Trouble(f'the hub does not come to rest: {due} {mails}')
