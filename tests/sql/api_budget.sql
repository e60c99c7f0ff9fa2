-- What a client may ask for, and what is done once.
begin;
\ir lib/fixture.psql
select plan(29);

create function t.shown(login text, who int4) returns bytea language plpgsql as $$
declare
	account int4 := delivery.account_add((select code from party.party where party = who), login, null, null, null,
		null, null, 'test');
begin
	perform api.token_add(sha256(convert_to(login, 'UTF8')), 'SESSION', who, account, null, null, null, null, null,
		'1 hour');
	return sha256(convert_to(login, 'UTF8'));
end $$;
select t.shown('one', :rep1) as one, t.shown('another', :rep1) as another, t.shown('two', :rep2) as two \gset
-- a window that does not end meanwhile
update api.rate set most = 10, window_s = 1000000000 where class = 'NORMAL';

select results_eq(format('select granted, most, remaining from api.budget_take(%L, ''NORMAL'', 4)', :'one'),
	'values (4, 10, 6)', 'some are taken');
select results_eq(format('select granted, remaining from api.budget_take(%L, ''NORMAL'', 4)', :'another'),
	'values (4, 2)', 'a party has one budget, however many logins');
select results_eq(format('select granted, remaining from api.budget_take(%L, ''NORMAL'', 4)', :'one'),
	'values (2, 0)', 'what is left is given');
select results_eq(format('select granted, remaining from api.budget_take(%L, ''NORMAL'', 4)', :'one'),
	'values (0, 0)', 'then nothing');
select results_eq(format('select granted, remaining from api.budget_take(%L, ''NORMAL'', 4)', :'one'),
	'values (0, 0)', 'and again nothing');
select results_eq(format('select granted from api.budget_take(%L, ''READS'', 4)', :'one'), 'values (4)',
	'another class is another budget');
select results_eq(format('select granted from api.budget_take(%L, ''NORMAL'', 4)', :'two'), 'values (4)',
	'another party too');
select ok((select reset_s > 0 from api.budget_take(:'one', 'NORMAL', 1)), 'it is said when there is more');
update api.spent set window_at = window_at - interval '1000000000 s';
select results_eq(format('select granted, remaining from api.budget_take(%L, ''NORMAL'', 4)', :'one'),
	'values (4, 6)', 'in the next window');
select api.rate_set(:rep1, 'NORMAL', 100, 'test');
select results_eq(format('select granted, most, remaining from api.budget_take(%L, ''NORMAL'', 40)', :'one'),
	'values (40, 100, 56)', 'a party may have a larger one');
select is((select detail->>'most' from audit.event where kind = 'api.rate_set'), '100', 'which is on record');
select api.rate_set(:rep1, 'NORMAL', null, 'test');
select results_eq(format('select most from api.budget_take(%L, ''NORMAL'', 1)', :'one'), 'values (10)', 'and lose it');
select api.budget_used(:'one', 'NORMAL', 5), api.budget_used(:'another', 'NORMAL', 2), api.budget_used(:'two', 'NORMAL', 1);
select is((select (b ->> 'month')::int4 from jsonb_array_elements(api.limits(:'one')::jsonb -> 'budgets') b where b ->> 'class' = 'NORMAL'),
	7, 'a month is counted, of a party');
select throws_ok(format('select api.budget_used(%L, ''NORMAL'', -1)', :'one'), 'BB003', null, 'and never down');
select throws_ok(format('select api.budget_take(%L, ''NONE'', 1)', :'one'), 'BB003', null, 'no class, no budget');
select throws_ok($$ select api.budget_take('x', 'NORMAL', 1) $$, 'BB007', null, 'nobody has none');
select throws_ok(format('select api.rate_set(%s, ''NONE'', 1, ''test'')', :rep1), 'BB003', null, 'nor can it be set');

create function t.begin(shown bytea, key text, body text, what text default 'POST /v1/x') returns text
language sql as $$
	select concat_ws(' ', result, status, type, headers, convert_from(answer, 'UTF8'))
	from api.once_begin(shown, key, what, sha256(convert_to(body, 'UTF8')))
$$;
select is(t.begin(:'one', 'k', 'a'), 'NEW', 'the first time it is done');
select is(t.begin(:'one', 'k', 'a'), 'RUNNING', 'while it is being done it is not done twice');
select is(t.begin(:'one', 'k', 'b'), 'OTHER', 'another body is another request');
select is(t.begin(:'one', 'k', 'a', 'POST /v1/y'), 'OTHER', 'another path too');
select is(t.begin(:'two', 'k', 'b'), 'NEW', 'keys are of a client');
select api.once_end(:'one', 'k', 201, 'application/json', 'Location: /v1/x/1', '{}');
select is(t.begin(:'one', 'k', 'a'), 'SAME 201 application/json Location: /v1/x/1 {}', 'then there is its answer');
select api.once_end(:'two', 'k', null, null, null, null);
select is(t.begin(:'two', 'k', 'b'), 'NEW', 'what was not done may be asked for again');
update api.once set begun_at = begun_at - interval '6 minutes' where status is null;
select is(t.begin(:'two', 'k', 'b'), 'NEW', 'what was cut too');
update api.once set begun_at = begun_at - interval '24 hours' where status is not null;
select is(t.begin(:'one', 'k', 'c'), 'NEW', 'a day later a key is free');
-- grants of one program
insert into oauth.client (csp, client_id, name, redirect_uris, scopes)
values (:csp1, 'client-1', 'One', '{https://a.example/}', '{FB=4}') returning client \gset
update ops.setting set value = 'true' where name = 'clock.movable';
select t.load('oncor') as l1 \gset
select t.premise(:l1, 3, :'e1', '2024-01-01'), t.premise(:l1, 4, :'e2', '2024-01-01');
select premise.load_premise(:l1);
select t.done(:l1);
select agreement.record(:csp1, array[e], '{interval}', ops.now() - interval '1 s', ops.now() + interval '30 days',
	ops.now() - interval '1 day') from unnest(array[:'e1', :'e2']) e;
insert into oauth.grant (client, agreement, scope, made_at, changed_at)
select :client, a.agreement, 'FB=4', ops.now(), ops.now() from agreement.agreement a;
select api.token_add(sha256(convert_to('g' || row_number() over (order by g.granted), 'UTF8')), 'ACCESS', :csp1, null, null,
	:client, g.granted, null, null, '1 hour') from oauth.grant g;
select is(t.begin(sha256('g1'), 'k', 'a'), 'NEW', 'a grant has its own keys');
select api.once_end(sha256('g1'), 'k', 200, 'text/plain', '', 'secret');
select is(t.begin(sha256('g2'), 'k', 'a'), 'NEW', 'and another of the same program is answered nothing of it');
select is(t.begin(sha256('g1'), 'k', 'a'), 'SAME 200 text/plain  secret', 'but itself is');
select * from finish();
rollback;
