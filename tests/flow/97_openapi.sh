#!/bin/bash
# api/openapi.yaml is sound, has the routes of the running program with who may, how often and how much, and is shown: as
# it is and as a page. Whether answers are as it tells is looked at in each flow that asks /v1 (api.sh).
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/api.sh"
trap 'api_down' EXIT
holds 'nginx and busbar-apid' api_up

openapi() { /usr/bin/python3 "$source/tests/lib/openapi.py" "$@"; }
holds 'the file is sound' openapi shape
"$hub_programs/bin/busbar-apid" --routes >"$work/routes"
holds 'its routes are those of the table, with who may, budget and body' openapi routes "$work/routes"
# what would be wrong is seen
grep -v "	GET	/v1/me	" "$work/routes" >"$work/fewer"
sed 's,	READS	,	BULK	,' "$work/routes" >"$work/other"
seen() { ! openapi routes "$1" >"$work/seen" && grep -qF "$2" "$work/seen"; }
holds 'a route that is not there would be seen' seen "$work/fewer" 'GET /v1/me is in api/openapi.yaml, and is no route'
holds 'another budget too' seen "$work/other" 'x-budget is BULK, told is READS'

equals 'it is to be had by anybody' '200 application/yaml' "$(ask_plain $url/openapi.yaml) $(header Content-Type)"
same 'as it is written' "$source/api/openapi.yaml" "$work/body"
equals 'once' 304 "$(ask_plain -H "If-None-Match: $(header ETag)" $url/openapi.yaml)"
equals 'and as a page' '200 text/html; charset=utf-8' "$(ask_plain $url/reference) $(header Content-Type)"
cp "$work/body" "$work/page"
holds 'whose style may come from here alone' grep -q "^content-security-policy: default-src 'none'; style-src 'self'" <(tr A-Z a-z <"$work/headers")
equals 'without script' 0 "$(grep -ciE '<script|javascript:| on[a-z]+=' "$work/page")"
shown() { # each operation of the file has its place on the page, each link of the page its end
	/usr/bin/python3 - "$source/api/openapi.yaml" "$work/page" <<'PYTHON'
import re, sys, yaml
doc, page = yaml.safe_load(open(sys.argv[1])), open(sys.argv[2]).read()
ids = re.findall(r' id="([^"]+)"', page)
assert len(ids) == len(set(ids)), "an id is there twice"
names = [op["operationId"] for item in doc["paths"].values() for op in item.values() if isinstance(op, dict)]
missing = [n for n in names if n not in ids] + [a for a in re.findall(r'href="#([^"]+)"', page) if a not in ids]
print(missing)
sys.exit(bool(missing or not names))
PYTHON
}
holds 'with each operation, and no link into nothing' shown
equals 'its style' '200 text/css; charset=utf-8' "$(ask_plain $url/reference.css) $(header Content-Type)"
ended
