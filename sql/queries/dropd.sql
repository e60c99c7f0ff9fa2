-- Statements of busbar-dropd. sql/functions/delivery_subscription.sql and delivery_build.sql say what each
-- function does.

-- looked: at how many subscriptions; next_in_ms: until something falls due; 0: more has already; -1: nothing will.
--! drops_schedule(most) one
select looked, made, coalesce(next_in_ms, -1) as next_in_ms from delivery.schedule_due($1::int4);

-- Drops whose rights ended are taken back.
--! drops_rights() one
select delivery.rights_check() as withdrawn;

--! drops_start(worker) one
select delivery.build_start($1::text) as lost;

-- No row: none is due.
--! drop_take(worker) one
select drop, token, subscription, label, login, party_code, period, revision, kinds, format, packing,
	openpgp_key, schedule, zone, from_day, to_day, due_at, made_at, attempts
from delivery.build_take($1::text);

--! drop_next_ms() one read
select coalesce(delivery.build_next_ms(), -1) as next_ms;

-- BB004 from here on: the drop is not this builder's any more.
--! drop_beat(drop, token) exec
select delivery.build_beat($1::int8, $2::text);

--! drop_plan(drop, token) rows
select kind, pages, premises, agreements, names from delivery.build_plan($1::int8, $2::text);

--! drop_marks(drop, token) rows read
select tdu, after_load, load from delivery.build_marks($1::int8, $2::text);

--! drop_page(drop, token, page) rows read
select channel, day, created, load, line, loaded_at, data, esiid, tdu, zone
from delivery.build_page($1::int8, $2::text, $3::int4);

--! drop_changes(drop, token, page) rows read
select channel, day, created, load, line, loaded_at, data, was_data, was_created, esiid, tdu, zone
from delivery.build_changes($1::int8, $2::text, $3::int4);

-- The least int8 stands for a number that nobody knows.
--! drop_registers(drop, token, page) rows read
select channel, day, created, load, coalesce(start_wh, '-9223372036854775808'::int8) as start_wh, end_wh,
	coalesce(wh, '-9223372036854775808'::int8) as wh, status, esiid, tdu, zone
from delivery.build_registers($1::int8, $2::text, $3::int4);

--! drop_billings(drop, token, page) rows read
select channel, start_date, end_date, created, load, wh,
	coalesce(metered_w, '-9223372036854775808'::int8) as metered_w,
	coalesce(billed_w, '-9223372036854775808'::int8) as billed_w,
	coalesce(metered_va, '-9223372036854775808'::int8) as metered_va,
	coalesce(billed_va, '-9223372036854775808'::int8) as billed_va,
	coalesce(amount, '-9223372036854775808'::int8) as amount, currency, items, status, esiid, tdu, zone
from delivery.build_billings($1::int8, $2::text, $3::int4);

--! drop_end(drop, token, files) one
select result, folder from delivery.build_end($1::int8, $2::text, $3::text::jsonb);

--! drop_fail(drop, token, words, for_good) one
select delivery.build_fail($1::int8, $2::text, $3::text, $4::bool) as state;

-- Names of the parts that are forgotten.
--! drops_sweep() rows
select part_name from delivery.sweep();

--! drops_space() one read
select espi.space()::text as space;

--! drops_shapes() rows read
select shape, text from reads.shapes();

-- Makes a report of the month before that is due; 0: none is.
--! reports_due() one
select coalesce(report.due(), 0) as made;

-- A file of a report that is in no box yet; no row: there is none.
--! reports_unplaced() rows
select made, format, name, body from report.unplaced();

--! reports_place(made, format, name, sha256, size) exec
select report.place($1::int8, $2::text, $3::text, $4::bytea, $5::int8);
