-- Of estimated intervals, how the utility estimated them where its format tells (ESPI's quality of reading: 8, 9, 12, 15). Signed
-- deltas of each load, as in reads.rollup; what is not in here was not told. Files of before this table are not in it.
create table reads.rollup_reason (
	tdu int4 not null references party.tdu,
	day date not null,
	load int4 not null,
	method int4 not null check (method in (8, 9, 12, 15)),
	estimated int8 not null,
	primary key (tdu, day, load, method)
);

-- Remarks that reports count, by day.
create index flag_report on reads.flag (rule, day) where rule in ('estimate-streak', 'register-mismatch');
