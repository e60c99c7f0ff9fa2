#!/usr/bin/python3
"""A utility's head end that is made: takes meter commands from the hub and answers them, for demos and tests.

headend.py --api URL --ca PEM --token-file FILE [--seed N] [--delay FROM-TO] [--faults NAME=SHARE,...] [--once]

Answers after a delay of some seconds (0.5-3). A register is that of the last midnight which the hub has, and goes on
at 500 W. Faults, each with the share of commands that it befalls (0 to 1), drawn from the seed and the number of the
command, so that a run can be had again:
  lost      no answer at all           failed    the meter is not reached
  double    the answer twice           wrong     first an answer of another meter, then the right one
  old       first the read of an hour ago, then the right one
Devices in the home: one that is to join finds the meter ready after the first delay and has joined after a second one;
what is for devices that have joined is delivered. The same faults; of `failed` the device is not found.
--once: answers what waits, then ends (0).
"""
import argparse
import datetime
import json
import random
import signal
import ssl
import sys
import threading
import time
import urllib.error
import urllib.request

FAULTS = ('lost', 'failed', 'double', 'wrong', 'old')
WATTS = 500


class Hub:
    def __init__(self, api, ca, token):
        self.api = api.rstrip('/')
        self.tls = ssl.create_default_context(cafile=ca)
        self.head = {'Authorization': 'Bearer ' + token, 'Accept': 'application/json'}

    def ask(self, path, body=None, timeout=90):
        head = dict(self.head)
        if body is not None:
            head['Content-Type'] = 'application/json'
            body = json.dumps(body).encode()
        request = urllib.request.Request(self.api + path, data=body, headers=head)
        with urllib.request.urlopen(request, context=self.tls, timeout=timeout) as reply:
            return json.load(reply)


def stamp(at):
    return at.strftime('%Y-%m-%dT%H:%M:%SZ')


def register_wh(hub, command, at):
    """Of the channel's last midnight, and what went through since."""
    esiid = command['esiid']
    last = 10_000_000 + int(esiid[-6:]) * 10
    since = at.replace(hour=0, minute=0, second=0)
    day = (at - datetime.timedelta(days=3)).date()
    try:
        found = hub.ask(f'/v1/premises/{esiid}/reads?kind=register&from={day}&to={at.date()}')
        ends = [r['end_kwh'] for r in found['items'] if r['channel'] == 'consumption' and r['end_kwh'] is not None]
        if ends:
            last = round(float(ends[-1]) * 1000)
    except (urllib.error.URLError, ValueError, KeyError):
        pass  # a hub that has none, or none for us: a register of our own
    return last + int((at - since).total_seconds() * WATTS / 3600)


def of_device(command, chance, faults):
    """What is said of a device, in order, each after a delay of its own."""
    right = {'state': 'COMPLETED'}
    if command.get('meter_number'):
        right['meter_number'] = command['meter_number']
    said = [{'state': 'READY'}, right] if command['kind'] == 'HAN_JOIN' else [right]
    drawn = chance.random()
    for name in FAULTS:
        share = faults.get(name, 0)
        if drawn < share:
            return {'lost': [],
                    'failed': said[:-1] + [{'state': 'FAILED', 'reason': 'not-found', 'words': 'no such device in reach'}],
                    'double': [s for one in said for s in (one, one)],
                    'wrong': [dict(right, meter_number='00000XX')] + said,
                    'old': [dict(right, read_at='2020-01-01T00:00:00Z')] + said}[name]
        drawn -= share
    return said


def answers(hub, command, chance, faults):
    """What is said, in order."""
    if command['kind'].startswith('HAN_'):
        return of_device(command, chance, faults)
    at = datetime.datetime.fromisoformat(command['asked_at'].replace('Z', '+00:00')) + datetime.timedelta(seconds=1)
    right = {'state': 'COMPLETED', 'read_at': stamp(at), 'register_wh': register_wh(hub, command, at)}
    if command.get('meter_number'):
        right['meter_number'] = command['meter_number']
    drawn = chance.random()
    for name in FAULTS:
        share = faults.get(name, 0)
        if drawn < share:
            return {'lost': [],
                    'failed': [{'state': 'FAILED', 'reason': 'not-reached', 'words': 'no answer from the meter'}],
                    'double': [right, right],
                    'wrong': [dict(right, meter_number='00000XX'), right],
                    'old': [dict(right, read_at=stamp(at - datetime.timedelta(hours=1))), right]}[name]
        drawn -= share
    return [right]


def work(hub, command, o):
    chance = random.Random(f"{o.seed}/{command['command']}")
    time.sleep(chance.uniform(*o.delay))
    for said in answers(hub, command, chance, o.faults):
        if said['state'] == 'COMPLETED' and command['kind'] == 'HAN_JOIN':
            time.sleep(chance.uniform(*o.delay))
        try:
            reply = hub.ask(f"/v1/tdu/commands/{command['command']}/answer", said)
            print(f"command={command['command']} state={said['state']} result={reply['result']}", flush=True)
        except urllib.error.HTTPError as e:
            print(f"command={command['command']} state={said['state']} status={e.code} "
                  f"says={json.load(e).get('detail')!r}", flush=True)
        except (OSError, ValueError) as e:
            print(f"command={command['command']} state={said['state']} failed={e!r}", flush=True)


def run(hub, o):
    pause = 1
    while True:
        try:
            found = hub.ask('/v1/tdu/commands?most=200&wait_s=' + ('0' if o.once else '20'))['items']
            pause = 1
        except (OSError, ValueError) as e:
            if o.once:
                raise
            print(f'asking failed={e!r}', flush=True)
            time.sleep(pause)
            pause = min(30, pause * 2)
            continue
        at_work = [threading.Thread(target=work, args=(hub, c, o), daemon=True) for c in found]
        for one in at_work:
            one.start()
        if o.once:
            for one in at_work:
                one.join()
            return


def span(text):
    first, _, last = text.partition('-')
    return float(first), float(last or first)


def shares(text):
    found = {}
    for one in filter(None, text.split(',')):
        name, _, share = one.partition('=')
        if name not in FAULTS:
            raise argparse.ArgumentTypeError(f'"{name}" is none of {", ".join(FAULTS)}')
        found[name] = float(share)
    return found


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('--api', required=True)
    p.add_argument('--ca', required=True)
    p.add_argument('--token-file', required=True)
    p.add_argument('--seed', default='1')
    p.add_argument('--delay', type=span, default=(0.5, 3))
    p.add_argument('--faults', type=shares, default={})
    p.add_argument('--once', action='store_true')
    o = p.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with open(o.token_file, encoding='utf-8') as f:
        hub = Hub(o.api, o.ca, f.read().strip())
    run(hub, o)


if __name__ == '__main__':
    main()
