-- What third parties say of themselves, and whom the hub writes to.
begin;
\ir lib/fixture.psql
select plan(22);

select throws_ok($$ select party.csp_add('csp9', 'Nine') $$, 'BB002',
	'a third party of this hub is registered by steps (busbar csp register); csp add is for a demo or sandbox',
	'a hub whose clock stands still takes nobody without the steps');
update ops.setting set value = 'true' where name = 'clock.movable';

select results_eq(format('select code, name, state, site, privacy_url, use_en, use_es from party.csp_card(%s)', :csp1),
	$$ values ('csp1', 'Third Party One', 'ACTIVE', 'https://csp1.example/', 'https://csp1.example/privacy',
		'Shows you your energy use and how to lower it.', 'Le muestra su consumo de energía y cómo reducirlo.') $$,
	'one that csp add made has words that stand for any');
select party.csp_add('csp3', 'Third Party Three', 'tester', 'https://three.example', null, 'Lowers your bill.') as csp3 \gset
select results_eq(format('select site, privacy_url, use_en, use_es from party.csp_card(%s)', :csp3),
	$$ values ('https://three.example', 'https://three.example/privacy', 'Lowers your bill.', 'Lowers your bill.') $$,
	'or its own');

select throws_ok(format('select party.csp_add(%L, %L, %L, null, null, %L)', 'csp4', 'x', 'tester', bad), 'BB003',
	'the stated use has a link, an address or mark-up; expected plain words', 'no link in the words: ' || bad)
from unnest(array['See https://evil.example for more', 'Go to www.evil and sign in', 'Write to us@evil today',
	'Visit evil.com now please', 'Visit EVIL.ORG now please', 'Click <b>here</b> to go on', E'Two\nlines of text']) bad;
select throws_ok($$ select party.csp_add('csp4', 'x', 'tester', null, null, 'short') $$, 'BB003', null,
	'a use is said in ten characters at least');
select throws_ok(format('select party.csp_add(%L, %L, %L, %L)', 'csp4', 'x', 'tester', bad), 'BB003',
	'expected web addresses that begin with https:// and a host name', 'an address that is none: ' || bad)
from unnest(array['http://a.example/', 'https://user@a.example/', 'javascript:alert(1)', 'https://a.example/ x',
	'https://a.example/#top']) bad;
select is((select count(*) from party.party where code = 'csp4'), 0::int8, 'nothing is left of those that were refused');

select party.csp_contact_set(:csp1, 'business', '\x01', '\x02', substr(sha256('desk'), 1, 16), 'es', 'tester');
select party.csp_contact_set(:csp1, 'security', '\x03', '\x04', substr(sha256('alarm'), 1, 16), 'en', 'tester');
select results_eq(format('select role, email_sealed, email_place, language from party.csp_contacts(%s)', :csp1),
	$$ values ('BUSINESS', '\x01'::bytea, '\x02'::bytea, 'ES'), ('SECURITY', '\x03', '\x04', 'EN') $$,
	'contacts are kept sealed, by role');
select throws_ok(format('select party.csp_contact_set(%s, %L, %L, %L, %L)', :csp1, 'boss', '\x01', '\x02',
	substr(sha256('x'), 1, 16)), 'BB003', null, 'a role is one of three');
select party.csp_mail('csp-suspended', :csp1, null, '{}', null, 'SECURITY');
select party.csp_mail('affirmed', :csp1, null, '{}', null, 'TECHNICAL');
select results_eq($$ select kind, language, recipient_sealed from mail.outbox order by mail $$,
	$$ values ('csp-suspended', 'EN', '\x03'::bytea), ('affirmed', 'ES', '\x01') $$,
	'a mail goes to the contact of the role, else to the business contact, in its language');
select is(party.csp_mail('affirmed', :csp2), null, 'and nowhere when there is none');
select results_eq($$ select detail from audit.event where kind = 'csp.contact_set' order by event $$,
	$$ values ('{"role": "BUSINESS", "language": "ES"}'::jsonb), ('{"role": "SECURITY", "language": "EN"}') $$,
	'setting one is on record, without the mailbox');

select * from finish();
rollback;
