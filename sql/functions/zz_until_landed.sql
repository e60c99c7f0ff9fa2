-- What comes with other parts, until it is there.
do $do$
begin
	if to_regprocedure('party.csp_mail(text,int4,int8,jsonb,text,text)') is null then
		create function party.csp_mail(kind text, csp int4, agreement int8 default null, args jsonb default '{}',
			once text default null, role text default 'BUSINESS') returns int8
		language sql security definer set search_path = pg_catalog, pg_temp as 'select null::int8';
	end if;
	if to_regprocedure('mail.cancel(int8,text[])') is null then
		create function mail.cancel(agreement int8, kinds text[] default null) returns int4
		language sql security definer set search_path = pg_catalog, pg_temp as $$
			with gone as (update mail.outbox o set state = 'CANCELLED'
				where o.agreement = cancel.agreement and o.state = 'QUEUED'
					and (cancel.kinds is null or o.kind = any (cancel.kinds)) returning 1)
			select count(*)::int4 from gone
		$$;
	end if;
	if to_regprocedure('mail.opt_out(bytea,int4,text,text)') is null then
		create function mail.opt_out(recipient_index bytea, csp int4, reason text, actor text default 'customer')
		returns bool
		language sql security definer set search_path = pg_catalog, pg_temp as $$
			insert into mail.suppression (recipient_index, csp, reason, since)
			values (opt_out.recipient_index, opt_out.csp, opt_out.reason, ops.now())
			on conflict do nothing;
			select true
		$$;
	end if;
	if to_regprocedure('radar.budget(int4,text)') is null then
		create function radar.budget(csp int4, esiid text) returns bool
		language sql security definer set search_path = pg_catalog, pg_temp as 'select true';
	end if;
	if to_regprocedure('radar.follow(int4)') is null then
		create function radar.follow(most int4) returns int4
		language sql security definer set search_path = pg_catalog, pg_temp as 'select 0';
	end if;
end $do$;
