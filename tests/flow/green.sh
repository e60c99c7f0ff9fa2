# A hub's Green Button for flows: the API and who may ask it (api.sh), days, and what looks at answers. After lib.sh.
. "$(dirname "${BASH_SOURCE[0]}")/api.sh"
trap api_down EXIT
hub_conf # with the API's port
holds 'nginx takes the shipped configuration' api_up
base=$url/DataCustodian/espi/1_1/resource
holds 'busbar-apid answers' within 10 answers

values() { # ESIID CHANNEL YYYYMMDD SLOTS CREATED VALUE,STATUS...: the last of them for the rest of the day
	local esiid=$1 channel=$2 day=$3 slots=$4 created=$5 list= i
	shift 5
	printf '00000001,%s,%s,%s000000,%s235959,Y,N\n' "$esiid" "$channel" "$day" "$day"
	printf '00000002,,,1,0,1,0,900,01,,,,\n00000003,\n00000004,%s,M\n10000000' "$created"
	for ((i = 0; i < slots; i++)); do
		list=$list,$1,
		[ $# = 1 ] || shift
	done
	echo "$list"
}

of() { sql -c "select $2 from oauth.grant where granted = $1"; } # GRANT COLUMN
count() { grep -o -- "$1" "$work/body" | wc -l; }

rules=$(dirname "$0")/../data/green
valid() { # SENTENCE [customer]: what was answered last follows our rules; and others' schemas, where there are some
	holds "$1" xmllint --nonet --noout --relaxng "$rules/${2:-usage}.rng" "$work/body"
	for xsd in ${BUSBAR_ESPI_XSD:-}; do
		holds "$1, says $xsd" xmllint --nonet --noout --schema "$xsd/greenbutton.xsd" "$work/body"
	done
}
links() { # SENTENCE TOKEN URL: all lead somewhere
	equals "$1" '' "$(python3 "$(dirname "$0")/green_links.py" "$hub_state/tls/ca.pem" "$2" "$3")"
}
entries() { # OF: how many entries hold it
	count "<$1 xmlns="
}
hrefs() { # REL KIND: addresses of such links, each once
	sed -n "s|^<link rel=\"$1\" type=\"$2\" href=\"\(.*\)\"/>\$|\1|p" "$work/body" | sed 's/&amp;/\&/g' | sort -u
}
