-- The box of an organisation, opened for who is signed in at the portal: it ends with that.
alter table delivery.session add column portal int8 references portal.session on delete cascade;
create index on delivery.session (portal) where portal is not null;
