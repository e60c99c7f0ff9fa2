-- For db_check_statements(): the second one does not fit.

--! t_fine()  one read
select 1::int4 as one

--! t_broken(id)  one read
select v from t.no_such_table where id = $1
