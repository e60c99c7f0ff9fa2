-- How many requests of each class a client has made in a month of UTC: what it used, not what its budget gave it.
create table api.month_use (
	party int4 not null,
	client int4 not null,	-- 0: accounts
	class text not null,
	month date not null,
	requests int8 not null,
	primary key (party, client, class, month)
);
