-- Third parties whose agreements are still to follow their own state; takes the place of a list of agreements.
drop table radar.followed;
create table radar.following (
	number int8 generated always as identity primary key,
	csp int4 not null references party.csp
);
