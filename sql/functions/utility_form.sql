-- Forms, trials of the sandbox, data-share links and events in UtilityAPI's words.
set local check_function_bodies = off;

-- ---- events ----

-- Something that only that family has a word for; for those who use it.
create or replace function utility.event(of_csp int4, type text, of_agreement int8, of_premise int4, more jsonb default '{}')
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
	if exists (select from hook.endpoint e where e.party = of_csp and e.kind = 'UTILITYAPI' and e.state <> 'ENDED')
		or exists (select from utility.form f where f.csp = of_csp) then
		perform hook.record('utility.event', of_csp, of_premise, of_agreement,
			jsonb_build_object('utility', type) || more);
	end if;
end $$;

-- An agreement has moved: what that is for an authorization and its meters.
create or replace function utility.moved(a agreement.agreement, was text, event text)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	types text[] := case
		when event = 'affirm' then '{authorization_created,authorization_update_started}'
		when event = 'hold' and was = 'PENDING' then '{authorization_created,authorization_update_delayed}'
		when event in ('decline', 'report') then '{authorization_declined}'
		when event = 'terminate' then '{authorization_revoked}'
		when event = 'complete' then '{authorization_expired}'
		when event in ('suspend', 'hold', 'park') then '{authorization_update_finished_errored}' end;
	type text;
begin
	foreach type in array coalesce(types, '{}') loop
		perform utility.event(a.csp, type, a.agreement, null);
	end loop;
	if a.state = 'ACTIVE' and event in ('affirm', 'release') then
		perform utility.event(a.csp, 'meter_created', a.agreement, x.premise)
		from agreement.premise x where x.agreement = a.agreement and x.ended_at is null;
	end if;
	if a.state = 'ACTIVE' then
		perform utility.event(a.csp, 'authorization_update_finished_successful', a.agreement, null);
	end if;
end $$;

-- What a party was told, or is to be, in that family's words: oldest first, behind `after`, as it stood in `next`. The
-- last row has no body, and where it goes on.
create or replace function utility.events(shown bytea, hub jsonb, filters jsonb, after text, most int4)
returns table (uid text, body text)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := api.csp(shown, '{ACCOUNT,SESSION}');
	delivered bool := utility.truth(filters, 'is_delivered');
	e hook.endpoint;
	target record;
	n int4 := 0;
	at_once int4 := case when filters ? 'uids' or filters ? 'types' or delivered is not null then 1000
		else least(most, 1000) end;
	r record;
	found_uids text[];
	bodies text[];
	behind record;
	of_agreement int8;
	done bool;
	on_and_on bool := true;
begin
	if coalesce(after, '0') !~ '^[0-9]{1,18}(\.[0-9]{10,36})?$' then
		raise exception using errcode = 'BB003', message = 'after: expected what stood in "next"';
	end if;
	select x.url, x.seq into target from hook.endpoint x
	where x.party = w.party and x.kind = 'UTILITYAPI' and x.state <> 'ENDED' order by x.endpoint limit 1;
	e.party := w.party;
	e.kind := 'UTILITYAPI';
	e.seq := split_part(coalesce(after, '0'), '.', 1)::int8;
	e.premise := (select p.premise from premise.premise p where p.esiid = nullif(split_part(after, '.', 2), ''));
	if not hook.open(e) then
		raise exception using errcode = 'BB002', message = 'nothing is told for now: access is suspended';
	end if;
	-- what is filtered out is passed by in large steps; one that holds more than is wanted is made again, smaller
	for i in 1 .. 100 loop
		found_uids := '{}';
		bodies := '{}';
		for r in select x.* from hook.read(e, at_once) x loop
			if r.id is null then
				behind := r;
				continue;
			end if;
			done := coalesce(r.seq <= target.seq, false) or exists (select from utility.told x
				where x.csp = w.party and x.id = r.id::uuid);
			continue when filters ? 'uids' and r.id <> all (utility.among(filters, 'uids'))
				or filters ? 'types' and r.utility <> all (utility.among(filters, 'types'))
				or delivered is not null and done <> delivered;
			of_agreement := coalesce(r.agreement, (select max(m.agreement) from utility.meter_now m
				where m.csp = w.party and m.premise = r.premise));
			found_uids := found_uids || r.id;
			bodies := bodies || (jsonb_build_object('uid', r.id, 'type', r.utility, 'ts', utility.stamp(r.at),
				'delivery_method', 'webhook', 'delivery_target', target.url, 'is_delivered', done)
				|| jsonb_strip_nulls(jsonb_build_object('authorization_uid', of_agreement::text,
				'meter_uid', of_agreement || '-' || r.esiid)) || (r.detail::jsonb - 'utility' - 'reads'))::text;
			exit when cardinality(bodies) > most - n;
		end loop;
		if cardinality(bodies) > most - n and at_once > most - n then
			at_once := greatest(most - n, at_once / 4);
			continue;
		end if;
		n := n + cardinality(bodies);
		e.seq := behind.seq;
		e.premise := behind.premise;
		on_and_on := behind.more;
		return query select b.* from unnest(found_uids, bodies) b;
		exit when n >= most or not on_and_on;
	end loop;
	uid := case when on_and_on then e.seq || coalesce('.' || (select p.esiid from premise.premise p
		where p.premise = e.premise), '') end;
	body := null;
	return next;
end $$;

-- The third party has it from elsewhere: {"is_delivered": true}.
create or replace function utility.event_change(shown bytea, uid text, body jsonb)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := api.csp(shown, '{ACCOUNT,SESSION}');
begin
	perform utility.members(body, '{is_delivered}');
	if not exists (select from utility.events(shown, '{}', jsonb_build_object('uids', uid), null, 1) x where x.body is not null) then
		raise exception using errcode = 'BB001', message = 'there is no such event';
	elsif utility.flag(body, 'is_delivered') then
		insert into utility.told (csp, id) values (w.party, uid::uuid) on conflict do nothing;
	else
		delete from utility.told x where x.csp = w.party and x.id = uid::uuid;
	end if;
end $$;

-- ---- data-share links ----

-- The program behind a third party's link, made when it is first needed. Before the third party is live it reaches
-- the sandbox alone.
create or replace function utility.share_client(of_csp int4, portal text)
returns oauth.client
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	c oauth.client;
	live bool := (select x.state = 'ACTIVE' from party.csp x where x.party = of_csp);
begin
	select x.* into c from oauth.client x where x.csp = of_csp and x.share and x.ended_at is null;
	if found and c.sandbox <> live then
		return c;	-- as mostly: nobody waits for anybody
	end if;
	perform pg_advisory_xact_lock(11, of_csp);
	select x.* into c from oauth.client x where x.csp = of_csp and x.share and x.ended_at is null;
	if not found then
		insert into oauth.client as x (csp, client_id, name, secret_sha256, sandbox, redirect_uris, scopes, grant_types,
			state, share)
		select p.party, left(p.code, 40) || '-share-' || left(replace(gen_random_uuid()::text, '-', ''), 12), p.name,
			sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())), not live, array[portal || '/shared'],
			(oauth.default_scopes())[1:1], '{authorization_code}', case when live then 'PRODUCTION' else 'REVIEW' end, true
		from party.party p where p.party = of_csp
		returning x.* into c;
		perform audit.record('oauth.client_added', 'utility', of_csp, null, jsonb_build_object('client', c.client,
			'client_id', c.client_id, 'sandbox', c.sandbox, 'share', true));
	elsif c.sandbox = live then
		update oauth.client x set sandbox = not live,
			state = case when x.state in ('REVIEW', 'PRODUCTION') then case when live then 'PRODUCTION' else 'REVIEW' end
				else x.state end
		where x.client = c.client returning x.* into c;
	end if;
	return c;
end $$;

-- Whose what comes of a link is: the third party's own program has it in Green Button too (its Authorizations, its bulk),
-- when it has one that may have that much; else the program behind the link.
create or replace function utility.grant_client(of_client int4, of_scope text)
returns int4
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select case when not c.share then c.client else coalesce((select o.client from oauth.client o
		where o.csp = c.csp and not o.share and o.sandbox = c.sandbox and o.secret_sha256 is not null
			and 'client_credentials' = any (o.grant_types) and oauth.client_wrong(o) is null
			and exists (select from unnest(o.scopes) s where oauth.scope_within(of_scope, s))
		order by o.client desc limit 1), c.client) end
	from oauth.client c where c.client = of_client
$$;

-- Where a customer's browser goes on from a link: null when there is no such third party, or form of it, now.
create or replace function utility.share_begin(code text, of_form text, portal text)
returns table (client_id text, scope text, redirect_uri text)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	of_csp int4 := (select p.party from party.party p join party.csp c on c.party = p.party
		where p.code = lower(share_begin.code) and party.csp_open(c.state));
	c oauth.client;
	f utility.form;
begin
	if coalesce(of_form, '') <> '' then
		select x.* into f from utility.form x where x.form::text = of_form and x.csp = of_csp and not x.disabled
			and x.deleted_at is null;
		if not found then
			return;
		end if;
	end if;
	if of_csp is null then
		return;
	end if;
	c := utility.share_client(of_csp, portal);
	if oauth.client_wrong(c) is null then
		return query select c.client_id, c.scopes[1], c.redirect_uris[1];
	end if;
end $$;

-- A consent came of a request; state: what the link put there, the form.
create or replace function utility.submitted(of_client int4, of_state text, of_granted int8)
returns void
language sql security definer set search_path = pg_catalog, pg_temp
as $$
	insert into utility.submission (csp, form, agreement, made_at)
	select c.csp, (select f.form from utility.form f where f.form::text = of_state and f.csp = c.csp), g.agreement, ops.now()
	from oauth.client c join oauth.grant g on g.granted = of_granted
	where c.client = of_client and c.share
$$;

-- ---- forms ----

create or replace function utility.form_body(f utility.form, hub jsonb)
returns text
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select json_build_object('uid', f.form::text, 'created', utility.stamp(f.made_at), 'updated', utility.stamp(f.changed_at),
		'template_uid', '1', 'authorization_uid', f.renews::text, 'is_archived', f.archived, 'disabled', f.disabled,
		'user_email', l.login, 'user_uid', p.code,
		'url', (hub ->> 'portal') || '/share/' || p.code || '?f=' || f.form, 'customer_email', '',
		'utility', coalesce(f.utility, ''), 'scope', '{}'::json)::text
	from party.party p
	left join lateral (select x.login from delivery.account x where x.party = f.csp and x.state = 'OPEN'
		order by x.account limit 1) l on true
	where p.party = f.csp
$$;

create or replace function utility.forms(shown bytea, hub jsonb, filters jsonb, after text, most int4)
returns table (uid text, body text)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := api.csp(shown, '{ACCOUNT,SESSION}');
	shelved bool := utility.truth(filters, 'is_archived');
	mark utility.form;
begin
	select x.* into mark from utility.form x where x.form::text = after and x.csp = w.party;
	if after is not null and not found then
		raise exception using errcode = 'BB003', message = 'after: expected the uid of a form';
	end if;
	return query
	select f.form::text, utility.form_body(f, hub)
	from utility.form f
	where f.csp = w.party and f.deleted_at is null
		and (after is null or (f.made_at, f.form) < (mark.made_at, mark.form))
		and (not filters ? 'uids' or f.form::text = any (utility.among(filters, 'uids')))
		and (not filters ? 'templates' or '1' = any (utility.among(filters, 'templates')))
		and (not filters ? 'users' or w.code = any (utility.among(filters, 'users')))
		and (shelved is null or f.archived = shelved)
	order by f.made_at desc, f.form desc
	limit most;
end $$;

create or replace function utility.form_must(w api.principal, uid text)
returns utility.form
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	f utility.form;
begin
	select x.* into f from utility.form x where x.form::text = uid and x.csp = w.party and x.deleted_at is null;
	if not found then
		raise exception using errcode = 'BB001', message = 'there is no such form';
	end if;
	return f;
end $$;

-- Its uid. customer_email is taken and not kept: the portal asks customers itself who they are.
create or replace function utility.form_add(shown bytea, hub jsonb, body jsonb)
returns text
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := api.csp(shown, '{ACCOUNT,SESSION}');
	c oauth.client;
	renewed agreement.agreement;
	made uuid;
begin
	perform utility.members(body, '{template_uid,authorization_uid,customer_email,utility,scope}');
	perform agreement.invite_may(w.party);
	if coalesce(body ->> 'template_uid', '1') <> '1' then
		raise exception using errcode = 'BB003', message = '"template_uid": expected 1, the only one there is';
	elsif coalesce(body -> 'scope', '{}') not in ('{}', 'null') then
		raise exception using errcode = 'BB003', message = '"scope": the customer chooses what and for how long; expected {}';
	elsif body ->> 'utility' is not null and not exists (select from party.tdu t join party.party p on p.party = t.party
		where p.code = lower(body ->> 'utility')) then
		raise exception using errcode = 'BB003', message = '"utility": there is no such utility';
	elsif (select count(*) from utility.form f where f.csp = w.party and f.deleted_at is null) >= 100000 then
		raise exception using errcode = 'BB004', message = 'there are 100,000 forms: delete some';
	end if;
	if body ->> 'authorization_uid' is not null then
		renewed := utility.authorization_must(w, body ->> 'authorization_uid');
	end if;
	c := utility.share_client(w.party, hub ->> 'portal');
	insert into utility.form (csp, client, renews, utility, made_at, changed_at)
	values (w.party, c.client, renewed.agreement, upper(body ->> 'utility'), ops.now(), ops.now())
	returning form into made;
	perform audit.record('form.added', coalesce(w.login, w.code), w.party, null, jsonb_strip_nulls(jsonb_build_object(
		'form', made, 'renews', renewed.agreement)));
	perform utility.event(w.party, 'form_created', null, null, jsonb_build_object('form_uid', made));
	return made;
end $$;

create or replace function utility.form_change(shown bytea, uid text, body jsonb)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := api.csp(shown, '{ACCOUNT,SESSION}');
	f utility.form := utility.form_must(w, uid);
begin
	perform utility.members(body, '{is_archived,disabled}');
	update utility.form x set archived = coalesce(utility.flag(body, 'is_archived'), x.archived),
		disabled = coalesce(utility.flag(body, 'disabled'), x.disabled), changed_at = ops.now()
	where x.form = f.form;
end $$;

create or replace function utility.form_delete(shown bytea, uid text, body jsonb)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := api.csp(shown, '{ACCOUNT,SESSION}');
	f utility.form := utility.form_must(w, uid);
begin
	update utility.form x set deleted_at = ops.now() where x.form = f.form;
	perform audit.record('form.deleted', coalesce(w.login, w.code), w.party, null, jsonb_build_object('form', f.form));
end $$;

-- ---- trials ----

-- Which customer of the sandbox plays in a scenario, and what is told of it at the end.
create or replace function utility.scenario(name text)
returns table (plays text, found bool, ends text, tells text[])
language sql immutable security definer set search_path = pg_catalog, pg_temp
as $$
	select s.plays, s.found, s.ends, s.tells::text[]
	from (values
		('residential', 'residential', true, null, null),
		('commercial', 'commercial', true, null, null),
		('badlogin', 'residential', false, null, '{started,finished_errored}'),
		('websitedown', 'residential', false, null, '{started,delayed,retrying,finished_errored}'),
		('utilityerror', 'residential', false, null, '{started,retrying,finished_errored}'),
		('badlogin_after', 'residential', true, null, '{finished_errored}'),
		('websitedown_after', 'residential', true, null, '{retrying,finished_errored}'),
		('utilityerror_after', 'residential', true, null, '{finished_errored}'),
		('slow', 'residential', true, null, '{delayed,progress,finished_successful}'),
		('declined', 'residential', true, 'DECLINE', null),
		('revoked', 'residential', true, 'REVOKE', null),
		('expiring', 'residential', true, 'EXPIRE', null),
		('renewed', 'residential', true, 'RENEW', null)) s (name, plays, found, ends, tells)
	where s.name = scenario.name
$$;

-- Customers of the sandbox by the mailbox that test identifiers have: null unless all of their premises are of utilities
-- for trying.
create or replace function utility.players(of_index bytea, of_utility text)
returns table (customer int4, premises int4[])
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select u.customer, array_agg(o.premise order by o.premise)
	from premise.contact k
	join premise.customer u on u.customer = k.customer
	join premise.occupancy o on o.customer = u.customer
	join premise.premise p on p.premise = o.premise
	join party.tdu t on t.party = p.tdu
	join party.party y on y.party = t.party
	where k.kind = 'email' and k.index = of_index and o.during @> (ops.now() at time zone t.zone)::date
		and p.known and p.status <> 'RETIRED'
		and (upper(of_utility) in ('DEMO', upper(y.code)))
	group by u.customer
	having bool_and(t.sandbox)
	order by u.customer limit 1
$$;

-- {"utility": …, "scenario": …}: an authorization as if the customer had said yes by the form. Only customers of
-- utilities for trying play, whoever the third party is. index: the blind index of the player's mailbox.
create or replace function utility.test_submit(shown bytea, uid text, body jsonb, residential bytea, commercial bytea)
returns text
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := api.csp(shown, '{ACCOUNT,SESSION}');
	f utility.form := utility.form_must(w, uid);
	s record;
	p record;
	c oauth.client;
	k record;
	g oauth.grant;
	made utility.submission;
	type text;
begin
	perform utility.members(body, '{utility,scenario}');
	select * into s from utility.scenario(body ->> 'scenario');
	if s.plays is null then
		raise exception using errcode = 'BB003', message = '"scenario" is not known, expected residential, commercial, '
			'badlogin, badlogin_after, websitedown, websitedown_after, utilityerror, utilityerror_after, slow, declined, '
			'revoked, expiring or renewed';
	elsif f.disabled then
		raise exception using errcode = 'BB004', message = 'the form is disabled';
	end if;
	select * into p from utility.players(case s.plays when 'commercial' then commercial else residential end,
		body ->> 'utility');
	if p.customer is null then
		raise exception using errcode = 'BB003', message = '"utility": a form can be tried with a utility of the sandbox '
			'alone, expected DEMO or its code';
	end if;
	select x.* into c from oauth.client x where x.client = f.client;
	perform agreement.invite_may(w.party);
	if (select count(*) from utility.submission x where x.csp = w.party and x.scenario is not null
		and x.made_at > ops.now() - interval '1 day') >= ops.setting_of('utility.trials_day')::int4 then
		raise exception using errcode = 'BB004', message = format('there were %s trials in a day: that is all',
			ops.setting_of('utility.trials_day'));
	end if;
	insert into utility.submission (csp, form, scenario, made_at) values (w.party, f.form, body ->> 'scenario', ops.now())
	returning * into made;
	if s.found then
		select e.sealed, 'contact.email'::bytea || u.account_index as place, e.index into k
		from premise.contact e join premise.customer u on u.customer = e.customer
		where e.customer = p.customer and e.kind = 'email' order by e.index limit 1;
		g := oauth.grant_ask(utility.grant_client(f.client, c.scopes[1]), p.premises, c.scopes[1], 12, 'EN', k.sealed, k.place, k.index,
			coalesce(w.login, w.code));
		update utility.submission x set agreement = g.agreement where x.submission = made.submission;
		perform utility.test_decide(w, g, made, s.ends);
	end if;
	foreach type in array coalesce(s.tells, '{}') loop
		perform utility.event(w.party, 'authorization_update_' || type, g.agreement, null,
			jsonb_build_object('form_uid', f.form, 'referral', made.referral));
	end loop;
	perform audit.record('form.tried', coalesce(w.login, w.code), w.party, null, jsonb_strip_nulls(jsonb_build_object(
		'form', f.form, 'scenario', made.scenario, 'agreement', g.agreement)));
	return made.referral;
end $$;

-- What the customer of a trial decides, and how it ends.
create or replace function utility.test_decide(w api.principal, g oauth.grant, sub utility.submission, ends text)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	l agreement.link;
	actor text := coalesce(w.login, w.code);
begin
	l.agreement := g.agreement;
	l.sha256 := sha256(convert_to(sub.referral, 'UTF8'));
	perform agreement.decision_keep(l, case ends when 'DECLINE' then 'DECLINE' else 'CONFIRM' end, 'test-submit',
		sha256('test-submit'), jsonb_build_object('test-submit', sub.scenario), null, null);
	if ends = 'DECLINE' then
		perform agreement.take(g.agreement, 'decline', 'CUSTOMER', null, actor);
		return;
	end if;
	perform agreement.affirm(g.agreement, jsonb_build_object('test-submit', sub.scenario), null);
	if ends = 'REVOKE' then
		perform agreement.terminate(g.agreement, 'CUSTOMER', null, actor);
	elsif ends = 'RENEW' then
		perform utility.event(w.party, 'authorization_renewed', g.agreement, null);
	elsif ends = 'EXPIRE' then
		perform utility.event(w.party, 'authorization_expiring_soon', g.agreement, null);
		perform agreement.take(g.agreement, 'complete', 'HUB', 'term', actor);
	end if;
end $$;
