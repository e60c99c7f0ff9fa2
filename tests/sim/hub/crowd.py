#!/usr/bin/python3
"""Plays a crowd of histories to a hub of real processes: busbar-sim --crowd says what happens, this does it.

crowd.py SIM STATE MAIL_PORT PORTAL_PORT SEED HISTORIES
"""
import concurrent.futures
import datetime
import random
import re
import subprocess
import sys
import time
import zoneinfo

import acts
from acts import Act, Acts
from desk import Desk
from hub import Hub, Trouble
from post import Post
from world import CSPS, PREMISES, READS, Utility, World

CHICAGO = zoneinfo.ZoneInfo('America/Chicago')
WORKERS = 4
DWELL_S = 1.0  # the watch over abuse holds a yes that comes sooner
HOLD_S = 0.1  # so long others may join who hold their sender
MAY_HOLD = 0.4  # in so many rounds: a death costs half a second
SAMPLES = 2  # of what is looked at by `busbar reads` after a jump
ALIVE = ('ACTIVE', 'HELD', 'SUSPENDED')
TALK = ('declined', 'reported', 'lapsed', 'undeliverable', 'withdrawn', 'ended', 'not-you')


class Crowd:
    def __init__(self, sim, state, mail_port, portal_port, seed, histories):
        self.hub = Hub(state)
        self.post = Post(int(mail_port), f'{state}/tls/server.pem', f'{state}/tls/server.key')
        self.desk = Desk(int(portal_port), f'{state}/tls/ca.pem')
        self.sim = subprocess.Popen([sim, '--crowd', '--seed', seed, '--histories', histories], stdin=subprocess.PIPE,
                                    stdout=subprocess.PIPE, text=True)
        reps = [r.split(',')[0] for r in self.hub.must('synth', '--reps').splitlines()[1:4]]
        self.utility = Utility(self.hub, reps)
        self.acts = Acts(self)
        self.pool = concurrent.futures.ThreadPoolExecutor(WORKERS)
        self.rng = random.Random(int(seed))
        self.worlds, self.slots, self.of, self.asked = [], {}, {}, {}
        self.verps, self.mail_from, self.kinds = {}, 0, {}
        self.states, self.nobody_next, self.round, self.kills = {}, 5000000, 0, [0, 0]
        self.decisions = set()
        self.spent, self.unread, self.said, self.jumps = {}, [], set(), 0

    # ---- what is known ----

    def made(self, h, slot, number, asked):
        self.slots[(h, slot)] = number
        self.of[number] = (h, slot)
        self.asked[(h, slot)] = asked

    def nobody(self):
        self.nobody_next += 1
        return self.nobody_next

    def mail_of(self, number, kind, nth=None):
        """The newest mail of an agreement that its customer got; the nth of others in the order of mailboxes."""
        mails = [self.post.newest(v) for v in self.verps.get((number, kind), [])]
        mails = [m for m in mails if m is not None]
        if nth is None:
            return mails[-1] if mails else None
        mails.sort(key=lambda m: int(re.match(r'h\d+m(\d+)@', m.address).group(1)))
        return mails[nth] if nth < len(mails) else None

    def learn_mails(self):
        rows = self.hub.sql.rows(f"""select mail, verp, coalesce(agreement, 0), kind, coalesce(args ->> 'to', '') = 'csp'
            from mail.outbox where verp is not null and mail >= {self.mail_from} order by mail""")
        for mail, verp, number, kind, to_csp in rows:
            if to_csp == 'f' and verp not in self.kinds:
                self.verps.setdefault((int(number), kind), []).append(verp)
                self.kinds[verp] = (int(number), kind)
                if kind == 'invitation':
                    self.unread.append(int(number))
        self.mail_from = int(self.hub.sql.one("""select coalesce(min(mail) filter (where state in ('QUEUED', 'SENDING')),
            max(mail), 0) from mail.outbox"""))

    def learn_states(self):
        before = self.states
        self.states = {}
        for number, state, renews, *at in self.hub.sql.rows("""select agreement, state, coalesce(renews, 0),
                coalesce(floor(extract(epoch from invited_at))::int8, 0),
                coalesce(floor(extract(epoch from accepted_at))::int8, 0),
                coalesce(floor(extract(epoch from starts_at))::int8, 0) from agreement.agreement"""):
            self.states[int(number)] = (state, int(renews), at)
        return before

    # ---- a round ----

    def say(self, *words):
        self.sim.stdin.write(' '.join(map(str, words)).replace('\n', ' ') + '\n')

    def jump(self, to):
        begun = time.monotonic()
        by = to - self.hub.now()
        if by > 0:
            self.hub.must('clock', 'advance', f'{by}s')
        self.timed('jump', begun)

    def today_is(self, now):
        self.today = datetime.datetime.fromtimestamp(now, CHICAGO).date().isoformat()

    def timed(self, what, begun):
        self.spent[what] = self.spent.get(what, 0) + time.monotonic() - begun

    def each(self, what, some):
        begun = time.monotonic()

        def guarded(a):
            try:
                what(a)
            except RuntimeError as e:
                a.trouble = str(e)
        list(self.pool.map(guarded, some))
        self.timed(what.__name__, begun)

    def watch_held(self):
        """Senders that hang at a mail die, together with what else they do."""
        if self.post.held == 0:
            return
        time.sleep(HOLD_S)
        self.kill('agreementd')
        self.post.sender_died()

    def kill(self, daemon):
        if self.hub.kill(daemon):
            self.kills[0 if daemon == 'agreementd' else 1] += 1

    def look_into(self):
        """Mail programs and people open what comes, as soon as it comes; those that came not yet, later."""
        def look(number):
            mail = self.mail_of(number, 'invitation')
            if mail is not None:
                self.desk.open(mail.link())
            return number if mail is None else None
        self.unread = [n for n in self.pool.map(look, self.unread) if n is not None]

    def settle(self):
        begun = time.monotonic()
        self.hub.settle(self.watch_held)
        self.timed('settle', begun)
        begun = time.monotonic()
        self.learn_mails()
        self.look_into()
        self.timed('mails', begun)

    def decide(self, some):
        """Those who press at once first; then those who have had the page open for a while."""
        hasty = [a for a in some if a.forms and a.at_once]
        readers = [a for a in some if a.forms and not a.at_once]
        for a in hasty:
            form = self.desk.open(a.link)
            a.forms = [form] if form is not None and form.decides else a.forms
            self.press_one(a, a.forms[0])
        newest = max((form.opened for a in readers for form in a.forms), default=0)
        time.sleep(max(0, newest + DWELL_S + 0.1 - time.monotonic()))
        presses = [self.pool.submit(self.press_one, a, form) for a in readers for form in a.forms]
        if readers and self.rng.random() < 0.15:
            time.sleep(self.rng.random() * 0.03)
            self.kill('portald')
        for p in presses:
            p.result()

    def press_one(self, a, form):
        try:
            status, said = self.desk.press(a.link, form, a.choice, a.code)
            if status != 303:
                a.trouble = f'a press of {a.choice} has status {status}: {said}'
        except RuntimeError as e:
            a.trouble = str(e)

    def utility_tells(self, some):
        for topic, kind in enumerate(self.utility.TOPICS):
            self.utility.submit(kind, [a.row[1] for a in some if a.row and a.row[0] == topic])

    def play(self, doing):
        self.each(self.acts.begin, doing)
        begun = time.monotonic()
        self.utility_tells(doing)
        self.timed('files', begun)
        begun = time.monotonic()
        self.decide([a for a in doing if a.act == acts.DECIDE])
        self.timed('decide', begun)
        if self.rng.random() < 0.04:
            self.kill('agreementd')
        self.settle()
        later = [a for a in doing if a.later]
        if later:
            self.each(self.acts.press_later, later)
            self.settle()

    # ---- what came of it ----

    def outcomes(self, doing, before):
        fresh, dwell = set(), {}
        for number, choice, link, ms in self.hub.sql.rows("""select agreement, choice, encode(link, 'hex'),
                coalesce(evidence ->> 'dwell_ms', '0') from agreement.decision
                where recorded_at > now() - interval '10 minutes'"""):
            if (number, choice, link) not in self.decisions:
                self.decisions.add((number, choice, link))
                fresh.add((int(number), choice))
                dwell[int(number)] = float(ms)
        renewed = {r: n for n, (_, r, _) in self.states.items() if r}
        for a in doing:
            number = self.slots.get((a.h, a.slot))
            verdict = -1
            if a.act == acts.DECIDE:
                made = {c for c in acts.CHOICES if (number, c) in fresh}
                a.done = a.choice in made
                if made - {a.choice}:
                    a.trouble = f'{a.choice} was pressed, {made} decided'
                verdict = int(dwell.get(number, 10000) < DWELL_S * 1000)
            elif a.act == acts.END and a.what == 0:
                a.done = (number, 'STOP') in fresh
            elif a.act == acts.RENEW:
                made = renewed.get(self.slots[(a.h, a.of)])
                if made is not None and made not in self.of:
                    self.made(a.h, a.slot, made, self.asked[(a.h, a.of)])
                    a.done = True
            elif a.act == acts.NOT_ME:
                a.done = any(self.states[n][0] == 'HELD' and before.get(n, ('',))[0] != 'HELD'
                             for n in self.chain(number, renewed))
            elif a.act == acts.BOUNCE:
                a.done = self.states[number][0] == 'UNDELIVERABLE' and before[number][0] == 'PENDING'
            self.say('did', a.h, int(a.done), verdict, *([a.trouble] if a.trouble else []))

    @staticmethod
    def chain(number, renewed):
        while number is not None:
            yield number
            number = renewed.get(number)

    def say_states(self, before):
        """Those that are not as they were."""
        for number, now in self.states.items():
            if number in self.of and (now != before.get(number) or number not in self.said):
                self.said.add(number)
                self.say('state', *self.of[number], now[0], *now[2])

    def to_look_at(self, jumped, doing):
        """Whose reads are looked at: who did something; after a jump who could read, now and then all."""
        some = {a.h for a in doing}
        if jumped:
            self.jumps += 1
            some |= {self.of[n][0] for n, (state, _, _) in self.states.items() if n in self.of and state in ALIVE}
            if self.jumps % 8 == 0:
                some = set(range(len(self.worlds)))
        return sorted(some)

    def say_rights(self, kind, histories):
        begun = time.monotonic()
        places = {self.worlds[h].esiid(p): (h, p) for h in histories for p in range(PREMISES)}
        codes = {self.worlds[h].csp(c): (h, c) for h in histories for c in range(CSPS)}
        rows = self.hub.sql.rows(f"""
            select c.code, p.esiid, coalesce(floor(extract(epoch from lower(m.r)))::int8, 0),
                coalesce(floor(extract(epoch from upper(m.r)))::int8, 0)
            from (select distinct y.code, y.party from agreement.agreement a join party.party y on y.party = a.csp
                where a.starts_at is not null and y.code in ({', '.join(f"'{c}'" for c in codes)})) c
            cross join lateral (select g.premise, unnest(range_agg(g.permitted)) as r
                from reads.rights(c.party, '{READS[kind]}', tstzrange(null, null), null) g group by g.premise) m
            join premise.premise p using (premise)""") if histories else []
        spans = {}
        for code, esiid, low, high in rows:
            (h, c), (other, p) = codes[code], places.get(esiid, (-1, 0))
            if h != other:
                raise Trouble(f'{code} may read {esiid}, of another history')
            self.say('right', h, c, p, low, high)
            spans.setdefault((code, esiid), []).append((int(low), int(high)))
        for h in histories:
            self.say('look', h)
        self.timed('rights', begun)
        return codes, places, spans

    def read_some(self, codes, places, spans):
        """The command that gives reads away says the same as the gate."""
        day = datetime.date.fromisoformat(self.today) - datetime.timedelta(days=self.rng.randrange(1, 40))
        first, past = (int(datetime.datetime.combine(day + datetime.timedelta(days=d), datetime.time(), CHICAGO).timestamp())
                       for d in (0, 1))
        some = self.rng.sample(sorted(spans), min(SAMPLES, len(spans)))
        some.append((self.rng.choice(sorted(codes)), self.rng.choice(sorted(places))))
        for code, esiid in some:
            may = any(low <= first and (high >= past or high == 0) for low, high in spans.get((code, esiid), []))
            status, said = self.hub.busbar('reads', esiid, '--as', code, '--from', day, '--to', day)
            if status != (0 if may else 65):
                raise Trouble(f'busbar reads {esiid} --as {code} of {day}: {status}, {"may" if may else "may not"}: {said[:200]}')

    def go(self, kind, jumped, doing):
        self.round += 1
        self.kills, begun = [0, 0], self.hub.now()
        self.today_is(begun)
        self.post.round_begins(self.rng.random() < MAY_HOLD)
        self.play(doing)
        begun_states = time.monotonic()
        before = self.learn_states()
        self.outcomes(doing, before)
        self.say_states(before)
        self.timed('states', begun_states)
        for verp, fate, letter in self.post.asked():
            number, _ = self.kinds[verp]
            self.say('mail', self.of[number][0], self.of[number][1], fate, letter)
        looked = self.say_rights(kind, self.to_look_at(jumped, doing))
        if jumped and kind == 0 and looked[0]:
            self.read_some(*looked)
        self.say('killed', *self.kills)
        self.say('time', begun, self.hub.now())

    def tell(self):
        """Who was told what; and each mail that went has come."""
        kinds = ', '.join(f"'{k}'" for k in TALK)
        for number, *n in self.hub.sql.rows(f"""select agreement,
                count(*) filter (where kind <> 'not-you' and args ->> 'to' is distinct from 'csp'),
                count(*) filter (where args ->> 'to' = 'csp'), count(*) filter (where kind = 'not-you')
                from mail.outbox where kind in ({kinds}) and state not in ('CANCELLED', 'SUPPRESSED') and agreement is not null
                group by 1"""):
            if int(number) in self.of:
                self.say('told', *self.of[int(number)], *n)
        for (verp,) in self.hub.sql.rows("select verp from mail.outbox where state = 'SENT'"):
            if self.post.newest(verp) is None:
                raise Trouble(f'a mail {self.kinds.get(verp)} is said to have gone, and has not come')

    def begin(self):
        self.utility.begin(self.worlds)
        self.utility.third_parties(self.worlds, WORKERS)
        now = self.hub.now()
        self.say('time', now, now)

    def run(self):
        doing = []
        for line in self.sim.stdout:
            word, *words = line.split()
            try:
                if word == 'history':
                    h, large, *lives = map(int, words)
                    self.worlds.append(World(h, large, lives))
                    continue
                if word == 'do':
                    doing.append(Act(words))
                    continue
                if word == 'jump':
                    self.jump(int(words[0]))
                    continue
                if word == 'begin':
                    self.begin()
                elif word == 'go':
                    self.go(int(words[0]), words[1] == '1', doing)
                    doing = []
                elif word == 'tell':
                    self.tell()
                else:
                    print(line[4:].rstrip('\n') if word == 'say' else line.rstrip('\n'), flush=True)
                    continue
            except Trouble as e:
                self.say('trouble', e)
            self.say('end')
            self.sim.stdin.flush()
        print('seconds: ' + ', '.join(f'{k} {v:.1f}' for k, v in sorted(self.spent.items())))
        return self.sim.wait()


def main():
    crowd = Crowd(*sys.argv[1:])
    status = crowd.run()
    crowd.post.stop()
    return status


if __name__ == '__main__':
    sys.exit(main())
