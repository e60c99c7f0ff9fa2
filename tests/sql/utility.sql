-- Agreements in UtilityAPI's words: what a third party lists, what it changes, trials with the sandbox alone, and that
-- what is another's is as what is not.
begin;
\ir lib/fixture.psql
\set real_radar 1
\ir lib/agreement.psql
select plan(90);
select t.at('2026-05-04 10:00');

create function t.shown(login text, who int4) returns bytea language plpgsql as $$
declare
	account int4 := delivery.account_add((select code from party.party where party = who), login, null, null, null,
		null, null, 'test');
begin
	perform api.token_add(sha256(convert_to(login, 'UTF8')), 'SESSION', who, account, null, null, null, null, null,
		'1 hour');
	return sha256(convert_to(login, 'UTF8'));
end $$;
select t.shown('one', :csp1) as one, t.shown('two', :csp2) as two, t.shown('rep', :rep1) as rep \gset
\set hub '{"api": "https://api.example", "portal": "https://portal.example"}'
create function t.uids(shown bytea, what text, filters jsonb default '{}', after text default null, most int4 default 100)
returns text language plpgsql as $$
declare
	found text;
begin
	execute format('select string_agg(uid, '' '') from utility.%I($1, $2, $3, $4, $5) where body is not null', what)
	into found using shown, '{"api": "https://api.example", "portal": "https://portal.example"}'::jsonb, filters, after, most;
	return coalesce(found, '');
end $$;
create function t.body(shown bytea, what text, uid text) returns jsonb language plpgsql as $$
declare
	found text;
begin
	execute format('select body from utility.%I($1, $2, $3, null, 1) where body is not null', what)
	into found using shown, '{"api": "https://api.example", "portal": "https://portal.example"}'::jsonb,
		jsonb_build_object('uids', uid);
	return found;
end $$;

-- ---- who ----

select throws_ok(format('select * from utility.meters(%L, %L, %L, null, 1)', :'rep', :'hub', '{}'), 'BB002',
	'that is for third parties', 'a REP has none of it');
select throws_ok(format('select * from utility.meters(%L, %L, %L, null, 1)', 'x', :'hub', '{}'), 'BB007', null, 'nor has nobody');

-- ---- authorizations: agreements that were answered ----

select t.asked(:csp1, array[:'e1', :'e2']) as asked \gset
select is(t.uids(:'one', 'authorizations'), '', 'an invitation that waits is none yet');
select t.sent(:asked) as link \gset
select agreement.decide(:'link', 'CONFIRM', 'v1', sha256('v1'), '{}', '192.0.2.9', 'browser');
select t.asked(:csp1, array[:'e3'], 'carl') as said_no \gset
select agreement.decide(t.sent(:said_no), 'DECLINE', null, null, '{}', '192.0.2.9', 'browser');
select t.asked(:csp2, array[:'e4'], 'bob') as of_two \gset
select agreement.decide(t.sent(:of_two), 'CONFIRM', 'v1', sha256('v1'), '{}', '192.0.2.9', 'browser');
select is(t.uids(:'one', 'authorizations'), :'said_no' || ' ' || :'asked', 'answered: newest first, its own alone');
select is(t.uids(:'one', 'authorizations', '{}', null, 1), :'said_no', 'a page');
select is(t.uids(:'one', 'authorizations', '{}', :'said_no', 1), :'asked', 'and the next');
select is(t.uids(:'one', 'authorizations', '{}', :'asked', 1), '', 'to the end');
select is(t.uids(:'one', 'authorizations', f::jsonb), e, f) from (values
	('{"is_declined": "true"}', :'said_no'), ('{"is_declined": "false"}', :'asked'), ('{"is_revoked": "true"}', ''),
	('{"is_expired": "false"}', :'said_no' || ' ' || :'asked'), ('{"is_test": "true"}', ''), ('{"utility": "centerpoint"}', ''),
	('{"utility": "oncor"}', :'said_no' || ' ' || :'asked'), ('{"users": "csp1"}', :'said_no' || ' ' || :'asked'), ('{"users": "csp2"}', ''),
	('{"uids": "' || :'asked' || ',' || :'of_two' || '"}', :'asked'), ('{"uids": "1e9,abc,99999999999999999999,"}', ''),
	('{"forms": "x"}', ''), ('{"referrals": "x"}', '')) v (f, e);
select throws_ok(format('select * from utility.authorizations(%L, %L, %L, null, 1)', :'one', :'hub', '{"is_test": "maybe"}'), 'BB003');
select is(b ->> 'is_declined' || ' ' || (b ->> 'status') || ' ' || (b ->> 'utility') || ' ' || (b -> 'scope' ->> 'reads'),
	'false updated ONCOR ["interval", "register"]', 'one of them') from t.body(:'one', 'authorizations', :'asked') b;
select is(t.body(:'two', 'authorizations', :'asked'), null, 'which is nothing to another');

-- ---- meters ----

select is(t.uids(:'one', 'meters'), :'asked' || '-' || :'e1' || ' ' || :'asked' || '-' || :'e2', 'its premises');
select is(t.uids(:'one', 'meters', '{}', :'asked' || '-' || :'e1'), :'asked' || '-' || :'e2', 'behind the first');
select is(t.uids(:'two', 'meters'), :'of_two' || '-' || :'e4', 'another has its own');
select is(t.uids(:'two', 'meters', jsonb_build_object('uids', :'asked' || '-' || :'e1')), '', 'and no other''s');
select is(t.uids(:'one', 'meters', jsonb_build_object('uids', :'of_two' || '-' || :'e1')), '', 'nor one''s premise by another''s agreement');
select is(t.uids(:'one', 'meters', jsonb_build_object('authorizations', :'said_no')), '', 'those of an authorization alone');
select reads.ensure_days(array[date '2026-05-01', date '2026-05-02', date '2025-05-01']);
select t.load('oncor') as l2 \gset
select t.day(:l2, 1, :'e1', '2026-05-01', '2026-05-02 06:00Z'), t.day(:l2, 2, :'e1', '2026-05-02', '2026-05-03 06:00Z'),
	t.day(:l2, 3, :'e1', '2025-05-01', '2025-05-02 06:00Z'), t.day(:l2, 4, :'e1', '2026-05-02', '2026-05-03 08:00Z');
select t.bill(:l2, 5, :'e1', '2026-04-01', '2026-04-30', 500000);
select t.done(:l2);
select is((b ->> 'interval_count') || ' ' || (b ->> 'interval_coverage'),
	'192 [["2026-05-01T00:00:00.000000-05:00", "2026-05-03T00:00:00.000000-05:00"]]',
	'how much there is of what may be read: each day once, none before the history that was allowed')
from t.body(:'one', 'meters', :'asked' || '-' || :'e1') b;
create function t.plan(shown bytea, filters jsonb, kind text) returns text language sql as $$
	select coalesce(string_agg(uid || ' ' || first_day || ' ' || last_day, ' '), '')
	from utility.read_plan(shown, filters, kind, '2000-01-01', '2200-01-01')
$$;
select is(t.plan(:'one', jsonb_build_object('authorizations', :'asked'), 'interval'), :'asked' || '-' || :'e1' || ' 2026-05-01 2026-05-02',
	'what is planned to be read');
select is(t.plan(:'one', jsonb_build_object('authorizations', :'asked'), 'billing'), '', 'bills were not allowed');
select is(t.plan(:'two', jsonb_build_object('authorizations', :'asked'), 'interval'), '', 'another plans nothing');
select throws_ok(format('select * from utility.read_plan(%L, %L, %L, %L, %L)', :'one', '{}', 'interval', '2026-01-01', '2026-02-01'), 'BB003',
	null, 'reads of all are not asked for');
select number as release from utility.release_open(:'one', :asked, :'e1', 'interval', '2026-05-01', '2026-05-02') \gset
select is((select count(*) from api.release_rows(:'one', :release)), 2::int8, 'a release of it');
select throws_ok(format('select * from api.release_rows(%L, %s)', :'two', :release), 'BB001', null, 'is its own');
select throws_ok(format('select * from utility.release_open(%L, %s, %L, %L, %L, %L)', s, a, e, 'interval', '2026-05-01', '2026-05-02'),
	'BB001', 'there are no reads of that for you in that range', w)
from (values (:'two', :'asked', :'e1', 'no release by another''s agreement'), (:'one', :'of_two', :'e4', 'nor by its own of another''s'),
	(:'one', :'asked', :'e4', 'nor of another premise'), (:'one', :'said_no', :'e1', 'nor by an agreement that is not about it'), (:'one', :'asked', '10443720000099999', 'nor of none')) v (s, a, e, w);

savepoint many;
insert into premise.premise (esiid, tdu, known, status) select 10943720000000000 + n, :oncor, true, 'ACTIVE' from generate_series(1, 999) n;
insert into agreement.premise (agreement, premise) select :asked, p.premise from premise.premise p where p.esiid like '109437%';
analyze premise.premise, agreement.premise;	-- or they are joined as the empty tables that they were
select throws_ok(format('select t.plan(%L, %L, ''interval'')', :'one', jsonb_build_object('authorizations', :'asked')), 'BB006', null,
	'a thousand meters at a time and no more: none is left out in silence');
rollback to many;

-- ---- members: what their programs look for ----

create function t.members(body jsonb) returns text language sql as $$
	select string_agg(k, ' ' order by k collate "C") from jsonb_object_keys(body) k
$$;
select is(t.members(t.body(:'one', 'meters', :'asked' || '-' || :'e1')), 'authorization_uid base bill_count bill_coverage bill_sources '
	'blocks created exports exports_list interval_count interval_coverage interval_sources is_activated is_archived is_expired notes '
	'ongoing_monitoring status status_message status_ts uid user_email user_uid utility', 'of a meter');
select is(t.members(t.body(:'one', 'meters', :'asked' || '-' || :'e1') -> 'base'), 'billing_account billing_address billing_contact '
	'meter_numbers service_address service_class service_identifier service_tariff', 'of what is said with each of its reads');
select is(t.members(t.body(:'one', 'authorizations', :'asked')), 'created customer_email customer_signature declined expires exports '
	'exports_list form_uid is_archived is_declined is_expired is_revoked is_test meters nickname notes referral revoked scope status '
	'status_message status_ts template_uid uid user_email user_status user_uid utility', 'of an authorization');

-- ---- changes ----

select throws_ok(format('select utility.authorization_change(%L, %L, %L)', s, u, '{}'), 'BB001', 'there is no such authorization', w)
from (values (:'two', :'asked', 'another''s is as none'), (:'two', '999999', 'as one that is none'), (:'one', :'asked' || '-1', 'as what is no uid')) v (s, u, w);
select lives_ok(format('select utility.authorization_change(%L, %L, %L)', :'one', :'asked', '{"is_archived": true, "nickname": "Home"}'));
select is((b ->> 'is_archived') || ' ' || (b ->> 'nickname'), 'true Home', 'archived, with a name') from t.body(:'one', 'authorizations', :'asked') b;
select throws_ok(format('select utility.authorization_change(%L, %L, %L)', :'one', :'asked', b), 'BB003', null, b)
from (values ('{"is_archived": 1}'), ('{"revoked": true}'), (format('{"nickname": "%s"}', repeat('x', 101)))) v (b);
select throws_ok(format('select utility.meter_change(%L, %L, %L)', :'two', :'asked' || '-' || :'e1', '{}'), 'BB001', 'there is no such meter');
select lives_ok(format('select utility.meter_change(%L, %L, %L)', :'one', :'asked' || '-' || :'e2', '{"is_archived": true}'));
select lives_ok(format('select utility.monitor(%L, %L)', :'one', format('{"meters": ["%s-%s"], "frequency": "off"}', :'asked', :'e1')));
select ok(utility.silent(:csp1, t.p(:'e1')) and not utility.silent(:csp1, t.p(:'e2')) and not utility.silent(:csp2, t.p(:'e1')),
	'it is not told of that meter''s reads');

-- ---- events ----

insert into utility.form (csp, client, made_at, changed_at)
select :csp1, (utility.share_client(:csp1, 'https://portal.example')).client, ops.now(), ops.now() returning form as told_form \gset
select utility.event(:csp1, 'form_created', null, null) from generate_series(1, 120);
select hook.sequence();
select uid as late from utility.events(:'one', :'hub', '{}', null, 1000) with ordinality e (uid, body, n) where body is not null order by n desc limit 1 \gset
select cmp_ok((select count(*) from utility.events(:'one', :'hub', '{}', null, 1000) where body is not null), '>', 100::int8, 'many are told');
select is((select uid from utility.events(:'one', :'hub', jsonb_build_object('uids', :'late'), null, 1) where body is not null), :'late',
	'the last one of them, asked for one, is on the first page');
create function t.walk(filters jsonb, most int4) returns text[] language plpgsql as $$
declare
	r record;
	after text;
	all_of text[] := '{}';
begin
	for i in 1 .. 1000 loop
		for r in select x.* from utility.events(sha256('one'), '{"api": "https://api.example", "portal": "https://portal.example"}', filters, after, most) x loop
			if r.body is not null then
				all_of := all_of || r.uid;
			end if;
		end loop;
		after := r.uid;
		exit when after is null;
	end loop;
	return all_of;
end $$;
select is(t.walk('{}', 7), t.walk('{}', 1000), 'pages of seven are those of a thousand');
select is(t.walk('{"is_delivered": "false"}', 7), t.walk('{"is_delivered": "false"}', 1000), 'also with a filter');
select lives_ok(format('select utility.event_change(%L, %L, %L)', :'one', :'late', '{"is_delivered": true}'), 'one behind a hundred is found');
select is(t.uids(:'one', 'events', '{"is_delivered": "true"}', null, 1000), :'late', 'and marked');
delete from utility.form where form = :'told_form';

-- ---- forms and trials ----

select throws_ok(format('select utility.form_add(%L, %L, %L)', :'one', :'hub', '{"utility": "nobody"}'), 'BB003');
select utility.form_add(:'one', :'hub', '{}') as form \gset
select is(t.body(:'one', 'forms', :'form') ->> 'url', 'https://portal.example/share/csp1?f=' || :'form', 'a form has an address');
select is(t.members(t.body(:'one', 'forms', :'form')), 'authorization_uid created customer_email disabled is_archived scope template_uid '
	'uid updated url user_email user_uid utility', 'members of a form');
select is(t.body(:'two', 'forms', :'form'), null, 'another has none of it');
select is((select count(*) from oauth.client where csp = :csp1 and share and redirect_uris = '{https://portal.example/shared}'), 1::int8,
	'a program behind it, that goes nowhere else');
-- customers of Oncor, which is real, and of a utility for trying
insert into premise.contact (customer, kind, sealed, index)
select customer, 'email', 'sealed', t.box('home') from premise.customer where account_index = t.account('a');
select throws_ok(format('select utility.test_submit(%L, %L, %L, %L, %L)', :'one', :'form', format('{"utility": "%s", "scenario": "residential"}', u),
	t.box('home'), t.box('home')), 'BB003', null, 'nobody real plays in a trial: ' || u) from (values ('DEMO'), ('oncor')) v (u);
update party.tdu set sandbox = true where party = :oncor;
select utility.test_submit(:'one', :'form', '{"utility": "DEMO", "scenario": "residential"}', t.box('home'), t.box('home')) as referral \gset
select is((select a.state || ' ' || array_length(array(select premise from agreement.premise x where x.agreement = a.agreement), 1)
	from utility.submission s join agreement.agreement a on a.agreement = s.agreement where s.referral = :'referral'), 'ACTIVE 2',
	'a customer of the sandbox does');
select throws_ok(format('select utility.test_submit(%L, %L, %L, %L, %L)', :'two', :'form', '{"utility": "DEMO", "scenario": "residential"}',
	t.box('home'), t.box('home')), 'BB001', 'there is no such form', 'another''s form is as none');
select is(t.uids(:'one', 'authorizations', '{"is_test": "true"}'), (select agreement::text from utility.submission where referral = :'referral'), 'a trial is told apart');
select agreement as trial from utility.submission where referral = :'referral' \gset
select is((select string_agg(kind, ' ') from radar.event where agreement = :trial), null, 'the watch over abuse does not count it');
select is((select count(*) from utility.scenario('residential')) + (select count(*) from utility.scenario('x')), 1::numeric::int8, 'scenarios are known by name');

-- ---- ends ----

select throws_ok(format('select utility.authorization_revoke(%L, %L, %L)', :'two', :'trial', '{}'), 'BB001', 'there is no such authorization');
select lives_ok(format('select utility.authorization_revoke(%L, %L, %L)', :'one', :'trial', '{}'));
select is(t.uids(:'one', 'meters', jsonb_build_object('authorizations', :'trial')), '', 'revoked: no meters');
select is(t.plan(:'one', jsonb_build_object('authorizations', :'trial'), 'interval'), '', 'nothing to read');
select is((select state from agreement.agreement where agreement = :trial), 'TERMINATED', 'as every agreement that its third party ends');
select throws_ok(format('select utility.authorization_delete(%L, %L, %L)', :'one', :'asked', '{}'), 'BB002');
select lives_ok(format('select utility.authorization_delete(%L, %L, %L)', :'one', :'trial', '{}'));
select is(t.body(:'one', 'authorizations', :'trial'), null, 'a trial that was deleted is gone');
select utility.form_delete(:'one', :'form', '{}');
select is((select count(*) from utility.share_begin('csp1', :'form', 'https://portal.example')), 0::int8, 'a form that was deleted leads nowhere');
select is((select count(*) from utility.share_begin('csp1', null, 'https://portal.example')), 1::int8, 'the third party''s own link does');
update party.csp set state = 'SUSPENDED' where party in (:csp1, :csp2);
select is((select count(*) from utility.share_begin('csp1', null, 'https://portal.example')), 0::int8, 'not while it is suspended');
select is(t.uids(:'two', 'meters'), '', 'nor has one meters then');
update party.csp set state = 'ACTIVE' where party = :csp2;
select is(t.uids(:'two', 'meters'), :'of_two' || '-' || :'e4', 'when it is resumed it has');
select t.at('2027-05-05 10:00');
select is(t.uids(:'two', 'meters'), '', 'nor when the term is over, though nobody has moved the agreement yet');
select is((select string_agg(kind, ' ' order by event) from audit.event where kind like 'form.%'), 'form.added form.tried form.deleted', 'forms are on record');
select * from finish();
rollback;
