-- Where rows of reference files land before one function applies them and empties the table again.
-- Columns as in the CSV formats (docs/formats), in their order, behind load and line. Unlogged: rows
-- live no longer than the transaction of their load.
create schema stage;

create unlogged table stage.premise (
	load int4 not null, line int4 not null,
	esiid text not null, status text not null, class text not null, effective date not null,
	ends date, commodity text, street text, city text, state text, zip text, load_profile text,
	rate_class text, service_voltage text, channels text, created timestamptz
);
create unlogged table stage.meter (
	load int4 not null, line int4 not null,
	esiid text not null, meter_number text not null, effective date not null, removed date,
	multiplier int8, dials int4, manufacturer text, model text, meter_class text, phases int4,
	utility_meter_id text, interval_s int4, installed date, tested date, firmware text,
	created timestamptz
);
create unlogged table stage.rep (
	load int4 not null, line int4 not null,
	esiid text not null, rep text, effective date not null, created timestamptz
);
create unlogged table stage.occupancy (
	load int4 not null, line int4 not null,
	esiid text not null, account_index bytea, effective date not null, created timestamptz
);
create unlogged table stage.customer (
	load int4 not null, line int4 not null,
	account_index bytea not null, account_sealed bytea not null, name_sealed bytea not null,
	name_index bytea not null, kind text not null, phones_sealed bytea[], phones_index bytea[],
	emails_sealed bytea[], emails_index bytea[], address_sealed bytea, address_index bytea,
	language text, esiids text[], created timestamptz
);
create unlogged table stage.register (
	load int4 not null, line int4 not null,
	esiid text not null, channel text not null, read_date date not null, start_kwh int8,
	end_kwh int8 not null, kwh int8, status text not null, created timestamptz
);
create unlogged table stage.billing (
	load int4 not null, line int4 not null,
	esiid text not null, channel text not null, start_date date not null, end_date date not null,
	kwh int8 not null, metered_kw int8, billed_kw int8, metered_kva int8, billed_kva int8,
	amount int8, currency text, items text, status text, created timestamptz
);
create unlogged table stage.rate (
	load int4 not null, line int4 not null,
	rate text not null, effective date not null, ends date, days text, from_time int4 not null,
	to_time int4 not null, price int8 not null, currency text not null, channel text,
	created timestamptz
);
