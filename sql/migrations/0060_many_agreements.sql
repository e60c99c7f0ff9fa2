-- Homes and lists of third parties with 100,000 agreements and of retailers with a million premises.

-- Whether somebody goes on: each agreement that is listed or counted is looked up by it.
create index on agreement.agreement (renews) where renews is not null;
-- How many wait, run and end soon.
create index on agreement.agreement (csp, state, ends_at) where state in ('PENDING', 'ACTIVE', 'HELD');
-- A page of a retailer's premises, behind one.
create index on premise.rep_span (rep, premise);
drop index premise.rep_span_rep_idx;
