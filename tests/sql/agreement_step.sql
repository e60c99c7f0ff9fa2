-- The transition table: each state and event, allowed or refused with words, and what goes with a move.
begin;
\ir lib/fixture.psql
\ir lib/agreement.psql
select plan(10);
select t.at('2026-05-04 10:00');

-- The table, by hand: state, event, what follows.
create temp table want (state text, event text, next text);
insert into want values
	('PENDING', 'affirm', 'ACTIVE'), ('PENDING', 'hold', 'HELD'), ('PENDING', 'decline', 'REJECTED'),
	('PENDING', 'report', 'REPORTED'), ('PENDING', 'lapse', 'LAPSED'), ('PENDING', 'withdraw', 'WITHDRAWN'),
	('PENDING', 'bounce', 'UNDELIVERABLE'),
	('ACTIVE', 'hold', 'HELD'), ('ACTIVE', 'complete', 'COMPLETED'), ('ACTIVE', 'terminate', 'TERMINATED'),
	('ACTIVE', 'suspend', 'SUSPENDED'),
	('HELD', 'release', 'ACTIVE'), ('HELD', 'decline', 'REJECTED'), ('HELD', 'report', 'REPORTED'),
	('HELD', 'complete', 'COMPLETED'), ('HELD', 'terminate', 'TERMINATED'), ('HELD', 'park', 'SUSPENDED'),
	('SUSPENDED', 'resume', 'ACTIVE'), ('SUSPENDED', 'hold', 'HELD'), ('SUSPENDED', 'complete', 'COMPLETED'),
	('SUSPENDED', 'terminate', 'TERMINATED');
create temp table wanted_by (event text, by_whom text);
insert into wanted_by values ('affirm', 'CUSTOMER'), ('hold', 'CUSTOMER'), ('hold', 'OPERATOR'), ('hold', 'HUB'),
	('release', 'OPERATOR'), ('park', 'HUB'), ('decline', 'CUSTOMER'), ('decline', 'OPERATOR'), ('report', 'CUSTOMER'),
	('report', 'OPERATOR'), ('lapse', 'HUB'), ('withdraw', 'CSP'), ('withdraw', 'OPERATOR'),
	('withdraw', 'COMMISSION'), ('withdraw', 'HUB'), ('bounce', 'HUB'), ('complete', 'OPERATOR'), ('complete', 'HUB'),
	('terminate', 'CUSTOMER'), ('terminate', 'CSP'), ('terminate', 'OPERATOR'), ('terminate', 'COMMISSION'),
	('terminate', 'HUB'), ('suspend', 'OPERATOR'), ('suspend', 'COMMISSION'), ('suspend', 'HUB'),
	('resume', 'OPERATOR'), ('resume', 'COMMISSION'), ('resume', 'HUB');

-- One agreement that is put into each state, and every event tried by everybody: 11 x 13 x 6.
select t.asked(:csp1, array[:'e1']) as a \gset
select t.sent(:a);
select agreement.term_set(:a, ops.now());
create temp table try as
select s.state, v.event, b.by_whom
from (values ('PENDING'), ('ACTIVE'), ('HELD'), ('SUSPENDED'), ('REJECTED'), ('REPORTED'), ('LAPSED'), ('WITHDRAWN'),
	('UNDELIVERABLE'), ('COMPLETED'), ('TERMINATED')) s (state),
	(values ('affirm'), ('hold'), ('release'), ('decline'), ('report'), ('lapse'), ('withdraw'), ('bounce'),
	('complete'), ('terminate'), ('suspend'), ('resume'), ('park')) v (event),
	(values ('CUSTOMER'), ('CSP'), ('OPERATOR'), ('COMMISSION'), ('HUB'), ('NOBODY')) b (by_whom);
create function t.try_it(a int8, from_state text, event text, by_whom text) returns text language plpgsql as $$
declare
	said text;
	events int8;
	mails int8;
begin
	update agreement.agreement o set state = from_state where o.agreement = a;
	select count(*) into events from audit.event e where e.kind = 'agreement.moved';
	begin
		said := agreement.take(a, event, by_whom, null, 'tester');
		if (select count(*) from audit.event e where e.kind = 'agreement.moved') <> events + 1
			or t.state(a) <> said then
			return 'a move without its event';
		end if;
		return said;
	exception when others then
		if t.state(a) <> from_state or (select count(*) from audit.event e where e.kind = 'agreement.moved') <> events then
			return 'moved all the same';
		end if;
		return sqlstate || ' ' || sqlerrm;
	end;
end $$;
create temp table got as select y.*, t.try_it(:a, y.state, y.event, y.by_whom) as said from try y;
select is((select count(*)::int from got), 858, 'eleven states, thirteen events, six who ask');
select is_empty($$
	select g.state, g.event, g.by_whom, g.said from got g
	left join want w using (state, event)
	left join wanted_by b using (event, by_whom)
	where g.said is distinct from case
		when b.event is null then format('BB002 "%s" is not for %s to ask for', g.event, g.by_whom)
		when w.next is null then format('BB004 "%s" is not possible for an agreement that is %s', g.event, g.state)
		else w.next end
	$$, 'each of them is as the table has it, or refused in words');
select is((select count(*)::int from got where said !~ '^BB'), (select count(*)::int from want join wanted_by using (event)),
	'as many are possible as are written down');
select is_empty($$ select state, event, next from agreement.step except select * from want $$, 'the table has no more');
select results_eq($$ select state from agreement.state where over order by 1 $$,
	$$ select s from unnest(array['COMPLETED', 'LAPSED', 'REJECTED', 'REPORTED', 'TERMINATED', 'UNDELIVERABLE', 'WITHDRAWN']) s $$,
	'seven states are for good');
select is_empty($$ select s.state from agreement.state s join agreement.step p on p.state = s.state where s.over $$,
	'and nothing leads out of them');
-- what docs/agreements.md shows
\set lines `sed -n 's/^ *\([A-Z]*\) --> \([A-Z]*\) : \([a-z]*\)$/\1,\2,\3/p' ../../docs/agreements.md`
create temp table shown as select split_part(l, ',', 1) as state, split_part(l, ',', 2) as next, split_part(l, ',', 3) as event
from regexp_split_to_table(:'lines', '\n') l;
select set_eq('select state, next, event from shown', 'select state, next, event from agreement.step',
	'the picture in docs/agreements.md is the table');
\set lines `sed -n '/^| event | asked for by |/,/^$/s/^| \([a-z]*\) | \([A-Z, ]*\) |$/\1:\2/p' ../../docs/agreements.md`
create temp table asked as select split_part(l, ':', 1) as event, split_part(l, ':', 2) as who
from regexp_split_to_table(:'lines', '\n') l;
select set_eq('select event, who from asked', $$ select event, array_to_string(by_whom, ', ') from agreement.event $$,
	'and who may ask for what');
select throws_ok(format('select agreement.take(%s, ''explode'', ''HUB'', null, ''tester'')', :a), 'BB003',
	'"explode" is no event of an agreement', 'an event that is none');
select throws_ok('select agreement.take(0, ''affirm'', ''CUSTOMER'', null, ''tester'')', 'BB001',
	'there is no such agreement', 'an agreement that is none');

select * from finish();
rollback;
