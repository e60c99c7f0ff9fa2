-- Statements of busbar radar, hold, complaint, order, approval and of what suspends a CSP, as the operator's role.

--! radar_list() rows read
select detector, action, fires, threshold, unit, "least", window_s, scope, kinds, flag, hits_open, about
from radar.detectors();

-- Nulls: as it is.
--! radar_set(detector, action, threshold, least, window_s, actor) exec
select radar.detector_set($1::text, $2::text, $3::int4, $4::int4, $5::int8, $6::text);

--! radar_hits(csp, only_open, most) rows read
select hit, at, csp, detector, action, flag, found::text as found, threshold, unit, agreement, cleared_at,
	cleared_by, cleared_why
from radar.hits($1::int4, $2::bool, $3::int4);

-- Of a hit, or of all that held an agreement.
--! radar_evidence(hit, agreement) rows read
select hit, detector, found::text as found, threshold, unit, about, event, at, kind, csp, agreement, premises,
	source, mailbox, detail
from radar.evidence_of($1::int8, $2::int8);

--! radar_clear(hit, why, actor) exec
select radar.hit_clear($1::int8, $2::text, $3::text);

--! radar_tries(csp) rows read
select tries, limit_an_hour, again_at from radar.budget_left($1::int4);

--! hold_list(csp) rows read
select agreement as id, csp, held_at, kind, months, premises, reason, detectors from radar.holds($1::int4);

--! hold_decide(agreement, release, why, actor) rows
select $1::int8 as id, radar.hold_decide($1::int8, $2::bool, $3::text, $4::text) as state;

--! complaint_add(from, party, csp, agreement, flag, reference, evidence, sha256, actor) one
select radar.complaint_add($1::text, $2::int4, $3::int4, $4::int8, $5::text, $6::text, $7::text, $8::bytea,
	$9::text) as number;

--! complaint_list(csp) rows read
select complaint, at, "from", from_party, csp, agreement, flag, words, reference, evidence_name, evidence_sha256,
	state, decided_at, decided_by, decision
from radar.complaints($1::int4);

--! complaint_decide(complaint, uphold, suspend, why, actor) exec
select radar.complaint_decide($1::int8, $2::bool, $3::bool, $4::text, $5::text);

--! order_add(docket, csp, what, notice_on, tdus, evidence, sha256, actor) one
select radar.order_add($1::text, $2::int4, $3::text, $4::date, (select array_agg(coalesce(p.party, 0))
	from unnest($5::text[]) u (code) left join party.find(u.code) p on p.kind = 'TDU'), $6::text, $7::bytea,
	$8::text) as number;

--! order_list() rows read
select "order", docket, csp, what, notice_on, tdus, evidence_name, evidence_sha256, recorded_at, recorded_by,
	carried_out_at, carried_out_by, state
from radar.orders();

--! order_carry_out(order, actor) exec
select radar.order_carry_out($1::int8, $2::text);

--! approval_list(only_open) rows read
select approval, action, about, subject, reason, state, asked_by, asked_at, valid_until, decided_by, decided_at
from ops.approvals($1::bool);

--! approval_confirm(approval, actor) exec
select ops.approval_confirm($1::int8, $2::text);

--! approval_refuse(approval, actor) exec
select ops.approval_refuse($1::int8, $2::text);

--! csp_suspend(csp, reason, actor) one
select radar.csp_suspend($1::int4, $2::text, $3::text) as number;

--! csp_resume_ask(csp, reason, actor) one
select radar.csp_resume_ask($1::int4, $2::text, $3::text) as number;

--! csp_revoke(csp, reason, actor) exec
select radar.csp_revoke($1::int4, $2::text, $3::text);

--! csp_suspensions(csp) rows read
select suspension, csp, state, cause, reason, hit, complaint, commission_order, began_at, began_by, ended_at, ended_by
from radar.suspensions($1::int4);

-- After a read was refused, in a transaction of its own: who had a right to it once is noted.
--! read_refused(csp, esiid, door) exec
select radar.read_refused($1::int4, $2::text, null, $3::text);
