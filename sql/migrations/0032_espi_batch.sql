-- Who builds a batch holds it by a secret of which the hub has the digest, and reads by that alone.
alter table espi.batch
	drop column lease,
	add column lease bytea check (octet_length(lease) = 32),
	add column why text check (length(why) <= 500);	-- the last failure
create unique index on espi.batch (lease) where lease is not null;

insert into ops.setting (name, value) values
	('espi.retry_s', '5');	-- how long after a 202 the same question may come again
