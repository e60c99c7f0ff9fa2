insert into ops.setting (name, value) values ('utility.trials_day', '500');	-- test-submit, of a third party
