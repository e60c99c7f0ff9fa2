-- Reads for the API: what is opened by who shows something is read by the same, and by one agreement alone where the
-- token is of one.
begin;
\ir lib/fixture.psql
select plan(26);

select t.load('oncor') as l1 \gset
select t.premise(:l1, 3, :'e1', '2024-01-01'), t.premise(:l1, 4, :'e2', '2024-01-01');
select premise.load_premise(:l1);
select t.rep(:l1, 3, :'e1', '2025-03-05', '10001'), t.rep(:l1, 4, :'e2', '2025-03-07', '10001');
select premise.load_rep(:l1);
select reads.ensure_days(array(select generate_series('2025-03-04', '2025-03-10', interval '1 day')::date));
select t.day(:l1, extract(day from d)::int, :'e1', d::date, d + interval '1 day', 100),
	t.day(:l1, 20 + extract(day from d)::int, :'e2', d::date, d + interval '1 day', 100)
from generate_series(timestamptz '2025-03-04', '2025-03-08', interval '1 day') d;
select t.done(:l1);
update ops.setting set value = 'true' where name = 'clock.movable';

create function t.shown(login text, who int4, class text default 'SESSION', of_client int4 default null,
	of_grant int8 default null) returns bytea language plpgsql as $$
declare
	account int4;
begin
	if of_client is null then
		select a.account into account from delivery.account a where a.login = $1;
		if not found then
			account := delivery.account_add(login, (select code from party.party where party = who), null, null,
				null, null, null, 'test');
		end if;
	end if;
	perform api.token_add(sha256(convert_to(login || class || coalesce(of_grant, 0), 'UTF8')), class, who, account,
		null, of_client, of_grant, null, null, '1 hour');
	return sha256(convert_to(login || class || coalesce(of_grant, 0), 'UTF8'));
end $$;
create function t.open(shown bytea, esiids text[], first date default '2025-03-01', last date default '2025-03-31',
	kind text default 'interval') returns int8 language sql as $$
	select number from api.release_open(shown, esiids, kind, first, last, null, null, null, false, 'test')
$$;
create function t.got(shown bytea, number int8) returns text language sql as $$
	select string_agg(format('%s/%s', right(esiid, 1), to_char(day, 'DD')), ' ') from api.release_rows(shown, number)
$$;
select t.shown('rep1', :rep1) as rep1s, t.shown('rep2', :rep2) as rep2s, t.shown('csp1', :csp1) as csp1s \gset

select t.open(:'rep1s', array[:'e1']) as n \gset
select is(t.got(:'rep1s', :n), '1/05 1/06 1/07 1/08', 'one premise: the days that may be read');
select results_eq($$ select actor, detail->>'days', detail->>'door' from audit.event order by event desc limit 1 $$,
	$$ values ('rep1', '{[2025-03-05,2025-04-01)}', 'test') $$, 'on record, with who');
select throws_ok(format('select * from api.release_rows(%L, %s)', :'rep2s', :n), 'BB001', null,
	'its number is nothing to another party');
select throws_ok(format('select * from api.release_rows(%L, %s)', 'x', :n), 'BB007', null, 'nor to nobody');
select is(t.got(:'rep1s', t.open(:'rep1s', array[:'e2', :'e1'])), '1/05 1/06 1/07 1/08 2/07 2/08',
	'several: by premise, then day');
select is(t.got(:'rep1s', t.open(:'rep1s', null)), '1/05 1/06 1/07 1/08 2/07 2/08', 'all of the party''s');
select results_eq(format('select premises, not_found, tdus from api.release_open(%L, %L, ''interval'', ''2025-03-05'',
	''2025-03-06'', null, null, null, false, ''test'')', :'rep1s', array[:'e1', :'e2', :'e3']),
	format('values (1, %L::text, ''oncor''::text)', :'e2' || ',' || :'e3'),
	'those not to be read are named, foreign or unknown alike');
select throws_ok(format('select t.open(%L, %L)', shown, esiids), 'BB001',
	'there are no reads of that for you in that range', words)
from (values (:'rep2s', array[:'e1'], 'foreign'), (:'rep2s', array[:'e3'], 'unknown'),
	(:'rep2s', array[:'e1', :'e2'], 'several foreign'), (:'rep2s', null, 'nothing at all'),
	(:'rep1s', '{}', 'none asked for')) v (shown, esiids, words);
select throws_ok(format('select t.open(%L, %L, %L, %L)', :'rep1s', array[:'e1'], '2025-03-02', '2025-03-01'), 'BB003',
	null, 'a range that ends before it begins');

-- instants
create function t.span(shown bytea, first timestamptz, last timestamptz) returns text language sql as $$
	select first_day || ' ' || last_day from api.release_open(shown, null, 'interval', null, null, first, last, null,
		false, 'test')
$$;
select is(t.span(:'rep1s', '2025-03-06 05:59+00', '2025-03-07 06:00+00'), '2025-03-05 2025-03-06',
	'instants are days of the utility''s zone');
select is(t.span(:'rep1s', '2025-03-06 06:00+00', '2025-03-07 06:00:01+00'), '2025-03-06 2025-03-07',
	'the last one is not in it');
select throws_ok(format('select t.span(%L, ''2025-03-06'', ''2025-03-06'')', :'rep1s'), 'BB003', null,
	'an empty span is none');

-- by one agreement
select agreement.record(:csp1, array[:'e1'], '{interval}', ops.now() - interval '1 s', ops.now() + interval '30 days',
	'2025-03-05 00:00 America/Chicago') as a1,
	agreement.record(:csp1, array[:'e2'], '{interval}', ops.now() - interval '1 s', ops.now() + interval '30 days',
	'2025-03-06 00:00 America/Chicago') as a2 \gset
insert into oauth.client (csp, client_id, name, redirect_uris, scopes)
values (:csp1, 'client-1', 'One', '{https://a.example/}', '{FB=4}') returning client \gset
insert into oauth.grant (client, agreement, scope, made_at, changed_at)
select :client, a, 'FB=4', ops.now(), ops.now() from unnest(array[:a1, :a2]::int8[]) a;
select granted as g1 from oauth.grant where agreement = :a1 \gset
select granted as g2 from oauth.grant where agreement = :a2 \gset
select t.shown('g', :csp1, 'ACCESS', :client, :g1) as t1, t.shown('g', :csp1, 'ACCESS', :client, :g2) as t2,
	t.shown('c', :csp1, 'CLIENT', :client) as tc \gset
select is(t.got(:'csp1s', t.open(:'csp1s', null)), '1/05 1/06 1/07 1/08 2/06 2/07 2/08',
	'a CSP itself reads by all of its agreements');
select is(t.got(:'t1', t.open(:'t1', null)), '1/05 1/06 1/07 1/08', 'the token of a grant by its own');
select is(t.got(:'t2', t.open(:'t2', array[:'e1', :'e2'])), '2/06 2/07 2/08', 'even when it asks for more');
select throws_ok(format('select t.open(%L, %L)', :'t2', array[:'e1']), 'BB001', null, 'of the other it knows nothing');
select t.open(:'t1', array[:'e1']) as n \gset
select throws_ok(format('select * from api.release_rows(%L, %s)', :'t2', :n), 'BB001', null,
	'nor reads what the other opened');
select throws_ok(format('select * from api.release_rows(%L, %s)', :'csp1s', :n), 'BB001', null, 'nor its own CSP');
select throws_ok(format('select t.open(%L, null)', :'tc'), 'BB002', null, 'a program as such reads nothing');
select is((select detail->>'agreement' from audit.event where kind = 'reads.released' order by event desc limit 1),
	:'a1', 'the agreement is on record');
select agreement.move(:a1, 'suspend');
select throws_ok(format('select * from api.release_rows(%L, %s)', :'t1', :n), 'BB001', null,
	'suspended between the halves: nothing');
update api.token set ended_at = clock_timestamp() where granted = :g2;
select throws_ok(format('select t.open(%L, null)', :'t2'), 'BB007', null, 'a token that ended opens nothing');
select * from finish();
rollback;
