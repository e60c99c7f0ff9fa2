-- Transactions, as hub/sys/db_tx.c opens and closes them.

--! tx_begin_read_committed()  exec
begin isolation level read committed

--! tx_begin_repeatable_read()  exec
begin isolation level repeatable read

--! tx_begin_serializable()  exec
begin isolation level serializable

--! tx_commit()  exec
commit

--! tx_rollback()  exec
rollback
