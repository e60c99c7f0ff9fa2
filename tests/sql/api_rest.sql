-- /v1 beside reads: personal tokens and what they are for, files, drops, consents, limits, and what everybody may see.
begin;
\ir lib/fixture.psql
select plan(77);
update ops.setting set value = 'true' where name = 'clock.movable';
create function t.says(statement text) returns text language plpgsql as $$
begin
	execute statement;
	return 'ok';
exception when others then
	return sqlstate;
end $$;

-- premises: of the customer of account A (1 and 2), of B (3); 1 and 3 are REP1's
select t.load('oncor') as l1 \gset
select t.premise(:l1, 3, :'e1', '2024-01-01'), t.premise(:l1, 4, :'e2', '2024-01-01'), t.premise(:l1, 5, :'e3', '2024-01-01');
select premise.load_premise(:l1);
select t.rep(:l1, 6, :'e1', '2024-02-01', '10001'), t.rep(:l1, 7, :'e3', '2024-02-01', '10001'),
	t.rep(:l1, 8, :'e2', '2024-02-01', '10002');
select premise.load_rep(:l1);
select t.occupancy(:l1, 9, :'e1', '2024-02-01', 'a'), t.occupancy(:l1, 10, :'e2', '2024-02-01', 'a'),
	t.occupancy(:l1, 11, :'e3', '2024-02-01', 'b');
select premise.load_occupancy(:l1);
select t.done(:l1);
select t.customer('a') as a, t.customer('b') as b \gset

create function t.account_of(who int4, login text) returns int4 language sql as $$
	insert into delivery.account (party, login) values ($1, $2) returning account
$$;
create function t.token(class text, who int4, account int4, words text, client int4 default null, granted int8 default null,
	name text default gen_random_uuid()::text) returns bytea language plpgsql as $$
begin
	perform api.token_add(sha256(name::bytea), class, who, account, null, client, granted, words, null, '1 hour');
	return sha256(name::bytea);
end $$;
select t.account_of(:a, 'a') as account_a, t.account_of(:b, 'b') as account_b, t.account_of(:rep1, 'rep1') as account_r,
	t.account_of(:rep1, 'rep1-b') as account_r2, t.account_of(:oncor, 'oncor') as account_o,
	t.account_of(:centerpoint, 'cp') as account_c \gset
select t.token('SESSION', :a, :account_a, '') as sa, t.token('SESSION', :b, :account_b, '') as sb,
	t.token('SESSION', :rep1, :account_r, '') as sr, t.token('SESSION', :rep1, :account_r2, '') as sr2,
	t.token('SESSION', :oncor, :account_o, '') as so, t.token('SESSION', :centerpoint, :account_c, '') as sc \gset

-- ---- personal tokens ----
create function t.make(shown bytea, name text, words text[], days int4 default 30, label text default 'x') returns text
language sql as $$
	select t.says(format('select * from api.token_make(%L, sha256(%L), %L, %L, %s)', shown, name::bytea, label, words, days))
$$;
select is(t.make(:'sa', 'p1', '{billing,interval}'), 'ok', 'a customer makes a token');
select is((select t.scope || ' ' || t.class || ' ' || (t.expires_at between now() + interval '29 days' and now() + interval '31 days')
	from api.token t where t.verifier = sha256(sha256('p1'))), 'interval billing PERSONAL true', 'with what it is for, and an end');
select is(t.make(:'sa', 'p2', '{everything}'), 'BB003', 'not for what there is not');
select is(t.make(:'sa', 'p2', '{interval,x}'), 'BB003', 'nor for that too');
select is(t.make(:'sa', 'p2', '{}'), 'BB003', 'nor for nothing');
select is(t.make(:'sa', 'p2', '{interval}', 0), 'BB003', 'nor over at once');
select is(t.make(:'sa', 'p2', '{interval}', 367), 'BB003', 'nor for ever');
select is(t.make(sha256('p1'), 'p2', '{interval}'), 'BB002', 'it makes none itself');
select is(t.make(:'sr', 'p2', '{interval}'), 'BB002', 'nor does who is no customer');
select is(jsonb_array_length(api.tokens(:'sa')::jsonb -> 'items'), 1, 'it is listed');
select unalike(api.tokens(:'sa'), '%' || encode(sha256('p1'), 'hex') || '%', 'without what opens anything');
select is(jsonb_array_length(api.tokens(:'sb')::jsonb -> 'items'), 0, 'not for others');
select is(t.make(:'sa', 'p2', '{commands,agreements}'), 'ok', 'another');
select is((select token from api.token where verifier = sha256(sha256('p1')))::text,
	api.tokens(sha256('p1'))::jsonb -> 'items' -> 0 ->> 'token', 'one sees itself');
select is(jsonb_array_length(api.tokens(sha256('p1'))::jsonb -> 'items'), 1, 'alone');
select token as p1 from api.token where verifier = sha256(sha256('p1')) \gset
select token as p2 from api.token where verifier = sha256(sha256('p2')) \gset
update ops.setting set value = '2' where name = 'tokens.personal_most';
select is(t.make(:'sa', 'p3', '{interval}'), 'BB004', 'there is a most');
select is(t.make(:'sb', 'p4', '{interval}'), 'ok', 'of each account');

-- what they are for
select set_eq(format($$ select distinct r ->> 'kind' from api.premises(%L, null, 10) p
	cross join jsonb_array_elements(p.body::jsonb -> 'readable') r $$, sha256('p1')), '{interval,billing}'::text[], 'no more is to be read');
create function t.release(shown bytea, kind text) returns text language sql as $$
	select t.says(format('select * from api.release_open(%L, null, %L, ''2025-03-01'', ''2025-03-01'', null, null, null, false, ''x'')', shown, kind))
$$;
select is(t.release(sha256('p1'), 'billing'), 'ok', 'a release of that');
select is(t.release(sha256('p1'), 'register'), 'BB002', 'none of another');
select is(t.release(:'sa', 'register'), 'ok', 'the account itself may');
select is(t.says(format('select odr.ask(%L, %L, null, ''ON_DEMAND_READ'', null, ''x'')', sha256('p1'), :'e1')), 'BB002', 'no commands');
select is(t.says(format('select odr.ask(%L, %L, null, ''ON_DEMAND_READ'', null, ''x'')', sha256('p2'), :'e3')), 'BB001', '(one that is for them is asked further)');
select is(t.says(format('select * from hook.own_list(%L, null)', sha256('p1'))), 'BB002', 'no webhooks');
select is(t.says(format('select api.consents(%L)', sha256('p1'))), 'BB002', 'no consents');
select is(t.says(format('select api.consents(%L)', sha256('p2'))), 'ok', 'but with the word for it');

select is(t.says(format('select api.token_end(%L, %s)', :'sb', :p1)), 'BB001', 'nobody ends another''s');
select is(t.says(format('select api.token_end(%L, %s)', sha256('p1'), :p2)), 'BB001', 'nor one token the other');
select is(t.says(format('select api.token_end(%L, %s)', sha256('p1'), :p1)), 'ok', 'itself it may');
select is(t.says(format('select api.tokens(%L)', sha256('p1'))), 'BB007', 'which is at once');
select is(t.says(format('select api.token_end(%L, %s)', :'sa', :p2)), 'ok', 'as is its owner''s word');
select is(jsonb_array_length(api.tokens(:'sa')::jsonb -> 'items'), 0, 'none is left');

-- ---- consents ----
insert into oauth.client (csp, client_id, name, redirect_uris, scopes)
values (:csp1, 'client-1', 'One', '{https://a.example/}', '{FB=4}') returning client \gset
create function t.grant(client int4, csp int4, premises int4[], customers int4[]) returns int8 language plpgsql as $$
declare
	made int8 := agreement.record(csp, array(select p.esiid::text from premise.premise p where p.premise = any (premises)),
		'{interval}', ops.now(), ops.now() + interval '6 months', ops.now() - interval '24 months', 'test');
	g int8;
begin
	update agreement.premise x set customer = u.c from unnest(premises, customers) u (p, c)
	where x.agreement = made and x.premise = u.p;
	insert into oauth.grant (client, agreement, scope, made_at, changed_at)
	values (client, made, 'FB=4', ops.now(), ops.now()) returning granted into g;
	return g;
end $$;
select t.grant(:client, :csp1, array[t.p(:'e1')], array[(select customer from premise.customer where party = :a)]) as g1,
	t.grant(:client, :csp1, array[t.p(:'e2'), t.p(:'e3')], array(select c.customer from premise.customer c
		where c.party in (:a, :b) order by c.party = :b)) as g2 \gset
select authorization_id as id1 from oauth.grant where granted = :g1 \gset
select authorization_id as id2 from oauth.grant where granted = :g2 \gset
create function t.consents(shown bytea) returns text language sql as $$
	select string_agg((i ->> 'state') || ' ' || (i ->> 'esiids'), ', ' order by i ->> 'agreement')
	from jsonb_array_elements(api.consents(shown)::jsonb -> 'items') i
$$;
select is(t.consents(:'sa'), format('ACTIVE ["%s"], ACTIVE ["%s"]', :'e1', :'e2'), 'a customer sees what it granted, and of that its own premises');
select is(t.consents(:'sb'), format('ACTIVE ["%s"]', :'e3'), 'as does another');
select is(t.says(format('select api.consents(%L)', :'sr')), 'BB002', 'partners have none');
select is(t.says(format('select api.consent_end(%L, %L)', :'sb', :'id1')), 'BB001', 'nobody ends another''s');
select is(t.says(format('select api.consent_end(%L, %L)', :'sb', gen_random_uuid())), 'BB001', 'which is as one that is not there');
select is(t.says(format('select api.consent_end(%L, %L)', :'sb', 'x')), 'BB001', 'as is what is no id');
select is(t.says(format('select api.consent_end(%L, %L)', :'sb', :'id2')), 'BB004', 'nor what is others'' too');
select t.token('ACCESS', :csp1, null, 'FB=4', :client, :g1) as access \gset
select is(api.consent_end(:'sa', upper(:'id1'))::jsonb ->> 'state', 'TERMINATED', 'its own ends');
select is(t.says(format('select api.who(%L)', :'access')), 'BB007', 'and the tokens of it');
select is(api.consent_end(:'sa', :'id1')::jsonb ->> 'ended_by', 'CUSTOMER', 'to end it again changes nothing');

-- as what its account holds
insert into party.party (kind) values ('CUSTOMER') returning party as h \gset
insert into party.holder (state, language, email_sealed, email_place, email_index, party, made_at, confirmed_at)
values ('CONFIRMED', 'EN', 'x', 'x', substr(sha256('h'), 1, 16), :h, now(), now()) returning holder \gset
insert into party.holder_premise (holder, premise, customer, asked_at, state)
select :holder, t.p(:'e1'), c.customer, now(), 'HELD' from premise.customer c where c.party = :a;
select t.token('SESSION', :h, t.account_of(:h, 'h'), '') as sh \gset
select is(t.consents(:'sh'), format('TERMINATED ["%s"]', :'e1'), 'who holds a premise by its account sees what was granted of that one');
update party.holder set state = 'ENDED' where holder = :holder;
select is(t.consents(:'sh'), null, 'no longer than it does');

-- ---- what has changed, by grants ----
select t.token('CLIENT', :csp1, null, 'FB=34_35', :client) as own,
	t.token('ACCESS', :csp1, null, 'FB=4', :client, t.grant(:client, :csp1, array[t.p(:'e1')], array[null::int4])) as first,
	t.token('ACCESS', :csp1, null, 'FB=4', :client, :g2) as second \gset
-- another agreement of the third party, that no program has a grant of
select agreement.record(:csp1, array[:'e1'], '{interval,register}', ops.now(), ops.now() + interval '6 months',
	ops.now() - interval '24 months', 'test');
select reads.ensure_days(array[current_date - 3]);
select next_cursor as c0 from api.changes(:'own', null, null, 10) where esiid is null \gset
select t.load('oncor') as l2 \gset
select t.day(:l2, 1, :'e1', current_date - 3, now()), t.day(:l2, 2, :'e2', current_date - 3, now()),
	t.day(:l2, 3, :'e3', current_date - 3, now());
select t.roll(:l2, current_date - 3, 3, 288, 0, 0, 0, 0, 3000, 0, 0);
select t.done(:l2);
create function t.changes(shown bytea, cursor text, most int4 default 10) returns text language sql as $$
	select coalesce(string_agg(right(esiid, 1), ' ' order by esiid), '') || case when bool_or(more) then ' …' else '' end
	from api.changes(shown, cursor, null, most)
$$;
select is(t.changes(:'first', :'c0'), '1', 'an access token is told of its own grant');
select is(t.changes(:'second', :'c0'), '2 3', 'as is another');
select is(t.changes(:'own', :'c0'), '1 2 3', 'a client of all');
select is(t.changes(:'own', :'c0', 2), '1 2 …', 'page by page');
select is(t.changes(:'own', (select next_cursor from api.changes(:'own', :'c0', null, 2) where esiid is null)), '3', 'to the end');
update agreement.agreement set state = 'SUSPENDED' where agreement = (select agreement from oauth.grant where granted = :g2);
select is(t.changes(:'own', :'c0'), '1', 'never of one that is not in force');

-- ---- files ----
select file as f1 from ledger.file where load = :l2 \gset
insert into ledger.reject (file, line, col, rule, severity) values (:f1, 7, 3, 'x', 'reject'), (:f1, 2, 0, 'y', 'reject');
select is((select string_agg(i ->> 'state', ' ') from jsonb_array_elements(api.files(:'so', null, null, 10)::jsonb -> 'items') i),
	'LOADED LOADED', 'a utility sees its files');
select is(api.files(:'so', 'held', null, 10)::jsonb -> 'items', '[]', 'by state');
select is(api.files(:'so', null, null, 1)::jsonb ->> 'cursor', :'f1', 'page by page');
select is(api.files(:'sc', null, null, 10)::jsonb -> 'items', '[]', 'another sees none');
select is(t.says(format('select api.%s(%L, %s%s)', f, :'sc', :f1, more)), 'BB001', f || ': nor one of them')
from (values ('file', ''), ('file_rejects', ', 0, 10')) v (f, more);
select is((api.file(:'so', :f1)::jsonb ->> 'rejected') || ' ' || (api.file(:'so', :f1)::jsonb -> 'acknowledgement' ->> 'size'), '2 3', 'with its answer');
select is(api.file_rejects(:'so', :f1, 0, 1)::jsonb, '{"items": [{"line": 2, "column": null, "rule": "y", "severity": "reject",
	"esiid": null, "date": null, "channel": null, "found": null, "expected": null}], "cursor": "1"}', 'to the line');

-- ---- subscriptions and drops ----
create function t.add(shown bytea, esiids text[], schedule text default 'daily', weekday text default null) returns text language sql as $$
	select t.says(format('select * from api.subscription_add(%L, null, %L, null, null, null, %L, null, %L, null, null, null, null, null, null, null)',
		shown, esiids, schedule, weekday))
$$;
select is(t.add(:'sr', null), 'ok', 'a REP subscribes');
select is(t.add(:'sr', array[:'e2']), t.add(:'sr', array['10443720000099999']), 'a foreign ESI ID is as one that is not there');
select is(t.add(:'sa', null), 'BB002', 'a customer has no box');
select is(t.add(:'sr', null, 'weekly', 'caturday'), 'BB003', 'no such day');
select max(subscription) as sub from delivery.subscription \gset
select is((select string_agg(t.says(format('select api.%s(%L, %s%s)', f, :'sr2', :sub, more)), ' ')
	from (values ('subscription', ''), ('subscription_move', ', ''end'''), ('drop_build', ', null'), ('drops', ', null, null, 10')) v (f, more)),
	'BB001 BB001 BB001 BB001', 'another account of the same party has nothing of it');
select "drop" as d from api.drop_build(:'sr', :sub, null) \gset
select is((select string_agg(t.says(format('select api.%s(%L, %s%s)', f, :'sr2', :d, more)), ' ')
	from (values ('drop', ''), ('drop_replay', ''), ('drop_cancel', ', null')) v (f, more)),
	'BB001 BB001 BB001', 'nor of its drops');
select is(api.drop_cancel(:'sr', :d, 'no')::jsonb ->> 'state', 'CANCELLED', 'its own may');

-- ---- for everybody ----
select is(api.escaped('a b/ü~1'), 'a%20b%2F%C3%BC~1', 'names in addresses');
select t.load('oncor') as l3 \gset
select t.roll(:l3, current_date - 2, 1, 96, 3, 2, 1, 0, 1000, 0, 0);
select t.done(:l3);
create function t.board(few int4, back int4) returns text language plpgsql as $$
begin
	update ops.setting set value = few::text where name = 'scoreboard.least';
	return (select format('%s %s %s %s %s %s', i ->> 'due', i ->> 'received', i ->> 'complete', i ->> 'estimated', i ->> 'missing_share',
		i ->> 'suppressed') from jsonb_array_elements(api.scoreboard(current_date - back, 1)::jsonb -> 'items') i where i ->> 'tdu' = 'oncor');
end $$;
select is(t.board(3, 3), '3 3 1.0000 0 0.0000 false', 'a day of a utility');
select is(t.board(4, 3), '     true', 'of a small group nothing');
select is(t.board(1, 2), '3 1 0.3333 3 0.0208 false', 'another day');
select is(t.board(2, 2), '3 1 0.3333   true', 'of few that came only that');
select is(t.board(1, 20), null, 'days before its first load are not held against a utility');
select is(t.says('select api.scoreboard(null, 32)'), 'BB003', 'no more than a month at once');
select is((select format('%s %s %s', i ->> 'total', i ->> 'good', i ->> 'met') from jsonb_array_elements(api.slo(1)::jsonb -> 'items') i
	where i ->> 'name' = 'freshness'), '3 3 true', 'what was promised was kept');
update ledger.file set received_at = received_at - interval '6 s' where load = :l3;
select is((select format('%s %s %s', i ->> 'total', i ->> 'good', i ->> 'met') from jsonb_array_elements(api.slo(1)::jsonb -> 'items') i
	where i ->> 'name' = 'freshness'), '3 2 false', 'or not');

create function t.kept(of_name text) returns text language sql as $$
	select format('%s %s', i ->> 'total', i ->> 'good') from jsonb_array_elements(api.slo(1)::jsonb -> 'items') i where i ->> 'name' = of_name
$$;
insert into odr.command (kind, tdu, premise, asked_by, class, state, reason, asked_at, expires_at, real_asked_at, real_answered_at)
	select 'ON_DEMAND_READ', p.tdu, p.premise, p.tdu, 'ACCOUNT', v.state, v.reason, now(), now(), now() - coalesce(v.took, '0'), case when v.took is not null then now() end
	from premise.premise p, (values ('COMPLETED', null, interval '5 min'), ('FAILED', 'no-meter', '1 min'), ('FAILED', 'no-answer', '15 min'),
		('COMPLETED', null, '16 min'), ('PENDING', null, null)) v (state, reason, took) where p.esiid = :'e1';
select is(t.kept('commands'), '4 2', 'commands: a no in time is an answer, none is not');
insert into hook.party (party) values (:rep2) on conflict do nothing;
insert into hook.endpoint (party, kind, url, secret, challenge, next_at, proven_at, state)
	values (:rep2, 'BUSBAR', 'https://a.example/', 'x', 'x', now(), now() - interval '1 h', 'PROVEN') returning endpoint as hooked \gset
with e as (insert into hook.event (kind, party, hub_at, made_at) select 'status.changed', :rep2, now(), now() - interval '20 min'
	from generate_series(1, 4) returning event)
insert into hook.log (party, seq, event) select :rep2, 9000 + row_number() over (), e.event from e;
insert into hook.attempt (endpoint, what, hub_at, at, ms, items, bytes, from_seq, to_seq, result)
	select :hooked, 'EVENTS', now(), now() - interval '20 min' + v.at, 10000, 1, 1, v.seq, v.seq, v.result
	from (values (1, 9001, interval '20 s', 'ok'), (2, 9002, '75 s', 'status'), (3, 9002, '10 min', 'ok'), (4, 9003, '11 min', 'ok'),
		(5, 9004, '15 min', 'ok')) v (n, seq, at, result) order by v.n;
-- the second waited 45 s behind the first, the third for its retry, the fourth for 4 minutes for nothing
select is(t.kept('webhooks'), '4 3', 'webhooks: what waits behind another waits for no fault of its own');

select is((api.limits(:'sr')::jsonb #>> '{budgets,0,most}')::int4, (select most from api.rate order by class limit 1), 'limits are told');
select * from finish();
rollback;
