-- Statements of busbar-ingestd. Results are int4, int8, bool, date, timestamptz, text or bytea.
-- Reference: sql/functions/*.sql say what each function does and which errors it raises.

-- ---- what must be known before a file is read ----

-- The hub's clock, which a demo or sandbox may have moved.
--! hub_now() one read
select ops.now() as now;

-- The utilities; prefixes and duns as comma-separated lists ("1044372/17,1017699/17"; length after
-- the slash). late_after_s: wall-clock seconds after the day's first midnight by which it is due.
--! tdus() rows read
select party, code, name, zone, late_after_s, prefixes, duns from party.tdus();

-- Which utility owns an ESI ID prefix (its first seven digits) of that length.
--! prefixes() rows read
select prefix::int4 as prefix, length::int4 as length, tdu from party.prefixes();

-- What a utility wants otherwise than the table of rules says; severity in lower case.
--! rules_of(tdu) rows read
select code, severity, threshold from ops.rules_of($1::int4);

-- The instant from which a read of the day counts as late, for each day asked.
--! days_due(tdu, days) rows read
select day, due from reads.days_due($1::int4, $2::date[]);

-- ---- the ledger ----

-- Takes a file whose bytes are already durable in the store. The same bytes again from the same
-- party: the first row again, repeated. Commit before giving the receipt.
--! ledger_receive(party, name, sha256, size_bytes, door, actor) one
select file, revision, repeated, received_at, state
from ledger.receive($1::int4, $2::text, $3::bytea, $4::int8, $5::text, $6::text);

-- The oldest file of each utility that waits for its loader. hub_at is the receipt
-- by the hub's clock (for lateness), received_at by the real one.
--! ledger_waiting() rows read
select file, tdu, tdu_code, name, sha256, size, received_at, hub_at, released, revision
from ledger.waiting();

-- Opens the load of a file in this transaction; waits for other loads of the utility.
-- BB004: the file is not waiting any more.
--! load_begin(file) one
select ledger.load_begin($1::int8) as load;

-- The utility's newest committed load, 0 when there is none.
--! last_load(tdu) one read
select ledger.last_load($1::int4) as load;

-- The last statement of a load before commit. Null digests: there is no such report.
--! load_end(load, format, counts, ack_sha256, ack_size, rejects_sha256, rejects_size) exec
select ledger.load_end($1::int4, $2::text, $3::text::jsonb, $4::bytea, $5::int8, $6::bytea,
	$7::int8);

-- Instead of a load: the file waits for a person (RECEIVED to HELD). Not after load_begin's rows
-- were copied: roll those back first.
--! file_hold(file, rule, words, format, counts, ack_sha256, ack_size, rejects_sha256, rejects_size) exec
select ledger.hold($1::int8, $2::text, $3::text, $4::text, $5::text::jsonb, $6::bytea, $7::int8,
	$8::bytea, $9::int8);

-- Instead of a load: nothing of the file can be used (RECEIVED to REFUSED).
--! file_refuse(file, rule, words, format, counts, ack_sha256, ack_size, rejects_sha256, rejects_size) exec
select ledger.refuse($1::int8, $2::text, $3::text, $4::text, $5::text::jsonb, $6::bytea,
	$7::int8, $8::bytea, $9::int8);

-- Binary rows: file int8, line int8, col int4, rule text, severity text, esiid text, day date,
-- channel int2, found text, expected text; col 0: the whole record; null where unknown.
--! reject_copy() copyin
copy ledger.reject (file, line, col, rule, severity, esiid, day, channel, found, expected)
from stdin (format binary);

-- ---- premises ----

-- Every premise of the utility: millions of rows, so stream it.
--! premise_of_tdu(tdu) rows read
select premise, esiid, known from premise.of_tdu($1::int4);

-- Those that a reference load touched (new, or known from now on).
--! premise_of_load(load) rows read
select premise, esiid, known from premise.of_load($1::int4);

-- Numbers for ESI IDs; makes stubs (known = false) for new ones. tdu is the owner: another one than
-- asked means that the ESI ID belongs to that other utility. In a short transaction of its own.
--! premise_ensure(tdu, esiids) rows
select premise, esiid, known, tdu from premise.ensure($1::int4, $2::text[]);

-- ---- reads ----

-- The number of a shape text, made if new. In a short transaction of its own.
--! shape_of(text) one
select reads.shape_of($1::text) as shape;

-- Makes the partitions of these days. In a transaction of its own, before the load's.
--! days_ensure(days) exec
select reads.ensure_days($1::date[]);

-- Of these days, those for which the utility has any rows: the others need no comparison.
--! days_earlier(tdu, days) rows read
select day from reads.earlier($1::int4, $2::date[]);

-- Current versions, among all rows that this transaction sees, of every series on every day that is
-- paired with it: series[i] on days[i].
--! days_current(series, days) rows read
select series, day, created, load, line, data from reads.current($1::int4[], $2::date[]);

-- For each series with a run: days in a row before `day` whose current version holds estimates; looks
-- back `back` days at most.
--! days_history(series, day, back) rows read
select series, estimated_days from reads.history($1::int4[], $2::date, $3::int4);

-- For each series: the total of its latest day before `day`, within 8 days.
--! days_totals(series, day) rows read
select series, total_wh from reads.totals($1::int4[], $2::date);

-- Binary rows in this order: total_wh int8, created timestamptz, series int4, day date, load int4,
-- line int4, n int2, estimated int2, missing int2, data bytea (meter/pack.h).
--! day_copy() copyin
copy reads.day (total_wh, created, series, day, load, line, n, estimated, missing, data)
from stdin (format binary);

-- Binary rows: series int4, day date, load int4, line int4, rule text, found text, expected text.
--! flag_copy() copyin
copy reads.flag (series, day, load, line, rule, found, expected) from stdin (format binary);

-- Signed deltas of one load, one array item a day (all arrays equally long); adds to what the load
-- gave before. meter_days: series and days without an earlier version (unknown: those of them whose
-- premise is not known; late: those that came after days_due); intervals (slots with a value),
-- estimated, missing, load_wh and generation_wh: by how much the current versions differ from those
-- before; changed: slots whose value or status differs from the current version before.
--! rollup_add(load, days, meter_days, intervals, estimated, missing, late, changed, load_wh, generation_wh, unknown) exec
select reads.rollup_add($1::int4, $2::date[], $3::int4[], $4::int8[], $5::int8[], $6::int8[],
	$7::int4[], $8::int8[], $9::int8[], $10::int8[], $11::int4[]);

-- Of the estimated of a load, by how much those move of which the source tells how it estimated
-- (meter/day.h), by day and method.
--! reasons_add(load, days, methods, estimated) exec
select reads.reasons_add($1::int4, $2::date[], $3::int4[], $4::int8[]);

-- Of these days, those of which the utility has register reads: the others need no comparison.
--! register_days(tdu, days) rows read
select day from reads.register_days($1::int4, $2::date[]);

-- What the current register reads state for series[i] on days[i], in Wh; no row: not known.
--! days_registers(series, days) rows read
select series, day, wh from reads.registers($1::int4[], $2::date[]);

-- ---- reference files: rows into stage.<format>, then one function applies and empties them ----
-- Each stage_* takes binary rows; each load_* gives findings for the reject file.

--! stage_premise() copyin
copy stage.premise (load, line, esiid, status, class, effective, ends, commodity, street, city,
	state, zip, load_profile, rate_class, service_voltage, channels, created)
from stdin (format binary);

--! stage_meter() copyin
copy stage.meter (load, line, esiid, meter_number, effective, removed, multiplier, dials,
	manufacturer, model, meter_class, phases, utility_meter_id, interval_s, installed, tested,
	firmware, created)
from stdin (format binary);

--! stage_rep() copyin
copy stage.rep (load, line, esiid, rep, effective, created) from stdin (format binary);

--! stage_occupancy() copyin
copy stage.occupancy (load, line, esiid, account_index, effective, created)
from stdin (format binary);

--! stage_customer() copyin
copy stage.customer (load, line, account_index, account_sealed, name_sealed, name_index, kind,
	phones_sealed, phones_index, emails_sealed, emails_index, address_sealed, address_index,
	language, esiids, created)
from stdin (format binary);

--! stage_register() copyin
copy stage.register (load, line, esiid, channel, read_date, start_kwh, end_kwh, kwh, status,
	created)
from stdin (format binary);

--! stage_billing() copyin
copy stage.billing (load, line, esiid, channel, start_date, end_date, kwh, metered_kw, billed_kw,
	metered_kva, billed_kva, amount, currency, items, status, created)
from stdin (format binary);

--! stage_rate() copyin
copy stage.rate (load, line, rate, effective, ends, days, from_time, to_time, price, currency,
	channel, created)
from stdin (format binary);

--! load_premise(load) rows
select line, col, rule, severity, esiid, found, expected from premise.load_premise($1::int4);

--! load_meter(load) rows
select line, col, rule, severity, esiid, found, expected from premise.load_meter($1::int4);

--! load_rep(load) rows
select line, col, rule, severity, esiid, found, expected from premise.load_rep($1::int4);

--! load_occupancy(load) rows
select line, col, rule, severity, esiid, found, expected from premise.load_occupancy($1::int4);

--! load_customer(load) rows
select line, col, rule, severity, esiid, found, expected from premise.load_customer($1::int4);

--! load_register(load) rows
select line, col, rule, severity, esiid, found, expected from reads.load_register($1::int4);

--! load_billing(load) rows
select line, col, rule, severity, esiid, found, expected from reads.load_billing($1::int4);

--! load_rate(load) rows
select line, col, rule, severity, esiid, found, expected from premise.load_rate($1::int4);

-- ---- files of invitations ----

-- The oldest file of each third party that waits for its reader.
--! sheets() rows read
select file, csp, csp_code, name, sha256, size from agreement.sheets();

-- Invites for the premises of one agreement, or finds what was done before; a row a line, in order of line.
--! sheet_invite(file, lines, esiids, meters, reps, email_sealed, email_place, email_index, kind, kinds, months, history, language, reference, domain_index) rows
select line, agreement, code, message
from agreement.sheet_invite($1::int8, $2::int8[], $3::text[], $4::text[], $5::text[], $6::bytea, $7::bytea,
	$8::bytea, $9::text, $10::text[], $11::int4, $12::int4, $13::text, $14::text, $15::bytea);

--! sheet_end(file, counts, result_sha256, result_size, lines, cols, codes, esiids, found, expected) exec
select agreement.sheet_end($1::int8, $2::text::jsonb, $3::bytea, $4::int8, $5::int8[], $6::int4[], $7::text[],
	$8::text[], $9::text[], $10::text[]);

--! sheet_refuse(file, rule, words, line, col, found, expected, result_sha256, result_size) exec
select agreement.sheet_refuse($1::int8, $2::text, $3::text, $4::int8, $5::int4, $6::text, $7::text, $8::bytea,
	$9::int8);
