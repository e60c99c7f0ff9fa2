-- Statements of the desks: what operators and regulators see (sql/functions/portal_desk*.sql, portal_regulator.sql), and
-- what they do. key: which one, or a filter; before: where a list goes on; words: those of the form.

--! desk_waits(shown, key, before) rows
select id, what, waiting
from portal.desk_waits($1::bytea, $2::text, $3::int8);

--! desk_health(shown, key, before) rows
select what, ok, says
from portal.desk_health($1::bytea, $2::text, $3::int8);

--! desk_announcements(shown, key, before) rows
select id, title, kind, state, begins_at, ends_at, made_by
from portal.desk_announcements($1::bytea, $2::text, $3::int8);

--! desk_announcement(shown, key, before) rows
select title, may, kind, state, begins_at, ends_at, title_en, body_en, title_es, body_es, made_by, ended_by
from portal.desk_announcement($1::bytea, $2::text, $3::int8);

--! act_announce(shown, key, words) one
select coalesce(portal.act_announce($1::bytea, $2::text, $3::text[]), '') as key;

--! act_announcement_end(shown, key, words) one
select coalesce(portal.act_announcement_end($1::bytea, $2::text, $3::text[]), '') as key;

--! act_look(shown, key, words) one
select coalesce(portal.act_look($1::bytea, $2::text, $3::text[]), '') as key;

--! desk_look(shown, key, before) rows
select reason, at, account, account_since, account_language, sign_ins
from portal.desk_look($1::bytea, $2::text, $3::int8);

--! desk_look_premises(shown, key, before) rows
select esiid, utility, class, state, rep, meter, since, account
from portal.desk_look_premises($1::bytea, $2::text, $3::int8);

--! desk_look_agreements(shown, key, before) rows
select id, csp, state, invited_at, ends_at, ended_at, reason
from portal.desk_look_agreements($1::bytea, $2::text, $3::int8);

--! desk_look_mails(shown, key, before) rows
select id, kind, state, queued_at, accepted_at, reply
from portal.desk_look_mails($1::bytea, $2::text, $3::int8);

--! desk_csps(shown, key, before) rows
select id, name, state, missing, queue, expires_at
from portal.desk_csps($1::bytea, $2::text, $3::int8);

--! desk_csp(shown, key, before) rows
select title, may, code, state, missing, queue, expires_at, requested_at, tax_id, duns, site, privacy_url,
	use_en, use_es, standing, capability, redirects, certificate, reviewed_by, approved_by, second_by,
	agreements
from portal.desk_csp($1::bytea, $2::text, $3::int8);

--! desk_csp_checks(shown, key, before) rows
select about, ok, found, at
from portal.desk_csp_checks($1::bytea, $2::text, $3::int8);

--! desk_csp_past(shown, key, before) rows
select at, what, by, says
from portal.desk_csp_past($1::bytea, $2::text, $3::int8);

--! act_csp_review(shown, key, words) one
select coalesce(portal.act_csp_review($1::bytea, $2::text, $3::text[]), '') as key;

--! act_csp_second(shown, key, words) one
select coalesce(portal.act_csp_second($1::bytea, $2::text, $3::text[]), '') as key;

--! act_csp_refuse(shown, key, words) one
select coalesce(portal.act_csp_refuse($1::bytea, $2::text, $3::text[]), '') as key;

--! act_csp_suspend(shown, key, words) one
select coalesce(portal.act_csp_suspend($1::bytea, $2::text, $3::text[]), '') as key;

--! act_csp_resume(shown, key, words) one
select coalesce(portal.act_csp_resume($1::bytea, $2::text, $3::text[]), '') as key;

--! act_csp_revoke(shown, key, words) one
select coalesce(portal.act_csp_revoke($1::bytea, $2::text, $3::text[]), '') as key;

--! desk_approvals(shown, key, before) rows
select id, action, about, reason, state, asked_by, asked_at, valid_until
from portal.desk_approvals($1::bytea, $2::text, $3::int8);

--! desk_approval(shown, key, before) rows
select title, may, action, about, detail, reason, state, asked_by, asked_at, valid_until, decided_by,
	decided_at
from portal.desk_approval($1::bytea, $2::text, $3::int8);

--! act_approval_confirm(shown, key, words) one
select coalesce(portal.act_approval_confirm($1::bytea, $2::text, $3::text[]), '') as key;

--! act_approval_refuse(shown, key, words) one
select coalesce(portal.act_approval_refuse($1::bytea, $2::text, $3::text[]), '') as key;

--! desk_holds(shown, key, before) rows
select id, csp, held_at, premises, reason, detectors
from portal.desk_holds($1::bytea, $2::text, $3::int8);

--! desk_hold(shown, key, before) rows
select may, csp, state, held_at, kind, months, premises, why, detectors
from portal.desk_hold($1::bytea, $2::text, $3::int8);

--! desk_hold_evidence(shown, key, before) rows
select at, detector, kind, premises, source, mailbox, detail
from portal.desk_hold_evidence($1::bytea, $2::text, $3::int8);

--! act_hold_release(shown, key, words) one
select coalesce(portal.act_hold_release($1::bytea, $2::text, $3::text[]), '') as key;

--! act_hold_refuse(shown, key, words) one
select coalesce(portal.act_hold_refuse($1::bytea, $2::text, $3::text[]), '') as key;

--! desk_flags(shown, key, before) rows
select id, at, csp, detector, found, action, flag, state
from portal.desk_flags($1::bytea, $2::text, $3::int8);

--! desk_flag(shown, key, before) rows
select title, may, csp, about, at, found, action, flag, flag_says, state, cleared_at, cleared_by, cleared_why
from portal.desk_flag($1::bytea, $2::text, $3::int8);

--! desk_flag_evidence(shown, key, before) rows
select at, kind, premises, source, mailbox, detail
from portal.desk_flag_evidence($1::bytea, $2::text, $3::int8);

--! act_flag_clear(shown, key, words) one
select coalesce(portal.act_flag_clear($1::bytea, $2::text, $3::text[]), '') as key;

--! desk_complaints(shown, key, before) rows
select id, at, csp, whose, flag, reference, state
from portal.desk_complaints($1::bytea, $2::text, $3::int8);

--! desk_complaint(shown, key, before) rows
select may, at, csp, whose, from_party, flag, flag_says, reference, agreement, evidence, evidence_sha256,
	state, decided_at, decided_by, decision
from portal.desk_complaint($1::bytea, $2::text, $3::int8);

--! act_complain(shown, key, words) one
select coalesce(portal.act_complain($1::bytea, $2::text, $3::text[]), '') as key;

--! act_complaint_dismiss(shown, key, words) one
select coalesce(portal.act_complaint_dismiss($1::bytea, $2::text, $3::text[]), '') as key;

--! act_complaint_uphold(shown, key, words) one
select coalesce(portal.act_complaint_uphold($1::bytea, $2::text, $3::text[]), '') as key;

--! act_complaint_suspend(shown, key, words) one
select coalesce(portal.act_complaint_suspend($1::bytea, $2::text, $3::text[]), '') as key;

--! desk_orders(shown, key, before) rows
select id, docket, csp, what, notice_on, utilities, recorded_by, state
from portal.desk_orders($1::bytea, $2::text, $3::int8);

--! desk_order(shown, key, before) rows
select title, may, csp, what, notice_on, utilities, evidence, evidence_sha256, recorded_at, recorded_by,
	state, carried_out_at, carried_out_by, csp_state
from portal.desk_order($1::bytea, $2::text, $3::int8);

--! act_order_carry(shown, key, words) one
select coalesce(portal.act_order_carry($1::bytea, $2::text, $3::text[]), '') as key;

--! desk_mails(shown, key, before) rows
select id, kind, csp, state, attempts, queued_at, due_at, reply
from portal.desk_mails($1::bytea, $2::text, $3::int8);

--! desk_mail(shown, key, before) rows
select title, may, kind, csp, agreement, language, mailbox, state, attempts, queued_at, due_at, give_up_at,
	accepted_at, bounced_at, reply, suppressed
from portal.desk_mail($1::bytea, $2::text, $3::int8);

--! act_mail_again(shown, key, words) one
select coalesce(portal.act_mail_again($1::bytea, $2::text, $3::text[]), '') as key;

--! desk_jobs(shown, key, before) rows
select id, what, party, says, since, state
from portal.desk_jobs($1::bytea, $2::text, $3::int8);

--! desk_job(shown, key, before) rows
select may, what, party, says, since, state
from portal.desk_job($1::bytea, $2::text, $3::int8);

--! act_job_again(shown, key, words) one
select coalesce(portal.act_job_again($1::bytea, $2::text, $3::text[]), '') as key;

--! act_job_cancel(shown, key, words) one
select coalesce(portal.act_job_cancel($1::bytea, $2::text, $3::text[]), '') as key;

--! act_job_release(shown, key, words) one
select coalesce(portal.act_job_release($1::bytea, $2::text, $3::text[]), '') as key;

--! act_job_discard(shown, key, words) one
select coalesce(portal.act_job_discard($1::bytea, $2::text, $3::text[]), '') as key;

--! desk_parties(shown, key, before) rows
select id, name, kind, says, state, people, accounts
from portal.desk_parties($1::bytea, $2::text, $3::int8);

--! desk_party(shown, key, before) rows
select title, may, kind, code, duns, certificate, zone, state, people, subscriptions, last_login
from portal.desk_party($1::bytea, $2::text, $3::int8);

--! desk_party_accounts(shown, key, before) rows
select login, whose, state, credentials, last_login
from portal.desk_party_accounts($1::bytea, $2::text, $3::int8);

--! act_party(shown, key, words) one
select coalesce(portal.act_party($1::bytea, $2::text, $3::text[]), '') as key;

--! act_party_person(shown, key, words) one
select coalesce(portal.act_party_person($1::bytea, $2::text, $3::text[]), '') as key;

--! act_party_box(shown, key, words) one
select coalesce(portal.act_party_box($1::bytea, $2::text, $3::text[]), '') as key;

--! desk_limits(shown, key, before) rows
select id, about, most, window_s, own
from portal.desk_limits($1::bytea, $2::text, $3::int8);

--! desk_limits_own(shown, key, before) rows
select party, class, most
from portal.desk_limits_own($1::bytea, $2::text, $3::int8);

--! desk_limits_used(shown, key, before) rows
select party, class, taken, most
from portal.desk_limits_used($1::bytea, $2::text, $3::int8);

--! act_limit(shown, key, words) one
select coalesce(portal.act_limit($1::bytea, $2::text, $3::text[]), '') as key;

--! desk_thresholds(shown, key, before) rows
select id, about, fires, threshold, unit, action, flag, standing
from portal.desk_thresholds($1::bytea, $2::text, $3::int8);

--! desk_threshold(shown, key, before) rows
select title, may, about, fires, threshold, unit, "least", window_h, scope, kinds, action, flag, standing
from portal.desk_threshold($1::bytea, $2::text, $3::int8);

--! act_threshold(shown, key, words) one
select coalesce(portal.act_threshold($1::bytea, $2::text, $3::text[]), '') as key;

--! desk_settings(shown, key, before) rows
select id, about, value
from portal.desk_settings($1::bytea, $2::text, $3::int8);

--! desk_setting(shown, key, before) rows
select title, may, about, value, allowed
from portal.desk_setting($1::bytea, $2::text, $3::int8);

--! desk_setting_past(shown, key, before) rows
select at, by, says
from portal.desk_setting_past($1::bytea, $2::text, $3::int8);

--! act_setting(shown, key, words) one
select coalesce(portal.act_setting($1::bytea, $2::text, $3::text[]), '') as key;

--! desk_watch(shown, key, before) rows
select id, what, n
from portal.desk_watch($1::bytea, $2::text, $3::int8);

--! desk_scoreboard(shown, key, before) rows
select day, utility, due, received, complete, estimated, missing, late, changed
from portal.desk_scoreboard($1::bytea, $2::text, $3::int8);

--! desk_yesterday(shown, key, before) rows
select utility, due, received, complete, estimated, missing, late, changed
from portal.desk_yesterday($1::bytea, $2::text, $3::int8);

--! desk_companies(shown, key, before) rows
select id, name, state, since, shares, flags, complaints
from portal.desk_companies($1::bytea, $2::text, $3::int8);

--! desk_company(shown, key, before) rows
select title, may, code, state, since, requested_at, tax_id, site, privacy_url, use_en, standing,
	reviewed_by, approved_by, second_by, shares
from portal.desk_company($1::bytea, $2::text, $3::int8);

--! desk_company_suspensions(shown, key, before) rows
select began_at, cause, reason, began_by, ended_at, ended_by
from portal.desk_company_suspensions($1::bytea, $2::text, $3::int8);

--! desk_outcomes(shown, key, before) rows
select csp, invited, waiting, affirmed, declined, reported, lapsed, undeliverable, withdrawn,
	ended_by_customer, tries, tries_failed, addresses, flags, reads
from portal.desk_outcomes($1::bytea, $2::text, $3::int8);

--! desk_audit(shown, key, before) rows
select id, at, kind, actor, party, premise, says
from portal.desk_audit($1::bytea, $2::text, $3::int8);

--! desk_event(shown, key, before) rows
select title, at, kind, actor, party, premise, detail, entry, signed
from portal.desk_event($1::bytea, $2::text, $3::int8);

--! desk_event_proof(shown, key, before) rows
select id, what
from portal.desk_event_proof($1::bytea, $2::text, $3::int8);

--! desk_tree(shown, key, before) rows
select origin, size, signed_size, signed_at, signer
from portal.desk_tree($1::bytea, $2::text, $3::int8);

--! act_order(shown, key, words) one
select coalesce(portal.act_order($1::bytea, $2::text, $3::text[]), '') as key;

--! desk_csp_chain(shown, key) one read
select portal.csp_chain($1::bytea, $2::text) as chain;

--! desk_csp_approve(shown, key, leaf, secret, registration) one
select client_id, login from portal.act_csp_approve($1::bytea, $2::text, $3::bytea, $4::bytea, $5::bytea);

--! portal_announcements() rows read
select kind, at, until, title_en, title_es, body_en, body_es from portal.announcements();
--! desk_cases(shown, key, before) rows
select id, number, premises, from_day, to_day, state, asked_by, ends_at
from portal.desk_cases($1::bytea, $2::text, $3::int8);
--! desk_case(shown, key, before) rows
select title as number, coalesce(may, '') as may, state, reason, from_day, to_day, whose, asked_at, asked_by, granted_at, granted_by, ends_at,
	ended_at, ended_by
from portal.desk_case($1::bytea, $2::text, $3::int8);
--! desk_case_premises(shown, key, before) rows
select id, esiid, utility, class, city from portal.desk_case_premises($1::bytea, $2::text, $3::int8);
--! desk_case_looks(shown, key, before) rows
select id, at, by, premise, from_day, to_day, door from portal.desk_case_looks($1::bytea, $2::text, $3::int8);
--! act_case(shown, key, words) one
select coalesce(portal.act_case($1::bytea, $2::text, $3::text[]), '') as key;
--! act_case_end(shown, key, words) one
select coalesce(portal.act_case_end($1::bytea, $2::text, $3::text[]), '') as key;
--! case_place(shown, key, esiid) one
select esiid, zone, utility, number, from_day, to_day, newest from portal.case_place($1::bytea, $2::text, $3::text);

-- ---- reports ----

--! desk_reports(shown, key, before) rows
select id, report, from_day, to_day, party, made_at, made_by
from portal.desk_reports($1::bytea, $2::text, $3::int8);

--! desk_report(shown, key, before) rows
select report, from_day, to_day, party, made_at, made_by, snapshot, entries, sha256, event
from portal.desk_report($1::bytea, $2::text, $3::int8);

--! desk_report_forms(shown, key, before) rows
select id, what from portal.desk_report_forms($1::bytea, $2::text, $3::int8);

--! act_report(shown, key, words) one
select portal.act_report($1::bytea, $2::text, $3::text[]) as key;

--! report_page(shown, report) one
select body, style from portal.report_page($1::bytea, $2::int8);
