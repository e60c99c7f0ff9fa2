-- What is kept of a load for an endpoint (hook.item) was looked up when this was its utility's last load that can change
-- whose reads are whose.
alter table hook.endpoint add column rights_load int4;
