-- The operator: how accounts log in to the Smart Meter Texas family.
grant usage on schema smt to busbar_operator;
grant execute on function smt.account_set(text, bool, bool, text) to busbar_operator;
