"""The same question to the database itself: whoever has taken over busbar-apid calls each function that its role may call,
with each kind of secret, of what is the caller's own, of what is somebody else's and of what there is not.

    matrix_sql.py FUNCTIONS FOLDER > script.sql      FUNCTIONS: name TAB "name type" of its arguments TAB …
    matrix_sql.py check ANSWERS FOLDER               ANSWERS: what the script printed; "N cells, N wrong"

Nothing needs to be known of a function: its arguments are filled in by their names and types. Each call is undone."""
import hashlib
import re
import sys

import matrix
import matrix_rules as rules

# who: secrets that the hub made, since their hash is all that a function is shown
LIVING = {"session_tdu1": "tdu1", "session_tdu2": "tdu2", "session_rep1": "rep1", "session_rep2": "rep2", "cspa_session": "cspa",
    "session_cspb": "cspb", "session_csps": "csps", "session_reg": "reg", "personal1": "personal1", "personal2": "personal2",
    "access_a": "access_a", "access_f": "access_f", "access_s": "access_s", "client_a": "client_a", "client_b": "client_b",
    "registration_a": "registration_a"}
DEAD = ["bad", "over", "access_x", "access_r", "access_h", "client_s"]
THINGS = {"a": "a", "f": "f", "u": None}
BY_TYPE = {"text": "'x'", "text[]": "'{}'", "date": "'%(day)s'", "integer": "1", "bigint": "%(agreement)s", "boolean": "false",
    "jsonb": "'{}'", "bytea": "'\\x00'", "uuid": "'%(sub)s'", "timestamp with time zone": "null", "interval": "'1 day'", "inet": "'127.0.0.1'",
    "integer[]": "'{}'", "bigint[]": "'{}'", "uuid[]": "'{}'"}
BY_NAME = {"esiid": "'%(esiid)s'", "of_esiid": "'%(esiid)s'", "esiids": "array['%(esiid)s']", "uid": "'%(agreement)s'",
    "of_customer": "'%(rc)s'", "of_authorization": "'%(authorization)s'", "bulk": "'%(bulk)s'", "of_information": "'%(information)s'",
    "information": "'%(information)s'", "kind": "'interval'", "of_kind": "'ON_DEMAND_READ'", "of_meter": "''", "meter": "''",
    "after": "null", "cursor": "null", "most": "10", "door": "'v1'", "versions": "false", "consent": "'%(authorization)s'"}
# what these are shown is something else than a secret of the API's: the link of a mail
LINKS = {"smt.report_open"}
UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"


def values(world, thing):
    """What arguments are filled with, of a thing or of nothing."""
    out = {"day": world.day}
    for subject in ("knows", "sub", "agreement"):
        s = rules.SUBJECTS[subject]
        out.update(zip(s.names, world.of[s.kind, thing] if thing else s.unknown))
    client = world.of["client", {"a": "a", "f": "b"}[thing]] if thing else rules.SUBJECTS["bulk"].unknown
    out["bulk"], out["information"] = client[1], client[2]
    return out


def functions(path):
    with open(path) as f:
        for line in f:
            name, *arguments = line.rstrip("\n").split("\t")
            yield name, [a.split(" ", 1) for a in arguments]


def call(name, arguments, secret, fill):
    given = ["'\\x%s'" % hashlib.sha256(secret.encode()).hexdigest()]
    for argument, kind in arguments[1:]:
        given.append((BY_NAME.get(argument) or BY_TYPE.get(kind, "null")) % fill + "::" + kind)
    return "select string_agg(x::text, E'\\n') from %s(%s) x" % (name, ", ".join(given))


def cells(path, world):
    for name, arguments in functions(path):
        for role in [*LIVING, *DEAD]:
            for thing in THINGS if role in LIVING else "a":
                yield name, role, thing, arguments


def script(path, folder):
    world = matrix.World(folder)
    print("""create function pg_temp.try(what text) returns text language plpgsql as $$
declare
	out text;
begin
	begin
		execute what into out;
		raise exception using errcode = 'ZZ000', message = coalesce(out, '');	-- undone
	exception when others then
		return sqlstate || ' ' || sqlerrm;
	end;
end $$;
set session authorization busbar_apid;
set statement_timeout = '10s';""")
    for name, role, thing, arguments in cells(path, world):
        print("select '%s %s %s ' || encode(convert_to(pg_temp.try($call$%s$call$), 'UTF8'), 'hex');" % (
            name, role, thing, call(name, arguments, world.token(role), values(world, THINGS[thing]))))


def plain(text, world, thing):
    for v in sorted({str(v) for v in values(world, THINGS[thing]).values()} - {world.day}, key=len, reverse=True):
        text = re.sub(r"(?<![0-9A-Za-z])%s(?![0-9A-Za-z])" % re.escape(v), "ID", text)
    text = re.sub(r"\(\d+,(?=\d{4}-\d\d-\d\d,)", "(ID,", text)  # the number of a release, with its days
    return re.sub(UUID, "ID", text)  # drawn for what was made


def check(path, folder):
    world = matrix.World(folder)
    answers, wrong, n, opened = {}, [], 0, set()
    with open(path) as f:
        for line in f:
            name, role, thing, text = line.split()
            answers[name, role, thing] = bytes.fromhex(text).decode()
    theirs = {k: world.of["esiid", k][0] for k in "axrshf"}
    for (name, role, thing), text in answers.items():
        n += 1
        if role in DEAD:
            if text[:5] not in (("BB001",) if name in LINKS else ("BB007", "BB002")):
                wrong.append("%s opens with what is dead: %s: %s" % (name, role, text[:200]))
            continue
        who = LIVING[role]
        if text.startswith("ZZ000") and len(text) > 6:
            opened.add(name)
        if re.match(r"(42501|42883|42601|42P|XX)", text) and "permission denied" in text:
            wrong.append("%s as %s: %s" % (name, role, text[:200]))
        knows = rules.KNOWS.get(who, "") + rules.SUBJECTS["agreement"].sees.get(who, "")
        for k, esiid in theirs.items():
            if esiid in text and k not in knows and k != thing:
                wrong.append("%s as %s says that there is %s: %s" % (name, role, k, text[:200]))
        if thing == "f" and "f" not in knows:
            there_is_not = answers[name, role, "u"]
            if plain(text, world, "f") != plain(there_is_not, world, "u"):
                wrong.append("%s as %s: of others \"%s\", of what there is not \"%s\"" % (name, role, text[:160], there_is_not[:160]))
    if len(opened) < 30:
        wrong.append("only %d functions gave anything to anybody" % len(opened))
    for words in wrong[:60]:
        print(words)
    print("%d functions gave something" % len(opened))
    print("%d cells, %d wrong" % (n, len(wrong)))


if __name__ == "__main__":
    check(*sys.argv[2:]) if sys.argv[1] == "check" else script(*sys.argv[1:])
