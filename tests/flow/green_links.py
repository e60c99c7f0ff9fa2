#!/usr/bin/env python3
"""Follows the links of a Green Button feed: green_links.py CA TOKEN URL. Says what is wrong, a line each; nothing: all
is right. What the schema cannot say is looked at: which links name which entries, what stands once only, that each
block has its readings where it says, and that every address answers with the token."""
import re
import ssl
import sys
import urllib.request
import xml.etree.ElementTree as xml

ATOM, ESPI = "{http://www.w3.org/2005/Atom}", "{http://naesb.org/espi}"
ca, token, start = sys.argv[1:4]
context = ssl.create_default_context(cafile=ca)
faults = []


def get(url):
    ask = urllib.request.Request(url, headers={"Authorization": "Bearer " + token})
    try:
        with urllib.request.urlopen(ask, context=context, timeout=30) as said:
            return xml.fromstring(said.read())
    except urllib.error.HTTPError as no:
        faults.append(f"{url}: {no.code}")
    except xml.ParseError as bad:
        faults.append(f"{url}: {bad}")
    return None


def links(entry, rel):
    return [x.get("href") for x in entry.findall(ATOM + "link") if x.get("rel") == rel and x.get("type") != "text/html"]


def kind(entry):
    return entry.find(ATOM + "content")[0].tag.split("}")[1]


def twice(what, values):
    for value in sorted({v for v in values if values.count(v) > 1}):
        faults.append(f"{what} twice: {value}")


feed = get(start)
entries = [] if feed is None else feed.findall(ATOM + "entry")
of = {}
for entry in entries:
    of.setdefault(kind(entry), []).append(entry)
selfs = [links(entry, "self")[0] for entry in entries]
twice("self", selfs)
twice("id", [entry.findtext(ATOM + "id") for entry in entries])
if start not in (links(feed, "self") if feed is not None else []):
    faults.append("the feed's self is another address than the one asked")

readings = {links(m, "self")[0]: m for m in of.get("MeterReading", [])}
types = {links(x, "self")[0] for x in of.get("ReadingType", [])}
zones = {links(x, "self")[0] for x in of.get("LocalTimeParameters", [])}
for point in of.get("UsagePoint", []):
    own = links(point, "self")[0]
    if sum(r in zones for r in links(point, "related")) != 1:
        faults.append(f"{own}: not one LocalTimeParameters")
for address, reading in readings.items():
    related = links(reading, "related")
    if sum(r in types for r in related) != 1:
        faults.append(f"{address}: not one ReadingType")
    if not any(links(reading, "up")[0] in links(p, "related") for p in of.get("UsagePoint", [])):
        faults.append(f"{address}: no UsagePoint is related to its collection")
for summary in of.get("UsageSummary", []):
    if not any(links(summary, "up")[0] in links(p, "related") for p in of.get("UsagePoint", [])):
        faults.append(f"{links(summary, 'self')[0]}: no UsagePoint is related to its collection")
starts = {}
for block in of.get("IntervalBlock", []):
    up, own = links(block, "up")[0], links(block, "self")[0]
    if not any(up in links(m, "related") for m in readings.values()):
        faults.append(f"{own}: no MeterReading is related to its collection")
    content = block.find(ATOM + "content")[0]
    begins = int(content.findtext(f"{ESPI}interval/{ESPI}start"))
    lasts = int(content.findtext(f"{ESPI}interval/{ESPI}duration"))
    starts.setdefault(up, []).append(begins)
    times = [int(t.text) for t in content.findall(f"{ESPI}IntervalReading/{ESPI}timePeriod/{ESPI}start")]
    twice(f"{own}: reading", times)
    if times != sorted(times) or (times and (times[0] < begins or times[-1] >= begins + lasts)):
        faults.append(f"{own}: readings lie outside of it, or out of order")
for up, times in starts.items():
    twice(f"{up}: block", times)

# every address answers, and what it answers names the entry again
seen = {start}
for entry in entries:
    own = links(entry, "self")[0]
    for address in links(entry, "self") + links(entry, "up") + links(entry, "related"):
        if address in seen:
            continue
        seen.add(address)
        got = get(address)
        if got is None:
            continue
        if address == own:
            if got.tag != ATOM + "entry" or got.findtext(ATOM + "id") != entry.findtext(ATOM + "id"):
                faults.append(f"{address}: another entry")
            elif xml.tostring(got.find(ATOM + "content")) != xml.tostring(entry.find(ATOM + "content")):
                faults.append(f"{address}: another content than in the feed")
        elif got.tag == ATOM + "feed":
            within = [links(x, "self")[0] for x in got.findall(ATOM + "entry")]
            if address == links(entry, "up")[0] and own not in within:
                faults.append(f"{address}: {own} is not in it")
print("\n".join(faults) if faults else "", end="")
if len(sys.argv) > 4:
    print(len(entries), len(seen))
