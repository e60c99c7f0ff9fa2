-- An agreement that was held and is found to be as it should be, while its third party is suspended, waits with it.
insert into agreement.event (event, by_whom, about) values
	('park', '{HUB}', 'a person has looked while the third party is suspended: it waits with it');
insert into agreement.step (state, event, next) values ('HELD', 'park', 'SUSPENDED');
insert into agreement.notice (event, side, kind) values
	('park', 'CUSTOMER', 'suspended'), ('park', 'CSP', 'suspended');

-- party.link_about tells the language of the mail, too
drop function if exists party.link_about(bytea);
