-- People of organisations at the portal: each signs in by a name and a password of his or her own, and acts for the
-- organisation, as far as the role goes.
alter table party.person add column language text not null default 'EN' check (language in ('EN', 'ES'));

-- of a person: it opens the portal, and nothing else
alter table delivery.account add column person int4 unique references party.person;
alter table delivery.session drop constraint session_door_check;
alter table delivery.session add constraint session_door_check check (door in ('FTPS', 'SFTP', 'HTTPS', 'PORTAL'));

alter table portal.session alter column holder drop not null;
alter table portal.session add column person int4 references party.person;
alter table portal.session add check (num_nonnulls(holder, person) = 1);
-- which of the organisation's boxes is looked at; null: its oldest
alter table portal.session add column box int4 references delivery.account;

-- of people: null of machines
alter type api.principal add attribute role text;
alter type api.principal add attribute person int4;

-- the hub's own staff
insert into party.party (kind, code, name) values ('OPERATOR', 'operator', 'Operator') on conflict do nothing;

-- of before people signed in
insert into delivery.account (party, login, person)
select x.party, 'person-' || x.person, x.person from party.person x where x.removed_at is null
on conflict do nothing;
