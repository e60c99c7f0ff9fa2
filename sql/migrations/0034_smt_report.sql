-- Reports by mail: the mail, and the link in it.
insert into mail.kind (kind, must_go, about) values
	('report', true, 'a report that its reader asked for');

create table smt.link (
	sha256 bytea primary key check (octet_length(sha256) = 32),
	mail int8 not null
);
