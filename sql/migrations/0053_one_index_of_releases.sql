-- event_many_released (0040) serves what this one was for: each release of many was entered twice.
drop index audit.event_bulk;
