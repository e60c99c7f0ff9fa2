-- The operator's desk of the watch over abuse: busbar radar, hold, complaint, order, approval, csp suspend.
grant usage on schema radar to busbar_operator;

grant execute on function
	radar.detectors(), radar.detector_set(text, text, int4, int4, int8, text),
	radar.hits(int4, bool, int4), radar.evidence_of(int8, int8), radar.hit_clear(int8, text, text),
	radar.budget_left(int4), radar.own_domain_add(int4, bytea, text), radar.read_refused(int4, text, inet, text),
	radar.holds(int4), radar.hold_decide(int8, bool, text, text),
	radar.complaint_add(text, int4, int4, int8, text, text, text, bytea, text), radar.complaints(int4),
	radar.complaint_decide(int8, bool, bool, text, text),
	radar.order_add(text, int4, text, date, int4[], text, bytea, text), radar.orders(),
	radar.order_carry_out(int8, text),
	ops.approvals(bool), ops.approval_confirm(int8, text), ops.approval_refuse(int8, text),
	radar.csp_suspend(int4, text, text), radar.csp_resume_ask(int4, text, text),
	radar.csp_revoke(int4, text, text), radar.suspensions(int4)
	to busbar_operator;
