-- busbar-agreementd: has done what is due, takes mails that are due, has their links known, tells what became of
-- them. It reads no table: what a mail says of its agreement comes with the mail.
grant usage on schema agreement, mail, ops, smt to busbar_agreementd;

grant execute on function
	smt.attachment(int8, text), ops.schema_number(), ops.now(), agreement.tick(text, float8), agreement.next_due(),
	mail.start(text), mail.claim(int4, int4, text), mail.links(int8, text, text[], text[]),
	mail.accepted(int8, text, text), mail.deferred(int8, text, text, int8),
	mail.refused(int8, text, text), mail.released(int8, text, text), mail.give_up(int4), mail.next_ms()
	to busbar_agreementd;
