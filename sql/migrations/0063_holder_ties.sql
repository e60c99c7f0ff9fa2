-- The mailbox said yes to what was asked for until then, and not all of it is tied to the account yet: ten thousand premises
-- of a list are more than one request should wait for, so the clock goes on with what is left.
alter table party.holder add column ties_asked_by timestamptz;
create index holder_ties on party.holder (holder) where ties_asked_by is not null;

insert into ops.setting (name, value) values ('portal.ties_step', '200');	-- premises that are tied to an account at a time
