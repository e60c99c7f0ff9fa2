-- What a customer allowed to a client: an agreement as any other, and what OAuth adds to it. It lives and ends with
-- the agreement.
set local check_function_bodies = off;

-- The agreement that a client asks for, and what OAuth adds to it: nothing is decided yet.
create or replace function oauth.grant_ask(of_client int4, premises int4[], scope text, months int4, language text,
	email_sealed bytea, email_place bytea, email_index bytea, actor text)
returns oauth.grant
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	c oauth.client;
	a agreement.agreement;
	g oauth.grant;
	wrong text;
begin
	select x.* into c from oauth.client x where x.client = of_client;
	perform agreement.invite_may(c.csp);
	wrong := oauth.grant_fault(c, premises, grant_ask.scope, grant_ask.months);
	if wrong is not null then
		raise exception using errcode = 'BB003', message = wrong;
	end if;
	insert into agreement.agreement as x (csp, state, kind, kinds, months, history_months, language, reference,
		email_sealed, email_place, email_index, large, invited_at, accepted_at, decided_at)
	select c.csp, 'PENDING', 'ENERGY', oauth.scope_kinds(grant_ask.scope), grant_ask.months,
		oauth.scope_history(grant_ask.scope), coalesce(grant_ask.language, 'EN'), left('OAuth: ' || c.client_id, 100),
		grant_ask.email_sealed, grant_ask.email_place, grant_ask.email_index,
		(select bool_and(agreement.is_large(p)) from unnest(premises) p), n.now, n.now, n.now
	from (select ops.now() as now) n
	returning x.* into a;
	insert into agreement.premise (agreement, premise, customer, until)
	select a.agreement, u.p, o.customer, agreement.share_until(u.p, o.customer, a.invited_at)
	from (select distinct unnest(premises) as p) u
	cross join lateral (select premise.occupant_at(u.p, a.invited_at) as customer) o;
	insert into oauth.grant as x (client, agreement, scope, customer_data, made_at, changed_at)
	values (of_client, a.agreement, grant_ask.scope, oauth.scope_customer(grant_ask.scope), a.invited_at, a.invited_at)
	returning x.* into g;
	perform agreement.note('agreement.asked', a, actor, jsonb_build_object('kind', a.kind, 'kinds', a.kinds,
		'months', a.months, 'history_months', a.history_months, 'large', a.large, 'client_id', c.client_id,
		'scope', grant_ask.scope));
	return g;
end $$;

-- Makes the agreement and has it affirmed at once: the customer is here, and has said yes. What happens then is
-- agreement.affirm's: it may be held, both sides are told, a receipt is made, an older one is replaced. link: the
-- digest of what shows who decided.
create or replace function oauth.grant_make(of_client int4, premises int4[], scope text, months int4, language text,
	email_sealed bytea, email_place bytea, email_index bytea, disclosure text, disclosure_sha256 bytea,
	evidence jsonb, source inet, agent text, link bytea, actor text)
returns int8
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	g oauth.grant := oauth.grant_ask(of_client, premises, grant_make.scope, grant_make.months, grant_make.language,
		grant_make.email_sealed, grant_make.email_place, grant_make.email_index, actor);
	l agreement.link;
begin
	l.agreement := g.agreement;
	l.sha256 := link;
	perform agreement.decision_keep(l, 'CONFIRM', disclosure, disclosure_sha256, evidence, source, agent);
	perform agreement.affirm(g.agreement, evidence, source);
	return g.granted;
end $$;

-- What is against it, in words; null: nothing.
create or replace function oauth.grant_fault(c oauth.client, premises int4[], scope text, months int4)
returns text
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select case
		when oauth.client_wrong(c) is not null then oauth.client_wrong(c)
		when coalesce(cardinality(premises), 0) not between 1 and 100 then 'expected 1 to 100 premises'
		when not exists (select from unnest(c.scopes) s where oauth.scope_within(scope, s))
			then 'the scope is not within what is registered'
		when cardinality(oauth.scope_kinds(scope)) = 0 then 'the scope is about no reads'
		when coalesce(months, 0) not between 1 and 36 then format('%s months, expected 1 to 36', coalesce(months::text, 'no'))
		when months > 12 and exists (select from unnest(premises) p where not agreement.is_large(p))
			then format('%s months, expected at most 12: not a large business', months)
		when c.sandbox and exists (select from unnest(premises) p join premise.premise m on m.premise = p
			join party.tdu t on t.party = m.tdu where not t.sandbox)
			then 'a client of the sandbox has premises of the sandbox alone'
		end
$$;

-- Ends what was allowed: the agreement, and with it every token. by_whom as agreement.terminate has it.
create or replace function oauth.grant_end(of_granted int8, by_whom text, why text, actor text)
returns text
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	a agreement.agreement;
begin
	select x.* into a from oauth.grant g join agreement.agreement x on x.agreement = g.agreement
	where g.granted = of_granted for no key update of x;
	if not found then
		raise exception using errcode = 'BB001', message = 'there is no such grant';
	elsif (select s.over from agreement.state s where s.state = a.state) then
		return a.state;
	end if;
	return agreement.terminate(a.agreement, by_whom, why, actor);
end $$;

-- An agreement that was granted so has moved: what its feed shows is new, and tokens end with it.
create or replace function oauth.agreement_moved()
returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	g oauth.grant;
begin
	update oauth.grant x set changed_at = ops.now() where x.agreement = new.agreement returning x.* into g;
	if not found then
		return null;
	end if;
	if (select s.over from agreement.state s where s.state = new.state) then
		update api.token t set ended_at = clock_timestamp() where t.granted = g.granted and t.ended_at is null;
		update oauth.refresh r set ended_at = clock_timestamp() where r.granted = g.granted and r.ended_at is null;
		update oauth.code d set used_at = coalesce(d.used_at, clock_timestamp()) where d.granted = g.granted;
	end if;
	perform pg_notify('oauth_changed', 'grant/' || g.granted);
	return null;
end $$;
create or replace trigger oauth_agreement_moved after update of state on agreement.agreement
	for each row when (old.state is distinct from new.state) execute function oauth.agreement_moved();
