-- Webhooks: what is told to whom, in which order, once more when it was not taken, and no longer when the right is over.
begin;
\ir lib/fixture.psql
\ir lib/agreement.psql
select plan(87);

select t.at('2026-06-10 12:00');
select party.csp_contact_set(:csp1, 'TECHNICAL', '\x01', 'place', substr(sha256('tech'), 1, 16), 'EN', 'test');
select agreement.record(:csp1, array[:'e1', :'e2'], '{interval}', '2026-06-01', '2027-06-01', '2024-01-01', 'test') as a1 \gset
select agreement.record(:csp2, array[:'e3'], '{interval}', '2026-06-01', '2027-06-01', '2024-01-01', 'test') as a2 \gset
select hook.sequence();

-- A load of days of premises; numbered at the end.
create function t.reads(days date[], variadic esiids text[]) returns int4 language plpgsql as $$
declare
	made int4 := t.load('oncor');
	d date;
	e text;
	n int4 := 0;
begin
	perform reads.ensure_days(days);
	foreach d in array days loop
		foreach e in array esiids loop
			n := n + 1;
			perform t.day(made, n, e, d, clock_timestamp());
		end loop;
		perform t.roll(made, d, cardinality(esiids), 96, 0, 0, 0, 0, 1000, 0, 0);
	end loop;
	perform t.done(made);
	perform hook.sequence();
	return made;
end $$;
create function t.add(party int4, kind text default 'BUSBAR', events text[] default null, url text default 'https://a.example/hook')
returns int8 language sql as $$
	select hook.add(party, kind, url, 'label', events, '\x01', 'test')
$$;
create function t.prove(number int8) returns text language plpgsql as $$
declare
	k record;
begin
	select * into k from hook.take('w', 60);
	perform hook.told(k.endpoint, k.token, k.what, true, null, null, 60, 3600, 5, 0, 10, '192.0.2.1', 200, 'ok', 'yes');
	return k.what;
end $$;
-- Takes the next endpoint and a page of it, as "kind premise from..to", and leaves the token in t.held.
create table t.held (endpoint int8, token text, seq int8, premise int4, more bool);
create function t.page(most int4 default 1000) returns text language plpgsql as $$
declare
	k record;
	p record;
	list text := '';
begin
	select * into k from hook.take('w', 60);
	if not found then
		return 'nothing';
	end if;
	delete from t.held;
	for p in select * from hook.page(k.endpoint, k.token, most) loop
		if p.id is null then
			insert into t.held values (k.endpoint, k.token, p.seq, p.premise, p.more);
		else
			list := list || case list when '' then '' else ', ' end || p.kind || coalesce(' ' || right(p.esiid, 1), '')
				|| coalesce(' ' || to_char(p.from_day, 'DD') || '-' || to_char(p.to_day, 'DD'), '');
		end if;
	end loop;
	return list;
end $$;
create function t.tell(good bool, pause_s int8 default 60) returns bool language sql as $$
	select hook.told(h.endpoint, h.token, 'EVENTS', good, h.seq, h.premise, pause_s, 259200, 5, 1, 100, '192.0.2.1',
		case when good then 200 else 500 end, case when good then 'ok' else 'status' end, 'words')
	from t.held h
$$;
create function t.give_back() returns void language sql as $$
	select hook.released(h.endpoint, h.token) from t.held h
$$;
create function t.all_of(party int4) returns text language sql as $$
	select coalesce(string_agg(l.seq || ' ' || e.kind, ', ' order by l.seq), '') from hook.log l join hook.event e using (event)
	where l.party = $1
$$;
create function t.hstate(number int8) returns text language sql as $$ select state from hook.endpoint where endpoint = $1 $$;

-- what is told to whom
select is(t.all_of(:oncor), '1 file.accepted', 'a utility is told of its file');
select is(t.all_of(:csp1), '', 'nobody has asked for reads');
select throws_ok('select t.add(' || :csp1 || ', ''BATCHLIST'')', 'BB003', null, 'a BatchList belongs to a program');
select throws_ok('select t.add(' || :csp1 || ', ''BUSBAR'', ''{reads.gone}'')', 'BB003', null, 'of events that there are');
select throws_ok('select t.add(' || :csp1 || ', url => ''http://a.example/'')', 'BB003', null, 'over https alone');
select throws_ok('select t.add(' || :csp1 || ', url => ''https://a.example/?x=1'')', 'BB003', null, 'without a query');
select t.add(:csp1) as w1 \gset
select is(t.hstate(:w1), 'UNPROVEN', 'an endpoint is not proven');
select t.reads('{2026-06-08,2026-06-09}', :'e1', :'e2', :'e3') as l1 \gset
select is(t.all_of(:csp1), '1 reads.arrived', 'one row for a load, whatever it holds');
select is(t.all_of(:csp2), '', 'none for who has no endpoint');
select is(t.all_of(:oncor), '1 file.accepted, 2 file.accepted', 'the log of a party counts by itself');
select is(t.prove(:w1), 'CHALLENGE', 'first it is asked to answer');
select is(t.hstate(:w1), 'PROVEN', 'then it is proven');
select is(t.page(), 'reads.arrived 1 08-09, reads.arrived 2 08-09', 'it is told of what may be read: not of e3');
select is((select premise is null and not more and seq = 1 from t.held), true, 'and that this is all');
select is(t.page(), 'nothing', 'while that is under way nobody else has it');
select is((select count(*) from (select id from hook.log where party = :csp1) x), 1::int8, '(an id)');
select is(hook.item_id('00000000-0000-0000-0000-000000000001', 7), hook.item_id('00000000-0000-0000-0000-000000000001', 7),
	'an item has the same id each time');
select isnt(hook.item_id('00000000-0000-0000-0000-000000000001', 7), hook.item_id('00000000-0000-0000-0000-000000000001', 8),
	'each its own');

-- not taken: again, later, the same
select is(t.tell(false), false, 'it was not taken');
select is(t.page(), 'nothing', 'it waits');
select is((select attempts || ' ' || (failing_since is not null) from hook.endpoint where endpoint = :w1), '1 true', 'and fails since then');
select t.at('2026-06-10 12:02');
select is(t.page(), 'reads.arrived 1 08-09, reads.arrived 2 08-09', 'after the pause it is told again');
select is(t.tell(true), false, 'it took it, and there is no more');
select is(t.page(), 'nothing', 'it is told once');
select is((select attempts || ' ' || (failing_since is null) || ' ' || seq from hook.endpoint where endpoint = :w1), '0 true 1', 'it fails no longer');

-- order, corrections
select t.reads('{2026-06-09}', :'e1') as l2 \gset
select t.reads('{2026-06-10}', :'e1', :'e2') as l3 \gset
select is(t.page(), 'reads.corrected 1 09-09, reads.arrived 1 10-10, reads.arrived 2 10-10', 'in the order of the loads, newer versions told as such');
select t.give_back();
select is(t.page(1), 'reads.corrected 1 09-09', 'at most so many at once');
select is(t.tell(true), true, 'and there is more');
select hook.released(endpoint, token) from t.held;
select is(t.page(1), 'reads.arrived 1 10-10', 'a load may be cut between premises');
select is((select seq || ' ' || (premise = t.p(:'e1')) from t.held), '2 true', 'the place is the premise');
select t.tell(true);
select t.give_back();
select is((select cursor from hook.endpoints(:csp1)), '2.' || :'e1', 'as its owner sees it');
select is(t.page(1), 'reads.arrived 2 10-10', 'it goes on behind it');
select t.tell(true);
select is((select seq || ' ' || coalesce(premise, 0) from hook.endpoint where endpoint = :w1), '3 0', 'until all is told');
select is((select count(*) from hook.item), 0::int8, 'and nothing is kept');

-- replay
select hook.replay(:w1, '1', 'test');
select is(t.page(), 'reads.corrected 1 09-09, reads.arrived 1 10-10, reads.arrived 2 10-10', 'what was told can be told again');
select t.give_back();
select hook.replay(:w1, '2.' || :'e1', 'test');
select is(t.page(), 'reads.arrived 2 10-10', 'from within a load');
select hook.replay(:w1, '3', 'test');
select throws_ok('select t.tell(true)', 'BB004', null, 'what was under way then does not count');
select throws_ok($$ select hook.replay($$ || :w1 || $$, '99', 'test') $$, 'BB003', null, 'not from what is to come');
select throws_ok($$ select hook.replay($$ || :w1 || $$, '1;drop', 'test') $$, 'BB003', null, 'nor from anything else');

-- a right that ends
select t.reads('{2026-06-11}', :'e1', :'e2') as l4 \gset
select agreement.share_end(:a1, t.p(:'e2'), ops.now(), 'move-out', 'test');
select hook.sequence();
select is(t.page(), 'reads.arrived 1 11-11, agreement.changed 2', 'what may not be read any more is not told, that it may not is');
select t.tell(true);
select t.reads('{2026-06-12}', :'e1') as l5 \gset
select is(t.page(1), 'reads.arrived 1 12-12', 'a load that is told in pieces');
select t.give_back();
select agreement.terminate(:a1, 'CUSTOMER', null, 'test');
select hook.sequence();
select is(t.page(), 'agreement.changed', 'of an agreement that has ended only that is told');
select is((select detail::jsonb ->> 'state' from hook.page((select endpoint from t.held), (select token from t.held), 10) where id is not null),
	'TERMINATED', 'with its state');
select t.tell(true);
-- in the middle of a load, too
select agreement.record(:csp1, array[:'e1', :'e2', :'e3'], '{interval}', '2026-06-01', '2027-06-01', '2024-01-01', 'test') as a3 \gset
select t.reads('{2026-06-13}', :'e1', :'e2', :'e3') as l6 \gset
select is(t.page(1), 'reads.arrived 1 13-13', 'three premises, one at a time');
select t.tell(true);
select t.give_back();
select agreement.share_end(:a3, t.p(:'e2'), ops.now(), 'move-out', 'test');
select is(t.page(1), '', 'the second has gone meanwhile');
select t.tell(true);
select t.give_back();
select is(t.page(1), 'reads.arrived 3 13-13', 'the third has not');
select t.tell(true);
select hook.sequence();
select t.page(), t.tell(true);

-- another REP turns out to have taken over, while a load is told
select hook.step(:w1, 'pause', 'test');
select t.add(:rep1, url => 'https://d.example/') as w0 \gset
select t.prove(:w0);
select t.reads('{2026-06-13}', :'e2', :'e3', :'e4') as l10 \gset
select is(t.page(1), 'reads.corrected 2 13-13', 'three premises, one at a time');
select t.tell(true), t.give_back();
select t.load('oncor') as l11 \gset
select t.rep(:l11, 9, :'e3', '2026-06-01', '10002');
select premise.load_rep(:l11);
select ledger.load_end(:l11, 'rep', '{}', sha256('ack'), 3, null, null);
select is(t.page(1), '', 'the second is another''s by now');
select t.tell(true), t.give_back();
select is(t.page(1), 'reads.arrived 4 13-13', 'the third is not');
select t.tell(true), hook.sequence();
select hook.step(:w0, 'end', 'test'), hook.step(:w1, 'resume', 'test');
select t.page(), t.tell(true);

-- who is suspended is told nothing, and goes on afterwards
update party.csp set state = 'SUSPENDED' where party = :csp1;
select t.reads('{2026-06-14}', :'e1') as l7 \gset
select is(t.page(), 'nothing', 'nothing goes to who is suspended');
update party.csp set state = 'ACTIVE' where party = :csp1;
select is(t.page(), 'reads.arrived 1 14-14', 'what came meanwhile goes when that is over');
select t.tell(true);

-- filters
select t.add(:csp1, 'UTILITYAPI', null, 'https://b.example/') as w2 \gset
select t.add(:csp1, 'BUSBAR', '{reads.corrected}', 'https://c.example/') as w3 \gset
select t.prove(:w2), t.prove(:w3);
select t.reads('{2026-06-14,2026-06-15}', :'e1') as l8 \gset
select hook.record('status.changed', null, null, null, '{"state": "OK"}');
select hook.sequence();
select is(array(select t.page() || case when t.tell(true) then '' else '' end from generate_series(1, 3) order by 1),
	array['reads.arrived 1 14-15', 'reads.arrived 1 14-15, status.changed', 'reads.corrected 1 14-15'],
	'each what it wants: one without what it has no word for, one of corrections alone');

-- a drop that was taken back, a state that is no longer
select hook.record('drop.ready', :csp1, null, null, '{"drop": 4711}'), hook.sequence();
select is(t.page(), '', 'of a drop that may not be fetched nothing is told');
select t.tell(true);
select t.page(), t.tell(true);
select t.page(), t.tell(true);

-- failing for long
select t.at('2026-07-01 00:00');
select hook.step(:w2, 'end', 'test'), hook.step(:w3, 'end', 'test');
select t.reads('{2026-06-16}', :'e1') as l9 \gset
select t.page(), t.tell(false);
select is((select count(*) from mail.outbox where kind like 'webhook%'), 0::int8, 'nobody is told of a hiccup');
select t.at('2026-07-01 06:30');
select t.page(), t.tell(false);
select is((select count(*) from mail.outbox where kind = 'webhook-failing' and csp = :csp1), 1::int8, 'after hours its contact is');
select t.at('2026-07-01 08:30');
select t.page(), t.tell(false);
select is((select count(*) from mail.outbox where kind = 'webhook-failing'), 1::int8, 'once');
select t.at('2026-07-04 00:30');
select t.page(), t.tell(false);
select is(t.hstate(:w1), 'PAUSED', 'after 72 hours it is paused');
select is((select count(*) from mail.outbox where kind = 'webhook-paused'), 1::int8, 'which is told too');
select is(t.page(), 'nothing', 'nothing more goes');
select hook.step(:w1, 'resume', 'test');
select is(t.page(), 'reads.arrived 1 16-16', 'nothing was lost when it is resumed');
select t.tell(true);

-- owners
select delivery.account_add('csp1', 'csp1', null, null, null, null, null, 'test');
select delivery.account_add('csp2', 'csp2', null, null, null, null, null, 'test');
select delivery.credential_add('csp1', 'TOKEN', 'a', null, sha256('one'), null, 'test'),
	delivery.credential_add('csp2', 'TOKEN', 'a', null, sha256('two'), null, 'test');
select handle as s1 from delivery.login_token(sha256('one'), 'HTTPS', '192.0.2.1') \gset
select handle as s2 from delivery.login_token(sha256('two'), 'HTTPS', '192.0.2.1') \gset
select is((select string_agg(webhook::text, ' ') from hook.own_list(:'s1', null)), :w1::text, 'its owner sees it');
select is((select count(*) from hook.own_list(:'s2', null)), 0::int8, 'nobody else');
select throws_ok(format('select hook.%s', replace(call, 'S', quote_literal(:'s2'::bytea) || '::bytea')), 'BB001', 'there is no webhook ' || :w1,
	'another''s is none: ' || call)
from unnest(array[format('own_list(S, %s)', :w1), format('own_change(S, %s, null, ''x'', null)', :w1), format('own_step(S, %s, ''end'')', :w1),
	format('own_rotate(S, %s, ''\x02'', false)', :w1), format('own_replay(S, %s, ''0'')', :w1), format('own_attempts(S, %s, null, 10)', :w1)]) call;
select is((select status || ' ' || result from hook.own_attempts(:'s1', :w1, null, 1)), '200 ok', 'the log of attempts');
select hook.own_add(:'s2', 'busbar', 'https://z.example/x', null, '{reads.arrived}', '\x01') as w4 \gset
select is(t.prove(:w4), 'CHALLENGE', 'who makes one has to prove it');
select hook.own_change(:'s2', :w4, 'https://y.example/', null, null);
select is(t.hstate(:w4), 'UNPROVEN', 'another address too');
select t.prove(:w4);
select delivery.account_close('csp2', 'test');
select t.reads('{2026-06-17}', :'e3');
select t.page(), t.tell(true);	-- the other one
select is(t.page(), 'nothing', 'to an account that is closed nothing goes');

-- who asks instead of being told
create function t.asks(shown bytea, cursor text, most int4) returns text language sql as $$
	select string_agg(coalesce(e.kind || coalesce(' ' || right(e.esiid, 1), ''), 'at ' || e.seq || coalesce('.' || right(e.esiid, 1), '')
		|| case when e.more then ' more' else '' end), ', ') from hook.own_events(shown, cursor, most) e
$$;
select is(t.asks(:'s1', '7', 2), 'reads.arrived 1, reads.arrived 3, at 7.3 more', 'the log can be read too, by the rights of now');
select is(t.asks(:'s1', '7.' || :'e3', 1), 'agreement.changed 2, at 9 more', 'from behind the last premise of a load');
select is(t.asks(:'s1', '0', 1000) like '%status.changed%', true, 'all that is kept');
select throws_ok($$ select * from hook.own_events('x', '0', 1) $$, 'BB007', null, 'by who may');

-- rotation
select hook.rotate(:w1, '\x02', false, 'test') > ops.now() as later \gset
select is(:'later'::bool, true, 'a new secret is alone after a day');
select t.reads('{2026-06-18}', :'e1');
select is((select secret::text || ' ' || secret_next::text from hook.take('w', 60)), '\x01 \x02', 'until then both sign');
update hook.endpoint set token = null where endpoint = :w1;
select t.at('2026-07-06 00:00');
select is((select secret::text || ' ' || coalesce(secret_next::text, 'none') from hook.take('w', 60)), '\x02 none', 'then the new one');

-- leases
update hook.endpoint set lease_until = clock_timestamp() - interval '1 s' where endpoint = :w1;
select is((select endpoint from hook.take('v', 60)), :w1::int8, 'who dies loses it');
select is(hook.start('v'), 1, 'who starts again has its own back at once');
select is((select endpoint from hook.take('v', 60)), :w1::int8, 'and takes it');

-- programs
insert into oauth.client (csp, client_id, name, redirect_uris, scopes, notify_uri)
values (:csp1, 'client-1', 'One', '{https://a.example/}', '{FB=4}', 'https://n.example/notify') returning client \gset
select is((select kind || ' ' || url || ' ' || state from hook.endpoint where client = :client), 'BATCHLIST https://n.example/notify UNPROVEN',
	'a program''s notify_uri is an endpoint');
select t.prove(0);
insert into oauth.grant (client, agreement, scope, made_at, changed_at) values (:client, :a3, 'FB=4', ops.now(), ops.now()) returning subscription \gset
select t.reads('{2026-06-19}', :'e1', :'e3');
select is((select string_agg(distinct p.paths, '') from hook.take('w', 60) k cross join lateral hook.page(k.endpoint, k.token, 10) p
	where p.id is not null), '/DataCustodian/espi/1_1/resource/Batch/Subscription/' || :'subscription', 'it gets the address of what it may fetch');
update oauth.client set notify_uri = null where client = :client;
select is((select state from hook.endpoint where client = :client), 'ENDED', 'without one it ends');
select is((select string_agg(name || ': ' || found, '; ') from ops.check_hooks() where not ok), null, 'the invariants hold');
update hook.party set seq = seq + 1 where party = :csp1;
update hook.endpoint set seq = 4711 where endpoint = :w1;
select is((select count(*) from ops.check_hooks() where not ok), 2::int8, 'what does not is found');
select * from finish();
rollback;
