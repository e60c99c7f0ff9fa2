-- Figures of pages that cost more to count than ten seconds matter: counts of ten thousand rows and more, and the size of the
-- database. Not logged: what is lost is counted again.
create unlogged table ops.kept (
	name text not null,
	of text not null,	-- of whom, or of what
	counted_at timestamptz not null,
	value jsonb not null,
	primary key (name, of)
);
