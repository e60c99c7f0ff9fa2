-- Settings of /v1 beside reads.
insert into ops.setting (name, value) values
	('tokens.personal_most', '20'),		-- of a customer's account at once
	('scoreboard.least', '20');		-- smaller groups are not told of in public
