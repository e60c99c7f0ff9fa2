-- Questions about the database itself.

--! ops_ping()  one read
-- is anybody there?
select 1::int4 as one
