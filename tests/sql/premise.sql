begin;
\ir lib/fixture.psql
select plan(48);

-- numbers for ESI IDs
select results_eq(format('select esiid, known, tdu, premise > 0
	from premise.ensure(%s, array[%L, %L, %L, %L]) order by esiid collate "C"',
		:oncor, :'e1', :'e1', :'c1', '10999990000000001'),
	format('values (%L, false, %s, false), (%L, false, %s, true), (%L, false, %s, true)',
		:'c1', :centerpoint, :'e1', :oncor, '10999990000000001', :oncor),
	'stubs are made for one''s own and unknown prefixes, not for another utility''s');
select results_eq(format('select premise from premise.ensure(%s, array[%L])', :oncor, :'e1'),
	format('values (%s)', t.p(:'e1')), 'an ESI ID keeps its number');
select is((select tdu from premise.ensure(:centerpoint, array['10999990000000001'])), :oncor,
	'an ESI ID of an unknown prefix belongs to whom it came from first');
select throws_ok(format('select * from premise.ensure(%s, array[%L])', :oncor, e), 'BB003',
	'an ESI ID is "10" and 15 or 20 more digits', 'refused: ' || e)
from (values ('1044372000000001'), ('104437200000000001'), ('1044372000000000A'),
	('20443720000000001'), ('104437200000000000001')) v (e);
select throws_ok(format('select premise.ensure(%s, array_fill(%L::text, array[1000001]))', :oncor,
	:'e1'), 'BB006', 'more than 1,000,000 ESI IDs at a time', 'there is a limit');
select set_eq(format('select esiid from premise.of_tdu(%s)', :oncor),
	array[:'e1', '10999990000000001'], 'premises of a utility');

-- premises arrive
select t.load('oncor') as l \gset
select t.premise(:l, 3, :'e1', '2025-01-01', rate => 'R1');
select t.premise(:l, 4, :'e2', '2025-01-01', channels => 'LOAD_GENERATION');
select t.premise(:l, 5, :'e2', '2025-06-01', 'INACTIVE', channels => 'LOAD_GENERATION');
select t.premise(:l, 6, :'c1', '2025-01-01');
select t.premise(:l, 7, :'e3', '2025-01-01');
select t.premise(:l, 8, :'e3', '2025-01-01', 'INACTIVE');
select t.premise(:l, 9, '10443720000000004', '2025-01-01', ends => '2025-01-31');
select t.premise(:l, 10, '10443720000000004', '2025-01-01', ends => '2025-01-31');
select results_eq(format('select * from premise.load_premise(%s)', :l), format($$ values
	(6::int8, 0, 'other-utility', 'reject', %L, %2$L,
		'an ESI ID of the sender; this one is centerpoint''s'),
	(7, 0, 'conflict', 'reject', %3$L, '2 different records of the same time and effect', 'one record'),
	(8, 0, 'conflict', 'reject', %3$L, '2 different records of the same time and effect',
		'one record; see also line 7') $$, :'c1', :'c1', :'e3'),
	'another utility''s premise and two that contradict each other are rejected; a repetition is not');
select results_eq(format('select esiid, known from premise.of_load(%s) order by 1', :l),
	format('values (%L, true), (%L, true), (%L, false), (%L, true)', :'e1', :'e2', :'e3',
		'10443720000000004'), 'the load names the premises that it made or made known');
select is_empty('select * from stage.premise', 'the staging table is empty again');
select results_eq(format('select status, class, commodity, effective, rate_class, channels::int4
	from premise.premise where esiid = %L', :'e1'),
	$$ values ('ACTIVE', 'RESIDENTIAL', 'ELECTRIC', date '2025-01-01', 'R1', 1) $$,
	'facts of a premise');
select is((select status from premise.premise where esiid = :'e2'), 'INACTIVE',
	'its columns are those of the latest effective date');
select results_eq(format('select d, (select due from reads.completeness(d) where tdu = %L)
	from unnest(array[date ''2024-12-31'', ''2025-01-01'', ''2025-01-31'', ''2025-02-01'', ''2025-05-31'', ''2025-06-01'']) d',
		'oncor'), $$ values (date '2024-12-31', 0::int8), ('2025-01-01', 4), ('2025-01-31', 4),
		('2025-02-01', 3), ('2025-05-31', 3), ('2025-06-01', 1) $$,
	'active premises are due by channel, until they end or become inactive');
select t.done(:l);

-- a correction replaces, an older statement does not
select t.load('oncor') as l \gset
select t.premise(:l, 3, :'e1', '2025-01-01', 'INACTIVE', created => '2020-01-01', rate => 'OLD');
select t.premise(:l, 4, :'e2', '2025-06-01', 'ACTIVE', created => '2099-01-01');
select t.premise(:l, 5, :'e3', '2025-06-01', ends => '2025-05-31');
select results_eq(format('select line, rule, found, expected from premise.load_premise(%s)', :l),
	$$ values (5::int8, 'field', 'effective 2025-06-01, ends 2025-05-31', 'ends not before effective') $$,
	'what ends before it begins is rejected');
select is((select rate_class from premise.premise where esiid = :'e1'), 'R1',
	'what was stated earlier does not win');
select is((select due from reads.completeness('2025-06-01') where tdu = 'oncor'), 2::int8,
	'due follows the correction');
select t.done(:l);
select throws_ok(format('select * from premise.load_premise(%s)', :l), 'BB004', null,
	'only an open load can be applied');

-- meters
select t.load('oncor') as l \gset
insert into stage.meter (load, line, esiid, meter_number, effective, removed, dials) values
	(:l, 3, :'e1', 'A1', '2025-01-01', null, 5),
	(:l, 4, :'e1', 'B2', '2025-05-01', null, 6),
	(:l, 5, :'e2', 'C3', '2025-01-01', '2025-03-01', 5),
	(:l, 6, :'e2', 'D4', '2025-04-01', null, 5),
	(:l, 7, '10443720000000077', 'E5', '2025-04-01', null, 5),
	(:l, 8, :'e2', 'F6', '2025-04-01', '2025-03-31', 5);
select results_eq(format('select line, rule, severity, expected from premise.load_meter(%s)', :l),
	$$ values (8::int8, 'field', 'reject', 'removed not before effective'),
		(7, 'unknown-esiid', 'flag', 'a known premise; kept until it arrives') $$,
	'a meter of an unknown ESI ID is kept');
select results_eq(format('select meter_number, during from premise.meter where premise in (%s, %s)
	order by meter_number', t.p(:'e1'), t.p(:'e2')), $$ values
	('A1', daterange('2025-01-01', '2025-05-01')), ('B2', '[2025-05-01,)'),
	('C3', '[2025-01-01,2025-03-01)'), ('D4', '[2025-04-01,)') $$,
	'a meter is there until the next or until it is removed');
select is((select known from premise.premise where esiid = '10443720000000077'), false,
	'the unknown ESI ID is a stub');

-- REP of record
select t.rep(:l, 3, :'e1', '2025-01-01', '10001');
select t.rep(:l, 4, :'e1', '2025-03-01', '10002');
select t.rep(:l, 5, :'e1', '2025-04-01', '10002');
select t.rep(:l, 6, :'e1', '2025-05-01', null);
select t.rep(:l, 7, :'e1', '2025-06-01', '99999');
select results_eq(format('select line, rule, severity, found, expected from premise.load_rep(%s)', :l),
	$$ values (7::int8, 'unknown-rep', 'reject', '99999',
		'the PUCT certificate number of a registered REP') $$, 'an unknown certificate is rejected');
select results_eq('select rep, during from premise.rep_span order by during', format($$ values
	(%s, daterange('2025-01-01', '2025-03-01')), (%s, daterange('2025-03-01', '2025-05-01')) $$,
	:rep1, :rep2), 'spans end at the next REP or with none; a repeated one is one span');

-- occupancy and customers
select t.occupancy(:l, 3, :'e1', '2025-01-01', 'a');
select t.occupancy(:l, 4, :'e1', '2025-04-01', null);
select t.occupancy(:l, 5, :'e1', '2025-05-01', 'b');
select results_eq(format('select line, rule, severity from premise.load_occupancy(%s)', :l),
	$$ values (3::int8, 'unknown-account', 'flag'), (5, 'unknown-account', 'flag') $$,
	'accounts that are not known yet are remarked and kept');
select results_eq('select c.party, o.during from premise.occupancy o
	join premise.customer c using (customer) order by o.during', format($$ values
	(%s, daterange('2025-01-01', '2025-04-01')), (%s, '[2025-05-01,)') $$, t.customer('a'),
	t.customer('b')), 'occupancies end at the move-out');
insert into stage.customer (load, line, account_index, account_sealed, name_sealed, name_index,
	kind, phones_sealed, phones_index, esiids, created)
values (:l, 3, t.account('a'), 's1', 'n1', 'i1', 'RESIDENTIAL', array['p1', 'p2']::bytea[],
		array[t.account('p1'), t.account('p2')], array[:'e1', '10443720000000078'], null),
	(:l, 4, t.account('b'), 's2', 'n2', 'i2', 'BUSINESS', null, null, array[:'c1'], null),
	(:l, 5, t.account('c'), 's3', 'n3', 'i3', 'BUSINESS', null, null, null, '2020-01-01');
select results_eq(format('select line, rule, esiid from premise.load_customer(%s)', :l),
	format($$ values (4::int8, 'other-utility', %L), (3, 'unknown-esiid', '10443720000000078') $$,
		:'c1'), 'customers are checked by the premises they name');
select results_eq($$ select known, kind, encode(name_sealed, 'escape') from premise.customer
	where account_index = t.account('a') $$, $$ values (true, 'RESIDENTIAL', 'n1') $$,
	'the customer of an occupancy is known now');
select is((select known from premise.customer where account_index = t.account('b')), false,
	'the rejected one is not');
select is((select count(*)::int from premise.contact), 2, 'with two phones');
select is((select count(*)::int from premise.account_premise), 2, 'and two premises');
select is((select name from party.party where party = t.customer('a')), null,
	'a customer''s party has no name in the clear');
select t.done(:l);
select t.load('oncor') as l \gset
insert into stage.customer (load, line, account_index, account_sealed, name_sealed, name_index,
	kind, emails_sealed, emails_index, created)
values (:l, 3, t.account('a'), 's1', 'n9', 'i1', 'RESIDENTIAL', array['p1']::bytea[],
		array[t.account('m1')], '2020-01-01'),
	(:l, 4, t.account('c'), 's3', 'n8', 'i3', 'BUSINESS', array['p1']::bytea[],
		array[t.account('m1')], '2021-01-01');
select is_empty(format('select * from premise.load_customer(%s)', :l), 'nothing to report');
select results_eq('select encode(name_sealed, ''escape''), (select string_agg(kind, '','')
	from premise.contact x where x.customer = c.customer) from premise.customer c where known order by 1',
	$$ values ('n1', 'phone,phone'), ('n8', 'email') $$,
	'a newer statement about a customer replaces all of it, an older one nothing');

-- rates and prices
insert into stage.rate (load, line, rate, effective, ends, days, from_time, to_time, price,
	currency, created)
values (:l, 3, 'R1', '2025-01-01', '2025-08-31', null, 0, 1440, 100000, 'USD', null),
	(:l, 4, 'R1', '2025-06-01', '2025-08-31', 'WEEKDAY', 780, 1140, 300000, 'USD', null),
	(:l, 5, 'R1', '2025-07-01', '2025-07-31', 'WEEKEND', 0, 360, 0, 'USD', null),
	(:l, 6, 'R1', '2025-01-01', null, 'ALL', 600, 600, 1, 'USD', null),
	(:l, 7, 'R2', '2025-01-01', null, 'ALL', 0, 1440, 1, 'USD', null);
select results_eq(format('select line, rule, found, expected from premise.load_rate(%s)', :l),
	$$ values (6::int8, 'field', 'from 600 to 600 minutes of the day', 'from_time before to_time') $$,
	'a band that ends where it begins is rejected');
select is(reads.price(t.p(esiid), channel, at::timestamp at time zone 'America/Chicago'), micro::int8,
	words)
from (values
	(:'e1', 0, '2025-05-31 23:59', 100000, 'the only price'),
	(:'e1', 0, '2025-06-02 12:59', 100000, 'before the peak'),
	(:'e1', 0, '2025-06-02 13:00', 300000, 'at the first minute of the peak'),
	(:'e1', 0, '2025-06-02 19:00', 100000, 'at its end'),
	(:'e1', 0, '2025-06-07 13:00', 100000, 'no peak on Saturday'),
	(:'e1', 0, '2025-07-05 00:00', 0, 'a price of zero is zero'),
	(:'e1', 0, '2025-08-31 23:59', 100000, 'the last minute'),
	(:'e1', 0, '2025-09-01 00:00', null, 'after its end there is no price'),
	(:'e1', 0, '2024-12-31 23:59', null, 'before its beginning there is none'),
	(:'e1', 1, '2025-05-31 12:00', null, 'none for the other channel'),
	(:'e2', 0, '2025-05-31 12:00', null, 'none for a premise without a rate class')
) v (esiid, channel, at, micro, words);

select t.done(:l);
select is_empty('select * from ops.check() where not ok', 'all invariants hold');
select * from finish();
rollback;
