-- What each box holds of its quota, kept with its files: to add them up for each upload cost more than all
-- else in it once a box had some thousands. Triggers of delivery.entry keep it (functions/delivery_box.sql).
create table delivery.held (
	account int4 primary key references delivery.account,
	bytes int8 not null check (bytes >= 0)
);
insert into delivery.held (account, bytes)
select e.account, sum(e.size) from delivery.entry e
where e.removed_at is null and e.side = 'in'
group by e.account;
