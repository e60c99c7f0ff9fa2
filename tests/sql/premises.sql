-- Customers with many premises: groups, totals, and the end of many shares at once.
begin;
\ir lib/fixture.psql
\ir lib/agreement.psql
select no_plan();
select t.at('2025-03-11 10:00');

-- ann is the customer "a" of two homes and holds the shop of "b", too; eve holds a home of nobody else's
create function t.holds(mailbox text, esiids text[]) returns bytea language plpgsql as $$
declare
	h int4;
begin
	insert into party.holder (email_sealed, email_place, email_index, language, state, made_at, confirmed_at)
	values (mailbox::bytea, '\x01', t.box(mailbox), 'EN', 'CONFIRMED', ops.now(), ops.now()) returning holder into h;
	insert into party.holder_premise (holder, premise, customer, state, asked_at)
	select h, t.p(e), party.occupant_of(t.p(e)), 'HELD', ops.now() from unnest(esiids) e;
	perform party.holder_account(h);
	perform api.token_add(mailbox::bytea, 'PERSONAL', (select party from party.holder where holder = h),
		(select a.account from delivery.account a join party.holder x on x.party = a.party where x.holder = h), null, null, null, '', mailbox,
		interval '1 day');
	return mailbox::bytea;
end $$;
select t.load('oncor') as l \gset
select t.occupancy(:l, 1, :'e3', '2024-01-01', 'c');
select premise.load_occupancy(:l);
select t.done(:l);
select t.holds('ann', array[:'e1', :'e2', :'e4']) as ann \gset
select t.holds('eve', array[:'e3']) as eve \gset

-- ---- groups ----

select api.group_make(:'ann', '  Two   homes ') as homes \gset
select api.group_make(:'ann', 'Shops') as shops \gset
select throws_ok(format('select api.group_make(%L, %L)', :'ann', 'two HOMES'), 'BB005', null, 'a name is there once, however it is written');
select throws_ok(format('select api.group_make(%L, %L)', :'ann', ' '), 'BB003', null, 'a group has a name');
select throws_ok(format('select api.group_make(%L, %L)', :'ann', repeat('x', 61)), 'BB003', null, 'of 60 characters at most');
select throws_ok(format('select api.group_make(%L, %L)', :'ann', E'a\x07b'), 'BB003', null, 'none of which is a control character');
select is(api.group_move(:'ann', :homes, array[:'e1', :'e2', :'e1']), 2, 'premises are put into one');
select is(api.group_move(:'ann', :homes, array[:'e1']), 0, 'what is there stays');
select throws_ok(format('select api.group_move(%L, %s, array[%L, %L])', :'ann', :shops, :'e4', :'e3'), 'BB001', 'there is no such premise for you',
	'of others'' premises nobody hears');
select results_eq(format('select name, premises from api.groups(%L)', :'ann'), $$ values ('Shops', 0::int8), ('Two homes', 2) $$,
	'and with one that is another''s none is moved');
select throws_ok(format('select api.group_rename(%L, %s, %L)', :'ann', :shops, 'Two homes'), 'BB005', null, 'no name twice by renaming');
select lives_ok(format('select api.group_rename(%L, %s, %L)', :'ann', :shops, 'Works'), 'a group gets another name');
select throws_ok(format('select api.group_rename(%L, %s, %L)', :'eve', :shops, 'Mine'), 'BB001', 'you have no such group', 'by its own account');
select throws_ok(format('select api.group_remove(%L, %s)', :'eve', :shops), 'BB001', 'you have no such group', 'which alone removes it');
select throws_ok(format('select api.group_move(%L, %s, array[%L])', :'eve', :shops, :'e3'), 'BB001', 'you have no such group',
	'and puts something into it');
select is(api.group_move_found(:'ann', :shops, 0, '0004'), 1, 'all that a filter finds are moved');
select is(api.group_move_found(:'ann', null, :shops, 'nowhere'), 0, 'or none');

-- ---- totals ----

select reads.ensure_days(array['2025-03-08', '2025-03-09', '2025-03-10']::date[]);
select t.load('oncor') as l \gset
select t.day(:l, 1, :'e1', '2025-03-09', '2025-03-10', 5000, 4, 0);	-- a day of 92 quarter-hours
select t.day(:l, 2, :'e1', '2025-03-10', '2025-03-11', 7000, 0, 6);
select t.day(:l, 3, :'e1', '2025-03-10', '2025-03-11', 900, 0, 0, 1);	-- given back
select t.day(:l, 4, :'e2', '2025-03-10', '2025-03-11', 30);
select t.day(:l, 5, :'e3', '2025-03-10', '2025-03-11', 1000000);	-- eve's
select t.roll(:l, '2025-03-10', 3, 288, 0, 6, 0, 0, 1007030, 900, 0);
select t.done(:l);
select * from api.totals_open(:'ann', '2025-03-09', '2025-03-10', 'test') \gset
select results_eq(format($$ select part, name, premises, load_wh, generation_wh, due, days, intervals, estimated, missing
	from api.total_groups(%L, %s) $$, :'ann', :number), $$ values
	('ALL', null, 3::int8, 12030::int8, 900::int8, 6::int8, 3::int8, 380::int8, 4::int8, 6::int8),
	('GROUP', 'Two homes', 2, 12030, 900, 4, 3, 380, 4, 6), ('GROUP', 'Works', 1, 0, 0, 2, 0, 0, 0, 0) $$,
	'totals of groups add up to those of all: nothing of others'' in them, what is missing counted');
select results_eq(format($$ select esiid, group_name, load_wh, days from api.total_premises(%L, %s, null, null, null, 10) $$, :'ann', :number),
	format($$ values (%L, 'Two homes', 12000::int8, 2), (%L, 'Two homes', 30, 1), (%L, 'Works', 0, 0) $$, :'e1', :'e2', :'e4'), 'and each by itself');
select results_eq(format($$ select esiid from api.total_premises(%L, %s, %s, '0002', null, 10) $$, :'ann', :number, :homes),
	format($$ values (%L) $$, :'e2'), 'of a group, by a part of the ESI ID');
select is((select count(*) from api.total_premises(:'ann', :number, 0, null, null, 10)), 0::int8, 'of none that is in no group');
select is((select string_agg(esiid, ' ') from api.total_premises(:'ann', :number, null, null, :'e1', 1)), :'e2', 'page by page');
select results_eq(format($$ select esiid, last_read, shares from portal.premises(%L, %s, null, null, null, 10) $$, :'ann', :number),
	format($$ values (%L, date '2025-03-10', 0::int8), (%L, '2025-03-10', 0), (%L, null, 0) $$, :'e1', :'e2', :'e4'), 'each with its last read');
select is((select detail ->> 'premises' from audit.event where kind = 'reads.released' order by event desc limit 1), '3',
	'it is a release as any other, on record before');
select throws_ok(format('select * from api.total_groups(%L, %s)', :'eve', :number), 'BB001', 'there is no such open release', 'of the caller alone');
select throws_ok($$ select * from api.totals_open('rep', '2025-03-09', '2025-03-10', 'test') $$, 'BB007', null, 'which shows something');
select throws_ok(format('select * from api.totals_open(%L, %L, %L, %L)', :'ann', '2025-03-11', '2025-03-10', 'test'), 'BB003', null, 'days are in order');
select is((select first_day || ' ' || last_day from api.totals_open(:'ann', null, null, 'test')), '2025-02-09 2025-03-10',
	'without days those are meant that reads were sent of last');

-- what was made is kept, until something comes that may change it
update portal.total set load_wh = array[1, 2, 3] where to_day = '2025-03-10' and from_day = '2025-03-09';
select * from api.totals_open(:'ann', '2025-03-09', '2025-03-10', 'test') \gset
select is((select load_wh from api.total_groups(:'ann', :number) where part = 'ALL'), 6::int8, 'a second look makes nothing anew');
select t.load('oncor') as l \gset
select t.day(:l, 1, :'e1', '2025-03-10', '2025-03-12', 7500);
select t.done(:l);
select * from api.totals_open(:'ann', '2025-03-09', '2025-03-10', 'test') \gset
select is((select load_wh from api.total_groups(:'ann', :number) where part = 'ALL'), 6::int8, 'nor within a minute while files come in');
update portal.total set made_at = made_at - interval '61 s';
select * from api.totals_open(:'ann', '2025-03-09', '2025-03-10', 'test') \gset
select is((select load_wh from api.total_groups(:'ann', :number) where part = 'ALL'), 12530::int8, 'then the newer version counts, alone');
-- who moves out sees nothing of it any more, at once
select t.load('oncor') as l \gset
select t.occupancy(:l, 1, :'e1', '2025-03-11', 'd');
select premise.load_occupancy(:l);
select t.done(:l);
select is((select coalesce(sum(premises), 0) from api.groups(:'ann')), 2::numeric, 'a premise that was left is in no group');
select is((select count(*) from api.total_premises(:'ann', :number, null, null, null, 10)), 2::int8, 'nor in totals that were open');
select * from api.totals_open(:'ann', '2025-03-09', '2025-03-10', 'test') \gset
select is((select load_wh from api.total_groups(:'ann', :number) where part = 'ALL'), 30::int8, 'nor in those that are made anew');

-- ---- the end of many shares ----

select t.asked(:csp1, array[:'e2'], 'ann') as one \gset
select t.asked(:csp1, array[:'e4', :'e3'], 'ann') as both \gset
select t.asked(:csp2, array[:'e4'], 'ann') as two \gset
select agreement.decide(t.sent(a), 'CONFIRM', '2026-1', sha256('x'), '{}', '198.51.100.1', 'test') from unnest(array[:one, :both, :two]) a;
select results_eq(format($$ select csp, premises, agreements from portal.access(%L, null) $$, :'ann'), $$ values ('csp1', 2::int8, 2::int8), ('csp2', 1, 1) $$,
	'who has access, and to how many');
select results_eq(format($$ select csp, premises, agreements from portal.access(%L, %s) $$, :'ann', :homes), $$ values ('csp1', 1::int8, 1::int8) $$,
	'of a group');
select is((select shares from portal.premises(:'ann', :number, null, '0004', null, 10)), 2::int8, 'each premise says how many');
select results_eq(format($$ select ended, remain from portal.access_end(%L, 'csp1', null, 1) $$, :'ann'), $$ values (1, 1) $$,
	'some are ended at a time');
select results_eq(format($$ select ended, remain from portal.access_end(%L, 'csp1', null, 10) $$, :'ann'), $$ values (1, 0) $$, 'until none is left');
select is((select string_agg(state, ' ' order by agreement) from agreement.agreement where agreement in (:one, :both, :two)),
	'TERMINATED ACTIVE ACTIVE', 'what is the caller''s ends; what is also another''s goes on for that one');
select results_eq(format($$ select p.esiid collate "default", x.ended_at is null from agreement.premise x join premise.premise p using (premise)
	where x.agreement = %s order by 1 $$, :both), format($$ values (%L, true), (%L, false) $$, :'e3', :'e4'), 'whose share stays');
select results_eq(format($$ select ended, remain from portal.access_end(%L, null, %s, 10) $$, :'ann', :homes), $$ values (0, 0) $$,
	'of a group where there is none, none');
select results_eq(format($$ select ended, remain from portal.access_end(%L, null, %s, 10) $$, :'ann', :shops), $$ values (1, 0) $$,
	'all third parties at once');
select is((select count(*) from portal.access(:'ann', null)), 0::int8, 'nobody is left');
select is((select count(*) from portal.access(:'eve', null)), 1::int8, 'eve''s go on');
select lives_ok(format('select api.group_remove(%L, %s)', :'ann', :shops), 'a group is removed');
select is((select premise_group from party.holder_premise where premise = t.p(:'e4') and state = 'HELD'), null, 'its premises are in none then');

select * from finish();
rollback;
