-- Statements that only the tests of the database layer run; the tables are made by db_test.h.

--! t_echo(bool, int2, int4, int8, date, stamp, text, bytes)  one read
select $1::bool as b, $2::int2 as small, $3::int4 as i4, $4::int8 as i8, $5::date as d,
    $6::timestamptz as s, $7::text as t, $8::bytea as y

--! t_echo_text(bool, int2, int4, int8, date, stamp, text, bytes)  one read
-- what the server makes of the same parameters
select concat_ws('|', $1::bool, $2::int2, $3::int4, $4::int8, $5::date, $6::timestamptz, $7::text,
    $8::bytea) as t

--! t_literals()  one read
select true as b, (-2)::int2 as small, (-3)::int4 as i4, (-4000000000)::int8 as i8,
    date '1969-12-31' as d, timestamptz '1969-12-31 23:59:58.5Z' as s, 'ä'::text as t,
    '\x00ff'::bytea as y

--! t_infinite()  one read
select date 'infinity' as d, timestamptz '-infinity' as s

--! t_echo_ends(date, stamp)  one read
select concat_ws('|', $1::date, $2::timestamptz) as t

--! t_texts()  rows read
select 'text'::text as t union all
select 'varchar'::varchar(9) union all
select 'name'::name

--! t_json()  one read
select '{"a": 1}'::json as j, '{"a": 1}'::jsonb as jb

--! t_arrays(int4s, int8s, dates, texts)  one read
select concat_ws('|', $1::int4[], $2::int8[], $3::date[], $4::text[]) as t

--! t_wide(small)  one read
select $1::int8 as i8

--! t_json_in(json)  one read
select ($1::jsonb) ->> 'a' as t

--! t_any(value)  one read
select $1::text as t

--! t_none()  one read
select 1::int4 as i4 where false

--! t_two()  one read
select 1::int4 as i4 from generate_series(1, 2)

--! t_rows(n)  rows read
select i::int4 as i4, 'row ' || i as t from generate_series(1, $1::int4) i order by i

--! t_rows_fail(n)  rows read
select (100 / ($1::int4 - i))::int4 as i4, ''::text as t from generate_series(1, 100000) i

--! t_number(text)  one read
select $1::text::int4 as i4

--! t_raise(state, text)  exec
select t.fail($1, $2)

--! t_insert(id, v)  exec
insert into t.item (id, v) values ($1, $2)

--! t_get(id)  one read
select v from t.item where id = $1

--! t_set(id, v)  exec
update t.item set v = $2 where id = $1

--! t_add(id)  exec
update t.item set v = v + 1 where id = $1

--! t_star()  one read
select * from t.star

--! t_pid()  one read
select pg_backend_pid() as i4

--! t_kill(pid)  one
-- waits until it is gone
select t.kill($1) as b

--! t_die()  exec
select pg_terminate_backend(pg_backend_pid())

--! t_die_reading()  one read
select pg_terminate_backend(pg_backend_pid()) as b

--! t_sleep(s)  one read
select pg_sleep($1)::text as t

--! t_sleeping()  one read
select count(*) as i8 from pg_stat_activity where query like 'select pg_sleep%' and state = 'active'

--! t_sessions(application)  one read
select count(*) as i8 from pg_stat_activity where application_name = $1

--! t_listening()  one read
select pid as i4 from pg_stat_activity where query = 'listen "t two"'

--! t_notify(channel, payload)  exec
select pg_notify($1, $2)

--! t_sum()  one read
select count(*) as i8, coalesce(sum(id), 0)::int8 as sum from t.bulk

--! t_copy_in()  copyin
copy t.bulk (id, v) from stdin (format binary)

--! t_copy_rows()  copyout
copy (select i::int4 from generate_series(1, 1000) i order by i) to stdout (format binary)

--! t_copy_none()  copyout
copy (select 1::int4 where false) to stdout (format binary)

--! t_copy_csv()  copyout
copy (select i, 'a,' || i from generate_series(1, 3) i order by i) to stdout (format csv)

--! t_copy_bad()  copyout
copy (select 10 / (3 - i) from generate_series(1, 9) i) to stdout
