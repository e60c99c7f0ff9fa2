-- Loads that say something about REPs or occupants: each opening of a drop's file asks for the newest.
create index file_rights on ledger.file (party, load)
	where state = 'LOADED' and format in ('rep', 'occupancy', 'customer');

-- takes a drop since (sql/functions/delivery_drop.sql)
drop function if exists delivery.drops(int8, text, int4);
