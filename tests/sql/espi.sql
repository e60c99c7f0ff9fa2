-- Green Button: what a token of a grant sees, and nothing else.
begin;
\ir lib/fixture.psql
select plan(55);
select reads.ensure_days(array[date '2026-03-07', '2026-03-08']);
select t.load('oncor') as load \gset
select t.premise(:load, n::int4, e, '2025-01-01', rate => 'R1') from unnest(array[:'e1', :'e2', :'e3']) with ordinality u (e, n);
insert into stage.rate (load, line, rate, effective, ends, days, from_time, to_time, price, currency, channel, created)
values (:load, 11, 'R1', '2025-06-01', null, 'ALL', 0, 1440, 80000, 'USD', null, '2025-06-01'),
	(:load, 12, 'R1', '2026-03-05', '2026-03-20', 'ALL', 0, 720, 90000, 'USD', null, '2026-03-01'),
	(:load, 13, 'R1', '2026-03-05', '2026-03-20', 'ALL', 0, 720, 95000, 'USD', null, '2026-03-02'),
	(:load, 14, 'R2', '2025-01-01', null, 'ALL', 0, 1440, 1, 'USD', null, '2025-01-01');
select premise.load_premise(:load);
select premise.load_rate(:load);
select t.day(:load, 21, :'e1', '2026-03-07', '2026-03-08 06:00Z');
select t.day(:load, 22, :'e1', '2026-03-08', '2026-03-09 06:00Z', n => 92);
select t.day(:load, 23, :'e1', '2026-03-08', '2026-03-09 06:00Z', n => 23, channel => 1);
select t.day(:load, 24, :'e2', '2026-03-07', '2026-03-08 06:00Z');
select t.day(:load, 25, :'e3', '2026-03-07', '2026-03-08 06:00Z');
insert into reads.billing (series, start_date, end_date, created, load, line, wh, amount, currency, items, status)
values (t.p(:'e1') * 8, '2026-02-10', '2026-03-09', '2026-03-10', :load, 31, 612000, 841700, 'USD', 'Energy=84.17', 'A'),
	(t.p(:'e1') * 8, '2026-01-10', '2026-02-09', '2026-02-10', :load, 32, 512000, null, null, null, 'A');
select t.done(:load);

-- two clients of two parties, each with a grant; a third grant is of the first client too
create function t.grant(csp int4, client int4, esiids text[], scope text, kinds text[]) returns int8 language plpgsql as $$
declare a int8; g int8;
begin
	insert into agreement.agreement (csp, state, starts_at, ends_at, reads_from, kinds)
	values (csp, 'ACTIVE', ops.now() - interval '1 day', ops.now() + interval '1 year', '2026-01-31 06:00Z', kinds)
	returning agreement into a;
	insert into agreement.premise (agreement, premise) select a, t.p(e) from unnest(esiids) e;
	insert into oauth.grant (client, agreement, scope, made_at, changed_at)
	values (client, a, scope, ops.now(), ops.now()) returning granted into g;
	return g;
end $$;
insert into oauth.client (csp, client_id, name, redirect_uris, scopes)
values (:csp1, 'client-1', 'One', '{https://a.example/}', '{FB=4}') returning client as one \gset
insert into oauth.client (csp, client_id, name, redirect_uris, scopes)
values (:csp2, 'client-2', 'Two', '{https://b.example/}', '{FB=4}') returning client as two \gset
select t.grant(:csp1, :one, array[:'e1'], 'FB=4_5_12_15_16;IntervalDuration=900', '{interval,billing}') as g1,
	t.grant(:csp1, :one, array[:'e2', :'e1'], 'FB=4_5', '{interval}') as g2,
	t.grant(:csp2, :two, array[:'e3'], 'FB=4_5', '{interval}') as g3 \gset
select subscription as s1 from oauth.grant where granted = :g1 \gset
select subscription as s2 from oauth.grant where granted = :g2 \gset
select subscription as s3 from oauth.grant where granted = :g3 \gset
select api.token_add(sha256('a1'), 'ACCESS', :csp1, null, null, :one, :g1, 'FB=4', null, '1 hour'),
	api.token_add(sha256('a3'), 'ACCESS', :csp2, null, null, :two, :g3, 'FB=4', null, '1 hour'),
	api.token_add(sha256('c1'), 'CLIENT', :csp1, null, null, :one, null, 'FB=34_35', null, '1 hour'),
	api.token_add(sha256('r1'), 'REGISTRATION', :csp1, null, null, :one, null, '', null, null);
create function t.points(token text, subscription uuid, thorough bool default false) returns text language plpgsql as $$
begin
	return coalesce((select string_agg(right(p.esiid, 1) || ':' || coalesce(p.series, ''), ' ' order by p.esiid)
		from espi.points(sha256(token::bytea), subscription, thorough) p), 'none');
exception when others then return sqlstate;
end $$;

select is(espi.blocks('FB=4_5_15;IntervalDuration=900'), '{4,5,15}', 'blocks of a scope');
select is(espi.blocks('fb=4'), '{4}', 'in small letters');
select is(espi.blocks('nonsense'), '{}', 'of none');
select is((select count(*) from espi.space), 1::int8, 'there is one space of ids');
select is(t.points('a1', :'s1'), '1:0/900 1/3600', 'a grant shows its usage points and their series');
select is(t.points('a1', :'s2'), 'BB001', 'not those of another grant');
select is(t.points('a1', :'s3'), 'BB001', 'nor of another party');
select is(t.points('a1', gen_random_uuid()), 'BB001', 'nor of what is none');
select is(t.points('a1', null), '1:0/900 1/3600', 'nor all of its client');
select is(t.points('c1', null), '1:0/900 1/3600 2:0/900', 'a client sees all, each once');
select is(t.points('c1', :'s1'), 'BB002', 'but no subscription');
select is(t.points('r1', null), 'BB002', 'a registration token nothing');
select is(t.points('nobody', :'s1'), 'BB007', 'who is nobody nothing');
select is((select summaries::text || amounts || cost || reads from espi.points(sha256('a1'), :'s1', false)), 'truetruetruetrue',
	'what the scope gives');

create function t.open(token text, subscription uuid, kind text) returns int8 language sql as $$
	select o.number from espi.open(sha256(token::bytea), subscription, null, kind, '2026-01-01', '2026-12-31', null,
		'/Batch/Subscription/x') o
$$;
select t.open('a1', :'s1', 'interval') as n1, t.open('a1', :'s1', 'billing') as n2, t.open('a3', :'s3', 'interval') as n3,
	t.open('c1', null, 'interval') as bulk \gset
select is((select e.kind || ' ' || (e.detail ->> 'door') || ' ' || (e.detail ->> 'premises') || ' ' || (e.detail ->> 'agreement')
	from audit.event e join reads.release r on r.event = e.event where r.number = :n1),
	'reads.released espi 1 ' || (select agreement from oauth.grant where granted = :g1), 'an event tells of the release');
select is((select agreement from reads.release where number = :n1), (select agreement from oauth.grant where granted = :g1),
	'which is of the agreement');
select is((select agreement from reads.release where number = :bulk), null::int8, 'a bulk one of all');
create function t.days(number int8, esiid text, updated_min timestamptz default null) returns text language plpgsql as $$
begin
	return coalesce((select string_agg(to_char(d.day, 'MMDD') || '/' || d.channel, ' ' order by d.day, d.channel)
		from espi.days(number, array[t.p(esiid)], '2026-01-01', '2026-12-31', updated_min, null, 100) d
		where d.day is not null), 'none');
exception when others then return sqlstate;
end $$;
select is(t.days(:n1, :'e1'), '0307/0 0308/0 0308/1', 'days of its premise');
select is(t.days(:n1, :'e2'), 'none', 'none of another one');
select is(t.days(:bulk, :'e2'), '0307/0', 'a bulk release has those of the client');
select is(t.days(:bulk, :'e3'), 'none', 'not of another client');
select is(t.days(:n3, :'e3'), '0307/0', '(who has them)');
select is(t.days(:n2, :'e1'), 'BB001', 'a release of bills gives no days');
select is(t.days(:n1, :'e1', clock_timestamp() + interval '1 hour'), 'none', 'nothing newer than the newest');
create function t.several(number int8, most int4) returns text language sql as $$
	select string_agg(coalesce(right(p.esiid, 1) || to_char(d.day, 'MMDD'), 'to ' || right(p.esiid, 1)), ' ' order by nth)
	from espi.days(number, array[t.p('10443720000000002'), t.p('10443720000000003'), t.p('10443720000000001')],
		'2026-03-01', '2026-03-31', null, null, most) with ordinality d (premise, channel, day, at, since, data, nth)
	join premise.premise p on p.premise = d.premise
$$;
select is(t.several(:bulk, 100), '20307 10307 10308 10308 to 1', 'several at once, as they are listed, with none of others''');
select is(t.several(:bulk, 40), '20307 to 3', 'as many of them as have so few days');
select is(t.several(:bulk, 1), '20307 to 2', 'and at least one');

select results_eq(format($$ select first_day, last_day, wh, amount from espi.bills(%s, t.p('%s'), '2026-01-01', '2026-12-31', null, null) $$,
	:n2, :'e1'), $$ values (date '2026-02-10', date '2026-03-09', 612000::int8, 841700::int8) $$,
	'bills that lie in what is granted as a whole');
select results_eq(format($$ select first_day, last_day, from_minute, price_micro from espi.prices(%s, t.p('%s')) $$, :n1, :'e1'),
	$$ values (date '2026-01-01', date '2026-03-04', 0, 80000::int8), (date '2026-03-05', date '2026-03-20', 0, 95000::int8) $$,
	'prices: the newest statement, until the next or its end');

-- customers: of grants that give them, what the scope names
insert into party.party (kind) values ('CUSTOMER') returning party as who \gset
insert into premise.customer (party, tdu, account_index, known, kind, language, account_sealed, name_sealed)
values (:who, :oncor, t.account('a'), true, 'RESIDENTIAL', 'EN', 'sealed account', 'sealed name');
update agreement.premise x set customer = (select c.customer from premise.customer c where c.party = :who)
where x.agreement = (select agreement from oauth.grant where granted = :g1);
insert into premise.occupancy (premise, customer, during)
select t.p(:'e1'), c.customer, '[2025-01-01,)' from premise.customer c where c.party = :who;
select retail_customer as rc1 from oauth.grant where granted = :g1 \gset
create function t.customers(token text, rc uuid) returns text language plpgsql as $$
begin
	return coalesce((select string_agg(concat_ws(' ', right(c.esiid, 1), convert_from(c.name_sealed, 'UTF8'),
		convert_from(c.account_sealed, 'UTF8'), c.supplier), ', ') from espi.customers(sha256(token::bytea), rc, 'x') c), 'none');
exception when others then return sqlstate;
end $$;
select is(t.customers('a1', :'rc1'), 'BB001', 'a grant that does not give its customer has none');
update oauth.grant set customer_data = true where granted = :g1;
select is(t.customers('a1', :'rc1'), '1 sealed name sealed account Oncor Electric', 'one that does has');
update oauth.grant set scope = 'FB=4_54' where granted = :g1;
select is(t.customers('c1', null), '1 sealed name', 'what the scope names');
select is(t.customers('a3', :'rc1'), 'BB001', 'others have none');
update oauth.grant set scope = 'FB=4_5_12_15_16' where granted = :g1;

-- the custodian's own: what is granted, to whomever; with a reason, for hours
select throws_ok($$ select espi.custodian_token(sha256('d1'), ' ', 1, 'x') $$, 'BB003', null, 'a custodian gives a reason');
select throws_ok($$ select espi.custodian_token(sha256('d1'), 'ticket 1', 9, 'x') $$, 'BB003', null, 'and has hours');
select ok(espi.custodian_token(sha256('d1'), 'ticket 1', 1, 'x') <= clock_timestamp() + interval '1 hour', 'at most as many as asked');
select is((select actor || ' ' || (detail ->> 'reason') from audit.event where kind = 'espi.custodian_token'), 'x ticket 1', 'which is on record');
select is(t.points('d1', :'s1') || ', ' || t.points('d1', :'s3'), '1:0/900 1/3600, 3:0/900', 'it sees subscriptions of any');
select is(t.points('d1', null), '1:0/900 1/3600 2:0/900 3:0/900', 'or all');
select is(t.points('d1', (select bulk from oauth.client where client = :two)), '3:0/900', 'or those of a client');
select is(t.points('d1', gen_random_uuid()), 'BB001', 'nothing of what is none');
select t.open('d1', :'s3', 'interval') as nd, t.open('d1', null, 'interval') as na \gset
select is(t.days(:nd, :'e3') || ', ' || t.days(:nd, :'e1'), '0307/0, none', 'it reads days of what it asked about, and of nothing else');
select is(t.days(:na, :'e1') || ', ' || t.days(:na, :'e3'), '0307/0 0308/0 0308/1, 0307/0', 'or of all grants');
select is((select e.actor || ' ' || (e.detail ->> 'reason') from audit.event e join reads.release r on r.event = e.event where r.number = :nd),
	'custodian ticket 1', 'with its reason on record');
select is(t.customers('d1', :'rc1') || ', ' || t.customers('d1', (select bulk from oauth.client where client = :one)),
	'1 sealed name sealed account Oncor Electric, 1 sealed name sealed account Oncor Electric', 'customers of grants that give them');
select throws_ok($$ select api.who(sha256('d1'), '{ACCESS,CLIENT,ACCOUNT}') $$, 'BB002', null, 'it is nothing else');
update agreement.agreement set state = 'SUSPENDED' where agreement = (select agreement from oauth.grant where granted = :g3);
select is(t.days(:nd, :'e3') || ', ' || t.points('d1', :'s3'), 'none, none', 'what is held back is so for it as well');
update agreement.agreement set state = 'ACTIVE' where agreement = (select agreement from oauth.grant where granted = :g3);

-- ends and pauses
update agreement.agreement set state = 'SUSPENDED' where agreement = (select agreement from oauth.grant where granted = :g1);
select is(t.points('a1', :'s1'), 'BB002', 'what is suspended is refused');
select is(t.days(:n1, :'e1'), 'none', 'also a release that was open');
select is(t.points('c1', null), '1:0/900 1/3600 2:0/900', 'of a bulk only what another grant gives stays');
update agreement.agreement set state = 'TERMINATED' where agreement = (select agreement from oauth.grant where granted = :g1);
select is(t.points('a1', :'s1'), 'BB007', 'what has ended is no login');
update agreement.premise set ended_at = ops.now() where premise = t.p(:'e1');
select is(t.points('c1', null), '2:0/900', 'a share that ended is gone');
update oauth.client set state = 'ON_HOLD' where client = :one;
select is(t.points('c1', null), 'BB007', 'a client on hold gets nothing');
update oauth.client set state = 'PRODUCTION' where client = :one;
update party.csp set state = 'SUSPENDED' where party = :csp1;
select is(t.points('c1', null), 'BB007', 'nor one whose party is suspended');
select throws_ok(format('select * from espi.days(%s, array[t.p(''%s'')], ''2026-01-01'', ''2026-12-31'', null, null, 1)', 0, :'e1'), 'BB001', null,
	'a release that is none');
select * from finish();
rollback;
