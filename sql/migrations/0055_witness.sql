-- Witnesses: who else signs checkpoints, each only if it continues what that one signed before (C2SP tlog-cosignature).

create table audit.witness (
	witness int4 generated always as identity primary key,
	name text not null unique check (length(name) between 1 and 127),
	known_as text not null unique,	-- NAME+ID+KEY
	added_at timestamptz not null default clock_timestamp(),
	ended_at timestamptz		-- its signatures stay
);

create table audit.cosignature (
	size int8 not null references audit.checkpoint,
	witness int4 not null references audit.witness,
	signed_at timestamptz not null,	-- as it says, and has signed
	line text not null check (line like '— %' and line not like E'%\n%'),	-- as it stands in the note
	primary key (size, witness)
);
create index on audit.cosignature (witness, size);
