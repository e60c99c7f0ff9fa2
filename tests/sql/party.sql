begin;
\ir lib/fixture.psql
select plan(26);

select results_eq($$ select code from party.list() order by code collate "C" $$,
	array['centerpoint', 'csp1', 'csp2', 'oncor', 'operator', 'rep1', 'rep2'], 'all parties are listed');
select results_eq($$ select code from party.list('tdu') $$, array['centerpoint', 'oncor'],
	'parties of one kind are listed, the kind in any case');
select results_eq($$ select party, kind, zone from party.find('ONCOR') $$,
	format($$ values (%s, 'TDU', 'America/Chicago') $$, :oncor), 'a code is found in any case');
select is_empty($$ select * from party.find('nobody') $$, 'no row for a code that nobody has');
select results_eq($$ select prefixes, duns, late_after_s from party.tdus() where code = 'oncor' $$,
	$$ values ('1017699/17,1044372/17', '1039940674000', 47 * 3600) $$,
	'a utility has its prefixes, DUNS and the hour after which reads are late');
select results_eq('select prefix, length::int4, tdu from party.prefixes()',
	format('values (1008901, 22, %s), (1017699, 17, %s), (1044372, 17, %s)', :centerpoint, :oncor,
		:oncor), 'prefixes name their utility');
select is((select duns from party.list('REP') where code = 'rep1'), '123456789', 'DUNS of a REP');
select is(party.tdu_add('tnmp', 'TNMP', 'America/Chicago', array['007929441'], array[1040051],
	array[17]) > 0, true, 'a utility is added');
select is((select duns from party.list('TDU') where code = 'tnmp'), '007929441',
	'DUNS keep their leading zeros');

select throws_ok($$ select party.tdu_add('oncor', 'x', 'America/Chicago', '{}', '{}', '{}') $$,
	'BB005', 'there is a party "oncor" already', 'a code is given once');
select throws_ok($$ select party.tdu_add('a b', 'x', 'America/Chicago', '{}', '{}', '{}') $$,
	'BB003', 'party "a b" named "x", expected a code of letters, digits and hyphens and a name of 1 to 200 characters',
	'a code has no blanks');
select throws_ok($$ select party.tdu_add('new', '', 'America/Chicago', '{}', '{}', '{}') $$,
	'BB003', null, 'a name is not empty');
select throws_ok($$ select party.tdu_add('new', 'x', 'Texas', '{}', '{}', '{}') $$,
	'BB003', 'zone is "Texas", expected one like America/Chicago', 'a zone is known');
select throws_ok($$ select party.tdu_add('new', 'x', 'America/Chicago', '{12345}', '{}', '{}') $$,
	'BB003', null, 'DUNS have 9 or 13 digits');
select throws_ok($$ select party.tdu_add('new', 'x', 'America/Chicago', '{}', '{1044372}', '{17}') $$,
	'BB005', 'a DUNS number or a prefix belongs to another utility already',
	'a prefix has one owner');
select throws_ok($$ select party.tdu_add('new', 'x', 'America/Chicago', '{}', '{1044399}', '{18}') $$,
	'BB003', null, 'ESI IDs have 17 or 22 digits');
select throws_ok($$ select party.tdu_add('new', 'x', 'America/Chicago', '{}', '{1044399}', '{}') $$,
	'BB003', 'expected one length for each prefix', 'each prefix has a length');
select throws_ok($$ select party.rep_add('rep3', 'x', '10001', null) $$,
	'BB005', 'the certificate or the DUNS number belongs to another REP already',
	'a certificate is given once');
select throws_ok($$ select party.rep_add('rep3', 'x', '1001', null) $$,
	'BB003', null, 'a certificate has five digits');

select is(party.csp_move(:csp1, 'suspend'), 'SUSPENDED', 'an active CSP can be suspended');
select is(party.csp_move(:csp1, 'resume'), 'ACTIVE', 'and resumed');
select throws_ok(format('select party.csp_move(%s, %L)', :csp1, 'resume'), 'BB004',
	'"resume" is not possible for a CSP that is ACTIVE', 'what is not in the table is refused');
select is(party.csp_move(:csp1, 'revoke'), 'REVOKED', 'and revoked');
select throws_ok(format('select party.csp_move(%s, %L)', :csp1, 'suspend'), 'BB004', null,
	'a revoked CSP stays revoked');
select throws_ok('select party.csp_move(0, ''suspend'')', 'BB001', 'there is no such CSP',
	'an unknown CSP');
select is((select string_agg(detail->>'state', ' ' order by event) from audit.event
	where kind = 'csp.moved' and party = :csp1), 'SUSPENDED ACTIVE REVOKED',
	'each step has its audit event');

select * from finish();
rollback;
