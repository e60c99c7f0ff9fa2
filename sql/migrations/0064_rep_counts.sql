-- How many customers a retailer has is counted as they come and go, not anew for each look at its page.
lock table premise.rep_span in share row exclusive mode;	-- what comes meanwhile would not be counted

-- Spans that begin and end on a day, signed: a row for each day that a change of premise.rep_span has to do with. Summed
-- over days up to one, those begun less those ended are its customers of that day.
create table premise.rep_count (
	rep int4 not null,
	day date not null,
	begun int8 not null,
	ended int8 not null
);
create index on premise.rep_count (rep, day) include (begun, ended);
insert into premise.rep_count (rep, day, begun, ended)
select c.rep, c.day, sum(c.begun), sum(c.ended)
from (
	select s.rep, lower(s.during) as day, 1 as begun, 0 as ended from premise.rep_span s
	union all select s.rep, upper(s.during), 0, 1 from premise.rep_span s where not upper_inf(s.during)
) c
group by c.rep, c.day;

-- As sql/functions/premise.sql has it: here too, since loads may come before that is run.
create function premise.rep_counted()
returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	n int8 := case tg_op when 'INSERT' then 1 else -1 end;
begin
	insert into premise.rep_count (rep, day, begun, ended)
	select c.rep, c.day, sum(c.begun), sum(c.ended)
	from (
		select s.rep, lower(s.during) as day, n as begun, 0 as ended from spans s
		union all select s.rep, upper(s.during), 0, n from spans s where not upper_inf(s.during)
	) c
	group by c.rep, c.day;
	return null;
end $$;
create trigger rep_come after insert on premise.rep_span
	referencing new table as spans for each statement execute function premise.rep_counted();
create trigger rep_gone after delete on premise.rep_span
	referencing old table as spans for each statement execute function premise.rep_counted();
