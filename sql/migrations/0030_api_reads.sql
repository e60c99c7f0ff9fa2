-- They give the utility and its zone as well.
drop function if exists api.release_registers(bytea, int8);
drop function if exists api.release_billings(bytea, int8);
