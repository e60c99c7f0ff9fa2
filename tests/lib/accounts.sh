# Customers' accounts with a password, in a hub that runs, without mails. Bash; after links.sh and links_begin.

# accounts_make LOGIN FIRST LAST: one who lives at links_premise FIRST to LAST since 2024; mailbox LOGIN@accounts.example,
# password "LOGIN-right horse battery".
accounts_make() {
	local n asked=()
	links_sql -v who="$1" >/dev/null <<-SQL
		with made as (insert into party.party (kind) values ('CUSTOMER') returning party), lives as (
			insert into premise.customer (party, tdu, account_index)
			select made.party, (select party from party.party where code = 'oncor'), substr(sha256(('account ' || :'who')::bytea), 1, 16)
			from made returning customer)
		insert into premise.occupancy (premise, customer, during)
		select p.premise, lives.customer, daterange('2024-01-01', null) from lives, premise.premise p
		where p.esiid like '104437200099%' and right(p.esiid, 5)::int between $2 and $3;
	SQL
	for n in $(seq "$2" "$3"); do
		asked+=(--esiid "104437200099$(printf %05d "$n")" --meter "L$n" --rep 19777)
	done
	busbar customer register --email "$1@accounts.example" "${asked[@]}" >/dev/null || return 1
	links_sql >/dev/null <<-'SQL'
		select party.holder_claims();
		select party.holder_confirm(r.holder, r.mail) from party.proof r
		where r.mail = (select max(mail) from party.proof where holder is not null);
		update mail.outbox set state = 'CANCELLED' where kind = 'customer-confirm';
	SQL
	busbar customer login "$(links_sql -c "select max(holder) from party.holder")" "$1" >/dev/null
	printf '%s' "$1-right horse battery" | busbar credential add "$1" --password --stdin >/dev/null
}

# accounts_shares FIRST: of the homes FIRST to FIRST+2 one is shared, one asked for, one was shared.
accounts_shares() {
	local i token number
	for i in 0 1 2; do
		token=$(links_token)
		number=$(links_invite "$token" $(($1 + i)))
		[ "$i" = 1 ] || links_sql -v token="$token" >/dev/null <<-'SQL'
			select agreement.decide(sha256(:'token'), 'CONFIRM', '2026-1', sha256('x'), '{}', '198.51.100.1', 'test');
		SQL
		[ "$i" != 2 ] || links_sql -c "select agreement.terminate($number, 'CSP', null, 'test')" >/dev/null
	done
}

# accounts_read ESIID_NUMBER: what was read of a home: by a third party twice, by its REP in a list, by an operator.
accounts_read() {
	links_sql -v n="$1" >/dev/null <<-'SQL'
		select audit.record('reads.released', v.who, (select party from party.party where code = v.who), p.premise, v.detail)
		from premise.premise p, (values
			('sunny', '{"kind": "interval", "from": "2026-01-01", "to": "2026-01-31", "door": "v1"}'::jsonb),
			('sunny', '{"kind": "register", "from": "2026-02-01", "to": "2026-02-01", "door": "v1"}'),
			('operator', '{"kind": "billing", "from": "2026-01-01", "to": "2026-03-31", "door": "cli", "reason": "A call <b>about</b> a bill"}'))
			v (who, detail)
		where p.esiid = '104437200099' || lpad(:'n', 5, '0');
		select audit.record('reads.released', 'links-rep', (select party from party.party where code = 'links-rep'), null,
			jsonb_build_object('kind', 'interval', 'from', '2026-01-01', 'to', '2026-01-02', 'door', 'smt', 'premises', 17));
	SQL
}
