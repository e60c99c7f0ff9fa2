# What the portal's forms stand on that no page shows by itself, for tests/browser/forms.test.js: made when that begins,
# behind all other tests. Bash; after links.sh, accounts.sh, deploy/lib/staff.sh and register.sh, with links_begin's homes.

forms_try=14 # a form that ends what it stands on: how many of these there are, one for each value that is taken

# csp.test.js has tried more customers who are none than a third party may in an hour: these are forgotten.
forms_may_ask() {
	links_sql -c "delete from radar.budget_csp where csp = (select p.party from party.party p where p.code = 'sunny')" >/dev/null
}

# A share of that home that is held, for a reason.
forms_hold() { # HOME
	local number
	number=$(links_invite "$(links_token)" "$1")
	links_sql -v ON_ERROR_STOP=1 -v n="$number" >/dev/null <<-'SQL'
		update agreement.agreement set state = 'HELD', decided_at = ops.now(), starts_at = ops.now(),
			ends_at = ops.now() + interval '1 year', reads_from = ops.now() - interval '1 year' where agreement = :n;
		with e as (insert into radar.event (at, kind, csp, agreement, source, detail)
			select ops.now(), 'affirmed', a.csp, a.agreement, '198.51.100.7', '{"dwell_ms": 400}'
			from agreement.agreement a where a.agreement = :n returning *),
		h as (insert into radar.hit (at, detector, csp, agreement, event, found, threshold, action)
			select ops.now(), 'dwell', e.csp, e.agreement, e.event, 0.4, 3, 'HOLD' from e returning *),
		v as (insert into radar.evidence (hit, event) select h.hit, h.event from h)
		insert into radar.held (agreement, hit) select h.agreement, h.hit from h;
	SQL
}
forms_holds() {
	local n
	links_begin $((130 + forms_try)) # more homes
	for n in $(seq 131 $((130 + forms_try))); do
		forms_hold "$n" || return 1
	done
}

# Files whose name is of no utility are held.
forms_files() {
	local n file
	for n in $(seq 1 $forms_try); do
		file=$hub_state/tmp/123456789IntervalData20251106060000$(printf %03d "$n").lse
		echo "00000001,held,$n" >"$file" # an LSE file, as far as one sees at first
		busbar submit "$file" --as oncor --wait >/dev/null # tells by its status that it is held
	done
	[ "$(links_sql -c "select count(*) from portal.jobs() where what = 'FILE'")" -ge $forms_try ]
}

# A drop that is due.
forms_drop() {
	local made
	made=$(busbar subscription add sunny --schedule daily --label 'for forms' --json | sed -n 's/.*"subscription": *\([0-9]*\).*/\1/p')
	busbar drop build "$made" >/dev/null
}

# Two third parties that register: one that hands in its certificate, one that is tested and may go live.
forms_registering() {
	local code tax=912345630
	for code in haze dusk; do
		tax=$((tax + 1))
		busbar csp register $code --name "Company $code" --tax-id $tax --site https://$code.example/ \
			--privacy https://$code.example/privacy --use 'Finds a cheaper plan for you.' \
			--use-es 'Le busca una tarifa más barata.' --standing "registered, $tax" --capability FTPS --terms 1 \
			--contact desk@$code.example >/dev/null &&
			links_sql -c "select party.csp_move(party.csp_named('$code'), 'confirm', 'test')" >/dev/null &&
			staff_person $code $code-admin || return 1
	done
	register_certificate dusk && SUDO_USER=nobody busbar csp review dusk --out-of-turn test >/dev/null &&
		SUDO_USER=nobody busbar csp approve dusk --certificate "$hub_state/partners/dusk.client.pem" >/dev/null &&
		busbar csp approve dusk --second >/dev/null &&
		links_sql -c "select party.csp_move(party.csp_named('dusk'), 'test', 'test')" >/dev/null
}

# What a second person is to confirm, of the operator's and of the commission's; an order, a case, a notice. All of
# somebody else than whom forms.test.js signs in.
forms_desks() {
	local who day now soon
	day=$(TZ=America/Chicago date -d yesterday +%F)
	now=$(TZ=America/Chicago date +%FT%H:%M)
	soon=$(TZ=America/Chicago date -d tomorrow +%FT%H:%M)
	for who in otto ralf; do
		[ -s "$hub_state/partners/$who.password" ] || printf '%s' "$who-right horse battery" >"$hub_state/partners/$who.password"
		staff_sign_in $who || return 1
	done
	busbar csp suspend more20 --reason 'for forms' >/dev/null && busbar csp resume more20 --reason 'for forms' >/dev/null || return 1
	echo 'an order' >"$hub_state/tmp/order"
	busbar order add more19 --docket 52501 --what suspend --notice "$day" --tdu oncor --file "$hub_state/tmp/order" >/dev/null || return 1
	staff_post otto /operator/announcements do=announce kind=NOTICE from="$now" until="$soon" title_en=Forms body_en= title_es=Formularios body_es= >/dev/null
	staff_post ralf /regulator/companies/more18 do=order docket=52502 what=SUSPEND notice="$day" utilities=oncor why='for forms' >/dev/null
	staff_post ralf /regulator/cases do=ask number=52503 from="$day" to="$day" days=30 esiids=10443720009900116 who= why='for forms' >/dev/null
	SUDO_USER=nobody busbar approval confirm "$(links_sql -c "select max(approval) from ops.approval where action like '%case%' and state = 'ASKED'")" >/dev/null
}

# People: FILE gets them as forms.test.js reads it.
forms_people() {
	accounts_make fay 100 102 && accounts_shares 100 && accounts_make gil 103 103 || return 1
	printf '{"a customer with many homes":{"kind":"customer","user":"fay","password":"fay-right horse battery"},' >"$1"
	printf '"a third party that registers":{"kind":"csp","user":"haze-admin","password":"%s"},' "$(cat "$hub_state/partners/haze-admin.password")" >>"$1"
	printf '"a third party that is tested":{"kind":"csp","user":"dusk-admin","password":"%s"}}\n' "$(cat "$hub_state/partners/dusk-admin.password")" >>"$1"
}

forms_begin() { # FILE
	local part bad=
	forms_may_ask
	for part in holds files drop registering desks people; do
		"forms_$part" "$1" || bad+=" $part"
	done
	[ -z "$bad" ] || { echo "not made:$bad"; return 1; }
}
