-- The operator's webhooks of partners: busbar webhook.
grant usage on schema hook to busbar_operator;

grant execute on function
	hook.endpoints(int4), hook.attempts(int8, int8, int4), hook.add(int4, text, text, text, text[], bytea, text),
	hook.change(int8, text, text, text[], text), hook.step(int8, text, text), hook.test(int8, text),
	hook.rotate(int8, bytea, bool, text), hook.replay(int8, text, text), hook.announce(text, text, text),
	hook.party_of(int8)
	to busbar_operator;
