-- Statements of busbar-apid for /v1 beside reads: most give the answer's body as it is.

--! v1_token_make(shown, made, label, words, days) one
select token, expires_at from api.token_make($1::bytea, $2::bytea, $3::text, $4::text[], $5::int4);

--! v1_tokens(shown) one
select api.tokens($1::bytea) as body;

--! v1_token_end(shown, token) exec
select api.token_end($1::bytea, $2::int8);

--! v1_limits(shown) one
select api.limits($1::bytea) as body;

--! v1_box(shown) one
select api.box($1::bytea) as body;

--! v1_box_files(shown, folder, after, most) one
select api.box_files($1::bytea, $2::text, $3::text, $4::int4) as body;

--! v1_subscriptions(shown) one
select api.subscriptions($1::bytea) as body;

--! v1_subscription(shown, subscription) one
select api.subscription($1::bytea, $2::int8) as body;

--! v1_subscription_add(shown, label, esiids, kinds, format, packing, schedule, at, weekday, month_day, zone, lag_days, every_min, history_months, folder, openpgp) one
select subscription as number, body
from api.subscription_add($1::bytea, $2::text, nullif($3::text[], '{}'), nullif($4::text[], '{}'), $5::text, $6::text,
	$7::text, $8::text, $9::text, $10::int4, $11::text, $12::int4, $13::int4, $14::int4, $15::text, $16::text);

-- event: pause, resume, end.
--! v1_subscription_move(shown, subscription, event) one
select api.subscription_move($1::bytea, $2::int8, $3::text) as body;

--! v1_drops(shown, subscription, state, before, most) one
select api.drops($1::bytea, $2::int8, $3::text, $4::int8, $5::int4) as body;

--! v1_drop(shown, drop) one
select api.drop($1::bytea, $2::int8) as body;

--! v1_drop_build(shown, subscription, period) one
select "drop" as number, body from api.drop_build($1::bytea, $2::int8, $3::text);

--! v1_drop_replay(shown, drop) one
select "drop" as number, body from api.drop_replay($1::bytea, $2::int8);

--! v1_drop_cancel(shown, drop, words) one
select api.drop_cancel($1::bytea, $2::int8, $3::text) as body;

--! v1_files(shown, state, before, most) one
select api.files($1::bytea, $2::text, $3::int8, $4::int4) as body;

--! v1_file(shown, file) one
select api.file($1::bytea, $2::int8) as body;

--! v1_file_rejects(shown, file, after, most) one
select api.file_rejects($1::bytea, $2::int8, $3::int8, $4::int4) as body;

--! v1_consents(shown) one
select api.consents($1::bytea) as body;

--! v1_consent_end(shown, consent) one
select api.consent_end($1::bytea, $2::text) as body;

-- ---- for everybody ----

--! v1_status() one read
select api.status() as body;

--! v1_slo(days) one read
select api.slo($1::int4) as body;

--! v1_scoreboard(day, days) one read
select api.scoreboard($1::date, $2::int4) as body;

-- ---- by the clock ----

--! v1_oauth_purge() one
select oauth.purge() as gone;

-- Reports: sql/functions/report.sql.
--! v1_reports(shown, before, most) one
select report.of($1::bytea, $2::int8, $3::int4) as body;

--! v1_report(shown, made, format) one
select report.one($1::bytea, $2::int8, $3::text) as body;

--! v1_report_make(shown, report, from, to) one
select number, body from report.ask($1::bytea, $2::text, $3::date, $4::date);
