"""What happens in a history, done as people and programs do it: commands, pages, files, bounces."""
import datetime
import json
import random

from world import KINDS, READS

(INVITE, MAIL, OPEN, DECIDE, JUDGE, WITHDRAW, END, CSP, TICK, TELL, RENEW, REWIND, NOT_ME, BOUNCE, PROBE,
 HOURS) = range(16)
CHOICES = ('CONFIRM', 'DECLINE', 'REPORT')
BY = ('customer', 'csp', 'operator', 'commission')
BOUNCED = """From: MAILER-DAEMON@relay.example
To: bounce+{verp}@busbar.example
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; relay.example

Final-Recipient: rfc822; {address}
Action: {action}
Status: {status}

--b--
"""


class Act:
    """One event of one history in a round: the words of crowd.c, and what came of it."""

    NAMES = ('id', 'act', 'slot', 'of', 'csp', 'premises', 'wrong', 'stale', 'kind', 'what', 'verdict', 'months',
             'history', 'kinds', 'mailbox', 'premise', 'customer', 'days', 'fate')

    def __init__(self, words):
        numbers = [int(w) for w in words]
        self.h = numbers[0]
        for name, value in zip(self.NAMES, numbers[1:]):
            setattr(self, name, value)
        self.done = False
        self.trouble = ''
        self.row = ()  # of a file that the utility sends
        self.link = None
        self.forms = []  # pages that are open, to be pressed
        self.choice = None
        self.later = None  # what the second part presses


class Acts:
    def __init__(self, crowd):
        self.c = crowd
        self.hub = crowd.hub
        self.desk = crowd.desk

    def world(self, a):
        return self.c.worlds[a.h]

    def number(self, a, slot=None):
        return self.c.slots[(a.h, a.slot if slot is None else slot)]

    def begin(self, a):
        """The first part: all but what is pressed on pages."""
        first = {INVITE: self.invite, MAIL: self.attitude, OPEN: self.open, DECIDE: self.decide_open, JUDGE: self.judge,
                 WITHDRAW: self.withdraw, END: self.end, CSP: self.csp, TELL: self.tell, RENEW: self.renew,
                 NOT_ME: self.not_me, BOUNCE: self.bounce, PROBE: self.probe}
        first[a.act](a)

    # ---- third parties ----

    def attitude(self, a):
        w = self.world(a)
        csp, mailbox = self.c.asked[(a.h, a.slot)]
        self.c.post.fates[(w.mailbox(mailbox), w.csp_name(csp))] = a.fate

    def triples(self, a):
        w = self.world(a)
        for p in range(4):
            if not a.premises >> p & 1:
                continue
            stale = a.stale >> p & 1
            meter = w.meter(p, 0 if stale else w.holds(1, p, self.c.today))
            rep = self.hub_rep(0 if stale else w.holds(2, p, self.c.today))
            if a.wrong >> p & 1:
                meter, rep = ('M99', rep) if p % 2 == 0 else (meter, self.hub_rep(2))
            yield w.esiid(p), meter, rep

    def hub_rep(self, says):
        return self.c.utility.reps[says]

    def invite(self, a):
        w = self.world(a)
        self.c.post.fates[(w.mailbox(a.mailbox), w.csp_name(a.csp))] = a.fate
        args = ['agreement', 'invite', '--as', w.csp(a.csp), '--email', w.mailbox(a.mailbox), '--kind', KINDS[a.kind],
                '--history', a.history, '--json']
        for esiid, meter, rep in self.triples(a):
            args += ['--esiid', esiid, '--meter', meter, '--rep', rep]
        for i, read in enumerate(READS):
            args += ['--reads', read] if a.kinds >> i & 1 else []
        args += ['--months', a.months] if a.months else []
        status, said = self.hub.busbar(*args)
        if status == 0:
            self.c.made(a.h, a.slot, json.loads(said)['id'], (a.csp, a.mailbox))
            a.done = True

    def probe(self, a):
        """By a spreadsheet, whose rows are asked for one by one."""
        w = self.world(a)
        path = f'{self.hub.state}/tmp/probe-{a.h}-{a.id}.csv'
        with open(path, 'w', encoding='ascii') as f:
            f.write('esiid,meter,rep,email,months,reference\n')
            for _ in range(a.days):
                n = self.c.nobody()
                esiid = w.esiid(a.premise) if a.premise < 4 else f'1044372{n:010d}'
                f.write(f'{esiid},M98,{self.hub_rep(0)},probe@home.example,12,R{n}\n')
        status, said = self.hub.busbar('agreement', 'import', path, '--as', w.csp(a.csp))
        if status == 0:
            a.trouble = f'wrong triples were taken: {said[:100]}'

    def withdraw(self, a):
        status, _ = self.hub.busbar('agreement', 'withdraw', self.number(a), '--as', self.world(a).csp(self.c.asked[(a.h, a.slot)][0]))
        a.done = status == 0

    # ---- operators, the commission ----

    def judge(self, a):
        status, _ = self.hub.busbar('hold', 'refuse' if a.what else 'release', self.number(a), '--reason', 'looked')
        a.done = status == 0

    def csp(self, a):
        code = self.world(a).csp(a.csp)
        word = ('suspend', 'resume', 'revoke')[a.what]
        was = self.hub.sql.one(f"select c.state from party.csp c join party.party p using (party) where p.code = '{code}'")
        status, said = self.hub.busbar('csp', word, code, '--reason', 'as the history says', '--json')
        if status == 0 and word == 'resume':
            status, said = self.hub.busbar('approval', 'confirm', json.loads(said)['approval'], person='nobody')
        # one that is suspended can be for another reason too
        a.done = status == 0 and not (word == 'suspend' and was == 'SUSPENDED')

    def end(self, a):
        if a.what != 0:
            status, _ = self.hub.busbar('agreement', 'terminate', self.number(a), '--by', BY[a.what], '--why', 'the history')
            a.done = status == 0
            return
        # the customer: the old mail's page sends a fresh mail, whose page ends it
        mail = self.c.mail_of(self.number(a), 'invitation')
        if mail is not None:
            link = mail.link()
            form = self.desk.open(link)
            if form is not None and 'STOP_ASK' in form.choices:
                self.desk.press(link, form, 'STOP_ASK')
        a.later = 'stop'

    # ---- the utility ----

    def tell(self, a):
        w = self.world(a)
        day = (datetime.date.fromisoformat(self.c.today) + datetime.timedelta(days=a.days)).isoformat()
        w.told.append((a.what, a.premise, day, a.customer))
        a.row = (a.what, self.c.utility.row(w, a.what, a.premise, a.customer, day))

    # ---- customers ----

    def open(self, a):
        mail = self.c.mail_of(self.number(a), 'invitation')
        if mail is None:
            a.trouble = 'a mail that went is not in the mailbox'
        elif self.desk.open(mail.link()) is None:
            a.trouble = 'the page of a mail that went is not there'

    def decide_open(self, a):
        mail = self.c.mail_of(self.number(a), 'invitation')
        if mail is None:
            a.trouble = 'a mail that went is not in the mailbox'
            return
        a.link, a.choice, a.code = mail.link(), CHOICES[a.what], mail.code()
        a.at_once = a.verdict != 0
        # pages that were open before are as good as one of now; now and then somebody presses twice at the same time
        rng = random.Random(f'{a.h} {a.id}')
        a.forms = self.desk.forms.get(a.link, [])[:1]
        if a.at_once or not a.forms or rng.random() < 0.05:
            form = self.desk.open(a.link)
            a.forms = [form] if form is not None and form.decides else a.forms
        if rng.random() < 0.2:
            a.forms = a.forms * 2

    def renew(self, a):
        w = self.world(a)
        self.hub.busbar('agreement', 'renew', self.number(a, a.of), '--as', w.csp(self.c.asked[(a.h, a.of)][0]))
        a.later = 'renewal'

    def not_me(self, a):
        a.later = 'not-you'

    def bounce(self, a):
        verp = self.c.verps.get((self.number(a), 'invitation'))
        if not verp:
            a.trouble = 'a mail that went has no envelope'
            return
        self.hub.bounce(BOUNCED.format(verp=verp[-1], address='someone@home.example', action='delayed' if a.what else 'failed',
                                       status='4.4.1' if a.what else '5.1.1'))

    # ---- pressing ----

    def press_later(self, a):
        """The button of a mail that came of the first part, or of an earlier one."""
        number = self.number(a, a.of if a.act == RENEW else None)
        mail = self.c.mail_of(number, a.later, a.what if a.act == NOT_ME else None)
        if mail is None:
            if a.act == NOT_ME:
                a.trouble = 'nobody else was told'
            return
        link = mail.link()
        form = self.desk.open(link)
        if form is not None and 'GO' in form.choices:
            self.desk.press(link, form, 'GO')
