-- A command whose asker may not ask any more is withdrawn before the utility is given it: an agreement that has ended, a
-- third party that is suspended, a customer who moved out, a premise whose meter is not to speak to devices any more.
insert into odr.reason (reason, about) values ('not-allowed', 'Who asked may not any more.');
insert into odr.step (state, event, next) values
	('PENDING', 'withdraw', 'FAILED'),
	('TAKEN', 'withdraw', 'FAILED'),
	('READY', 'withdraw', 'FAILED');
