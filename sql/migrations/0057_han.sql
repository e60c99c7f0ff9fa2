-- Devices in the home that a meter speaks to (ZigBee Smart Energy): joined, removed and told things by commands of the
-- same queue as on-demand reads. A premise is served when an operator has said so; none is by itself.

insert into ops.setting (name, value) values ('han.tdu_day_most', '3000');

alter table odr.kind
	alter column reads drop not null,
	add column of_device bool not null default false,
	add column customer bool not null default false,	-- may who lives there ask for it
	-- agreements that let a third party ask; null: whoever may read
	add column agreements text[],
	add column answer text not null default 'READ' check (answer in ('READ', 'DONE')),	-- what one that was done says
	add check (of_device or reads is not null);
insert into odr.kind (kind, about, answer_within, hour_most, tdu_setting, of_device, customer, agreements, answer) values
	('HAN_JOIN', 'a device joins the network of the meter', '30 minutes', 6, 'han.tdu_day_most', true, true, '{DEVICE}', 'DONE'),
	('HAN_REMOVE', 'a device leaves it', '30 minutes', 6, 'han.tdu_day_most', true, true, '{DEVICE}', 'DONE'),
	('HAN_TEXT', 'a text on devices that show texts', '15 minutes', 12, 'han.tdu_day_most', true, false, '{DEVICE,DEVICE_SERVICES}', 'DONE'),
	('HAN_PRICE', 'a price on devices that show prices', '15 minutes', 12, 'han.tdu_day_most', true, false, '{DEVICE_SERVICES}', 'DONE'),
	('HAN_LOAD_CONTROL', 'devices of a class use less for a while', '15 minutes', 6, 'han.tdu_day_most', true, false, '{DEVICE_SERVICES}', 'DONE');

-- What a command says besides its kind. form: TEXT (least to most characters), INT (least to most), MAC (EUI-64), CODE (an
-- install code with its check), CLASS (odr.device_class), DEVICE (one that has joined there), BOOL.
create table odr.kind_arg (
	kind text not null references odr.kind,
	name text not null check (name ~ '^[a-z]+(_[a-z]+)*$'),
	form text not null check (form in ('TEXT', 'INT', 'MAC', 'CODE', 'CLASS', 'DEVICE', 'BOOL')),
	needed bool not null,
	least int4,
	most int4,
	about text not null,
	primary key (kind, name)
);
insert into odr.kind_arg (kind, name, form, needed, least, most, about) values
	('HAN_JOIN', 'mac', 'MAC', true, null, null, 'the device''s address (EUI-64), as it stands on it'),
	('HAN_JOIN', 'install_code', 'CODE', true, null, null, 'its install code; forgotten when the command is over'),
	('HAN_JOIN', 'class', 'CLASS', true, null, null, 'what it is'),
	('HAN_JOIN', 'label', 'TEXT', false, 1, 40, 'what its owner calls it'),
	('HAN_REMOVE', 'device', 'DEVICE', true, null, null, 'its number'),
	('HAN_TEXT', 'device', 'DEVICE', false, null, null, 'one alone; else each that shows texts'),
	('HAN_TEXT', 'text', 'TEXT', true, 1, 200, 'what is shown'),
	('HAN_TEXT', 'minutes', 'INT', false, 1, 1440, 'for so long'),
	('HAN_TEXT', 'confirm', 'BOOL', false, null, null, 'until a person has seen it'),
	('HAN_PRICE', 'mills_per_kwh', 'INT', true, 0, 100000, 'thousandths of a dollar'),
	('HAN_PRICE', 'tier', 'INT', false, 1, 15, 'of the tariff'),
	('HAN_PRICE', 'label', 'TEXT', false, 1, 12, 'of the tier'),
	('HAN_PRICE', 'starts_in_minutes', 'INT', false, 0, 1440, 'from now; else at once'),
	('HAN_PRICE', 'minutes', 'INT', true, 1, 1440, 'for so long'),
	('HAN_LOAD_CONTROL', 'class', 'CLASS', true, null, null, 'devices of this class'),
	('HAN_LOAD_CONTROL', 'group', 'INT', false, 0, 255, 'of this enrolment group of the utility; else of any'),
	('HAN_LOAD_CONTROL', 'starts_in_minutes', 'INT', false, 0, 1440, 'from now; else at once'),
	('HAN_LOAD_CONTROL', 'minutes', 'INT', true, 1, 1440, 'for so long'),
	('HAN_LOAD_CONTROL', 'duty_cycle', 'INT', false, 0, 100, 'per cent of the time that it may run'),
	('HAN_LOAD_CONTROL', 'criticality', 'INT', false, 1, 9, 'of the event');

create table odr.device_class (
	class text primary key check (class ~ '^[A-Z]+(_[A-Z]+)*$'),
	about text not null
);
insert into odr.device_class (class, about) values
	('DISPLAY', 'shows use, prices and texts'), ('THERMOSTAT', 'heating and cooling'), ('WATER_HEATER', 'water heater'),
	('POOL_PUMP', 'pool pump'), ('PLUG', 'a plug or switch'), ('CHARGER', 'charges a vehicle'), ('GATEWAY', 'brings what it hears elsewhere'),
	('OTHER', 'anything else');

create table odr.han (
	premise int4 primary key references premise.premise,
	since timestamptz not null,
	by_whom text not null
);

create table odr.device (
	device int8 generated always as identity primary key,
	premise int4 not null references premise.premise,
	customer int4,			-- who lived there when it was to join; null: nobody known
	mac text not null check (mac ~ '^[0-9A-F]{16}$'),
	class text not null references odr.device_class,
	label text,
	asked_by int4 not null references party.party,
	agreement int8 references agreement.agreement,
	state text not null default 'JOINING' check (state in ('JOINING', 'READY', 'JOINED', 'LEAVING', 'REMOVED', 'FAILED')),
	asked_at timestamptz not null,
	ready_at timestamptz,		-- the meter waits for it
	joined_at timestamptz,
	left_at timestamptz
);
create unique index on odr.device (mac) where state in ('JOINING', 'READY', 'JOINED', 'LEAVING');
create index on odr.device (premise, device);

alter table odr.command
	add column device int8 references odr.device,
	add column ready_at timestamptz,
	add column real_ready_at timestamptz;
insert into odr.state (state, over, about) values ('READY', false, 'the meter waits for the device');
insert into odr.step (state, event, next) values
	('TAKEN', 'ready', 'READY'),
	('PENDING', 'ready', 'READY'),		-- of one that is told by a webhook
	('READY', 'take', 'READY'),		-- again, when it was not heard of for a while
	('READY', 'complete', 'COMPLETED'),
	('READY', 'fail', 'FAILED'),
	('READY', 'expire', 'FAILED');
insert into odr.reason (reason, about) values
	('not-found', 'The meter did not find the device.'),
	('code-refused', 'The meter did not take the device''s code.'),
	('moved-out', 'Who had it join lives there no more.');
drop index odr.command_tdu_command_idx;
create index command_open on odr.command (tdu, command) where state in ('PENDING', 'TAKEN', 'READY');

-- they say more, or are asked for more, than those before them
drop function if exists odr.ask(bytea, text, text, text, text, text);
drop function if exists odr.asked(bytea, int8, text, int4);
