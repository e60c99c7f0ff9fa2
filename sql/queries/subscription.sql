-- Statements of busbar subscription and drop, as the operator's role.

-- Nulls take the preset.
--! subscription_add(login, label, scope, esiids, kinds, format, packing, key, schedule, time, weekday, month_day, zone, lag, every, months, folder, actor) one
select delivery.subscription_add($1::text, $2::text, $3::text, $4::text[], $5::text[], $6::text, $7::text,
	$8::text, $9::text, $10::text, $11::int4, $12::int4, $13::text, $14::int4, $15::int4, $16::int4,
	$17::text, $18::text) as subscription;

-- event: pause, resume, end.
--! subscription_move(subscription, event, actor) one
select delivery.subscription_move($1::int8, $2::text, $3::text) as state;

-- Of one login, or all (null).
--! subscription_list(login) rows read
select subscription, login_name, party_code, label, scope, premises, kinds, format, packing, openpgp, schedule,
	local_time, weekday, month_day, zone, lag_days, every_min, history_months, folder, state, next_at,
	made_at, last_period, last_state
from delivery.subscriptions($1::text);

-- period null: the latest that could have fallen due.
--! drop_build(subscription, period, actor) one
select delivery.drop_build($1::int8, $2::text, $3::text) as drop;

--! drop_again(drop, actor) one
select delivery.drop_again($1::int8, $2::text) as drop;

--! drop_cancel(drop, words, actor) exec
select delivery.drop_cancel($1::int8, $2::text, $3::text);

--! drop_list(subscription, state, most, drop) rows read
select drop, subscription, login, party_code, label, schedule, period, revision, state, due_at, from_day,
	to_day, begun_at, built_at, ended_at, attempts, premises, rows, watermark, first_at, last_at, may_go,
	says, bytes, files, delivery.drop_pushed(drop) as pushed
from delivery.drops($1::int8, $2::text, $3::int4, $4::int8);

--! drop_file_list(drop) rows read
select name, kind, manifest, size, rows, sha256, plain_sha256, first_at, last_at, in_box
from delivery.drop_files($1::int8);

--! drop_basis_list(drop) rows read
select agreement, kind, first_day, last_day, premises from delivery.drop_bases($1::int8);
