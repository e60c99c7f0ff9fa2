#!/usr/bin/python3
"""A year and more of reads of a home with a roof, for tests of pages about use, and what they must say.

  use.py ESIID LAST FOLDER [DUNS]   LAST: YYYY-MM-DD, the newest day

Writes FOLDER/*.lse, FOLDER/*.xml (the one day of which quarter-hours are missing) and FOLDER/use.json: of each day what
was used and given back in Wh, and how many values are estimated and missing. The newest day but 10 is not there at all.
"""
import json
import random
import sys
from datetime import date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

ZONE = ZoneInfo('America/Chicago')
DAYS = 400
ABSENT, HOLED, ESTIMATED = 10, 5, 3  # so many days before the newest


def start(day):
    return datetime(day.year, day.month, day.day, tzinfo=ZONE).astimezone(timezone.utc)


def slots(day):
    return int((start(day + timedelta(1)) - start(day)).total_seconds()) // 900


def chance(day, what):
    """Of each quarter-hour a number of its own below 96, as if by chance: bytes that nothing packs. The sum of a day holds."""
    numbers = list(range(96)) + [48] * (slots(day) - 96) if slots(day) > 96 else list(range(slots(day)))
    random.Random(f'{what} {day}').shuffle(numbers)
    return numbers


def used(day):
    return [60 + n * 5 // 2 + (500 if 68 <= slot < 84 else 0) for slot, n in enumerate(chance(day, 'used'))]


def given(day):
    return [max(0, 900 - abs(slot - 48) * 40) * (60 + n % 40) // 100 for slot, n in enumerate(chance(day, 'given'))]


def block(esiid, channel, day, values):
    n = day.strftime('%Y%m%d')
    made = (day + timedelta(1)).strftime('%Y%m%d') + '060000'
    yield f'00000001,{esiid},{channel},{n}000000,{n}235959,Y,N'
    yield '00000002,,,1,0,1,0,900,01,,,,'
    yield '00000003,'
    yield f'00000004,{made},M'
    yield '10000000' + ''.join(f',{wh / 1000:.3f},{status},' for wh, status in values)


def espi(esiid, day, readings):
    entry = '<entry>{}<content>{}</content></entry>'
    link = '<link rel="{}" href="{}"/>'
    point, meter, kind = '/UsagePoint/1', '/UsagePoint/1/MeterReading/1', '/ReadingType/1'
    body = ''.join(
        f'<IntervalReading><ReadingQuality><quality>17</quality></ReadingQuality><timePeriod><duration>900</duration>'
        f'<start>{at}</start></timePeriod><value>{wh}</value></IntervalReading>' for at, wh in readings)
    return ('<?xml version="1.0" encoding="UTF-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom" xmlns:espi="http://naesb.org/espi">'
            '<id>urn:uuid:6c1b3a44-1111-4222-8333-944444444444</id><title>use</title><updated>2026-01-01T00:00:00Z</updated>'
            + entry.format(link.format('self', point) + link.format('related', point + '/MeterReading'),
                           f'<espi:UsagePoint><espi:ServiceCategory><espi:kind>0</espi:kind></espi:ServiceCategory>'
                           f'<espi:serviceDeliveryPoint><espi:name>{esiid}</espi:name></espi:serviceDeliveryPoint></espi:UsagePoint>')
            + entry.format(link.format('self', meter) + link.format('up', point + '/MeterReading')
                           + link.format('related', meter + '/IntervalBlock') + link.format('related', kind), '<espi:MeterReading/>')
            + entry.format(link.format('self', kind),
                           '<espi:ReadingType><espi:accumulationBehaviour>4</espi:accumulationBehaviour><espi:flowDirection>1'
                           '</espi:flowDirection><espi:intervalLength>900</espi:intervalLength><espi:powerOfTenMultiplier>0'
                           '</espi:powerOfTenMultiplier><espi:uom>72</espi:uom></espi:ReadingType>')
            + f'<entry>{link.format("up", meter + "/IntervalBlock")}<updated>{(day + timedelta(1)).isoformat()}T12:00:00Z</updated><content>'
              f'<IntervalBlock xmlns="http://naesb.org/espi">{body}</IntervalBlock></content></entry></feed>\n')


def main():
    esiid, last, folder = sys.argv[1], date.fromisoformat(sys.argv[2]), sys.argv[3]
    duns = sys.argv[4] if len(sys.argv) > 4 else '1039940674000'
    days, lines = {}, []
    for age in range(DAYS, -1, -1):
        day = last - timedelta(age)
        if age == ABSENT:
            continue
        n = slots(day)
        load = [[wh, 'E' if age == ESTIMATED and 20 <= i < 24 else 'A'] for i, wh in enumerate(used(day))]
        sun = [[wh, 'A'] for wh in given(day)]
        missing = 0
        if age == HOLED:
            keep = [i for i in range(n) if not 40 <= i < 48]
            missing = n - len(keep)
            at = int(start(day).timestamp())
            with open(f'{folder}/holed.xml', 'w') as f:
                f.write(espi(esiid, day, [(at + i * 900, load[i][0]) for i in keep]))
            load = [load[i] for i in keep]
        else:
            lines += block(esiid, 4, day, load)
        lines += block(esiid, 1, day, sun)
        days[day.isoformat()] = {'used': sum(v for v, _ in load), 'given': sum(v for v, _ in sun), 'slots': n,
                                 'estimated': sum(s == 'E' for _, s in load), 'missing': missing}
    stamp = (last + timedelta(1)).strftime('%Y%m%d') + '080500981'
    with open(f'{folder}/{duns}IntervalData{stamp}.lse', 'w') as f:
        f.write('\n'.join(lines) + '\n')
    with open(f'{folder}/use.json', 'w') as f:
        json.dump({'esiid': esiid, 'last': last.isoformat(), 'days': days}, f)


main()
