"""The world of each history in a hub: four premises, customers, three third parties; names for all of them."""
import concurrent.futures
import datetime
import os

PREMISES, CSPS, MAILBOXES, CUSTOMERS = 4, 3, 3, 6
KINDS = ('energy', 'energy-once', 'device', 'device-services')
READS = ('interval', 'register', 'billing')
LONG_AGO = '2022-01-01'
DOMAIN = 'home.example'


class World:
    def __init__(self, h, large, lives):
        self.h = h
        self.large = large
        self.lives = lives
        self.told = []  # (topic, premise, day, says), in their order

    def is_large(self, p):
        return self.large >> p & 1 == 1

    def esiid(self, p):
        return f'1044372{self.h:07d}{int(self.is_large(p))}{p:02d}'

    def meter(self, p, says=0):
        return f'M{self.h}P{p}' + (f'-{says}' if says else '')

    def csp(self, c):
        return f'sim{self.h}x{c}'

    def csp_name(self, c):
        return f'Sim {self.h} {"ABC"[c]}'

    def mailbox(self, m):
        """Of a customer who is asked, or (from MAILBOXES on) one that the utility knows."""
        return f'h{self.h}m{m}@{DOMAIN}'

    def account(self, customer):
        return f'A{self.h}C{customer}' if customer else ''

    def holds(self, topic, p, today):
        said = [(day, i, says) for i, (t, q, day, says) in enumerate(self.told) if t == topic and q == p and day <= today]
        return max(said)[2] if said else 0


def stamp():
    return datetime.datetime.now(datetime.timezone.utc).strftime('%Y-%m-%dT%H:%M:%SZ')


class Utility:
    """Files of a utility, many rows at a time."""

    FORMATS = {'premise': 'esiid,status,class,effective', 'meter': 'esiid,meter_number,effective',
               'rep': 'esiid,rep,effective', 'occupancy': 'esiid,account,effective',
               'customer': 'account,name,kind,emails'}
    TOPICS = ('occupancy', 'meter', 'rep', 'premise')

    def __init__(self, hub, reps):
        self.hub = hub
        self.reps = reps
        self.n = 0

    def submit(self, kind, rows):
        if not rows:
            return
        self.n += 1
        path = f'{self.hub.state}/tmp/{kind}-{self.n}.csv'
        made = stamp()
        with open(path, 'w', encoding='ascii') as f:
            f.write(f'busbar,{kind},1\n{self.FORMATS[kind]},created\n')
            f.writelines(f'{row},{made}\n' for row in rows)
        self.hub.must('submit', path, '--as', 'oncor', '--wait')
        os.unlink(path)

    def row(self, w, topic, p, says, day):
        e = w.esiid(p)
        if topic == 0:
            return f'{e},{w.account(says)},{day}'
        if topic == 1:
            return f'{e},{w.meter(p, says)},{day}'
        if topic == 2:
            return f'{e},{self.reps[says]},{day}'
        return f'{e},{"RETIRED" if says else "ACTIVE"},{"BUSINESS" if w.is_large(p) else "RESIDENTIAL"},{day}'

    def begin(self, worlds):
        """All premises with meters, REPs, customers; large ones have had large bills for years."""
        for topic in (3, 1, 2):
            self.submit(self.TOPICS[topic], [self.row(w, topic, p, 0, LONG_AGO) for w in worlds for p in range(PREMISES)])
        self.submit('customer', [
            f'{w.account(c)},Customer {c},RESIDENTIAL,{w.mailbox(MAILBOXES + c) if c % 2 else ""}'
            for w in worlds for c in range(1, CUSTOMERS + 1)])
        self.submit('occupancy', [self.row(w, 0, p, w.lives[p], LONG_AGO)
                                  for w in worlds for p in range(PREMISES) if w.lives[p]])
        large = [f"'{w.esiid(p)}'" for w in worlds for p in range(PREMISES) if w.is_large(p)]
        if large:
            self.hub.sql.rows(f"""
                insert into reads.billing (series, start_date, end_date, created, load, line, wh)
                select p.premise * 8, m::date, (m + interval '1 month')::date - 1, '2022-01-01',
                    (select max(load) from premise.premise_event), 1, 20000000
                from premise.premise p, generate_series(timestamp '2025-01-01', timestamp '2029-01-01', interval '1 month') m
                where p.esiid in ({','.join(large)})""")

    def third_parties(self, worlds, workers):
        with concurrent.futures.ThreadPoolExecutor(workers) as pool:
            list(pool.map(lambda x: self.hub.must('csp', 'add', x[0].csp(x[1]), '--name', x[0].csp_name(x[1]), '--contact',
                                                  f'{x[0].csp(x[1])}@csp.example'),
                          [(w, c) for w in worlds for c in range(CSPS)]))
