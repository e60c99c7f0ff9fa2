-- What is kept for how long: each thing that ops.retention removes has its step; what is over goes, what is not stays; it
-- is on record; nobody keeps it for less than is allowed.
begin;
\ir lib/fixture.psql
select plan(26);

select is((select string_agg(thing, ' ' order by thing) from ops.retention r where r.removed_by = 'retention'
	and coalesce(ops.retention_doors(r.thing, '-infinity', 10), ops.retention_work(r.thing, '-infinity', 10)) is null),
	null, 'each thing that is to be removed has its step');
select is(ops.retention_doors('none', now(), 1), null, 'and nothing else');
select is((select count(*)::int from ops.retention r where r.removed_by = 'never' and r.thing in
	('audit.event', 'agreement.agreement', 'reads.release', 'ledger.file')), 4, 'what proves is kept for ever');
select is((select count(*)::int from ops.retention_list() where removed_by <> 'never' and keep_days is null), 0,
	'the rest has a time');

-- how long
select throws_ok($$ select ops.retention_set('audit.event', 4000) $$, 'BB002', 'audit.event is kept for ever', 'not to be changed');
select throws_ok($$ select ops.retention_set('reads.day', 4000) $$, 'BB002', null, 'a setting of its own');
select throws_ok($$ select ops.retention_set('nothing.there', 400) $$, 'BB001', null, 'unknown');
select throws_ok($$ select ops.retention_set('ledger.bytes', 729) $$, 'BB003',
	'ledger.bytes is kept for 729 days, expected from 730 to 36500', 'not for less than is allowed');
select ops.retention_set('ledger.bytes', 730);
select is((select keep_days from ops.retention_list() where thing = 'ledger.bytes'), 730, 'for as long as is allowed');
select is((select detail - 'thing' from audit.event where kind = 'retention.changed'),
	'{"was": 2557, "days": 730}', 'and on record');

-- nothing is over
select is((select count(*)::int from ops.retention_step()), 0, 'of a new hub nothing goes');
select is((select times::int from ops.done where what = 'retention'), 1, 'and it is known that somebody looked');
select is((select count(*)::int from audit.event where kind = 'retention.purged'), 0, 'with no word about nothing');

-- what is over and what is not
select file as old from ledger.receive(:oncor, 'old', sha256('old'), 10, 'spool', 'x') \gset
select file as new from ledger.receive(:oncor, 'new', sha256('new'), 10, 'spool', 'x') \gset
select file as held from ledger.receive(:oncor, 'held', sha256('held'), 10, 'spool', 'x') \gset
update ledger.file set received_at = now() - interval '731 days', state = 'REFUSED' where file = :old;
update ledger.file set received_at = now() - interval '729 days', state = 'REFUSED' where file = :new;
update ledger.file set received_at = now() - interval '3 years', state = 'HELD' where file = :held;
insert into ledger.reject (file, line, col, rule, severity)
select f, n, 0, 'x', 'reject' from unnest(array[:old, :new, :held]::int8[]) f, generate_series(1, 3) n;
insert into mail.outbox (kind, language, recipient_index, state, queued_at, due_at, give_up_at)
select 'receipt', 'EN', decode(repeat('00', 16), 'hex'), state, now() - age, now(), now()
from (values ('SENT', interval '800 days'), ('SENT', '700 days'), ('QUEUED', '800 days')) v (state, age);
create temporary table gone as select 1 as step, '' as thing, 0::int8 as n limit 0;
do $$
declare
	r record;
begin
	for i in 1..20 loop
		select * into r from ops.retention_step(2, 'tester');
		exit when not found;
		insert into gone values (i, r.thing, r.gone);
	end loop;
end $$;
select is((select string_agg(thing || ' ' || n, ', ' order by step) from gone),
	'ledger.bytes 1, ledger.reject 2, ledger.reject 1, mail.outbox 1', 'in steps, until nothing is left');
select is((select array_agg(file order by file) from ledger.reject where file in (:old, :new, :held)),
	array[:new, :new, :new, :held, :held, :held]::int8[], 'records of what is old go; a held file''s wait with it');
select is((select array_agg(state || ' ' || (now()::date - queued_at::date) order by queued_at desc, state) from mail.outbox),
	array['SENT 700', 'QUEUED 800'], 'mails that went long ago; never one that is to go');
select is((select count(*)::int from ledger.file where file = :old and bytes_gone_at is not null), 1, 'the file''s row stays');
select is((select array_agg(file order by file) from ledger.objects() where file in (:old, :new, :held)), array[:new, :held]::int8[],
	'its bytes are not asked for any more, and are swept');
select is((select repeated from ledger.receive(:oncor, 'old', sha256('old'), 10, 'spool', 'x')), true,
	'the same file again still is the same');
select is((select string_agg(detail ->> 'thing' || ' ' || (detail ->> 'rows'), ', ' order by event) from audit.event
	where kind = 'retention.purged' and actor = 'tester'),
	'ledger.bytes 1, ledger.reject 2, ledger.reject 1, mail.outbox 1', 'each step is on record');

-- by the hub's clock
update ops.setting set value = 'true' where name = 'clock.movable';
select ops.clock_advance('2 days', 'tester');
select is((select thing || ' ' || gone from ops.retention_step()), 'ledger.bytes 1', 'time is the hub''s');
select is((select count(*)::int from ops.dids() where what = 'retention' and age_s < 60), 1, 'when it was done last is told');
select is((select value from ops.gauges() where name = 'files_held'), 1::int8, 'what is held is counted for alarms');
select ok((select value from ops.gauges() where name = 'done_age_seconds' and of = 'retention') between 0 and 60,
	'and how long ago what was done');

-- each thing by itself: one that is over by a day, one that is not by a day, and one that is old but not over
select ops.clock_reset('tester');
update ops.setting set value = 'false' where name = 'clock.movable';
do $$ begin while exists (select from ops.retention_step()) loop end loop; end $$;
select ops.retention_set('oauth.consent', 9);
create function t.over(what text, was text) returns interval language sql as $$
	select case was when 'over' then '1 day' when 'not' then '-1 day' end::interval + r.keep_days * interval '1 day'
	from ops.retention r where r.thing = what
$$;
create function t.index(n text) returns bytea language sql as $$ select substr(sha256(n::bytea), 1, 16) $$;
select delivery.account_add('csp1', 'keeper') as box \gset
select delivery.credential_add('keeper', 'TOKEN', 'a', null, sha256('keeper'), null, 'test') as credential \gset
insert into oauth.client (csp, client_id, name, redirect_uris, scopes, notify_uri)
values (:csp1, 'keeper-app-1', 'App', '{https://x.example/}', '{FB=4_5;IntervalDuration=900}', 'https://x.example/n') returning client \gset
insert into party.holder (email_sealed, email_place, email_index, language, state, made_at, confirmed_at)
values ('s', 'p', t.index('h'), 'EN', 'CONFIRMED', now(), now()) returning holder \gset
select coalesce(max(event), 0) as seen from audit.event \gset
insert into delivery.session (account, credential, door, handle_sha256, opened_at, ended_at)
select :box, :credential, 'SFTP', sha256(n::bytea), '2020-01-01', now() - t.over('delivery.session', n)
from unnest('{over,not,open}'::text[]) n;
insert into delivery.guess (network, login, failures, last_at, until)
select '192.0.2.0/24', n, 1, now() - coalesce(t.over('delivery.guess', n), '9 days'), case n when 'waits' then now() + interval '1 hour' else now() - interval '1 hour' end
from unnest('{over,not,waits}'::text[]) n;
insert into portal.session (verifier, account, credential, holder, agent, until, ended_at)
select sha256(n::bytea), :box, :credential, :holder, n, now() + case n when 'ran-out' then -t.over('portal.session', 'over') else '1 day' end,
	now() - t.over('portal.session', n) from unnest('{over,not,ran-out,open}'::text[]) n;
insert into portal.look (at, by, reason, premises) select now() - t.over('portal.look', n), n, 'x', '{}' from unnest('{over,not}'::text[]) n;
insert into api.token (verifier, class, party, account, issued_at, label, ended_at, expires_at)
select sha256(n::bytea), 'PERSONAL', :csp1, :box, '2020-01-01', n, now() - t.over('api.token', n),
	case n when 'ran-out' then now() - t.over('api.token', 'over') when 'long' then now() + interval '10 years' end
from unnest('{over,not,ran-out,long,for-ever}'::text[]) n;
insert into api.once (party, client, key, what, body_sha256, begun_at)
select :csp1, 0, n, 'POST /x', sha256(''), now() - t.over('api.once', n) from unnest('{over,not}'::text[]) n;
insert into oauth.consent (verifier, client, redirect_uri, redirect_told, scope, language, until)
select sha256(n::bytea), :client, 'https://x.example/', true, n, 'EN', now() - t.over('oauth.consent', n) from unnest('{over,not}'::text[]) n;
insert into radar.event (at, kind, detail) select now() - t.over('radar.event', n), 'invited', jsonb_build_object('n', n)
from unnest('{over,not}'::text[]) n;
insert into party.claim (asked_at, premises, email_sealed, email_place, email_index, language, actor)
select now() - t.over('party.claim', n), '{}', 's', 'p', t.index('c'), 'EN', n from unnest('{over,not}'::text[]) n;
insert into portal.forgotten (asked_at, email_index) select now() - t.over('party.claim', n), t.index(n) from unnest('{over,not}'::text[]) n;
do $$ begin while exists (select from ops.retention_step()) loop end loop; end $$;
create temporary table named as select n, sha256(n::bytea) as sha from unnest('{over,not,open,long}'::text[]) n;
select is((select string_agg(x.thing || ': ' || x.names, ', ' order by x.thing) from (
	select 'api.once' as thing, string_agg(key, ' ' order by key) as names from api.once
	union all select 'api.token', string_agg(label, ' ' order by label) from api.token where account = :box
	union all select 'delivery.guess', string_agg(login, ' ' order by login) from delivery.guess
	union all select 'delivery.session', string_agg(n, ' ' order by n) from delivery.session join named on sha = handle_sha256
	union all select 'oauth.consent', string_agg(scope, ' ' order by scope) from oauth.consent
	union all select 'party.claim', string_agg(actor, ' ' order by actor) from party.claim
	union all select 'portal.forgotten', string_agg(n, ' ') from portal.forgotten join named on t.index(n) = email_index
	union all select 'portal.look', string_agg(by, ' ' order by by) from portal.look
	union all select 'portal.session', string_agg(agent, ' ' order by agent) from portal.session
	union all select 'radar.event', string_agg(detail ->> 'n', ' ') from radar.event where detail ? 'n') x),
	'api.once: not, api.token: for-ever long not, delivery.guess: not waits, delivery.session: not open, oauth.consent: not, '
	'party.claim: not, portal.forgotten: not, portal.look: not, portal.session: not open, radar.event: not',
	'of each thing goes what is over, and nothing else');
select is((select string_agg(detail ->> 'thing' || ' ' || (detail ->> 'rows'), ', ' order by event) from audit.event
	where kind = 'retention.purged' and event > :seen),
	'api.once 1, api.token 2, delivery.guess 1, delivery.session 1, oauth.consent 1, party.claim 1, portal.look 1, '
	'portal.session 2, radar.event 1', 'on record, each with how many');
select finish();
rollback;
