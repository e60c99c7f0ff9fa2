-- Statements of busbar budget, as the operator's role.

--! budget_list(party) rows read
select party_code, class, most, window_s, own, about from api.rates($1::int4);

--! budget_set(party, class, most, actor) exec
select api.rate_set($1::int4, $2::text, $3::int4, $4::text);
