-- Which session writes a part: as long as it lives the part is not swept, however long the upload takes.
alter table delivery.part add column session int8;
create index on delivery.part (session) where entry is null;
