-- What the loader and the readers ask must look at the partitions of the days asked only, by the
-- primary key: 60 days and 100,000 rows.
begin;
\ir lib/fixture.psql
select plan(10);

select t.load('oncor') as l \gset
select premise.ensure(:oncor, array(select '104437200000' || lpad(i::text, 5, '0')
	from generate_series(1, 1700) i));
select reads.ensure_days(array(select generate_series('2025-01-01', '2025-03-01', interval '1 day')::date));
insert into reads.day
select 1000, d + interval '32 hours', p.premise * 8, d::date, :l, row_number() over ()::int, 96, 0, 0,
	decode(repeat('ab', 136), 'hex')
from premise.premise p
cross join generate_series(timestamptz '2025-01-01', '2025-03-01', interval '1 day') d
where p.tdu = :oncor;
select t.done(:l);
analyze reads.day;
select is((select count(*)::int from reads.day), 102000, 'there are 102,000 rows');
select is((select count(*)::int from reads.parts()), 60, 'in 60 partitions');

-- Buffers that a query touched and how often it scanned a partition by sequence.
create function t.buffers(query text) returns int8 language plpgsql as $$
declare
	plan jsonb;
begin
	execute 'explain (analyze, buffers, format json) ' || query into plan;
	return (plan->0->'Plan'->>'Shared Hit Blocks')::int8 + (plan->0->'Plan'->>'Shared Read Blocks')::int8;
end $$;
create function t.scans() returns int8 language sql as $$
	select coalesce(sum(pg_stat_get_xact_numscans(i.inhrelid)), 0)::int8 from pg_inherits i
	where i.inhparent = 'reads.day'::regclass
$$;

select min(premise) * 8 as s, array_agg(premise * 8)::text as all_series
from premise.premise where tdu = :oncor \gset
select t.scans() as before \gset
select count(*) as n from reads.current(:'all_series'::int4[], array_fill('2025-02-03'::date, array[1700])) \gset
select is(:n, 1700, 'current finds every series');
select is(t.scans(), :before::int8, 'without a scan of a whole partition');
select cmp_ok(t.buffers(format('select * from reads.current(array[%s], array[date ''2025-02-03''])', :s)), '<', 150::int8,
	'one key touches few pages');
select count(*) as n from reads.history(:'all_series'::int4[], '2025-02-03', 3) \gset
select is(:n, 0, 'history finds no run');
select count(*) as n from reads.totals(:'all_series'::int4[], '2025-02-03') \gset
select is(:n, 1700, 'totals finds every series');
select is(t.scans(), :before::int8, 'none of them scans a whole partition');

-- a release reads the days that it was opened for
select number as r from reads.release_open(:oncor, (select esiid from premise.premise where premise * 8 = :s),
	'interval', '2025-01-10', '2025-01-12', null, false, 'test', null) \gset
select is((select count(*)::int from reads.release_rows(:r)), 3, 'a release of three days');
select is(t.scans(), :before::int8, 'reads them by the key');

select * from finish();
rollback;
