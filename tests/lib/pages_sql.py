"""What the pages ask, of the database itself: whoever has taken over busbar-portald calls each function that its role may
call for who is signed in, as each kind of person in each role, and as nobody.

    pages_sql.py FUNCTIONS FOLDER > script.sql      FUNCTIONS: name TAB "name type" of its arguments TAB …; FOLDER/people;
                                                    "name!" where the function asks for a role
    pages_sql.py check ANSWERS FUNCTIONS FOLDER     ANSWERS: what the script printed; "N cells, N wrong"

Arguments are filled in by their names and types, with what there is not. Each call is undone. Whom a function is for stands in
page_rules.py, by hand."""
import hashlib
import sys

import matrix_rules
import matrix_sql
import page_rules

KINDS = ("customer", "csp", "rep", "tdu", "regulator", "operator")


def fill():
    out = {"day": "2026-01-01"}
    for subject in ("knows", "sub", "agreement"):
        s = matrix_rules.SUBJECTS[subject]
        out.update(zip(s.names, s.unknown))
    out["bulk"] = out["information"] = matrix_rules.SUBJECTS["bulk"].unknown
    return {k: v if isinstance(v, str) else v[0] for k, v in out.items()}


def people(folder):
    yield "nobody", "-", "N" * 43
    with open(folder + "/people") as f:
        for line in f:
            yield tuple(line.split())


def script(path, folder):
    print("""create function pg_temp.try(what text) returns text language plpgsql as $$
declare
	out text;
begin
	begin
		execute what into out;
		raise exception using errcode = 'ZZ000', message = coalesce(out, '');	-- undone
	exception when others then
		return sqlstate || ' ' || left(replace(sqlerrm, E'\\n', ' '), 200);
	end;
end $$;
set session authorization busbar_portald;
set statement_timeout = '10s';""")
    for name, arguments in matrix_sql.functions(path):
        name = name.rstrip("!")
        for kind, role, cookie in people(folder):
            what = matrix_sql.call(name, arguments, cookie, fill())
            print("select '%s', '%s', '%s', pg_temp.try($x$%s$x$);" % (name, kind, role, what))


def wrong_of(kind, role, said, rules, asks):
    state, _, words = said.partition(" ")
    if state in ("57014", "42501") or state.startswith("XX"):
        return said
    if kind == "nobody":
        return None if state == "BB007" else said
    if kind not in rules:
        # a list of what is one's own may be empty
        return None if state.startswith("BB") or (state == "ZZ000" and (words in ("", "[]", "{}") or '"items": []' in words)) else said
    least = rules[kind]
    if kind != "customer" and ("reader", "member", "admin").index(role) < ("reader", "member", "admin").index(least):
        # of what there is not, that may be said first
        return None if state == "BB002" or (state == "BB001" and asks) else said
    return said if state == "BB002" and "role" in words or state == "BB007" else None


def check(answers, path, folder):
    rules, known = page_rules.functions(), [name.rstrip("!") for name, _ in matrix_sql.functions(path)]
    asks = {name[:-1] for name, _ in matrix_sql.functions(path) if name.endswith("!")}
    wrong = ["%s has no rule in tests/lib/page_rules.py" % n for n in known if n not in rules]
    wrong += ["the rule %s is of no function" % n for n in rules if n not in known]
    cells = 0
    with open(answers) as f:
        for line in f:
            name, kind, role, said = line.rstrip("\n").split("\t", 3)
            if name not in rules:
                continue
            cells += 1
            found = wrong_of(kind, role, said, rules[name], name in asks)
            if found is not None:
                wrong.append("%s as %s %s: %s" % (name, kind, role, found))
    print("\n".join(wrong + ["%d cells, %d wrong" % (cells, len(wrong))]))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(check(*sys.argv[2:]) if sys.argv[1] == "check" else script(*sys.argv[1:]))
