-- What a kWh costs at a premise: by its rate class as it was on the day, and the newest statement of each price.
set local check_function_bodies = off;

create or replace function premise.prices(of_premise int4, from_day date, to_day date)
returns table (channel int4, first_day date, last_day date, days text, from_minute int4, to_minute int4,
	price_micro int8, currency text)
-- of plpgsql, which keeps the plan: making it takes ten times as long as running it
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
	set plan_cache_mode = force_generic_plan
as $$
#variable_conflict use_column
begin
	return query
	with class as (
		select c.rate_class, daterange(c.effective, lead(c.effective) over (order by c.effective)) as during
		from (
			select distinct on (e.effective) e.effective, e.rate_class
			from premise.premise_event e where e.premise = of_premise
			order by e.effective, e.created desc, e.load desc, e.line desc
		) c
	), stated as (
		-- a band that is stated anew for the same day is what was said last; the bands of a day belong together,
		-- so the next day that is stated ends those before it
		select distinct on (r.rate, r.channel, r.effective, r.days, r.from_minute, r.to_minute) r.*
		from premise.rate r
		where r.tdu = (select p.tdu from premise.premise p where p.premise = of_premise)
			and r.rate in (select c.rate_class from class c)
		order by r.rate, r.channel, r.effective, r.days, r.from_minute, r.to_minute, r.created desc,
			r.load desc, r.line desc
	), next as (
		select d.rate, d.channel, d.effective,
			lead(d.effective) over (partition by d.rate, d.channel order by d.effective) as past
		from (select distinct s.rate, s.channel, s.effective from stated s) d
	)
	select s.channel::int4, greatest(lower(x.span), from_day), least(upper(x.span) - 1, to_day), s.days,
		s.from_minute, s.to_minute, s.price_micro, s.currency
	from class c
	join stated s on s.rate = c.rate_class
	join next n on n.rate = s.rate and n.channel = s.channel and n.effective = s.effective
	cross join lateral (
		select c.during * daterange(s.effective, n.past) * daterange(s.effective, s.ends, '[]')
			* daterange(from_day, to_day, '[]') as span
	) x
	where not isempty(x.span)
	order by 1, 2, 5, 6;
end $$;
