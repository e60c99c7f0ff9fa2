-- Statements of busbar check --deep, as the owner of the schema: the operator's role cannot read
-- reads but by a release.

-- Every stored meter-day: stream it.
--! check_days() rows read
select series, day, load, line, n, estimated, missing, total_wh, data from reads.day;
