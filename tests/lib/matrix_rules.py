"""What each cell must be: by hand, from what the hub promises (docs/api*.md, docs/trust.md), not from the program.

Three small tables: who a caller is (ROLES), what each sees (SEES), and what a route is for (RULES). Who shows nothing valid
gets 401 everywhere; a class or kind of caller that a route is not for gets 403; of what a caller does not see, it gets to the
byte what it gets of what there is not."""
import collections
import json
import re

# what a caller shows: letters of the classes that it is (B the box of an account, L an account, P personal, A access,
# C client, G registration, U the custodian), and the kind of its party
ROLES = {
    "none": ("", ""), "bad": ("", ""), "over": ("", ""),  # one whose time is over
    "tdu1": ("BL", "TDU"), "tdu2": ("BL", "TDU"), "rep1": ("BL", "REP"), "rep2": ("BL", "REP"),
    "cspa": ("BL", "CSP"), "cspb": ("BL", "CSP"), "csps": ("BL", "CSP"), "cspa_session": ("L", "CSP"),
    "reg": ("BL", "REGULATOR"), "cust1": ("BL", "CUSTOMER"), "cust2": ("BL", "CUSTOMER"),
    "personal1": ("P", "CUSTOMER"), "personal2": ("P", "CUSTOMER"),
    "access_a": ("A", "CSP"), "access_f": ("A", "CSP"),
    "access_s": ("A", "CSP"),  # of a suspended agreement: it lives, and opens nothing
    "access_x": ("", ""), "access_r": ("", ""),  # of one that expired, was revoked
    "access_h": ("", ""), "client_s": ("", ""),  # of a suspended third party
    "client_a": ("C", "CSP"), "client_b": ("C", "CSP"),
    "custodian": ("U", ""),  # the hub's own staff, for Green Button: of every grant that lives
    "registration_a": ("G", "CSP"), "registration_b": ("G", "CSP"),
}
# for these each thing is asked for even where the wall must hold before
THOROUGH = {"access_r", "access_s"}

# no stranger: it may know that there was a grant, but of one that does not live it gets no data
STAFF = {"custodian"}
DATA = (b"IntervalReading", b"<Customer ", b"<UsageSummary", b"<Meter ")

Subject = collections.namedtuple("Subject", "kind names main unknown things sees")
ZERO = "00000000-0000-4000-8000-00000000000"
# premises whose reads of the day asked for a caller sees: a agreed, x expired, r revoked, s suspended, h of a suspended
# third party, f others'
READS = {"tdu1": "axrshf", "rep1": "arsh", "rep2": "fx", "cspa": "a", "cspa_session": "a", "cspb": "f", "cust1": "arsh",
    "cust2": "fx", "personal1": "arsh", "personal2": "fx", "access_a": "a", "access_f": "f"}
# premises that it sees something of, of whatever time: a span that has ended is still its own
HOME = {"cust1": "arsh", "cust2": "fx"}
KNOWS = {**READS, "rep1": "arshx", "cust1": "arshx", "personal1": "arshx"}
SUBJECTS = {
    "reads": Subject("esiid", ["esiid"], "esiid", ["10443720000098699"], "axrshf", READS),
    "home": Subject("esiid", ["esiid"], "esiid", ["10443720000098699"], "axrshf", HOME),
    "lives": Subject("esiid", ["esiid"], "esiid", ["10443720000098699"], "axrshf",
        {"cust1": "arsh", "cust2": "fx", "personal1": "arsh", "personal2": "fx"}),
    "knows": Subject("esiid", ["esiid"], "esiid", ["10443720000098699"], "axrshf", KNOWS),
    # Green Button: a subscription is of its own token alone; so is the customer behind it
    "sub": Subject("grant", ["sub", "authorization", "rc"], "sub", [ZERO + "1", ZERO + "2", ZERO + "3"], "axrshf",
        {"access_a": "a", "access_f": "f", "custodian": "af"}),
    "rc": Subject("grant", ["sub", "authorization", "rc"], "rc", [ZERO + "1", ZERO + "2", ZERO + "3"], "axrshf",
        {"access_a": "a", "access_f": "f", "custodian": "af"}),
    # what was granted to a client, whatever became of it
    "authorization": Subject("grant", ["sub", "id", "rc"], "id", [ZERO + "1", ZERO + "2", ZERO + "3"],
        "axrshf", {"client_a": "axrs", "client_b": "f", "custodian": "axrshf"}),
    "bulk": Subject("client", ["client_id", "bulk", "information"], "bulk", ["nobody-app", ZERO + "4", ZERO + "5"], "ab",
        {"client_a": "a", "client_b": "b", "custodian": "ab"}),
    "information": Subject("client", ["client_id", "bulk", "id"], "id", ["nobody-app", ZERO + "4", ZERO + "5"],
        "ab", {"registration_a": "a", "registration_b": "b", "custodian": "ab"}),
    # an agreement: its third party; its customer where one is known; a token of it. Ended or not.
    "agreement": Subject("agreement", ["agreement"], "agreement", ["987654321"], "axrshf",
        {"cspa": "axrs", "cspa_session": "axrs", "cspb": "f", "csps": "h", "client_a": "axrs", "client_b": "f",
         "access_a": "a", "access_s": "s", "access_f": "f", "cust1": "arsh", "personal1": "arsh", "cust2": "fx", "personal2": "fx"}),
    "consent": Subject("grant", ["sub", "authorization", "rc"], "authorization", [ZERO + "1", ZERO + "2", ZERO + "3"], "axrshf", {}),
    # UtilityAPI's names of an agreement and its meter
    "uid": Subject("agreement", ["uid"], "uid", ["987654321"], "axrshf",
        {"cspa": "axrs", "cspa_session": "axrs", "cspb": "f", "csps": "h"}),
    "meter_uid": Subject("meter_uid", ["uid"], "uid", ["987654321-10443720000098699"], "axrshf",
        {"cspa": "a", "cspa_session": "a", "cspb": "f"}),
    # made by make(): webhooks of third party a and of customer 1, commands, files, tokens
    "webhook": Subject("webhook", ["webhook"], "webhook", ["987654321"], "ac", {"cspa": "a", "cspa_session": "a", "cust1": "c", "personal1": "c"}),
    "command": Subject("command", ["command"], "command", ["987654321"], "r", {"rep1": "r"}),
    "asked": Subject("command", ["command"], "command", ["987654321"], "r", {"tdu1": "r"}),
    "file": Subject("file", ["file"], "file", ["987654321"], "t", {"tdu1": "t"}),
    "subscription": Subject("subscription", ["subscription"], "subscription", ["987654321"], "r", {"rep1": "r"}),
    "token": Subject("token", ["token"], "token", ["987654321"], "c", {"cust1": "c", "personal1": "c"}),
    "form": Subject("form", ["uid"], "uid", ["987654321"], "a", {"cspa": "a", "cspa_session": "a"}),
}


def sees(subject, role):
    return SUBJECTS[subject].sees.get(role, "")


class Rule:
    def __init__(self, key, who, subject=None, yes=(200,), no=(404,), query="", body=None, kind="application/json", kinds=None,
            spare=False, fixed=None, more=None, refused=(403,), nobody=(401,), but=None):
        self.key, self.who, self.subject, self.yes, self.no = key, who, subject, yes, no
        self.query, self.body, self.kind, self.kinds, self.spare = query, body, kind, kinds, spare
        self.fixed, self.more, self.refused, self.nobody = fixed, more or {}, refused, nobody
        self.but = but or {}  # a caller who is told otherwise


PAST = None  # past the wall: whatever it says, it is neither 401 nor 403, nor trouble of ours
ANY, READER, OWNER = "LPACG", "LPA", "LPC"
SMT = ("{\"trans_id\":\"1\",\"requestorID\":\"@login@\",\"requesterType\":\"%s\",\"deliveryMode\":\"API\","
    "\"reportFormat\":\"JSON\",\"version\":\"L\",\"readingType\":\"C\",\"startDate\":\"@us@\",\"endDate\":\"@us@\",\"SMTTermsandConditions\":\"Y\",%s}")
RULES = [
    Rule("v1 GET /v1/me", ANY),
    Rule("v1 GET /v1/limits", ANY),
    Rule("v1 GET /v1/groups", "LP", kinds="CUSTOMER"),
    Rule("v1 GET /v1/totals", "LP", kinds="CUSTOMER"),
    Rule("v1 POST /v1/uploads", "LP", yes=(415,), kinds="CUSTOMER", body="{}"),
    Rule("v1 GET /v1/uploads/{upload}", "LP", yes=(404,), fixed="987654321", kinds="CUSTOMER"),
    Rule("v1 GET /v1/uploads/{upload}/lines", "LP", yes=(404,), fixed="987654321", kinds="CUSTOMER"),
    Rule("v1 GET /v1/premises", READER),
    Rule("v1 GET /v1/premises/{esiid}", READER, "knows"),
    Rule("v1 GET /v1/premises/{esiid}/reads", READER, "reads", query="from=@day@"),
    Rule("v1 GET /v1/reads", READER, "reads", no=(200, 404), query="esiid=@esiid@&from=@day@"),
    Rule("v1 POST /v1/reads", READER, "reads", no=(200, 404), body='{"esiids":["@esiid@"],"from":"@day@"}'),
    Rule("v1 GET /v1/changes", "LPAC"),
    Rule("v1 GET /v1/releases", "LP", kinds="CUSTOMER"),
    Rule("v1 GET /v1/releases/{event}/proof", "LP", yes=(404,), fixed="987654321", kinds="CUSTOMER"),
    Rule("v1 GET /v1/agreements/{agreement}/proof", "LPAC", "agreement", yes=(200, 404, 409), kinds="CSP CUSTOMER"),
    Rule("v1 GET /v1/audit/checkpoint", "*", yes=(200, 404)),
    Rule("v1 POST /v1/audit/cosignatures", "L", yes=PAST, kinds="REGULATOR", body="x", kind="text/plain"),
    Rule("v1 GET /v1/audit/events/{event}/proof", "L", yes=(404,), fixed="987654321", kinds="REGULATOR"),
    Rule("v1 GET /v1/events", OWNER, but={"csps": (403,)}),
    Rule("v1 GET /v1/webhooks", OWNER),
    Rule("v1 POST /v1/webhooks", "LP", yes=PAST, body="{}"),
    Rule("v1 GET /v1/webhooks/{webhook}", OWNER, "webhook"),
    Rule("v1 PATCH /v1/webhooks/{webhook}", OWNER, "webhook", body='{"label":"mine"}'),
    Rule("v1 DELETE /v1/webhooks/{webhook}", OWNER, "webhook", spare=True),
    Rule("v1 POST /v1/webhooks/{webhook}/test", OWNER, "webhook", yes=(202,), spare=True),
    Rule("v1 POST /v1/webhooks/{webhook}/pause", OWNER, "webhook", spare=True),
    Rule("v1 POST /v1/webhooks/{webhook}/resume", OWNER, "webhook", spare=True),
    Rule("v1 POST /v1/webhooks/{webhook}/rotate", OWNER, "webhook", body="{}"),
    Rule("v1 POST /v1/webhooks/{webhook}/replay", OWNER, "webhook", yes=(202,), body='{"cursor":"0"}'),
    Rule("v1 GET /v1/webhooks/{webhook}/log", OWNER, "webhook"),
    # asking spends what a meter may be asked, so whoever sees it may be told that it was often enough
    Rule("v1 POST /v1/premises/{esiid}/commands", READER, "reads", yes=(202, 429), body='{"kind":"ON_DEMAND_READ"}'),
    Rule("v1 GET /v1/premises/{esiid}/devices", "LP", "lives"),
    Rule("v1 GET /v1/commands", READER),
    Rule("v1 GET /v1/commands/{command}", READER, "command"),
    Rule("v1 GET /v1/tdu/commands", "L", kinds="TDU"),
    Rule("v1 POST /v1/tdu/commands/{command}/answer", "L", "asked", spare=True, body='{"state":"FAILED","reason":"other"}'),
    Rule("v1 GET /v1/box", "B"),
    Rule("v1 GET /v1/box/{folder}", "B", yes=PAST, fixed="nothing"),
    Rule("v1 GET /v1/subscriptions", "L", kinds="REP CSP REGULATOR CUSTOMER TDU"),
    Rule("v1 POST /v1/subscriptions", "L", yes=PAST, body="{}"),
    Rule("v1 GET /v1/subscriptions/{subscription}", "L", "subscription"),
    Rule("v1 DELETE /v1/subscriptions/{subscription}", "L", "subscription", spare=True),
    Rule("v1 POST /v1/subscriptions/{subscription}/pause", "L", "subscription", spare=True),
    Rule("v1 POST /v1/subscriptions/{subscription}/resume", "L", "subscription", spare=True),
    Rule("v1 POST /v1/subscriptions/{subscription}/build", "L", "subscription", spare=True, body='{"period":"@day@"}'),
    Rule("v1 GET /v1/drops", "L"),
    Rule("v1 GET /v1/drops/{drop}", "L", yes=(404,), fixed="987654321"),
    Rule("v1 POST /v1/drops/{drop}/replay", "L", yes=(404,), fixed="987654321"),
    Rule("v1 POST /v1/drops/{drop}/cancel", "L", yes=(404,), fixed="987654321", body="{}"),
    Rule("v1 GET /v1/files", "L"),
    Rule("v1 POST /v1/files", "B", yes=PAST),
    Rule("v1 GET /v1/files/{file}", "L", "file"),
    Rule("v1 GET /v1/files/{file}/rejects", "L", "file"),
    Rule("v1 GET /v1/tokens", "LP"),
    # who it is for is looked at behind what it says
    Rule("v1 POST /v1/tokens", "L", yes=(201,), kinds="CUSTOMER", body='{"label":"x"}'),
    Rule("v1 DELETE /v1/tokens/{token}", "LP", "token", spare=True),
    Rule("v1 GET /v1/consents", "LP", kinds="CUSTOMER"),
    Rule("v1 DELETE /v1/consents/{consent}", "LP", yes=(404,), fixed=ZERO + "9", kinds="CUSTOMER"),
    Rule("v1 GET /v1/reports", "L", kinds="REGULATOR CSP REP TDU"),
    Rule("v1 POST /v1/reports", "L", yes=PAST, kinds="REGULATOR CSP REP TDU", body='{"report":"releases"}'),
    Rule("v1 GET /v1/reports/{report}", "L", yes=(404,), fixed="987654321", kinds="REGULATOR CSP REP TDU"),
    Rule("v1 GET /v1/status", "*"),
    Rule("v1 GET /v1/status/slo", "*"),
    Rule("v1 GET /v1/scoreboard", "*"),
    Rule("v1 POST /v1/invitations", "L", yes=PAST, kinds="CSP", body="{}"),
    Rule("v1 POST /v1/invitations/bulk", "L", yes=PAST, kinds="CSP", body="{}"),
    Rule("v1 GET /v1/invitations/funnel", "L", yes=PAST, kinds="CSP"),
    Rule("v1 GET /v1/invitations/files/{file}", "L", yes=(404,), fixed="987654321", kinds="CSP"),
    Rule("v1 GET /v1/agreements", "LPAC", kinds="CSP CUSTOMER"),
    Rule("v1 GET /v1/agreements/{agreement}", "LPAC", "agreement", kinds="CSP CUSTOMER"),
    Rule("v1 GET /v1/agreements/{agreement}/receipt", "LPAC", "agreement", kinds="CSP CUSTOMER", spare=True),
    Rule("v1 POST /v1/agreements/{agreement}/withdraw", "L", "agreement", kinds="CSP", spare=True),
    Rule("v1 POST /v1/agreements/{agreement}/renew", "L", "agreement", kinds="CSP", spare=True),
    Rule("v1 POST /v1/agreements/{agreement}/terminate", "LP", "agreement", kinds="CSP CUSTOMER", spare=True, body="{}"),
    # OAuth authenticates clients by what it is posted; nothing is shown
    *[Rule("oauth %s %s" % x, "*", yes=range(200, 500)) for x in (("POST", "/oauth/token"), ("POST", "/oauth/revoke"),
        ("POST", "/oauth/introspect"), ("GET", "/oauth/authorize"), ("GET", "/.well-known/oauth-authorization-server"),
        ("POST", "/DataCustodian/oauth/token"), ("GET", "/DataCustodian/oauth/authorize"),
        ("POST", "/DataCustodian/{utility}/oauth/token"), ("GET", "/DataCustodian/{utility}/oauth/authorize"),
        ("POST", "/datacustodian/oauth/v2/token"))],
    Rule("box GET /", "*"),
    Rule("reference GET /openapi.yaml", "*"),
    Rule("reference GET /reference", "*"),
    Rule("reference GET /reference.css", "*"),
    Rule("box GET /box/", "B"),
    Rule("box GET /box/{folder}/", "B", yes=PAST, fixed="nothing"),
    Rule("box GET /box/{folder}/{name}", "B", yes=PAST, fixed="nothing"),
    Rule("box PUT /box/{folder}/{name}", "B", yes=range(200, 500), fixed="nothing"),
    Rule("box DELETE /box/{folder}/{name}", "B", yes=range(200, 500), fixed="nothing"),
    Rule("box GET /box-credentials/", "B"),
    Rule("box PUT /box-credentials/{kind}/{label}", "B", yes=PAST, fixed="nothing"),
    Rule("box DELETE /box-credentials/{number}", "B", yes=PAST, fixed="987654321"),
]

# Smart Meter Texas: the same at both of its addresses. What is not there for the caller is told in its own words (4xx, or
# 200 with a fault list); which they are matters less than that they are the same for what is somebody else's.
SMT_NO = range(200, 500)
for prefix in ("/v2", ""):
    for path, subject, members in (
            ("15minintervalreads", "reads", '"esiid":["@esiid@"]'), ("dailyreads", "reads", '"esiid":["@esiid@"]'),
            ("monthlybillingInformation", "reads", '"esiid":["@esiid@"]'), ("greenbutton", "reads", '"esiid":["@esiid@"]'),
            ("meterInfo", "reads", '"ESIIDMeterList":[{"esiid":"@esiid@"}]'), ("premiseInfo", "reads", '"esiid":["@esiid@"]'),
            ("odr", "reads", '"ESIID":"@esiid@","MeterNumber":"@meter@"')):
        RULES.append(Rule("smt POST %s/%s" % (prefix, path), "L", subject, yes=range(200, 500), no=SMT_NO, body=(SMT, members), nobody=(401, 403)))
    for path in ("odrstatus", "reportrequeststatus", "NewSubscription", "UnSubscription", "Mysubscriptions", "NewAgreement",
            "myagreements", "AgreementESIIDs", "Terminateagreement"):
        RULES.append(Rule("smt POST %s/%s" % (prefix, path), "L", yes=range(200, 500), body="{}", nobody=(401, 403)))
    for path in ("token", "tokenService", "energydata", "MeterInformation", "PremiseInformation", "Subscription", "CSPAuthorization"):
        RULES.append(Rule("smt POST %s/%s" % (prefix, path), "*", yes=range(200, 600)))
RULES.append(Rule("smt GET /v2/reportfile/{number}", "L", yes=range(400, 500), fixed="987654321", nobody=(401, 403)))
RULES.append(Rule("smt GET /r/{link}", "*", yes=(404,)))
# what customers' programs call: who shows nothing is told 403, as there
WEB = dict(nobody=(401, 403), no=range(200, 500), yes=range(200, 500))
for path, body in (("meter", '{"esiid":"@esiid@"}'), ("ondemandread", '{"ESIID":"@esiid@","MeterNumber":"@meter@"}'),
        ("usage/latestodrread", '{"ESIID":"@esiid@"}'),
        ("adhoc/intervalsynch", '{"startDate":"@us@","endDate":"@us@","reportFormat":"JSON","ESIID":["@esiid@"],"versionDate":null,"readDate":null,"versionNum":null,"dataType":null}'),
        ("usage/interval", '{"esiid":"@esiid@","startDate":"@us@","endDate":"@us@"}'),
        ("usage/daily", '{"esiid":"@esiid@","startDate":"@us@","endDate":"@us@"}'),
        ("usage/monthly", '{"esiid":"@esiid@","startDate":"@us@","endDate":"@us@"}')):
    # meters are listed to who lives there; there may be no on-demand read to be looked at
    RULES.append(Rule("smt-web POST /api/" + path, "L", "home" if path == "meter" else "reads", body=body,
        spare=path == "usage/latestodrread", **WEB))
RULES += [Rule("smt-web POST /api/dashboard", "L", yes=range(200, 500), body="{}", nobody=(401, 403)), # the caller's own alone
    Rule("smt-web POST /api/user/authenticate", "*", yes=range(200, 500)),
    Rule("smt-web POST /commonapi/user/authenticate", "*", yes=range(200, 500))]

# Green Button, at both of its bases
POINT = "/Subscription/{sub}/UsagePoint/{up}"
READING = POINT + "/MeterReading/{mr}"
CUSTOMER = "/RetailCustomer/{rc}/Customer"
AGREEMENT = CUSTOMER + "/{c}/CustomerAccount/{a}/CustomerAgreement"
LOCATION = AGREEMENT + "/{g}/ServiceLocation"
for base in ("/DataCustodian/espi/1_1/resource", "/espi/1_1/resource"):
    def espi(path, who, subject=None, method="GET", **more):
        if who in ("A", "C", "G"):
            who += "U"
        if "A" in who:
            more["but"] = {"access_s": (403,)}  # held back, whatever it asks for
        RULES.append(Rule("espi %s %s%s" % (method, base, path), who, subject, **more))
    for path in ("/Batch/Subscription/{sub}", "/Batch/Subscription/{sub}/UsagePoint/{up}", "/Subscription/{sub}/UsagePoint", POINT,
            POINT + "/MeterReading", READING, READING + "/IntervalBlock", READING + "/IntervalBlock/{ib}", POINT + "/UsageSummary",
            POINT + "/ElectricPowerUsageSummary", POINT + "/ElectricPowerQualitySummary"):
        espi(path, "A", "sub")
    for path in ("UsageSummary", "ElectricPowerUsageSummary", "ElectricPowerQualitySummary"):  # there is no bill
        espi("%s/%s/{id}" % (POINT, path), "A", "sub", spare=True)
    for path in ("/LocalTimeParameters", "/ReadingType"):
        espi(path, "A")
        espi(path + "/{id}", "A", yes=(404,), fixed=ZERO + "9")
    espi("/Batch/Bulk/{bulk}", "C", "bulk")
    espi("/Batch/BulkRetailCustomerInfo/{bulk}", "C", "bulk")
    espi("/ReadServiceStatus", "CLU", kinds="CSP TDU", but={r: (403,) for r in ("cspa", "cspb", "csps", "cspa_session")})
    espi("/Authorization", "C")
    espi("/Authorization/{id}", "C", "authorization")
    espi("/Authorization/{id}", "C", "authorization", method="DELETE", spare=True)
    espi("/ApplicationInformation/{id}", "G", "information")
    for path in ("/Batch/RetailCustomer/{rc}", CUSTOMER, CUSTOMER + "/{c}", CUSTOMER + "/{c}/CustomerAccount",
            CUSTOMER + "/{c}/CustomerAccount/{a}", AGREEMENT, AGREEMENT + "/{g}", AGREEMENT + "/{g}/ServiceSupplier",
            AGREEMENT + "/{g}/ServiceSupplier/{s}", LOCATION, LOCATION + "/{l}", LOCATION + "/{l}/Meter", LOCATION + "/{l}/Meter/{m}",
            LOCATION + "/{l}/EndDevice", LOCATION + "/{l}/EndDevice/{d}", CUSTOMER + "/{c}/Statement", CUSTOMER + "/{c}/Statement/{s}"):
        espi(path, "A", "rc", spare="EndDevice" in path or "Statement" in path)  # there is none: meters are Meter; no scope has 71
    espi("/Download/Usage", "LP", kinds="CUSTOMER")
    espi("/Download/Customer", "LP", kinds="CUSTOMER")
    espi("/ApplicationInformation", "U")
    espi("/Batch/RetailCustomer/{rc}/UsagePoint", "U", "rc")
    for path in ("UsagePoint", "MeterReading", "IntervalBlock", "Customer", "CustomerAccount", "CustomerAgreement", "ServiceLocation",
            "ServiceSupplier", "Meter", "EndDevice", "Statement"):
        espi("/" + path, "U", yes=(200, 404))  # a kind of which there is none
        espi("/%s/{id}" % path, "U", yes=(404,), fixed=ZERO + "9")
RULES += [Rule("test " + x, "*", yes=range(200, 500)) for x in ("POST /datacustodian/test/oauth/v2/token",
    "GET /datacustodian/test/oauth/v2/authorize", "GET /datacustodian/test/espi/1_1/resource/ReadServiceStatus",
    "GET /datacustodian/test/espi/1_1/resource/DownloadSampleData")]

# UtilityAPI: for third parties' accounts
UTILITY = "/api/v2/"
SUSPENDED = {"csps": (403,)}
for method, path, subject, more in (
        ("GET", "templates", None, dict(kinds=None)), ("GET", "templates/{uid}", None, dict(yes=PAST, kinds=None)), ("GET", "forms", None, {}),
        ("POST", "forms", None, dict(but=SUSPENDED)), ("GET", "forms/{uid}", "form", {}), ("PATCH", "forms/{uid}", "form", dict(body="{}", yes=(200, 400))),
        ("DELETE", "forms/{uid}", "form", dict(spare=True)), ("POST", "forms/{uid}/test-submit", "form", dict(body="{}", spare=True)),
        ("GET", "authorizations", None, {}), ("GET", "authorizations/{uid}", "uid", {}),
        ("PATCH", "authorizations/{uid}", "uid", dict(body="{}", spare=True)),
        ("DELETE", "authorizations/{uid}", "uid", dict(spare=True)),
        ("POST", "authorizations/{uid}/revoke", "uid", dict(body="{}", spare=True)),
        ("GET", "meters", None, {}), ("POST", "meters/historical-collection", None, dict(yes=PAST, body="{}")),
        ("POST", "meters/ongoing-monitoring", None, dict(yes=PAST, body="{}")),
        ("GET", "meters/{uid}", "meter_uid", {}), ("PATCH", "meters/{uid}", "meter_uid", dict(body="{}", spare=True)),
        ("GET", "intervals", "meter_uid", dict(query="meters=@uid@", no=(200, 400, 404))),
        ("GET", "bills", "meter_uid", dict(query="meters=@uid@", no=(200, 400, 404), spare=True)),
        ("GET", "files/intervals_csv", "meter_uid", dict(query="meters=@uid@", no=(200, 400, 404))),
        ("GET", "files/bills_csv", "meter_uid", dict(query="meters=@uid@", no=(200, 400, 404), spare=True)),
        ("GET", "events", None, dict(but=SUSPENDED)), ("GET", "events/{uid}", None, dict(yes=(404,), fixed="987654321", but=SUSPENDED)),
        ("PATCH", "events/{uid}", None, dict(yes=(404,), fixed="987654321", body="{}", but=SUSPENDED))):
    RULES.append(Rule("utility %s %s%s" % (method, UTILITY, path), "L", subject, **{"kinds": "CSP", **more}))

BY_KEY = {r.key: r for r in RULES}


def rule_of(family, method, path):
    return BY_KEY.get("%s %s %s" % (family, method, path))


def wall(rule, role):
    """The statuses that must be, where the wall is before anything else; None: the route is for this caller."""
    letters, kind = ROLES[role]
    if role in rule.but:
        return rule.but[role]
    if not letters:
        return rule.nobody
    if not set(letters) & set(rule.who):
        return rule.refused
    if rule.kinds and kind and kind not in rule.kinds.split():
        return rule.refused
    return None


def make(hub, world):
    """Things that are made by asking for them; what is below a grant, by looking."""
    def made(role, what, name, member, method, path, body=None, **more):
        answer = hub.ask(method, path, world.token(role), body if isinstance(body, bytes) else json.dumps(body).encode(), **more)
        value = json.loads(answer.body or b"{}").get(member)
        if value is None:
            raise SystemExit("no %s: %d %s" % (what, answer.status, answer.body[:300]))
        world.of[what, name] = [str(value)]

    for role, name in (("cspa", "a"), ("cust1", "c")):
        made(role, "webhook", name, "webhook", "POST", "/v1/webhooks", {"url": "https://matrix.example/", "events": ["status.changed"]})
    made("rep1", "command", "r", "command", "POST", "/v1/premises/%s/commands" % world.of["esiid", "h"][0], {"kind": "ON_DEMAND_READ"})
    made("tdu1", "file", "t", "file", "POST", "/v1/files?name=mx-odd.csv", b"odd\n", kind="application/octet-stream")
    made("rep1", "subscription", "r", "subscription", "POST", "/v1/subscriptions", {"schedule": "daily", "format": "csv"})
    made("cust1", "token", "c", "token", "POST", "/v1/tokens", {"label": "matrix"})
    made("cspa", "form", "a", "uid", "POST", "/api/v2/forms", {})
    for name in "axrshf":
        world.of["meter_uid", name] = ["%s-%s" % (world.of["agreement", name][0], world.of["esiid", name][0])]
    world.below = {}
    for name in "af":
        below(hub, world, name)


def below(hub, world, name):
    """Real ids below the grant of a token: of each route with more than one, by the links of its feeds."""
    token, (sub, _, rc) = world.token("access_" + name), world.of["grant", name]
    base = "/espi/1_1/resource"
    todo, known = ["%s/Subscription/%s/UsagePoint" % (base, sub), "%s/RetailCustomer/%s/Customer" % (base, rc)], set()
    while todo:
        at = todo.pop()
        if at in known:
            continue
        known.add(at)
        for link in re.findall(r'href="[^"]*?/espi/1_1/resource(/[^"?]*)"', hub.ask("GET", at, token).body.decode()):
            if sub in link or rc in link:
                todo.append(base + link)
    for rule in RULES:
        if rule.subject in ("sub", "rc"):
            path = rule.key.split()[-1].split("/resource", 1)[1]
            pattern = re.compile("^" + base + re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", path) + "$")
            for link in sorted(known):
                m = pattern.match(link)
                if m:
                    world.below[rule.key, name] = m.groupdict()
                    world.below[None, name] = {**world.below.get((None, name), {}), **m.groupdict()}
