-- A release by what one agreement allows alone, and of a list of premises.
drop function if exists reads.rights(int4, text, tstzrange, int4);
drop function if exists reads.whole_days(int4, text, int4, date, date);
drop function if exists reads.all_days(int4, text, date, date, int4);
-- premise: one; premises: these; neither: all that the principal may read
alter table reads.release add column premises int4[];
