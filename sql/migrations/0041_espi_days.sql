-- Days of several usage points are read at once.
drop function if exists espi.days(int8, int4, date, date, timestamptz, timestamptz);
