-- It takes a number of days now.
drop function if exists portal.complete_on(date);
