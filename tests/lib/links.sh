# Invitations with links whose tokens are known, for tests of the portal: what busbar-agreementd does when it sends a
# mail, in a hub that runs. Bash; after deploy/lib/hub.sh.
#
#   hub_state   folder of the hub

links_sql() { hub_psql -d busbar -At "$@"; }

# A third party and the homes that it asks for: links_premise 1 is ESI ID 10443720009900001 with meter L1.
links_begin() {
	busbar csp add sunny --name 'Sunny Roof Solar' >/dev/null 2>&1 || :
	busbar rep add links-rep --name 'Links REP' --certificate 19777 --duns 197770000 >/dev/null 2>&1 || :
	links_sql >/dev/null <<-SQL
		insert into premise.premise (esiid, tdu, known, commodity, class, status, effective, street, city, state, zip, channels)
		select '104437200099' || lpad(n::text, 5, '0'), (select party from party.party where code = 'oncor'), true,
			'ELECTRIC', 'RESIDENTIAL', 'ACTIVE', date '2024-01-01', (100 + n) || ' Pecan St', 'Austin', 'TX', '78701', 1
		from generate_series(1, ${1:-40}) n
		on conflict do nothing;
		insert into premise.meter (premise, during, meter_number)
		select p.premise, daterange('2024-01-01', null), 'L' || right(p.esiid, 5)::int
		from premise.premise p where p.esiid like '104437200099%'
			and not exists (select from premise.meter m where m.premise = p.premise);
		insert into premise.rep_span (premise, rep, during)
		select p.premise, (select party from party.rep where certificate = '19777'), daterange('2024-01-01', null)
		from premise.premise p where p.esiid like '104437200099%'
			and not exists (select from premise.rep_span s where s.premise = p.premise);
		update party.csp_profile set site = 'https://sunny.example', privacy_url = 'https://sunny.example/privacy',
			use_en = 'To plan solar panels for your roof and show what they would save you.',
			use_es = 'Para planear paneles solares en su techo y mostrarle cuánto ahorraría.'
		where csp = (select party from party.party where code = 'sunny');
	SQL
}

# An invitation for premises FIRST to LAST; prints its number. Sent an hour ago, so that an answer is not too fast.
#   links_invite TOKEN FIRST [LAST [LANGUAGE [KIND [MONTHS]]]]
links_invite() {
	local token=$1 first=$2 last=${3:-$2} language=${4:-EN} kind=${5:-ENERGY} months=${6:-12}
	[ "$months" != none ] || months=null
	links_sql -v token="$token" <<-SQL
		with asked as (
			select (agreement.invite(
				(select party from party.party where code = 'sunny'),
				array_agg('104437200099' || lpad(n::text, 5, '0') order by n),
				array_agg('L' || n order by n), array_agg('19777'::text order by n),
				'sealed', 'agreement.email'::bytea || substr(sha256(:'token'), 1, 16), substr(sha256(:'token'), 1, 16),
				'$kind', case when '$kind' like 'DEVICE%' then '{}' else '{interval,register}'::text[] end,
				$months, 12, '$language', null, true, '192.0.2.7', 'test')) as said
			from generate_series($first, $last) n
		), made as materialized (select (said ->> 'id')::int8 as id, said from asked)
		select coalesce(id::text, said::text) from made;
		select agreement.link_make(o.mail, 'DECIDE', sha256(:'token')) is null,
			agreement.link_make(o.mail, 'CODE', sha256(convert_to(:'token' || ':123456', 'UTF8'))) is null,
			agreement.mail_accepted(o.agreement, ops.now() - interval '1 hour') is null
		from mail.outbox o where o.kind = 'invitation' and o.recipient_index = substr(sha256(:'token'), 1, 16) \g /dev/null
		update mail.outbox set state = 'SENT' where kind = 'invitation' and recipient_index = substr(sha256(:'token'), 1, 16);
	SQL
}

# Another link of an agreement: links_more TOKEN AGREEMENT PURPOSE. The mail of its invitation stands for the other's.
links_more() {
	links_sql -v token="$1" >/dev/null <<-SQL
		select agreement.link_make((select min(mail) from mail.outbox where agreement = $2), '$3', sha256(:'token'));
	SQL
}

links_state() { links_sql -c "select state from agreement.agreement where agreement = $1"; } # AGREEMENT
links_token() { openssl rand 32 | basenc --base64url | tr -d '=\n'; }
# What may change by an answer, in one line: of all agreements.
links_all() {
	links_sql -c "select count(*), count(*) filter (where state = 'PENDING'),
		md5(string_agg(agreement || state || coalesce(decided_at::text, ''), ',' order by agreement)),
		(select count(*) from agreement.decision), (select count(*) from mail.outbox),
		(select count(*) from audit.receipt) from agreement.agreement"
}

# The watch over abuse holds what comes from one address within seconds, as all tests do: it only notes meanwhile.
links_quiet() {
	links_sql >/dev/null <<-'SQL'
		do $$ begin
			if to_regclass('radar.detector') is not null then
				create table if not exists public.links_radar as select * from radar.detector;
				update radar.detector set action = 'NOTE' where action <> 'NOTE';
			end if;
		end $$
	SQL
}
links_loud() {
	links_sql >/dev/null <<-'SQL'
		do $$ begin
			if to_regclass('public.links_radar') is not null then
				update radar.detector d set action = o.action from public.links_radar o where o.detector = d.detector;
				drop table public.links_radar;
			end if;
		end $$
	SQL
}
