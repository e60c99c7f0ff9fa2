-- Statements of the busbar command, as the operator's role. What each function does and which
-- errors it raises stands in sql/functions.

-- ---- parties ----

-- A party by its code, in any case.
--! party_find(code) one read
select party, kind, code, coalesce(zone, '') as zone from party.find($1::text);

-- Parties of a kind (TDU, REP, CSP), or all.
--! party_list(kind) rows read
select party, kind, code, name, zone, certificate, duns, state from party.list($1::text);

-- Utilities with what makes their ESI IDs known.
--! tdu_list() rows read
select party, code, name, zone, late_after_s / 3600 as late_after_h, prefixes, duns
from party.tdus();

--! tdu_add(code, name, zone, duns, prefixes, lengths, actor, sandbox) one
select party.tdu_add($1::text, $2::text, $3::text, $4::text[], $5::int4[], $6::int4[], $7::text, $8::bool)
	as party;

--! rep_add(code, name, certificate, duns, actor) one
select party.rep_add($1::text, $2::text, $3::text, $4::text, $5::text) as party;

-- BB002: not on a hub whose clock stands still. Nulls take words that stand for any.
--! csp_add(code, name, actor, site, privacy, use_en, use_es) one
select party.csp_add($1::text, $2::text, $3::text, $4::text, $5::text, $6::text, $7::text) as party;

-- ---- rules of a utility ----

--! rule_list(tdu) rows read
select code, severity, threshold from ops.rules_of($1::int4);

--! rule_set(tdu, code, severity, threshold, actor) exec
select ops.rule_set($1::int4, $2::text, $3::text, $4::int8, $5::text);

-- ---- the ledger ----

--! file_summary() rows read
select tdu, files, loaded, held, refused, waiting, meter_days, intervals, estimated, missing,
	rejected, median_ms, worst_ms, reasons
from ledger.summary();

--! file_list(party, most) rows read
select file, party_code, name, revision, size, door, received_at, state, format, load::text,
	to_char(loaded_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as loaded_at, hold_rule, counts::text
from ledger.files($1::int4, $2::int4);

--! file_show(file) rows read
select file, party_code, name, revision, sha256, size, door, actor, received_at, state, format,
	load::text, to_char(loaded_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as loaded_at,
	hold_rule, hold_text, released, counts::text, rejected,
	ack_sha256, ack_size::text, rejects_sha256, rejects_size::text
from ledger.show($1::int8);

-- What submit --wait looks at. refused: records that were rejected or quarantined.
--! file_state(file) one read
select state, coalesce(hold_rule, '') as hold_rule, coalesce(hold_text, '') as hold_text,
	coalesce((counts->>'records')::int8, 0) as records,
	coalesce((counts->>'accepted')::int8, 0) as accepted,
	coalesce((counts->>'flagged')::int8, 0) as flagged,
	coalesce((counts->>'rejected')::int8, 0) + coalesce((counts->>'quarantined')::int8, 0)
		as refused
from ledger.show($1::int8);

--! file_rejects(file) rows read
select line, col, rule, severity, esiid, day,
	case channel when 0 then 'load' when 1 then 'generation' end as channel, found, expected
from ledger.rejects($1::int8);

-- BB001: no such file; BB004: it is not held.
--! file_release(file, actor) exec
select ledger.release($1::int8, $2::text);

--! file_discard(file, actor) exec
select ledger.discard($1::int8, $2::text);

-- ---- reads ----

-- First transaction of a release: checks, writes the audit event; commit before asking for rows.
-- BB001: nothing there that the principal may read.
--! release_open(principal, esiid, kind, from, to, as_of, versions, door, reason) one
select number
from reads.release_open($1::int4, $2::text, $3::text, $4::date, $5::date, $6::text::timestamptz, $7::bool,
	$8::text, $9::text);

-- Second one: checks again and gives the packed days, by day, channel and version. Whole seconds,
-- rounded up: "as of" the time that is shown has the version in it.
--! release_rows(number) rows read
select channel, day, created, load, line,
	date_trunc('second', loaded_at + interval '999999 microseconds') as loaded_at, data, esiid, tdu, zone
from reads.release_rows($1::int8);

-- The same for every premise that a party may read.
--! release_all_open(principal, from, to, as_of, door, reason) one
select number
from reads.release_all_open($1::int4, $2::date, $3::date, $4::text::timestamptz, $5::text, $6::text);

--! release_all_rows(number) rows read
select channel, day, created, load, line, loaded_at, data, esiid, tdu, zone
from reads.release_all_rows($1::int8);

--! release_space() one read
select espi.space()::text as space;

--! release_shapes() rows read
select shape, text from reads.shapes();

-- The hub's date and the utility's, for a day that was not named.
--! yesterday(zone) one read
select ops.today($1::text) - 1 as day;

--! completeness(day, as_of) rows read
select tdu, due, received, intervals, estimated, missing, late, changed, unknown,
	(load_kwh * 1000)::int8 as load_kwh, (generation_kwh * 1000)::int8 as generation_kwh
from reads.completeness($1::date, $2::text::timestamptz);

-- ---- the clock ----

--! clock_show() rows read
select now, real, ahead_s, movable from ops.clock_show();

-- BB002: the clock of this hub cannot be moved.
--! clock_advance(seconds, actor) one
select ops.clock_advance(make_interval(secs => $1::int8), $2::text) as now;

--! clock_reset(actor) one
select ops.clock_reset($1::text) as now;

--! clock_trust(actor) one
select ops.now() as now from agreement.clock_trust($1::text);

-- ---- the hub ----

-- A file that is RECEIVED waits for the loader.
--! ops_status() rows read
select case name when 'files.received' then 'files.waiting'
		when 'files.waiting_s' then 'files.oldest_waiting_s' else name end as name, value
from ops.status();

--! ops_check() rows read
select name, ok, found from ops.check();

-- Millions of rows: stream it.
--! ledger_objects() rows read
select file, side, sha256, size from ledger.objects();

-- ---- months ----

-- Rows that moved into the month's one partition.
--! month_merge(month, actor) one
select reads.merge_month($1::date, $2::text) as done;

-- Partitions dropped.
--! month_purge(before, actor) one
select reads.purge($1::date, $2::text)::int8 as done;

-- One step of what the settings ask for; no row: nothing is left to do.
--! month_housekeep(actor) one
select done from reads.housekeep($1::text);

-- ---- agreements ----

-- Active at once, by the hub's clock; history: months before now that may be read too. The clock is
-- read once: of two readings the later would begin after the earlier.
--! agreement_record(csp, esiids, kinds, months, history, actor) one
with n as materialized (select ops.now() as now)
select agreement.record($1::int4, $2::text[], $3::text[], n.now, n.now + make_interval(months => $4::int4),
	n.now - make_interval(months => $5::int4), $6::text) as agreement
from n;

-- What became of each record of a file of invitations.
--! sheet_rows(file) rows read
select line, agreement::text, state, nullif(col, 0)::text as column, code, found, expected
from agreement.sheet_rows($1::int8);

-- A row with the agreement's number and state, or one for each fault without them.
--! agreement_invite(csp, esiids, meters, reps, email_sealed, email_place, email_index, kind, kinds, months, history, language, reference, actor, domain_index) rows
select (x.got ->> 'id')::int8 as id, x.got ->> 'state' as state, f.row, f.code, f.message
from (select agreement.invite($1::int4, $2::text[], $3::text[], $4::text[], $5::bytea, $6::bytea, $7::bytea,
	$8::text, $9::text[], $10::int4, $11::int4, $12::text, $13::text, true, null, $14::text, $15::bytea) as got) x
left join jsonb_to_recordset(x.got -> 'faults') as f ("row" int4, code text, message text) on true;

--! agreement_list(csp, state, most, reference) rows read
select agreement as id, csp, state, kind, reads, premises, months, history_months, language, reference, invited_at,
	accepted_at, dies_at, opened_at, decided_at, starts_at, ends_at, ended_at, "by", reason, renews::text,
	reads_from
from agreement.list($1::int4, $2::text, $3::int4, $4::text);

-- All of one as JSON; doc is null when there is none.
--! agreement_show(agreement) one read
select agreement.show($1::int8)::text as doc;

-- The same for people: the agreement, its premises, moves and mails.
--! agreement_one(agreement) rows read
select x.id, x.csp, x.state, x.kind, (select string_agg(v, ',') from jsonb_array_elements_text(x.reads) v) as reads,
	jsonb_array_length(x.premises)::int8 as premises, x.months, x.history_months, x.language, x.reference,
	x.invited_at, x.accepted_at, x.dies_at, x.opened_at, x.decided_at, x.starts_at, x.ends_at, x.ended_at, x."by",
	x.reason, x.renews::text, x.reads_from
from jsonb_to_record(agreement.show($1::int8)) as x (id int8, csp text, state text, kind text, reads jsonb,
	premises jsonb, months int4, history_months int4, language text, reference text, invited_at timestamptz,
	accepted_at timestamptz, dies_at timestamptz, opened_at timestamptz, decided_at timestamptz,
	starts_at timestamptz, ends_at timestamptz, ended_at timestamptz, "by" text, reason text, renews int8,
	reads_from timestamptz);

--! agreement_premises(agreement) rows read
select x.esiid, x.ended_at, x.reason
from jsonb_to_recordset(agreement.show($1::int8) -> 'premises') as x (esiid text, ended_at timestamptz, reason text);

--! agreement_steps(agreement) rows read
select x.at, x.was, x.event, x.state, x."by", x.actor, x.why
from jsonb_to_recordset(agreement.show($1::int8) -> 'steps') as x ("at" timestamptz, was text, event text,
	state text, "by" text, actor text, why text);

--! agreement_mails(agreement) rows read
select x.mail, x.kind, x.state, x.queued_at, x.accepted_at
from jsonb_to_recordset(agreement.show($1::int8) -> 'mails') as x (mail int8, kind text, state text,
	queued_at timestamptz, accepted_at timestamptz);

--! agreement_funnel(csp, from, to) rows read
select csp, invited, sent, delivered, opened, affirmed, declined, reported, lapsed, undeliverable, withdrawn
from agreement.funnel($1::int4, $2::date, $3::date);

--! agreement_withdraw(csp, agreement, actor) one
select agreement.withdraw($1::int4, $2::int8, $3::text) as state;

--! agreement_renew(csp, agreement, actor) one
select agreement.renew_ask($1::int4, $2::int8, $3::text) as state;

--! agreement_terminate(agreement, by_whom, why, actor) one
select agreement.terminate($1::int8, $2::text, $3::text, $4::text) as state;

-- ---- keys ----

--! sealed_left(key, id) rows read
select name, rows from ops.sealed_left($1::text, $2::int4);

--! sealed_take(name, id, after, most) rows read
select at, sealed, place from ops.sealed_take($1::text, $2::int4, $3::text, $4::int4);

--! sealed_put(name, id, places, was, now) one
select ops.sealed_put($1::text, $2::int4, $3::text[], $4::text[], $5::text[]) as rows;

--! key_note(key, step, detail, actor) exec
select ops.key_note($1::text, $2::text, $3::jsonb, $4::text);

--! audit_signer_next(known_as, actor) one
select audit.signer_next($1::text, $2::text) as event;
