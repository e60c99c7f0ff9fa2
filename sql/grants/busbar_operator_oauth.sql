-- busbar client: programs of third parties, and what customers allowed to them.
grant usage on schema oauth to busbar_operator;

grant execute on function
	oauth.clients(int4), oauth.client_add(int4, text, text, bytea, bool, text[], text[], text, text, text),
	oauth.client_state(text, text, text, text), oauth.client_secret(text, bytea, text), oauth.client_grants(text)
	to busbar_operator;
