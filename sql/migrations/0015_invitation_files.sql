-- Files of invitations: what a third party puts into in/ of its box, or an operator hands in for it, goes into
-- the ledger as a utility's file does. Its records become invitations, once each.
insert into ledger.file_step (state, event, next) values ('RECEIVED', 'invite', 'INVITED');

update delivery.folder set loads = true where kind = 'CSP' and folder = 'in';
insert into delivery.folder (kind, folder, put, remove, loads, keep_hours) values
	('CSP', 'ack', false, true, false, null);

-- What became of each record; written with the invitation itself, so that a file that is read again after a
-- crash goes on behind what was done.
create table agreement.sheet_row (
	file int8 not null references ledger.file,
	line int8 not null check (line > 0),
	agreement int8 references agreement.agreement,	-- null: nobody was invited
	code text check (code ~ '^[a-z]+(-[a-z]+)*$'),	-- why not
	message text check (length(message) <= 500),
	primary key (file, line),
	check ((agreement is null) = (code is not null))
);
create index on agreement.sheet_row (agreement) where agreement is not null;
