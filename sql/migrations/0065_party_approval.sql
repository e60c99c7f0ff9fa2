-- An organization is added at the portal when two of the operator's people want it.
insert into ops.approval_action (action, does, about, kind) values
	('party.add', 'party.add_approved', 'add an organization', 'OPERATOR');
