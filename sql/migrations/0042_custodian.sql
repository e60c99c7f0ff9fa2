-- Green Button's datacustodian_access_token: see sql/functions/espi_custodian.sql.
insert into api.class (class, about) values
	('CUSTODIAN', 'the hub''s own staff, for hours: what customers have granted, to whichever client');
