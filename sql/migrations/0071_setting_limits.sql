-- What a setting may be, so that a slip of a finger does not drop what must be kept, and what was lowered can be
-- put back. Null: it is no whole number, and is not changed by people at a desk.
alter table ops.setting
	add column least int4,
	add column most int4,
	add check ((least is null) = (most is null) and least <= most);
update ops.setting s set least = v.least, most = v.most
from (values
	('audit.personal_keep_years', 1, 9999),
	('csp.certificate_weekdays', 1, 365),
	('csp.confirm_weekdays', 1, 365),
	('csp.live_days', 1, 730),
	('csp.terms_version', 1, 9999),
	('csp.test_days', 1, 730),
	('espi.keep_days', 1, 60),
	('espi.retry_s', 1, 3600),
	('espi.sync_days', 1, 10000000),
	('han.tdu_day_most', 1, 1000000),
	('hook.keep_days', 1, 365),
	('hook.notice_hours', 1, 72),
	('oauth.access_s', 60, 86400),
	('oauth.code_s', 10, 300),
	('oauth.consent_min', 5, 1440),
	('oauth.otp_day_most', 1, 100),
	('oauth.otp_hour_most', 1, 100),
	('oauth.otp_min', 1, 60),
	('oauth.refresh_days', 1, 1826),
	('oauth.refresh_grace_s', 1, 600),
	('odr.tdu_day_most', 1, 1000000),
	('portal.groups_most', 1, 1000),
	('portal.idle_min', 1, 480),
	('portal.invited_h', 1, 720),
	('portal.password_min', 5, 1440),
	('portal.session_h', 1, 24),
	('portal.sessions_days', 1, 730),
	('portal.sessions_most', 1, 100),
	('portal.ties_step', 1, 5000),
	('portal.upload_misses', 1, 10000),
	('portal.upload_rows', 1, 10000),
	('portal.uploads_day', 1, 100),
	('radar.tries_per_csp_an_hour', 1, 10000),
	('radar.tries_per_esiid_a_day', 1, 1000),
	('reads.keep_months', 24, 1200),	-- as long as is promised: ops.retention
	('reads.merge_after_days', 1, 9999),
	('scoreboard.least', 1, 1000),
	('tokens.personal_most', 1, 1000),
	('utility.trials_day', 1, 100000)
) v (name, least, most)
where s.name = v.name;
