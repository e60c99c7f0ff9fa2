-- The links of mails and the page behind them: what it shows, and who has looked. A look changes no state.
set local check_function_bodies = off;

-- A link of a mail that goes to the customer; only the digest of its secret comes here. The same again changes
-- nothing. CODE: the six digits beside the DECIDE link of that mail.
create or replace function agreement.link_make(mail int8, purpose text, sha256 bytea)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	of_agreement int8 := (select o.agreement from mail.outbox o where o.mail = link_make.mail);
	hub_now timestamptz := ops.now();
begin
	if of_agreement is null then
		raise exception using errcode = 'BB001',
			message = format('mail %s is of no agreement', coalesce(mail::text, ''));
	elsif purpose = 'CODE' then
		update agreement.link l set code_sha256 = link_make.sha256
		where l.mail = link_make.mail and l.purpose = 'DECIDE';
		return;
	end if;
	insert into agreement.link (sha256, agreement, mail, purpose, valid_until)
	values (link_make.sha256, of_agreement, link_make.mail, link_make.purpose, case link_make.purpose
		-- what became of it is shown for as long as somebody may care
		when 'DECIDE' then 'infinity'
		when 'RECEIPT' then 'infinity'
		when 'OPT_OUT' then 'infinity'
		when 'NOT_ME' then hub_now + interval '30 days'
		when 'STOP' then hub_now + interval '7 days'
		when 'RENEW' then (select coalesce(a.ends_at, hub_now) from agreement.agreement a
			where a.agreement = of_agreement) end)
	on conflict on constraint link_pkey do nothing;
exception when check_violation or not_null_violation then
	raise exception using errcode = 'BB003', message = format('purpose is "%s" and the digest has %s bytes, '
		'expected DECIDE, RENEW, STOP, NOT_ME, RECEIPT, OPT_OUT or CODE, and 32', purpose,
		octet_length(sha256));
end $$;

-- The link of a secret's digest, of one of these purposes; null when there is none now.
create or replace function agreement.link_of(link bytea, purposes text[])
returns agreement.link
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select l.* from agreement.link l
	where l.sha256 = link_of.link and l.purpose = any (purposes) and l.valid_until > ops.now()
$$;

-- As link_of, but an error when there is none: all in the same words.
create or replace function agreement.link_must(link bytea, purposes text[])
returns agreement.link
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
declare
	l agreement.link := agreement.link_of(link, purposes);
begin
	if l.sha256 is null then
		raise exception using errcode = 'BB001', message = 'there is no such link';
	end if;
	return l;
end $$;

-- Are these the six digits of the mail's link? False for ever after ten tries.
create or replace function agreement.code_try(link bytea, code_sha256 bytea)
returns bool
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	l agreement.link;
begin
	update agreement.link x set code_tries = x.code_tries + 1
	where x.sha256 = code_try.link and x.purpose = 'DECIDE' and x.code_tries < 10
	returning x.* into l;
	return coalesce(l.code_sha256 = code_try.code_sha256, false);
end $$;

-- What the page shows to who holds a link; null when there is no such link, whatever the reason.
create or replace function agreement.page(link bytea)
returns jsonb
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select jsonb_build_object('purpose', l.purpose, 'mail', l.mail, 'used_at', l.used_at)
		|| agreement.card(agreement.now_of(l.agreement))
		-- a renewal that is to follow, or follows, goes on from the same day
		|| case when a.starts_at is null then '{}' else jsonb_build_object('id', a.agreement,
			'decided_at', a.decided_at, 'starts_at', a.starts_at, 'ends_at', agreement.goes_on_until(l.agreement),
			'renewed_by', (select n.agreement from agreement.agreement n where n.renews = a.agreement)) end
	from agreement.link l join agreement.agreement a on a.agreement = l.agreement
	where l.sha256 = page.link and l.valid_until > ops.now()
$$;

-- The agreement that holds in place of one whose term went by: the renewal that followed it, and so on.
create or replace function agreement.now_of(of_agreement int8)
returns int8
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
	set plan_cache_mode = force_generic_plan
as $$
begin
	return (
		with recursive chain as (
			select a.agreement, a.state, 1 as n from agreement.agreement a where a.agreement = of_agreement
			union all
			select o.agreement, o.state, c.n + 1
			from chain c join agreement.agreement o on o.renews = c.agreement and c.state = 'COMPLETED'
		)
		select c.agreement from chain c order by c.n desc limit 1);
end $$;

-- When sharing ends, with the renewals that were agreed on.
create or replace function agreement.goes_on_until(of_agreement int8)
returns timestamptz
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	with recursive chain as (
		select a.agreement, a.ends_at from agreement.agreement a where a.agreement = of_agreement
		union all
		select o.agreement, o.ends_at from chain c join agreement.agreement o on o.renews = c.agreement
	)
	select max(c.ends_at) from chain c
$$;

-- An agreement as its customer may see it: premises and meters masked. Times are null or text.
create or replace function agreement.card(of_agreement int8)
returns jsonb
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select jsonb_build_object('id', a.agreement, 'state', a.state,
		'csp', jsonb_build_object('code', p.code, 'name', p.name, 'active', party.csp_open(c.state))
			|| agreement.csp_words(a.csp),
		'premises', (select coalesce(jsonb_agg(jsonb_build_object('masked', '…' || right(m.esiid, 4),
				'street', m.street, 'city', m.city, 'meter_masked', '…' || right(k.meter_number, least(4, length(k.meter_number) / 2)),
				'ended_at', x.ended_at, 'reason', x.reason) order by m.esiid), '[]')
			from agreement.premise x
			join premise.premise m on m.premise = x.premise
			join party.tdu t on t.party = m.tdu
			left join premise.meter k on k.premise = x.premise
				and k.during @> (ops.now() at time zone t.zone)::date
			where x.agreement = a.agreement),
		'kind', a.kind, 'kinds', a.kinds, 'months', a.months, 'history_months', a.history_months,
		'language', a.language, 'large', a.large, 'invited_at', a.invited_at, 'accepted_at', a.accepted_at,
		'dies_at', a.dies_at, 'starts_at', a.starts_at, 'ends_at', a.ends_at, 'decided_at', a.decided_at,
		'ended_at', a.ended_at, 'by', a.moved_by, 'reason', a.reason, 'renews', a.renews,
		'renewed_by', (select n.agreement from agreement.agreement n where n.renews = a.agreement),
		'disclosure', jsonb_build_object('version', (select d.disclosure from agreement.decision d
			where d.agreement = a.agreement and d.choice in ('CONFIRM', 'RENEW') limit 1)))
	from agreement.agreement a
	join party.party p on p.party = a.csp
	join party.csp c on c.party = a.csp
	where a.agreement = of_agreement
$$;

-- What a third party says of itself, as far as it has said something.
create or replace function agreement.csp_words(csp int4)
returns jsonb
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
	set plan_cache_mode = force_generic_plan
as $$
begin
	return (
		select coalesce((select jsonb_build_object('site', k.site, 'privacy', k.privacy_url, 'use_en', k.use_en,
			'use_es', k.use_es) from party.csp_card(csp_words.csp) k), '{}'));
end $$;

-- The page was asked for, by a person or a machine.
create or replace function agreement.opened(link bytea, source inet, agent text)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	l agreement.link := agreement.link_of(link, array['DECIDE', 'RENEW', 'STOP', 'NOT_ME', 'RECEIPT']);
	a agreement.agreement;
begin
	if l.sha256 is null then
		return;
	end if;
	insert into agreement.visit (agreement, purpose, at, source, agent)
	values (l.agreement, l.purpose, ops.now(), opened.source, left(opened.agent, 300));
	if l.purpose <> 'DECIDE' then
		return;
	end if;
	update agreement.agreement o set opened_at = ops.now()
	where o.agreement = l.agreement and o.opened_at is null
	returning o.* into a;
	if found then
		perform agreement.note('agreement.opened', a, 'link', '{}');
	end if;
	perform radar.on_event('opened', o.csp, o.agreement, null, o.email_index, source)
	from agreement.agreement o where o.agreement = l.agreement;
end $$;
