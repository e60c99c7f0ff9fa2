#!/bin/bash
# The Smart Meter Texas family as its clients call it, through nginx: tokens, reads, reports, subscriptions,
# agreements, and what customers' own programs ask.
. "$(dirname "$0")/lib.sh"
. "$lib/sink.sh"
. "$lib/customer.sh"
. "$lib/scenes.sh"
. "$lib/customers.sh"

free_port() {
	local port
	for _ in $(seq 50); do
		port=$((20000 + RANDOM % 9000))
		(exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || { echo $port; return; }
	done
}
mail_port=$(free_port) mail_page_port=$(free_port) nginx_portal_port=$(free_port)
nginx_api_port=$(free_port) nginx_api_tls13_port=$(free_port) nginx_ops_port=$(free_port)
nginx_portal_rate=100r/s hub_portal_conf='dwell = 300ms'
over() {
	busbar clock reset >/dev/null 2>&1
	nginx_down
	for one in portald apid dropd agreementd; do hub_stop_one $one; done
	sink_down
	unset hub_portal_conf mail_port mail_page_port nginx_portal_port
	hub_conf
}
trap over EXIT
hub_conf
scene_radar # all here comes from one machine, within seconds
holds 'a mail server runs' sink_up
holds 'nginx runs' nginx_up
for one in agreementd portald apid dropd; do hub_start_one $one; done

# ---- a day of a utility, customers with accounts, a third party ----

day=$(state_yesterday)
busbar synth --out "$work/synth" --meters 12 --from "$day" --days 1 >/dev/null
for file in "$work/synth/oncor"/*; do
	[ ! -f "$file" ] || busbar submit "$file" --as oncor >/dev/null
done
holds 'a day of a utility is loaded' within 60 settled
state_logins= # the partners of other flows are not looked at
holds 'three customers open accounts' customers_up
equals 'each has a name, a password and a token' 3 "$(ls "$hub_state/partners"/{customer1,customer2,business1}.{password,token} | wc -l | awk '{ print $1 / 2 }')"
state_env
holds 'which scripts are told' grep -q "^CUSTOMER1_USER='customer1'" "$hub_state/demo.env"
holds 'and no key: a customer has no box' sh -c "! grep -q CUSTOMER1_SSH_KEY '$hub_state/demo.env'"
ended
