-- What was asked for a customer's account, right or wrong alike, until the clock has looked at it: so that how
-- long the answer takes tells nothing.
create table party.claim (
	claim int8 generated always as identity primary key,
	asked_at timestamptz not null,
	premises int4[] not null,	-- 0: did not match
	email_sealed bytea not null,
	email_place bytea not null,
	email_index bytea not null check (octet_length(email_index) = 16),
	language text not null check (language in ('EN', 'ES')),
	source inet,
	actor text not null
);

-- A customer's tries are in no index of the wrong ones either, which would cost time for those alone; who looks
-- there looks for a third party's.
drop index radar.event_csp_expr_idx, radar.event_csp_at_idx1;
create index on radar.event (csp, (detail ->> 'esiid') collate "C") where csp is not null and kind = 'match_tried'
	and detail ->> 'ok' = 'false';
create index on radar.event (csp, at) where csp is not null and kind = 'match_tried' and detail ->> 'ok' = 'false';
