-- Statements of busbar-portald for organisations that have a box. shown: the SHA-256 of the secret in the browser's cookie.
-- What /v1 answers in JSON is taken apart here.

--! portal_box(shown) one
select login, quota_bytes, used_bytes, keep_days, networks, sessions_most from portal.box($1::bytea);

--! portal_box_folders(shown) rows
select folder, can_put, files, bytes from portal.box_folders($1::bytea);

--! portal_box_files(shown, folder, before, most) rows
select entry, name, size, modified_at, expires_at, href, may_go
from portal.box_files($1::bytea, $2::text, $3::int8, $4::int4);

--! portal_box_credentials(shown) rows
select credential, kind, label, fingerprint, made_at, expires_at, last_used_at from portal.box_credentials($1::bytea);

--! portal_box_credential_add(shown, kind, label, verifier, days) one
select portal.box_credential_add($1::bytea, $2::text, $3::text, $4::bytea, $5::int4) as credential;

--! portal_box_credential_end(shown, credential) exec
select portal.box_credential_end($1::bytea, $2::int8);

--! portal_box_networks(shown, networks) exec
select portal.box_networks($1::bytea, $2::text[]);

-- ---- subscriptions and drops ----

--! portal_box_subscriptions(shown) rows
select x.subscription, x.label, x.state, coalesce(jsonb_array_length(nullif(x.esiids, 'null')), 0) as premises,
	array_to_string(array(select jsonb_array_elements_text(x.kinds)), ',') as kinds, x.format, x.packing, x.schedule,
	x.folder, x.next, x.last_state
from jsonb_to_recordset(api.subscriptions($1::bytea)::jsonb -> 'items') x (subscription int8, label text, state text,
	esiids jsonb, kinds jsonb, format text, packing text, schedule text, folder text, next timestamptz, last_state text)
order by x.state = 'ENDED', x.subscription desc
limit 200;

--! portal_box_subscription_add(shown, label, esiids, kinds, format, packing, schedule, at, weekday, month_day, history, openpgp) one
select subscription
from api.subscription_add($1::bytea, $2::text, $3::text[], $4::text[], $5::text, $6::text, $7::text, $8::text, $9::text,
	$10::int4, null, null, null, $11::int4, null, $12::text);

--! portal_box_subscription_move(shown, subscription, event) one
select api.subscription_move($1::bytea, $2::int8, $3::text) as body;

--! portal_box_build(shown, subscription) one
select "drop" from api.drop_build($1::bytea, $2::int8, null);

--! portal_box_drops(shown, subscription, state, before, most) rows
select x.drop, x.subscription, x.label, x.period, x.revision, x.state, x.first_day, x.last_day, x.due, x.premises, x.rows,
	x.bytes, x.says
from jsonb_to_recordset(api.drops($1::bytea, $2::int8, $3::text, $4::int8, $5::int4)::jsonb -> 'items') x (drop int8,
	subscription int8, label text, period text, revision int4, state text, first_day date, last_day date, due timestamptz,
	premises int8, rows int8, bytes int8, says text)
order by x.drop desc;

--! portal_box_drop(shown, drop) one
select x.drop, x.subscription, x.label, x.period, x.revision, x.state, x.first_day, x.last_day, x.due, x.built, x.ended,
	coalesce(x.attempts, 0) as attempts, coalesce(x.premises, 0) as premises, coalesce(x.rows, 0) as rows,
	coalesce(x.bytes, 0) as bytes, coalesce(x.may_go, false) as may_go, x.says, x.files, x.agreements
from jsonb_to_record(api.drop($1::bytea, $2::int8)::jsonb) x (drop int8, subscription int8, label text, period text,
	revision int4, state text, first_day date, last_day date, due timestamptz, built timestamptz, ended timestamptz,
	attempts int4, premises int8, rows int8, bytes int8, may_go bool, says text, files jsonb, agreements jsonb);

--! portal_box_drop_files(files) rows read
select x.name, x.size, coalesce(x.rows, 0) as rows, x.sha256, x.href
from jsonb_to_recordset($1::jsonb) x (name text, size int8, rows int8, sha256 text, href text)
limit 200;

--! portal_box_drop_bases(agreements) rows read
select coalesce(x.agreement, 0) as agreement, x.kind, x.first_day, x.last_day, x.premises
from jsonb_to_recordset($1::jsonb) x (agreement int8, kind text, first_day date, last_day date, premises int8)
limit 200;

--! portal_box_replay(shown, drop) one
select "drop" from api.drop_replay($1::bytea, $2::int8);

--! portal_box_cancel(shown, drop) one
select api.drop_cancel($1::bytea, $2::int8, null) as body;

-- ---- webhooks ----

--! portal_box_hooks(shown, webhook) rows
select webhook, kind, url, label, events, state, says, cursor, log_end, failing_since, attempts, next_at, rotates_at,
	made_at, proven_at, sent_at
from hook.own_list($1::bytea, $2::int8);

--! portal_box_hook_party(shown) one
select hook.own_party($1::bytea) as party;

--! portal_box_hook_add(shown, kind, url, label, events, secret) one
select hook.own_add($1::bytea, $2::text, $3::text, $4::text, $5::text[], $6::bytea) as webhook;

--! portal_box_hook_step(shown, webhook, event) exec
select hook.own_step($1::bytea, $2::int8, $3::text);

--! portal_box_hook_rotate(shown, webhook, secret) one
select hook.own_rotate($1::bytea, $2::int8, $3::bytea, false) as alone_at;

--! portal_box_hook_replay(shown, webhook, cursor) exec
select hook.own_replay($1::bytea, $2::int8, $3::text);

--! portal_box_hook_log(shown, webhook, before, most) rows
select attempt, at, what, items, from_cursor, to_cursor, coalesce(status, 0) as status, coalesce(ms, 0) as ms, result, says
from hook.own_attempts($1::bytea, $2::int8, $3::int8, $4::int4);

-- ---- limits ----

--! portal_box_limits(shown) rows
select x.class, x.most, x.window_s, x.taken, x.resets_at
from jsonb_to_recordset(api.limits($1::bytea)::jsonb -> 'budgets') x (class text, most int8, window_s int4,
	taken int8, resets_at timestamptz)
order by x.class;
