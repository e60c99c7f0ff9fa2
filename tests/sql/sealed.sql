-- What stands sealed is known, and is sealed anew by who shows what it was.
begin;
\ir lib/fixture.psql
select no_plan();

-- everything that stands sealed is listed; what is staged is gone with its load, and hook.key has no successor: its
-- secrets are made anew by their owners; a consent under way (oauth) is over within the hour; second factors are
-- consent.key's, which has no successor either
select bag_eq($$ select n.nspname || '.' || c.relname, a.attname::text
		from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
		where c.relkind = 'r' and n.nspname not in ('stage', 'hook', 'oauth', 'pg_catalog') and not a.attisdropped
			and not (n.nspname = 'portal' and c.relname = 'factor') and (a.attname ~ 'sealed$' or (a.attname = 'secret' and a.atttypid = 'bytea'::regtype)) $$,
	$$ select of_table, of_column from ops.sealed_columns() $$, 'every sealed column is listed');

-- x'01' is the id of the old key here, x'02' that of the new one
insert into premise.customer (party, tdu, account_index, account_sealed, name_sealed, kind, known)
select 900000 + i, :oncor, substr(sha256(i::text::bytea), 1, 16), '\x01aa'::bytea || int4send(i), '\x01bb'::bytea || int4send(i),
	'RESIDENTIAL', true
from generate_series(1, 250) i;
select results_eq($$ select rows from ops.sealed_left('pii', 2) where name in ('account numbers of customers', 'names of customers') $$,
	'values (250::int8), (250)', 'so many are of the old key');
select is((select rows from ops.sealed_left('pii', 1) where name = 'names of customers'), 0::int8, 'none of another');
select is((select count(*) from ops.sealed_left('push', 1)), 1::int8, 'each key has its own');

-- in batches, each once
create function t.reseal(most int4, after inout text, done out int8) language plpgsql as $$
declare
	places text[]; was text[]; now text[];
begin
	select array_agg(x.at), array_agg(encode(x.sealed, 'hex')), array_agg('02' || substr(encode(x.sealed, 'hex'), 3))
	into places, was, now from ops.sealed_take('names of customers', 2, after, most) x;
	done := ops.sealed_put('names of customers', 2, places, was, now);
	after := coalesce(places[cardinality(places)], after);
end $$;
select after as a, done as d from t.reseal(100, '(0,0)') \gset
select is(:d, 100, 'a batch');
select is((select rows from ops.sealed_left('pii', 2) where name = 'names of customers'), 150::int8, 'the others wait');
select after as a, done as d from t.reseal(100, :'a') \gset
select after as a, done as d from t.reseal(100, :'a') \gset
select is(:d, 50, 'the last ones');
select after as a, done as d from t.reseal(100, :'a') \gset
select is(:d, 0, 'that was all');
select is((select count(*) from premise.customer where name_sealed = '\x02bb'::bytea || int4send(party - 900000)), 250::int8, 'each is its own');
select is((select count(*) from premise.customer where account_sealed = '\x01aa'::bytea || int4send(party - 900000)), 250::int8, 'no other is touched');
select is((select place from ops.sealed_take('account numbers of customers', 2, '(0,0)', 1)),
	(select 'customer.account'::bytea || c.account_index from premise.customer c where c.ctid::text =
		(select at::text from ops.sealed_take('account numbers of customers', 2, '(0,0)', 1))), 'it is known what they are bound to');

-- what changed meanwhile stays
select at, encode(sealed, 'hex') as was from ops.sealed_take('account numbers of customers', 2, '(0,0)', 1) \gset
select party as first from premise.customer where ctid::text = :'at' \gset
update premise.customer set account_sealed = '\x02cc' where party = :first;
select is(ops.sealed_put('account numbers of customers', 2, array[:'at'], array[:'was'], array['02' || substr(:'was', 3)]), 0::int8,
	'what was changed meanwhile is not put back');
select is((select account_sealed from premise.customer where party = :first), '\x02cc', 'it is as it was changed');
-- a place in the table may be another row's by then
select at from ops.sealed_take('account numbers of customers', 2, '(0,0)', 1) \gset
select is(ops.sealed_put('account numbers of customers', 2, array[:'at'], array['01dead'], array['02dead']), 0::int8, 'nor in another''s place');
select throws_ok($$ select ops.sealed_put('account numbers of customers', 2, array['(0,1)'], array['01aa'], array['01ab']) $$, 'BB003', null,
	'nothing is put that the new key has not sealed');
select throws_ok($$ select ops.sealed_put('account numbers of customers', 2, array['(0,1)'], array['01aa'], array['02']) $$, 'BB003', null,
	'nor of another length');
select throws_ok($$ select * from ops.sealed_take('passwords', 2, '(0,0)', 1) $$, 'P0002', null, 'only what is listed');

-- on record
select ops.key_note('pii', 'resealed', '{"rows": 250}', 'tester');
select results_eq($$ select kind, actor, detail from audit.event order by event desc limit 1 $$,
	$$ values ('key.resealed', 'tester', '{"key": "pii", "rows": 250}'::jsonb) $$, 'on record');
select throws_ok($$ select ops.key_note('pii', 'stolen', null, 'tester') $$, 'BB003', null, 'as a step that there is');

-- the auditor's next key is named in the tree that the key before it signs
select audit.signer_next('hub.example/audit+00000000+AAAA', 'tester') as event \gset
select results_eq(format('select kind, detail from audit.event where event = %s', :event),
	$$ values ('audit.signer_next', '{"known_as": "hub.example/audit+00000000+AAAA"}'::jsonb) $$, 'the next key is announced');

select * from finish();
rollback;
