-- Who may do what, written down by hand: each role against each table, sequence, schema and function.
-- A right that is added must be added here too.
begin;
\ir lib/fixture.psql
select plan(51);

create temp table role as
select r.oid, r.rolname as name from pg_roles r
where r.rolname ~ '^busbar_' and r.rolname <> 'busbar_owner';
create temp table thing as
select n.oid, n.nspname as name from pg_namespace n
where n.nspname !~ '^(pg_|tap$|t$|information_schema$)';
grant select on role, thing to public;

select set_eq('select name from thing', array['agreement', 'api', 'audit', 'delivery', 'espi', 'hook', 'ledger', 'mail', 'oauth', 'odr', 'ops', 'portal',
	'party', 'premise', 'public', 'radar', 'reads', 'report', 'smt', 'stage', 'utility'], 'schemas');
select set_eq($$ select rolname, rolcanlogin, rolsuper or rolcreaterole or rolcreatedb or rolbypassrls
		or rolreplication or rolinherit from pg_roles where rolname like 'busbar%' and rolname <> 'busbar_owner' $$,
	$$ values ('busbar_ingestd'::name, true, false), ('busbar_operator', true, false),
		('busbar_migrate', true, false), ('busbar_ftpsd', true, false), ('busbar_sftp', true, false),
		('busbar_sftp_keys', true, false), ('busbar_apid', true, false),
		('busbar_dropd', true, false),
		('busbar_auditd', true, false),
		('busbar_agreementd', true, false),
		('busbar_bounce', true, false),
		('busbar_portald', true, false),
		('busbar_hookd', true, false)
		$$, 'roles log in and have no power of the cluster');
select results_eq('select rolcanlogin or rolsuper or rolcreaterole or rolbypassrls from pg_roles where rolname = ''busbar_owner''',
	array[false], 'nobody logs in as the owner');
select results_eq($$ select m.rolname from pg_auth_members a join pg_roles m on m.oid = a.member
	join pg_roles r on r.oid = a.roleid where r.rolname like 'busbar%' or m.rolname like 'busbar%' $$,
	array['busbar_migrate'::name], 'only busbar_migrate may become somebody else: the owner');

select set_eq($$ select r.name, n.name as what from role r, thing n where has_schema_privilege(r.oid, n.oid, 'USAGE') $$,
	$$ select 'busbar_ingestd'::name, unnest(array['ops', 'party', 'premise', 'reads', 'ledger', 'stage', 'agreement'])::name
	union all select 'busbar_operator', unnest(array['ops', 'audit', 'party', 'premise', 'reads', 'ledger', 'agreement',
		'delivery'])::name
	union all select 'busbar_operator', unnest(array['radar', 'odr']::name[])
	union all select 'busbar_operator', 'mail'
	union all select 'busbar_operator', 'oauth'
	union all select 'busbar_operator', 'api'
	union all select r, s from unnest(array['busbar_ftpsd', 'busbar_sftp', 'busbar_sftp_keys', 'busbar_apid']::name[]) r,
		unnest(array['ops', 'delivery']::name[]) s
	union all select 'busbar_apid', unnest(array['reads', 'api', 'oauth', 'espi', 'hook', 'odr']::name[])
	union all select 'busbar_apid', 'smt'
	union all select 'busbar_apid', 'portal'
	union all select 'busbar_apid', 'audit'
	union all select r, 'utility' from unnest(array['busbar_apid', 'busbar_portald']::name[]) r
	union all select 'busbar_operator', 'smt'
	union all select 'busbar_agreementd', 'smt'
	union all select 'busbar_portald', unnest(array['ops', 'agreement', 'mail', 'party', 'oauth', 'portal', 'api', 'reads', 'hook']::name[])
	union all select 'busbar_dropd', unnest(array['ops', 'delivery', 'reads', 'espi']::name[])
	union all select 'busbar_operator', 'espi'
	union all select 'busbar_auditd', unnest(array['ops', 'audit']::name[])
	union all select 'busbar_agreementd', unnest(array['ops', 'mail', 'agreement']::name[])
	union all select 'busbar_bounce', unnest(array['ops', 'mail']::name[])
	union all select 'busbar_hookd', unnest(array['ops', 'hook']::name[])
	union all select 'busbar_operator', 'hook'
	union all select r, 'report' from unnest(array['busbar_operator', 'busbar_apid', 'busbar_portald', 'busbar_dropd']::name[]) r
	$$,
	'schemas that a role may look into');
select is_empty($$ select r.name, n.name as what from role r, thing n where has_schema_privilege(r.oid, n.oid, 'CREATE') $$,
	'nobody but the owner makes anything');
select is_empty($$ select r.name from role r where has_database_privilege(r.oid, current_database(), 'CREATE, TEMPORARY') $$,
	'not even temporary tables');

-- tables: every right of every role on every one, partitions included
select reads.ensure_days(array[date '2025-01-01']);
create temp table relation as
select c.oid, n.name || '.' || c.relname as name, c.relkind as kind
from pg_class c join thing n on n.oid = c.relnamespace where c.relkind in ('r', 'p', 'v', 'm', 'S');
select cmp_ok((select count(*) from relation where kind <> 'S'), '>', 40::int8, 'there are tables to look at');
select set_eq($$ select r.name, t.name as what, p from role r, relation t,
		unnest(array['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER']) p
	where t.kind <> 'S' and has_table_privilege(r.oid, t.oid, p) $$,
	$$ select 'busbar_ingestd'::name, unnest(array['reads.day', 'reads.flag', 'ledger.reject', 'stage.premise',
		'stage.meter', 'stage.rep', 'stage.occupancy', 'stage.customer', 'stage.register',
		'stage.billing', 'stage.rate']), 'INSERT' $$,
	'the loader adds rows to eleven tables; no role has any other right on any table');
select is_empty($$ select r.name, t.name as what, p from role r, relation t,
		unnest(array['SELECT', 'INSERT', 'UPDATE', 'REFERENCES']) p
	where t.kind <> 'S' and has_any_column_privilege(r.oid, t.oid, p) and not has_table_privilege(r.oid, t.oid, p) $$,
	'nor on a column');
select is_empty($$ select r.name, t.name as what from role r, relation t where t.kind = 'S'
	and (has_sequence_privilege(r.oid, t.oid, 'USAGE') or has_sequence_privilege(r.oid, t.oid, 'SELECT')
	or has_sequence_privilege(r.oid, t.oid, 'UPDATE')) $$, 'nor on a sequence');

-- functions
create temp table may (who name, what text);
insert into may
select 'busbar_ingestd', unnest(array['ops.now', 'ops.today', 'ops.rules_of', 'ops.schema_number',
	'party.tdus', 'party.prefixes', 'ledger.receive', 'ledger.waiting', 'ledger.load_begin', 'ledger.last_load',
	'ledger.load_end', 'ledger.hold', 'ledger.refuse', 'premise.of_tdu', 'premise.of_load',
	'premise.ensure', 'premise.load_premise', 'premise.load_meter', 'premise.load_rep',
	'premise.load_occupancy', 'premise.load_customer', 'premise.load_rate', 'reads.load_register',
	'reads.load_billing', 'reads.shapes', 'reads.shape_of', 'reads.ensure_days', 'reads.days_due',
	'reads.earlier', 'reads.current', 'reads.history', 'reads.totals', 'reads.registers', 'reads.register_days',
	'reads.rollup_add', 'reads.reasons_add', 'agreement.sheets', 'agreement.sheet_invite', 'agreement.sheet_end', 'agreement.sheet_refuse'])
union all
select 'busbar_operator', unnest(array['ops.now', 'ops.today', 'ops.clock_show', 'ops.clock_advance',
	'ops.clock_reset', 'ops.setting_of', 'ops.setting_set', 'ops.rules_of', 'ops.rule_set',
	'ops.schema_number', 'ops.status', 'ops.check', 'ops.sealed_left', 'ops.sealed_take', 'ops.sealed_put', 'ops.key_note', 'audit.signer_next', 'audit.latest', 'audit.state', 'audit.keys',
	'audit.checkpoint_ask', 'audit.checkpoint_last', 'audit.checkpoints', 'audit.lines', 'audit.entry_of',
	'audit.subtrees', 'audit.receipts', 'audit.personal_erase', 'audit.witnesses', 'audit.witness_add', 'audit.witness_end', 'party.tdu_add',
	'party.rep_add', 'party.csp_add', 'party.csp_contact_set', 'party.csp_contacts', 'party.regulator_add', 'party.list',
	'party.csp_list', 'party.csp_show', 'party.csp_named', 'party.csp_request', 'party.csp_review', 'party.csp_refuse',
	'party.csp_approve', 'party.csp_second', 'party.csp_test', 'party.csp_live', 'party.link_about', 'party.confirm',
	'party.person_add', 'party.person_role', 'party.person_remove', 'party.persons', 'party.factor_lost', 'party.holder_request', 'party.holders', 'party.holder_login',
	'party.find', 'party.tdus', 'party.prefixes', 'ledger.receive', 'ledger.files', 'ledger.show', 'ledger.rejects',
	'ledger.objects', 'ledger.summary', 'ledger.release', 'ledger.discard', 'agreement.record',
	'agreement.move', 'agreement.list', 'agreement.show', 'agreement.funnel', 'agreement.withdraw',
	'agreement.terminate', 'agreement.renew_ask', 'agreement.invite', 'agreement.clock_trust', 'agreement.sheet_rows', 'reads.release_open', 'reads.release_rows',
	'reads.release_all_open', 'reads.release_all_rows',
	'reads.release_registers', 'reads.release_billings', 'reads.shapes', 'reads.may_read',
	'reads.completeness', 'reads.housekeep', 'reads.purge', 'reads.merge_month',
	'delivery.salt', 'delivery.account_add', 'delivery.account_set', 'delivery.account_close',
	'delivery.credential_add', 'delivery.credential_replace', 'delivery.credential_end', 'delivery.accounts', 'delivery.credentials',
	'delivery.sessions', 'delivery.sweep', 'delivery.subscription_add', 'delivery.subscription_move',
	'delivery.subscriptions', 'delivery.drop_build', 'delivery.drop_again', 'delivery.drop_cancel',
	'delivery.drops', 'delivery.drop_files', 'delivery.drop_bases', 'delivery.endpoint_add',
	'delivery.endpoint_pin', 'delivery.endpoint_challenge', 'delivery.endpoint_prove',
	'delivery.endpoint_end', 'delivery.subscription_endpoint', 'delivery.endpoints',
	'delivery.pushes', 'delivery.push_again', 'delivery.push_cancel', 'delivery.drop_pushed'])
union all
select 'busbar_operator', unnest(array['radar.detectors', 'radar.detector_set', 'radar.hits', 'radar.evidence_of',
	'radar.hit_clear', 'radar.budget_left', 'radar.own_domain_add', 'radar.read_refused', 'radar.holds',
	'radar.hold_decide', 'radar.complaint_add', 'radar.complaints', 'radar.complaint_decide', 'radar.order_add',
	'radar.orders', 'radar.order_carry_out', 'radar.csp_suspend', 'radar.csp_resume_ask', 'radar.csp_revoke',
	'radar.suspensions', 'ops.approvals', 'ops.approval_confirm', 'ops.approval_refuse'])
union all
select 'busbar_dropd', unnest(array['ops.schema_number', 'reads.shapes', 'delivery.schedule_due',
	'delivery.rights_check', 'delivery.sweep', 'delivery.build_start', 'delivery.build_take',
	'delivery.build_next_ms', 'delivery.build_beat', 'delivery.build_plan', 'delivery.build_marks',
	'delivery.build_page', 'delivery.build_changes', 'delivery.build_registers',
	'delivery.build_billings', 'delivery.build_end', 'delivery.build_fail',
	'delivery.push_start', 'delivery.push_take', 'delivery.push_lease', 'delivery.push_files',
	'delivery.push_moved', 'delivery.push_publish', 'delivery.push_sent', 'delivery.push_withdrawn',
	'delivery.push_failed', 'delivery.push_next_ms', 'delivery.push_untold', 'delivery.push_tell'])
union all
select 'busbar_auditd', unnest(array['ops.schema_number', 'audit.start', 'audit.sequence', 'audit.hashes',
	'audit.grow', 'audit.checkpoint_add', 'audit.subtrees', 'audit.receipts_waiting',
	'audit.receipt_sign', 'audit.personal_erase', 'audit.state'])
union all
select 'busbar_operator', unnest(array['ops.retention_list', 'ops.retention_set', 'ops.retention_step', 'ops.did', 'ops.dids', 'ops.gauges'])
union all
select 'busbar_auditd', 'ops.gauges'
union all
select 'busbar_operator', unnest(array['oauth.clients', 'oauth.client_add', 'oauth.client_state', 'oauth.client_secret',
	'oauth.client_grants'])
union all
select 'busbar_operator', unnest(array['mail.list', 'mail.show', 'mail.again', 'mail.suppressions', 'mail.opt_out', 'mail.opt_in'])
union all
select 'busbar_agreementd', unnest(array['ops.schema_number', 'ops.now', 'agreement.tick', 'agreement.next_due', 'mail.start', 'mail.claim', 'mail.links', 'mail.accepted',
	'mail.deferred', 'mail.refused', 'mail.released', 'mail.give_up', 'mail.next_ms'])
union all
select 'busbar_hookd', unnest(array['ops.schema_number', 'hook.start', 'hook.sequence', 'hook.tidy', 'hook.gauges',
	'hook.take', 'hook.page', 'hook.told', 'hook.released', 'hook.next_ms'])
union all
select 'busbar_operator', unnest(array['hook.endpoints', 'hook.attempts', 'hook.add', 'hook.change', 'hook.step', 'hook.test',
	'hook.rotate', 'hook.replay', 'hook.announce', 'hook.party_of'])
union all
select 'busbar_apid', unnest(array['hook.own_party', 'hook.own_list', 'hook.own_add', 'hook.own_change', 'hook.own_step',
	'hook.own_rotate', 'hook.own_replay', 'hook.own_attempts', 'hook.own_events'])
union all
select 'busbar_bounce', unnest(array['ops.schema_number', 'mail.bounced'])
union all
select 'busbar_portald', unnest(array['ops.schema_number', 'agreement.page', 'agreement.opened', 'agreement.code_try',
	'agreement.decide', 'agreement.renew_by_link', 'agreement.stop_ask', 'agreement.stop_by_link', 'agreement.not_me',
	'agreement.receipt_by_link', 'mail.opt_out_page', 'mail.opt_out_by_link',
	'party.link_about', 'party.confirm',
	'oauth.client_asks', 'oauth.client_portal', 'oauth.consent_begin', 'oauth.consent_page', 'oauth.consent_find',
	'oauth.consent_code', 'oauth.consent_again', 'oauth.consent_login', 'oauth.consent_deny', 'oauth.consent_grant'])
union all
select 'busbar_portald', unnest(array['portal.salt', 'portal.login', 'portal.sign_in', 'portal.me', 'portal.sign_out', 'portal.shares',
	'portal.share_end', 'portal.reads', 'portal.sessions', 'portal.session_end'])
union all
-- a customer's use
select 'busbar_portald', unnest(array['portal.places', 'portal.facts', 'portal.read_now', 'portal.reads_now', 'portal.device_state', 'portal.devices', 'portal.device_messages',
	'portal.device_join', 'portal.device_remove', 'api.release_open', 'api.release_rows', 'api.release_registers',
	'api.release_billings', 'api.release_prices', 'reads.shapes', 'reads.release_known'])
union all
-- with many premises
select 'busbar_portald', unnest(array['api.totals_open', 'api.total_groups', 'portal.premises', 'api.groups', 'api.group_make',
	'api.group_rename', 'api.group_remove', 'api.group_move', 'api.group_move_found', 'portal.access', 'portal.access_end', 'api.upload', 'api.uploads',
	'api.upload_rows'])
union all
select 'busbar_portald', unnest(array['portal.reps', 'portal.sign_up', 'portal.forgot', 'portal.link_salt', 'portal.choose_password',
	'portal.own_salt', 'portal.password_change', 'portal.factor_state', 'portal.factor_secret', 'portal.factor_begin',
	'portal.factor_set', 'portal.factor_end', 'portal.code', 'portal.people', 'portal.person_invite', 'portal.person_remind',
	'portal.person_set', 'portal.person_drop', 'portal.preferences', 'portal.preferences_set', 'portal.homes', 'portal.home_add',
	'portal.tokens', 'api.token_make', 'portal.token_end', 'portal.account_delete'])
union all
select 'busbar_portald', unnest(array['api.agreements', 'api.agreement', 'api.agreement_funnel', 'api.agreement_move', 'api.agreement_end',
	'api.invite', 'api.invited_before', 'portal.csp_home', 'portal.csp_clients', 'portal.csp_client_secret', 'portal.csp_client', 'portal.csp_client_add', 'portal.csp_client_set',
	'portal.terms_version', 'portal.csp_register', 'portal.csp_registration', 'portal.csp_checks',
	'portal.csp_certificate', 'portal.csp_test', 'portal.csp_live', 'portal.sandbox_premises', 'portal.sandbox_clock',
	'portal.sandbox_advance'])
union all
select 'busbar_portald', unnest(array['portal.box', 'portal.box_folders', 'portal.box_files', 'portal.box_credentials', 'portal.box_credential_add',
	'portal.box_credential_end', 'portal.box_networks', 'api.subscriptions', 'api.subscription_move', 'api.subscription_add',
	'api.drops', 'api.drop', 'api.drop_build', 'api.drop_replay', 'api.drop_cancel', 'api.limits', 'hook.own_party',
	'hook.own_list', 'hook.own_add', 'hook.own_step', 'hook.own_rotate', 'hook.own_replay', 'hook.own_attempts'])
union all
select 'busbar_portald', unnest(array['portal.tdu_home', 'portal.tdu_days', 'portal.tdu_absent', 'portal.tdu_streaks',
	'portal.tdu_corrections', 'portal.tdu_commands', 'api.files', 'api.file', 'api.file_rejects', 'portal.rep_home', 'portal.rep_customers'])
union all
select 'busbar_portald', unnest(array['api.status', 'api.slo', 'api.scoreboard', 'portal.companies'])
union all
-- who shows a client's name and secret
select 'busbar_apid', unnest(array['oauth.token_by_code', 'oauth.token_by_refresh', 'oauth.token_by_client', 'oauth.revoke',
	'oauth.introspect'])
union all
select 'busbar_ftpsd', unnest(array['delivery.salt', 'delivery.login', 'delivery.login_certificate'])
union all
-- the desks of operators and regulators
select 'busbar_portald', unnest(array['portal.desk_waits', 'portal.desk_health', 'portal.desk_announcements',
	'portal.desk_announcement', 'portal.act_announce', 'portal.act_announcement_end', 'portal.act_look',
	'portal.desk_look', 'portal.desk_look_premises', 'portal.desk_look_agreements', 'portal.desk_look_mails',
	'portal.desk_csps', 'portal.desk_csp', 'portal.desk_csp_checks', 'portal.desk_csp_past',
	'portal.act_csp_review', 'portal.act_csp_second', 'portal.act_csp_refuse', 'portal.act_csp_suspend',
	'portal.act_csp_resume', 'portal.act_csp_revoke', 'portal.desk_approvals', 'portal.desk_approval',
	'portal.act_approval_confirm', 'portal.act_approval_refuse', 'portal.desk_holds', 'portal.desk_hold',
	'portal.desk_hold_evidence', 'portal.act_hold_release', 'portal.act_hold_refuse', 'portal.desk_flags',
	'portal.desk_flag', 'portal.desk_flag_evidence', 'portal.act_flag_clear', 'portal.desk_complaints',
	'portal.desk_complaint', 'portal.act_complain', 'portal.act_complaint_dismiss', 'portal.act_complaint_uphold',
	'portal.act_complaint_suspend', 'portal.desk_orders', 'portal.desk_order', 'portal.act_order_carry',
	'portal.desk_mails', 'portal.desk_mail', 'portal.act_mail_again', 'portal.desk_jobs', 'portal.desk_job',
	'portal.act_job_again', 'portal.act_job_cancel', 'portal.act_job_release', 'portal.act_job_discard',
	'portal.desk_parties', 'portal.desk_party', 'portal.desk_party_accounts', 'portal.desk_limits',
	'portal.act_party', 'portal.act_party_person', 'portal.act_party_box',
	'portal.desk_limits_own', 'portal.desk_limits_used', 'portal.act_limit', 'portal.desk_thresholds',
	'portal.desk_threshold', 'portal.act_threshold', 'portal.desk_settings', 'portal.desk_setting',
	'portal.desk_setting_past', 'portal.act_setting', 'portal.desk_watch', 'portal.desk_scoreboard', 'portal.desk_yesterday',
	'portal.desk_companies', 'portal.desk_company', 'portal.desk_company_suspensions', 'portal.desk_outcomes',
	'portal.desk_audit', 'portal.desk_event', 'portal.desk_event_proof', 'portal.desk_tree', 'portal.act_order', 'portal.csp_chain',
	'portal.act_csp_approve', 'portal.announcements', 'portal.desk_cases', 'portal.desk_case',
	'portal.desk_case_premises', 'portal.desk_case_looks', 'portal.act_case', 'portal.act_case_end', 'portal.case_place'])
union all
select 'busbar_apid', 'portal.announcements'
union all
-- reports
select 'busbar_operator', unnest(array['report.print', 'report.kinds', 'report.list', 'report.probe_record', 'report.probes_last'])
union all
select 'busbar_apid', unnest(array['report.of', 'report.one', 'report.ask', 'report.requests_add'])
union all
select 'busbar_portald', unnest(array['portal.desk_reports', 'portal.desk_report', 'portal.desk_report_forms', 'portal.act_report', 'portal.report_page', 'report.requests_add'])
union all
select 'busbar_dropd', unnest(array['report.due', 'report.unplaced', 'report.place'])
union all
select 'busbar_sftp', 'delivery.open_once'
union all
select 'busbar_sftp_keys', unnest(array['ops.schema_number', 'delivery.key_handle'])
union all
select 'busbar_operator', unnest(array['espi.grant_offline', 'espi.custodian_token'])
union all
select r, 'espi.space' from unnest(array['busbar_apid', 'busbar_dropd', 'busbar_operator']) r
union all
select 'busbar_apid', unnest(array['espi.custodian', 'espi.bulk', 'espi.points', 'espi.open', 'espi.days', 'espi.bills', 'espi.prices',
	'espi.service_status', 'espi.authorizations', 'espi.revoke', 'espi.information',
	'espi.weight', 'espi.batch_ask', 'espi.batch_claim', 'espi.batch_end', 'espi.batch_fail', 'espi.customers', 'espi.statements', 'espi.trial_client'])
union all
select 'busbar_apid', unnest(array['api.who', 'reads.release_known', 'api.release_open', 'api.release_rows',
	'api.release_registers', 'api.release_billings', 'api.release_prices', 'api.freshness', 'api.premises', 'api.premise', 'api.changes',
	'api.agreements', 'api.agreement', 'api.agreement_receipt', 'api.agreement_funnel', 'api.agreement_move', 'api.agreement_end',
	'api.invite', 'api.invitation_file', 'api.invitation_rows', 'api.releases',
	'api.budget_take', 'api.budget_used', 'api.once_begin', 'api.once_end', 'reads.shapes', 'delivery.salt', 'delivery.login', 'delivery.login_token', 'delivery.login_certificate', 'delivery.login_portal', 'delivery.own_account',
	'delivery.own_credentials', 'delivery.own_credential_add', 'delivery.own_credential_end'])
union all
select 'busbar_apid', unnest(array['api.groups', 'api.totals_open', 'api.total_groups', 'api.total_premises', 'api.upload', 'api.upload_state', 'api.upload_rows', 'api.token_make', 'api.tokens', 'api.token_end', 'api.limits', 'api.box', 'api.box_files',
	'api.subscriptions', 'api.subscription', 'api.subscription_add', 'api.subscription_move', 'api.drops', 'api.drop',
	'api.drop_build', 'api.drop_replay', 'api.drop_cancel', 'api.files', 'api.file', 'api.file_rejects', 'api.consents',
	'api.consent_end', 'api.status', 'api.slo', 'api.scoreboard', 'oauth.purge'])
union all
select 'busbar_operator', unnest(array['api.rates', 'api.rate_set'])
union all
select 'busbar_apid', unnest(array['audit.checkpoint_public', 'audit.subtrees', 'audit.keys', 'audit.witnesses', 'audit.cosign',
	'audit.proof'])
union all
select 'busbar_apid', unnest(array['odr.ask', 'odr.asked', 'odr.devices', 'odr.take', 'odr.answer', 'odr.expire'])
union all
select 'busbar_operator', unnest(array['smt.account_set', 'odr.list', 'odr.han_list', 'odr.han_set'])
union all
select 'busbar_agreementd', 'smt.attachment'
union all
select 'busbar_apid', unnest(array['smt.token', 'smt.against', 'smt.is_duns', 'smt.premises', 'smt.meters', 'smt.mine', 'smt.agreement_add',
	'smt.agreements', 'smt.agreement_esiids', 'smt.agreement_end',
	'smt.report_add', 'smt.report_state', 'smt.report_open', 'smt.subscription_add', 'smt.subscriptions',
	'smt.subscription_end'])
union all
select 'busbar_apid', unnest(array['utility.authorizations', 'utility.authorization_change', 'utility.authorization_revoke',
	'utility.authorization_delete', 'utility.meters', 'utility.meter_change', 'utility.collect', 'utility.monitor',
	'utility.read_plan', 'utility.release_open', 'utility.events', 'utility.event_change', 'utility.forms', 'utility.form_add',
	'utility.form_change', 'utility.form_delete', 'utility.test_submit'])
union all
select 'busbar_portald', 'utility.share_begin'
union all
-- the box of the session whose handle the door has
select door, unnest(array['ops.schema_number', 'delivery.list', 'delivery.find', 'delivery.open', 'delivery.still',
	'delivery.put_begin', 'delivery.part_find', 'delivery.part_drop', 'delivery.put_end', 'delivery.remove',
	'delivery.rename', 'delivery.touch', 'delivery.moved', 'delivery.beat', 'delivery.session_end'])
from unnest(array['busbar_ftpsd', 'busbar_sftp', 'busbar_apid']) door;
select set_eq($$ select r.name, n.name || '.' || f.proname from role r, pg_proc f join thing n on n.oid = f.pronamespace
	where n.name <> 'public' and has_function_privilege(r.oid, f.oid, 'EXECUTE') $$, 'select who, what from may',
	'functions that a role may call: these and no others');
select is_empty($$ select n.name || '.' || f.proname from pg_proc f join thing n on n.oid = f.pronamespace
	where n.name <> 'public' group by 1 having count(*) > 1 $$, 'no function has two forms');

-- and what the catalog says is so
create function t.denied(who name) returns text language plpgsql as $$
declare
	thing record;
	open text := '';
begin
	for thing in select n.nspname || '.' || c.relname as name
		from pg_class c join pg_namespace n on n.oid = c.relnamespace
		where n.nspname !~ '^(pg_|tap$|t$|information_schema$|public$)' and c.relkind in ('r', 'p', 'v')
	loop
		begin
			execute format('select from %s', thing.name);
			open := open || ' ' || thing.name;
		exception when insufficient_privilege then null;
		end;
		begin
			execute format('delete from %s', thing.name);
			open := open || ' ' || thing.name;
		exception when insufficient_privilege
			or object_not_in_prerequisite_state then null;	-- a view of several tables: nobody can
		end;
	end loop;
	return open;
end $$;
grant execute on function t.denied(name) to public;
set session authorization busbar_ingestd;
select is(t.denied('busbar_ingestd'), '', 'the loader reads and removes nothing itself');
select throws_ok('insert into reads.day_20250101 values (1, now(), 8, ''2025-01-01'', 1, 1, 96, 0, 0, '''')',
	'42501', null, 'nor writes past the parent');
select throws_ok('insert into audit.event (kind, actor) values (''x.y'', ''x'')', '42501', null,
	'nor writes an audit event');
select throws_ok('select audit.record(''x.y'', ''x'', null, null, null)', '42501', null, 'not by the function');
select throws_ok('select * from reads.release_rows(1)', '42501', null, 'nor releases reads');
select throws_ok('select ops.clock_advance(''1 day'')', '42501', null, 'nor moves the clock');
select throws_ok('set role busbar_owner', '42501', null, 'nor becomes the owner');
select throws_ok('create temp table x (a int)', '42501', null, 'nor makes a table');
set session authorization busbar_operator;
select is(t.denied('busbar_operator'), '', 'the operator reads no table');
select throws_ok('select * from reads.current(''{8}'', ''{2025-01-01}'')', '42501', null,
	'nor reads without a release');
select throws_ok('select ledger.load_begin(1)', '42501', null, 'nor loads');
select throws_ok('select * from premise.of_tdu(1)', '42501', null, 'nor lists premises');
select throws_ok('set role busbar_owner', '42501', null, 'nor becomes the owner');
select throws_ok('select * from delivery.list(''x'', '''')', '42501', null, 'nor looks into boxes');
set session authorization busbar_ftpsd;
select is(t.denied('busbar_ftpsd'), '', 'no door reads a table: FTPS');
select throws_ok('select * from delivery.login_token(''x'', ''FTPS'', ''192.0.2.1'')', '42501', null,
	'nor takes what is for another door');
select throws_ok('select * from delivery.enter(1, '''', ''FTPS'', ''192.0.2.1'')', '42501', null,
	'nor opens a session without a proof');
set session authorization busbar_sftp;
select is(t.denied('busbar_sftp'), '', 'SFTP');
select throws_ok('select * from delivery.key_handle(''x'')', '42501', null,
	'who opens a session by a handle makes none');
set session authorization busbar_sftp_keys;
select is(t.denied('busbar_sftp_keys'), '', 'keys of SFTP');
select throws_ok('select * from delivery.open_once(''x'', '''')', '42501', null,
	'who makes handles opens no session');
set session authorization busbar_apid;
select is(t.denied('busbar_apid'), '', 'HTTPS');
select throws_ok('select delivery.credential_add(''x'', ''TOKEN'', ''x'', null, sha256(''x''))', '42501',
	null, 'a door adds no credential');
set session authorization busbar_dropd;
select is(t.denied('busbar_dropd'), '', 'who builds drops reads no table');
select throws_ok('select * from delivery.drop_make(null, ''x'', null, null, now(), false, ''x'')', '42501',
	null, 'nor makes one that is not due');
select throws_ok('select * from delivery.build_page(1, gen_random_uuid()::text, 0)', 'BB004', null,
	'nor reads for one that it does not hold');
select throws_ok('select * from delivery.list(''x'', '''')', '42501', null, 'nor looks into boxes');
set session authorization busbar_auditd;
select is(t.denied('busbar_auditd'), '', 'who signs the audit reads no table, not even the events');
select throws_ok('select audit.record(''x.y'', ''x'', null, null, null)', '42501', null, 'nor writes an event');
select throws_ok('select * from audit.lines(0, 1)', '42501', null, 'nor exports');
set session authorization busbar_agreementd;
select is(t.denied('busbar_agreementd'), '', 'who sends mails reads no table');
set session authorization busbar_hookd;
select is(t.denied('busbar_hookd'), '', 'who tells of events reads no table');
select throws_ok('select hook.record(''status.changed'', null, null, null, null)', '42501', null, 'nor makes one up');
select throws_ok('select * from hook.page(1, gen_random_uuid()::text, 1)', 'BB004', null, 'nor looks at what another holds');
set session authorization busbar_bounce;
select is(t.denied('busbar_bounce'), '', 'nor who takes bounces');
set session authorization busbar_portald;
select is(t.denied('busbar_portald'), '', 'who shows pages to people reads no table');
select throws_ok('select agreement.affirm(1, ''{}'', null)', '42501', null, 'nor affirms without a link');
set session authorization busbar_migrate;
select throws_ok('select from reads.day', '42501', null, 'who migrates has nothing until becoming the owner');
reset session authorization;

select * from finish();
rollback;
