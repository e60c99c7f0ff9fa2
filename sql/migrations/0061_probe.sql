-- What a prober outside saw of the hub's doors: added to, never changed. Each record is also an audit event with its sums.
create table report.probe (
	probe int8 generated always as identity primary key,
	at timestamptz not null,
	target text not null check (target ~ '^[a-z][a-z0-9-]{0,39}$'),
	ok bool not null,
	ms int4 not null check (ms >= 0),
	says text check (length(says) <= 200),
	unique (target, at)
);
create index on report.probe (at);
