#!/usr/bin/env python3
"""Made reads whose every value is known, and whether what a door gives is that: the same values and therefore the same
totals, whatever the format.

    totals.py make SEED PREMISES FOLDER     Green Button files of days with 92, 96 and 100 quarter-hours (and other
                                            lengths of interval) with missing, zero and estimated values, premises.csv,
                                            and what is in them (model.json)
    totals.py days FOLDER                   the days, a line each
    totals.py check FOLDER FORMAT FILE [DAY]    what is wrong with an answer (of that day), a line each; else "same: …"
                                            with its totals

Formats: json, ndjson, hour, day (of /v1), csv, csv-ext, lse, espi (with ESI IDs), points (without), rd (of SMT)."""
import csv
import datetime as d
import json
import random
import sys
import xml.etree.ElementTree as xml
from decimal import Decimal
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("America/Chicago")
ATOM, ESPI = "{http://www.w3.org/2005/Atom}", "{http://naesb.org/espi}"
BLOCKS_MOST = 90  # of a file: more, and one of odd days might be held back
FLOW = {"consumption": 1, "generation": 19}
SHOWN = {"Consumption": "consumption", "Surplus Generation": "generation", "C": "consumption", "G": "generation"}


# ---- days ----

def start_of(day):
    return int(d.datetime(day.year, day.month, day.day, tzinfo=ZONE).timestamp())


def seconds(day):
    return start_of(day + d.timedelta(1)) - start_of(day)


def days():
    """The newest days that are over of 23, 25 and 24 hours, oldest first."""
    found, day = {}, d.datetime.now(ZONE).date() - d.timedelta(2)
    while len(found) < 3:
        found.setdefault(seconds(day), day)
        day -= d.timedelta(1)
    return sorted(found.values())


# ---- what is made ----

def value(rng):
    """Wh and status: in one of eight nothing, as often zero, and as often estimated."""
    kind = rng.randrange(8)
    if kind == 0:
        return None
    wh = 0 if kind == 1 else rng.choice((rng.randrange(1, 10), rng.randrange(1000), rng.randrange(100000)))
    return [wh, "E" if rng.randrange(8) == 0 else "A"]


def slots(rng, count, odd):
    """A day's values. odd: days that are whole of one kind, or lack their ends."""
    if odd == 0:
        return [[0, "A"]] * count
    if odd == 1:
        return [[rng.randrange(5000), "E"] for _ in range(count)]
    if odd == 2:
        return [None] + [[rng.randrange(5000), "A"] for _ in range(count - 2)] + [None]
    got = [value(rng) for _ in range(count)]
    if not any(got):  # a day of nothing is not there at all
        got[rng.randrange(count)] = [1, "A"]
    return got


def make(seed, premises, folder):
    rng = random.Random(seed)
    model = []
    for i in range(premises):
        length = rng.choice((900, 900, 900, 300, 1800, 3600)) if i > 2 else 900
        for channel in ("consumption", "generation") if i % 2 else ("consumption",):
            for day in days():
                count = seconds(day) // length
                model.append({"esiid": f"104437200000965{i:02d}", "channel": channel, "day": str(day), "length": length,
                    "values": slots(rng, count, i if day.month < 7 and i < 3 else rng.randrange(24))})
    with open(f"{folder}/premises.csv", "w", encoding="ascii") as out:
        out.write("busbar,premise,1\nesiid,status,class,effective,created\n")
        for i in range(premises):
            out.write(f"104437200000965{i:02d},ACTIVE,RESIDENTIAL,2020-01-01,2020-01-01T06:00:00Z\n")
    with open(f"{folder}/model.json", "w", encoding="ascii") as out:
        json.dump(model, out)
    for n in range(0, len(model), BLOCKS_MOST):
        with open(f"{folder}/totals-{n}.xml", "w", encoding="ascii") as out:
            feed(out, model[n:n + BLOCKS_MOST])


def feed(out, rows):
    def entry(links, content, more=""):
        out.write("<entry>" + "".join(f'<link rel="{r}" href="{h}"/>' for r, h in links) + more +
            f"<content>{content}</content></entry>\n")

    out.write('<feed xmlns="http://www.w3.org/2005/Atom">\n')
    for n, row in enumerate(rows):  # a usage point for each day, so that no two tie
        at, begun = f"/U/{n}", start_of(d.date.fromisoformat(row["day"]))
        entry([("self", at), ("related", at + "/MeterReading")], '<UsagePoint xmlns="http://naesb.org/espi"/>',
            f"<title>{row['esiid']}</title>")
        entry([("self", at + "/MeterReading/1"), ("up", at + "/MeterReading"),
            ("related", at + "/MeterReading/1/IntervalBlock"), ("related", f"/T/{n}")],
            '<MeterReading xmlns="http://naesb.org/espi"/>')
        entry([("self", f"/T/{n}")], f'<ReadingType xmlns="http://naesb.org/espi"><flowDirection>{FLOW[row["channel"]]}'
            f'</flowDirection><intervalLength>{row["length"]}</intervalLength><uom>72</uom></ReadingType>')
        readings = "".join(f"<IntervalReading><ReadingQuality><quality>{17 if v[1] == 'A' else 8}</quality></ReadingQuality>"
            f"<timePeriod><duration>{row['length']}</duration><start>{begun + i * row['length']}</start></timePeriod>"
            f"<value>{v[0]}</value></IntervalReading>" for i, v in enumerate(row["values"]) if v is not None)
        updated = (d.datetime.fromisoformat(row["day"]) + d.timedelta(days=1)).strftime("%Y-%m-%dT15:00:00Z")
        entry([("up", at + "/MeterReading/1/IntervalBlock")],
            f'<IntervalBlock xmlns="http://naesb.org/espi">{readings}</IntervalBlock>', f"<updated>{updated}</updated>")
    out.write("</feed>\n")


# ---- what is read: {(premise, channel, day): values}; None is missing. Of formats without instants, what stands for
# hours that there are not is None too: see spring(). ----

def wh(text):
    n = Decimal(str(text)) * 1000
    assert n == int(n), f"{text} is no whole Wh"
    return int(n)


def read_json(items):
    for item in items:
        values = [None if r["kwh"] is None else [wh(r["kwh"]), r["status"]] for r in item["readings"]]
        begun = start_of(d.date.fromisoformat(item["date"]))
        for i, r in enumerate(item["readings"]):
            assert d.datetime.fromisoformat(r["start"].replace("Z", "+00:00")).timestamp() == begun + i * item["interval_s"], r
            assert (r["kwh"] is None) == (r["status"] == "M"), r
        there = [v for v in values if v is not None]
        total = None if item["total_kwh"] is None else wh(item["total_kwh"])
        assert (total or 0) == sum(v[0] for v in there), f"total_kwh is {item['total_kwh']}"
        if "missing" in item:
            assert item["missing"] == values.count(None), f"missing is {item['missing']}"
            assert item["estimated"] == sum(v[1] == "E" for v in there), f"estimated is {item['estimated']}"
        yield (item["esiid"], item["channel"], item["date"]), values


def read_v1(text):
    said = json.loads(text, parse_float=Decimal)
    found = dict(read_json(said["items"]))
    for channel in FLOW:
        total = sum(v[0] for key, values in found.items() if key[1] == channel for v in values if v is not None)
        assert wh(said["totals"][channel + "_kwh"]) == total, f"totals.{channel}_kwh is not {total} Wh"
    return found


def read_lines(text):
    return dict(read_json(json.loads(line, parse_float=Decimal) for line in text.splitlines()))


def read_csv(text):
    found = {}
    for row in csv.DictReader(text.splitlines()):
        day = d.datetime.strptime(row["USAGE_DATE"], "%m/%d/%Y").date()
        values = found.setdefault((row["ESIID"].lstrip("'"), SHOWN[row["CONSUMPTION_SURPLUSGENERATION"]], str(day)), [])
        assert (row["USAGE_KWH"] == "") == (row["ESTIMATED_ACTUAL"] == ""), row
        values.append([wh(row["USAGE_KWH"]), row["ESTIMATED_ACTUAL"]] if row["USAGE_KWH"] else None)
    return found


def read_lse(text):
    found, key = {}, None
    for line in text.splitlines():
        part = line.split(",")
        if part[0] == "00000001":
            key = (part[1], "generation" if part[2] == "1" else "consumption",
                f"{part[3][:4]}-{part[3][4:6]}-{part[3][6:8]}")
        elif part[0] == "10000000":
            part = part[1:]
            found[key] = [[wh(part[i]), part[i + 1]] if part[i] else None for i in range(0, len(part) - 2, 3)]
    return found


def read_espi(text):
    feed_of, found = xml.fromstring(text), {}
    selfs, points, readings = {}, {}, {}

    def hrefs(entry, rel):
        return [x.get("href") for x in entry.findall(ATOM + "link") if x.get("rel") == rel]

    entries = feed_of.findall(ATOM + "entry")
    for entry in entries:
        what = entry.find(ATOM + "content")[0]
        selfs[hrefs(entry, "self")[0]] = what
        if what.tag == ESPI + "UsagePoint":
            name = what.findtext(f"{ESPI}serviceDeliveryPoint/{ESPI}name")
            points.update((h, name or hrefs(entry, "self")[0]) for h in hrefs(entry, "related"))
    for entry in entries:
        if entry.find(ATOM + "content")[0].tag == ESPI + "MeterReading":
            kind = next(selfs[h] for h in hrefs(entry, "related") if h in selfs and selfs[h].tag == ESPI + "ReadingType")
            flow = int(kind.findtext(ESPI + "flowDirection"))
            readings.update((h, (points[hrefs(entry, "up")[0]], next(k for k, v in FLOW.items() if v == flow),
                int(kind.findtext(ESPI + "intervalLength")))) for h in hrefs(entry, "related"))
    for entry in entries:
        block = entry.find(ATOM + "content")[0]
        if block.tag != ESPI + "IntervalBlock":
            continue
        point, channel, length = readings[hrefs(entry, "up")[0]]
        begun, lasts = (int(block.findtext(f"{ESPI}interval/{ESPI}{x}")) for x in ("start", "duration"))
        day = d.datetime.fromtimestamp(begun, ZONE).date()
        assert begun == start_of(day) and lasts == seconds(day), f"a block of {begun} and {lasts}"
        values = [None] * (lasts // length)
        for r in block.findall(ESPI + "IntervalReading"):
            at = int(r.findtext(f"{ESPI}timePeriod/{ESPI}start"))
            quality = int(r.findtext(f"{ESPI}ReadingQuality/{ESPI}quality") or 0)
            values[(at - begun) // length] = [int(r.findtext(ESPI + "value")), "E" if quality in (8, 9) else "A"]
        key = (point, channel, str(day))
        assert key not in found, f"{key} is there twice"
        found[key] = values
    return found


def read_rd(text):
    said, found = json.loads(text), {}
    for row in said["energyData"]:
        values = []
        slots_of = row["RD"].split(",")
        for i, one in enumerate(slots_of):
            if one:
                number, _, status = one.partition("-")
                values.append([wh(number), status] if number else None)
        day = d.datetime.strptime(row["DT"], "%m/%d/%Y").date()
        found[(row.get("esiid") or said["esiid"], SHOWN[row["RT"]], str(day))] = values
    return found


# ---- what should be ----

def spring(row):
    """On the day of 23 hours, what has rows for the clock has an hour of nothing more."""
    at = 2 * 3600 // row["length"]
    return row["values"][:at] + [None] * (3600 // row["length"] if seconds(d.date.fromisoformat(row["day"])) == 82800 else 0) \
        + row["values"][at:]


def coarse(row, length):
    """A span of which a part is missing is missing, one of which a part is estimated is estimated."""
    n = (length or 10**6) // row["length"] or 1
    for i in range(0, len(row["values"]), n):
        part = row["values"][i:i + n]
        yield None if None in part else [sum(v[0] for v in part), "E" if any(v[1] == "E" for v in part) else "A"]


def plain(row):
    return row["values"]


FORMATS = {
    "json": (read_v1, plain),
    "hour": (read_v1, lambda row: list(coarse(row, 3600))),
    "day": (read_v1, lambda row: list(coarse(row, None))),
    "ndjson": (read_lines, plain),
    "csv": (read_csv, spring),
    "csv-ext": (read_csv, plain),
    "lse": (read_lse, plain),
    "espi": (read_espi, plain),
    "points": (read_espi, plain),
    "rd": (read_rd, spring),
}


def unnamed(found):
    """Premises by what they hold, where the answer does not say which they are."""
    by = {}
    for (premise, channel, day), values in found.items():
        by.setdefault(premise, []).append((channel, day, values))
    return {json.dumps(sorted(rows)): True for rows in by.values()}


def check(folder, name, path, day=""):
    with open(f"{folder}/model.json", encoding="ascii") as text:
        model = [row for row in json.load(text) if day in ("", row["day"])]
    read, shape = FORMATS[name]
    with open(path, encoding="utf-8", newline="") as text:
        try:
            found = read(text.read())
        except (AssertionError, KeyError, ValueError, StopIteration, xml.ParseError) as wrong:
            print(f"cannot be read: {type(wrong).__name__} {wrong}")
            return
    want = {(r["esiid"], r["channel"], r["day"]): shape(r) for r in model}
    if name == "points":
        same = unnamed(want) == unnamed(found)
        if not same:
            print(f"{len(set(unnamed(want)) - set(unnamed(found)))} usage points are other ones")
    else:
        wrong = [k for k in sorted(set(want) | set(found)) if want.get(k) != found.get(k)]
        same = not wrong
        for key in wrong[:5]:
            print(f"{key}: {json.dumps(found.get(key))} where it is {json.dumps(want.get(key))}"[:600])
    if same:
        every = [v for values in found.values() for v in values]
        there = [v for v in every if v is not None]
        print(f"same: {sum(v[0] for v in there)} Wh in {len(found)} days")


if sys.argv[1] == "make":
    make(int(sys.argv[2]), int(sys.argv[3]), sys.argv[4])
elif sys.argv[1] == "days":
    print("\n".join(str(day) for day in days()))
else:
    check(*sys.argv[2:])
