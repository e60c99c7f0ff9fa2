-- /v1: agreements as a third party and its customers see and end them, invitations that are asked for twice, and who got
-- what of a customer's reads.
begin;
\ir lib/fixture.psql
\ir lib/agreement.psql
select no_plan();
select t.at('2026-05-04 10:00');

create function t.shown(who int4, class text default 'PERSONAL') returns bytea language plpgsql as $$
declare
	key bytea := sha256(convert_to(class || who, 'UTF8'));
	of_account int4;
begin
	insert into delivery.account (party, login) values (who, 'account-' || who)
	on conflict do nothing;
	select a.account into of_account from delivery.account a where a.party = who;
	perform api.token_add(key, class, who, of_account, null, null, null, null, null, '1 hour');
	return key;
end $$;
select t.shown(:csp1, 'SESSION') as s1, t.shown(:csp2, 'SESSION') as s2, t.shown(:rep1, 'SESSION') as srep,
	t.shown(t.customer('a')) as sa, t.shown(t.customer('b')) as sb \gset
-- an account that holds the business, by a mailbox that other premises are asked for at, too
insert into party.party (kind) values ('CUSTOMER') returning party as ann \gset
insert into party.holder (email_sealed, email_place, email_index, language, made_at, confirmed_at, state, party)
values ('ann', 'p', t.box('ann'), 'EN', ops.now(), ops.now(), 'CONFIRMED', :ann) returning holder as ann_holder \gset
insert into party.holder_premise (holder, premise, customer, asked_at, state)
select :ann_holder, o.premise, o.customer, ops.now(), 'HELD' from premise.occupancy o where o.premise = t.p(:'e4');
select t.shown(:ann) as sann \gset

create function t.list(shown bytea, states text[] default null, esiid text default null, reference text default null,
	before int8 default null, most int4 default 100, kind text default null, from_day date default null,
	to_day date default null) returns text language sql as $$
	select coalesce(string_agg(agreement || ' ' || (body::jsonb ->> 'state'), ', '), '')
	from api.agreements(shown, states, kind, esiid, reference, from_day, to_day, before, most)
$$;
create function t.field(shown bytea, agreement int8, path text) returns text language sql as $$
	select jsonb_path_query_array(api.agreement(shown, agreement)::jsonb, path::jsonpath)::text
$$;

-- ---- who sees what ----
select (t.ask(:csp1, array[:'e1', :'e4'], 'bob', reference => 'order 1') ->> 'id')::int8 as both,
	t.asked(:csp1, array[:'e2'], 'ann') as home, t.asked(:csp2, array[:'e1'], 'carl') as other \gset
select is(t.list(:'s1'), format('%s PENDING, %s PENDING', :home, :both), 'a third party has its own, newest first');
select is(t.list(:'s2'), :other || ' PENDING', 'and no other''s');
select is(t.list(:'s1', before => :home), :both || ' PENDING', 'behind one');
select is(t.list(:'s1', most => 1), :home || ' PENDING', 'some of them');
select is(t.list(:'s1', states => '{ACTIVE,HELD}'), '', 'in some states');
select is(t.list(:'s1', esiid => :'e4'), :both || ' PENDING', 'of a premise');
select is(t.list(:'s2', esiid => :'e4'), '', 'which may be another''s');
select is(t.list(:'s1', reference => 'order 1'), :both || ' PENDING', 'by its own words');
select is(t.list(:'s1', kind => 'DEVICE'), '', 'of a kind');
select is(t.list(:'s1', from_day => '2026-05-05') || t.list(:'s1', to_day => '2026-05-03'), '', 'of other days');
select is(t.list(:'s1', from_day => '2026-05-04', to_day => '2026-05-04'), format('%s PENDING, %s PENDING', :home, :both), 'of the day');
select throws_ok(format('select * from api.agreements(%L, null, null, null, null, null, null, null, 9)', :'srep'), 'BB002',
	'agreements are for third parties and their customers', 'a retailer has none');
select is(t.list(:'sa'), format('%s PENDING, %s PENDING, %s PENDING', :other, :home, :both), 'a customer those over its premises');
select is(t.list(:'sa', esiid => :'e2'), :home || ' PENDING', 'of one of them');
select is(t.list(:'sa', esiid => :'e4'), '', 'not of what is another''s part');
select is(t.list(:'sa', reference => 'order 1'), '', 'by nobody else''s words');
select is(t.list(:'sb'), :both || ' PENDING', 'another customer its own');
select is(t.list(:'sann'), format('%s PENDING, %s PENDING', :home, :both), 'an account those over what it holds, and those asked at its mailbox');
select throws_ok(format('select api.%s(%L, %s)', what, shown, number), 'BB001', 'there is no such agreement for you', words)
from (values ('agreement', :'s2', :home::int8, 'another third party''s is none'), ('agreement', :'s2', 4711, 'as is what there is not'),
	('agreement', :'sb', :home, 'another customer''s too'), ('agreement', :'sb', 4711, 'in the same words'),
	('agreement', :'sb', 0, 'nor nothing')) v (what, shown, number, words);
select throws_ok(format('select api.agreement_move(%L, %s, ''withdraw'')', :'s2', :home), 'BB001', 'there is no such agreement for you', 'nor is it moved');
select throws_ok(format('select api.agreement_move(%L, %s, ''renew'')', :'s2', :home), 'BB001', 'there is no such agreement for you', 'nor renewed');
select throws_ok(format('select api.agreement_end(%L, %s, null)', :'s2', :home), 'BB001', 'there is no such agreement for you', 'nor ended');
select throws_ok(format('select api.agreement_end(%L, %s, null)', :'sb', :home), 'BB001', 'there is no such agreement for you', 'nor by another customer');
select throws_ok(format('select * from api.agreement_receipt(%L, %s)', :'s2', :home), 'BB001', 'there is no such agreement for you', 'nor is its receipt seen');
select throws_ok(format('select api.agreement_move(%L, %s, ''withdraw'')', :'sa', :home), 'BB002', null, 'customers withdraw nothing: of another class');
select is(t.field(:'s1', :both, '$.premises[*].esiid'), format('["%s", "%s"]', :'e1', :'e4'), 'a third party sees all its premises');
select is(t.field(:'sa', :both, '$.premises[*].esiid'), format('["%s"]', :'e1'), 'a customer its own');
select is(t.field(:'sa', :both, '$.premise_count'), '[2]', 'and how many there are');
select is(t.field(:'sann', :home, '$.premises[*].esiid') || t.field(:'sann', :home, '$.premises[*].masked'), '[null]["…0002"]',
	'sees of others no more than its mail said');
select is(t.field(:'s1', :both, '$.reference') || t.field(:'sa', :both, '$.reference'), '["order 1"][null]', 'its own words are a third party''s own');
select is(t.field(:'s1', :both, '$.stage'), '["sent"]', 'how far it came');
select t.sent(:both) as link_both, t.sent(:home) as link_home, t.sent(:other) as link_other \gset
select is(t.field(:'s1', :both, '$.stage'), '["delivered"]', 'then');

-- ---- receipts ----
select throws_ok(format('select * from api.agreement_receipt(%L, %s)', :'s1', :home), 'BB001',
	'there is no receipt of that agreement for you', 'before a yes there is no receipt');
select t.decide(:'link_both'), t.decide(:'link_home');
select is(t.field(:'s1', :home, '$.receipt') || t.field(:'s1', :home, '$.stage'), '["WAITS"][null]', 'after it one waits');
select results_eq(format('select signed from api.agreement_receipt(%L, %s)', shown, :home), array[null::text], 'for ' || who)
from (values (:'s1', 'the third party'), (:'sa', 'the customer'), (:'sann', 'the mailbox')) v (shown, who);
select audit.receipt_sign(r.receipt, '{"receipt":' || r.body || ',"key":"k"}') from audit.receipt r;
select is((select signed from api.agreement_receipt(:'sa', :home)), (select '{"receipt":' || r.body || ',"key":"k"}'
	from audit.receipt r where r.agreement = :home), 'byte for byte as it was signed');
select is(t.field(:'s1', :home, '$.receipt'), '["SIGNED"]', 'as is told');
select throws_ok(format('select * from api.agreement_receipt(%L, %s)', :'sa', :both), 'BB001',
	'there is no receipt of that agreement for you', 'who has a part of it is not shown the rest');
select is(t.field(:'sa', :both, '$.receipt'), '[null]', 'nor told of it');
select is(t.field(:'s1', :home, '$.steps[*].event') || t.field(:'s1', :home, '$.steps[*].by'), '["affirm"]["CUSTOMER"]', 'what happened');

-- ---- who got what ----
select reads.release_open(:csp1, :'e2', 'interval', '2026-04-01', '2026-04-03', null, false, 'v1', null);
select reads.release_make(:csp1, null, array[t.p(:'e1'), t.p(:'e4')], 'register', '2026-04-01', '2026-04-02', null, false, 'smt', 'csp1');
select reads.release_make(:csp1, null, null, 'interval', '2026-04-02', '2026-04-02', null, false, 'v1', 'csp1');
select reads.release_open(:rep1, :'e1', 'interval', '2023-05-01', '2023-05-31', null, false, 'v1', null);
select reads.release_make(:rep1, null, array[t.p(:'e1'), t.p(:'e2')], 'interval', '2023-05-01', '2023-05-31', null, false, 'v1', 'rep1');
select reads.release_open(:rep1, :'e1', 'interval', '2023-05-01', '2023-06-01', null, false, 'cli', null);
select reads.release_open(t.customer('a'), :'e1', 'interval', '2026-04-01', '2026-04-01', null, false, 'v1', null);
select reads.release_open(null, :'e2', 'interval', '2026-04-01', '2026-04-01', null, false, 'cli', 'a complaint');
create function t.got(shown bytea, esiid text default null, before int8 default null, most int4 default 100) returns text language sql as $$
	select string_agg(case when b is not null then concat_ws(' ', coalesce(b ->> 'code', b ->> 'who'), b ->> 'what', b ->> 'door',
		(select string_agg(right(e, 1), '+') from jsonb_array_elements_text(b -> 'esiids') e))
		when event is null then '.' else '…' end, ', ')
	from api.releases(shown, esiid, before, most) r cross join lateral (select r.body::jsonb as b) x
$$;
select is(t.got(:'sa'), 'OPERATOR interval cli 2, YOU interval v1 1, rep1 interval cli 1, csp1 interval v1 1+2, csp1 register smt 1, csp1 interval v1 2, .',
	'each release of its premises, of its own days, newest first');
select is(t.got(:'sa', :'e2'), 'OPERATOR interval cli 2, csp1 interval v1 2, csp1 interval v1 2, .', 'of one of them');
select is(t.got(:'sa', :'e4'), '.', 'of nobody else''s');
select is(t.got(:'sb'), 'csp1 interval v1 4, csp1 register smt 4, .', 'another customer sees its own');
select is(t.got(:'sann'), 'csp1 interval v1 4, csp1 register smt 4, .', 'and so does who holds it by an account');
select is(t.got(:'sa', most => 2), 'OPERATOR interval cli 2, YOU interval v1 1, …', 'some at a time');
select is(t.got(:'sa', before => (select event from api.releases(:'sa', null, null, 2) where body is null)),
	'rep1 interval cli 1, csp1 interval v1 1+2, csp1 register smt 1, csp1 interval v1 2, .', 'and on');
select is((select b ->> 'reason' from api.releases(:'sa', null, null, 1) r cross join lateral (select r.body::jsonb as b) x where body is not null),
	'a complaint', 'an operator''s with its reason');
-- the custodian in Green Button: a subscription, and all that is granted
insert into oauth.client (csp, client_id, name, redirect_uris, scopes)
values (:csp1, 'client-1', 'One', '{https://a.example/}', '{FB=4}') returning client \gset
insert into oauth.grant (client, agreement, scope, made_at, changed_at)
values (:client, :both, 'FB=4_5', ops.now(), ops.now()) returning subscription \gset
select espi.custodian_token(sha256('d1'), 'ticket 1', 1, 'x');
savepoint before_custodian;
select number from espi.open(sha256('d1'), :'subscription', null, 'interval', '2026-04-01', '2026-04-02', null, '/x');
select is(t.got(:'sa', most => 1) || ' ' || t.got(:'sb', most => 1), 'custodian interval espi 1, … custodian interval espi 4, …', 'a custodian''s of a subscription');
select is((select b ->> 'who' || ' ' || (b ->> 'reason') from api.releases(:'sa', null, null, 1) r cross join lateral (select r.body::jsonb as b) x
	where body is not null), 'OPERATOR ticket 1', 'with its reason');
rollback to before_custodian;
select number from espi.open(sha256('d1'), null, null, 'interval', '2026-04-01', '2026-04-02', null, '/x');
select is(t.got(:'sa', most => 1), 'custodian interval espi 1, …', 'and of all that is granted: what is not granted so is not in it');
rollback to before_custodian;
insert into oauth.grant (client, agreement, scope, customer_data, made_at, changed_at)
values (:client, :home, 'FB=4_5_54', true, ops.now(), ops.now());
select count(*) from espi.customers(sha256('d1'), null, '/x');
select is(t.got(:'sa', most => 1), 'custodian customer espi 2, …', 'and of names: of grants that give them');
rollback to before_custodian;
select throws_ok(format('select * from api.releases(%L, null, null, 9)', :'s1'), 'BB002', 'that is for customers', 'a third party does not look');

update api.token set scope = 'interval' where verifier = sha256(:'sa'::bytea);
select throws_ok(format('select * from api.%s', what), 'BB002', 'this token is not for "agreements"', 'nor a token that is for reads: ' || what)
from (values (format('releases(%L, null, null, 9)', :'sa')), (format('agreement(%L, %s)', :'sa', :home)), (format('agreement_end(%L, %s, null)', :'sa', :home)),
	(format('agreements(%L, null, null, null, null, null, null, null, 9)', :'sa'))) v (what);
update api.token set scope = 'agreements' where verifier = sha256(:'sa'::bytea);

-- ---- ended ----
select throws_ok(format('select api.agreement_end(%L, %s, null)', :'sa', :other), 'BB004',
	'it waits for your answer, by the mail that asks', 'what waits for an answer is answered');
select is(api.agreement_end(:'sa', :both, null), 'ACTIVE', 'a customer ends its part; the rest goes on');
select is(t.field(:'s1', :both, '$.premises[*].state') || t.field(:'s1', :both, '$.premises[*].reason'),
	'["ENDED", "ACTIVE"]["stopped", null]', 'as the third party sees');
select is((select array_agg(right(p.esiid, 1) order by p.esiid) from reads.rights(:csp1, 'interval', tstzrange(null, null), null) r
	join premise.premise p using (premise)), '{2,4}', 'which may read no more of it');
select throws_ok(format('select api.agreement_end(%L, %s, null)', :'sa', :both), 'BB004',
	'what is yours of an agreement that is ACTIVE has ended already', 'once');
select reads.release_make(:csp1, null, null, 'interval', '2026-04-02', '2026-04-02', null, false, 'late', 'csp1');
select is(t.got(:'sa', :'e1', most => 1), 'YOU interval v1 1, …', 'what is given after that is of others');
select is(t.got(:'sb', most => 1), 'csp1 interval late 4, …', 'who see it');
select throws_ok(format('select * from api.agreement_receipt(%L, %s)', :'sann', :both), 'BB001',
	'there is no receipt of that agreement for you', 'who has what is left of it is not shown the rest either');
select is(api.agreement_end(:'sann', :both, null), 'TERMINATED', 'who has the last part ends it');
select is(t.field(:'s1', :both, '$.by') || t.field(:'s1', :both, '$.reason'), '["CUSTOMER"]["stopped"]', 'by its customer');
select is(api.agreement_end(:'sa', :home, null), 'TERMINATED', 'or all of it');
select throws_ok(format('select api.agreement_end(%L, %s, null)', :'sa', :home), 'BB004',
	'what is yours of an agreement that is TERMINATED has ended already', 'once, too');
select is(api.agreement_end(:'s2', :other, 'wrong home'), 'WITHDRAWN', 'a third party takes back what waits');
select throws_ok(format('select api.agreement_move(%L, %s, ''withdraw'')', :'s2', :other), 'BB004', null, 'once');
select is(t.field(:'s2', :other, '$.reason') || t.field(:'sa', :other, '$.reason'), '["wrong home"][null]', 'its words are not for the customer');
select is(t.field(:'s2', :other, '$.steps[*].why') || t.field(:'sa', :other, '$.steps[*].why'), '["wrong home"][null]', 'nowhere');
select t.asked(:csp1, array[:'e2'], 'dora') as next \gset
select is(t.list(:'s1', states => '{PENDING,TERMINATED}'), format('%s PENDING, %s TERMINATED, %s TERMINATED', :next, :home, :both), 'by state');
select throws_ok(format('select api.agreement_move(%L, %s, ''renew'')', :'s1', :home), 'BB004', null, 'a home is asked anew');
select is(api.agreement_move(:'s1', :next, 'withdraw'), 'WITHDRAWN', 'an invitation is taken back');
select results_eq(format('select invited, affirmed, withdrawn from api.agreement_funnel(%L, null, null)', :'s1'), 'values (3::int8, 2::int8, 1::int8)', 'the funnel');
select throws_ok(format('select * from api.agreement_funnel(%L, null, null)', :'sa'), 'BB002', null, 'is not a customer''s');

-- one whose mailbox was another''s: the chain of a renewal ends with it
select t.bill(:l, 900, :'e4', '2026-03-01', '2026-03-31', 16000000);
select t.asked(:csp1, array[:'e4'], 'ann', 24) as large \gset
select t.decide(t.sent(:large));
select reads.release_make(:csp1, null, null, 'interval', '2026-04-02', '2026-04-02', null, false, 'later', 'csp1');
select is(t.got(:'sa', most => 1) || t.got(:'sb', most => 1), 'csp1 interval late 2, …csp1 interval later 4, …',
	'what is over gives nothing, whatever else its third party has');
select is(api.agreement_move(:'s1', :large, 'renew'), 'ACTIVE', 'a large business may be asked whether it goes on');
select agreement.renew_by_link(t.sent(:large, 'renewal', 'RENEW'), '{}', null, null) as renewal \gset
select is(t.field(:'s1', :large, '$.renewed_by'), format('[%s]', :renewal), 'and does');
select is(api.agreement_end(:'sann', :large, null), 'TERMINATED', 'its end');
select is(t.state(:renewal), 'TERMINATED', 'is the end of both');

-- ---- asked for twice ----
create function t.invite(shown bytea, batch bytea, n int4, esiids text[], meters text[], email text, all_or_none bool default true,
	months int4 default 12) returns text language sql as $$
	select string_agg(concat_ws(' ', agreement, state, "row", code), ', ')
	from api.invite(shown, batch, n, esiids, meters, array_fill('10001'::text, array[cardinality(esiids)]), email::bytea,
		'agreement.email'::bytea || t.box(email), t.box(email), null, 'ENERGY', '{interval}', months, 0, 'EN', '', all_or_none, '192.0.2.7')
$$;
select t.invite(:'s2', sha256('k'), 1, array[:'e1'], '{M1}', 'eve') as first \gset
select alike(:'first'::text, '% PENDING', 'a customer is asked');
select is(t.invite(:'s2', sha256('k'), 1, array[:'e1'], '{M1}', 'eve'), :'first', 'the same again is told what came of it');
select is(t.invite(:'s2', sha256('k'), 2, array[:'e1'], '{M1}', 'eve'), '1 open-invitation', 'another of the list is another');
select is(t.invite(:'s2', null, 1, array[:'e1'], '{M1}', 'eve'), '1 open-invitation', 'as is who has no key');
select is((select count(*)::int from mail.outbox where kind = 'invitation' and recipient_index = t.box('eve')), 1, 'one mail');
select agreement.withdraw(:csp2, split_part(:'first', ' ', 1)::int8, 'tester');
select is(t.invite(:'s2', sha256('k'), 2, array[:'e1'], '{M1}', 'eve'), '1 open-invitation', 'what was refused stays so');
select is(t.invite(:'s1', sha256('k'), 1, array[:'e1'], '{M2}', 'eve'), '1 not-matched', 'a key is its party''s own');
select alike(t.invite(:'s2', sha256('m'), 1, array[:'e1', :'e2'], '{M1,M1}', 'fay', false), '% PENDING 2 not-matched', 'the good part is asked for');
select is(t.invite(:'s2', sha256('m'), 2, array[:'e3'], '{M3}', 'fay', true, 37), '0 refused', 'what cannot be asked at all is one fault');
update api.invited set at = at - interval '25 hours';
select t.invite(:'s2', sha256('n'), 1, array[:'e3'], '{M3}', 'gus');
select is((select count(*)::int from api.invited), 1, 'after a day nobody asks again');
select throws_ok(format('select t.invite(%L, null, 1, array[%L], ''{M1}'', ''eve'')', shown, :'e1'), 'BB002', null, words)
from (values (:'sa', 'a customer asks nobody'), (:'srep', 'nor does a retailer')) v (shown, words);
select party.csp_move(:csp2, 'suspend');
select throws_ok(format('select t.invite(%L, null, 1, array[%L], ''{M1}'', ''eve'')', :'s2', :'e1'), 'BB002', null, 'nor who is suspended');

-- ---- files ----
insert into ledger.file (party, name, revision, sha256, size, door, actor, hub_at)
values (:csp1, 'a.csv', 1, sha256('a'), 1, 'ftps', 'csp1', ops.now()) returning file as sheet \gset
select is(api.invitation_file(:'s1', :sheet)::jsonb ->> 'state', 'RECEIVED', 'a file of one''s own');
select throws_ok(format('select api.invitation_file(%L, %s)', :'s2', :sheet), 'BB001', 'there is no such file of yours', 'not another''s');
select throws_ok(format('select * from api.invitation_rows(%L, %s)', :'s2', :sheet), 'BB001', 'there is no such file of yours', 'nor its rows');
select * from finish();
rollback;
