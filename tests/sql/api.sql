-- Who calls the API: what is shown opens what it is for, and nothing once that has ended.
begin;
\ir lib/fixture.psql
select plan(13);

select delivery.account_add('csp1', 'csp1', null, null, null, null, null, 'test') as account \gset
select delivery.credential_add('csp1', 'TOKEN', 'a', null, sha256('static'), null, 'test') as credential \gset
select handle as session from delivery.login_token(sha256('static'), 'HTTPS', '192.0.2.1') \gset
create function t.who(shown bytea, may text[] default null) returns text language plpgsql as $$
begin
	return (select format('%s %s %s', w.class, w.code, w.scope) from api.who(shown, may) w);
exception when others then
	return sqlstate;
end $$;

select is(t.who(:'session'), 'ACCOUNT csp1 ', 'a session of the box is its account');
select is(t.who('x'), 'BB007', 'what nobody knows is nobody');
select is(t.who(null), 'BB007', 'nothing neither');

-- the token's text is 'one'; what is shown of it to the database is its SHA-256
select api.token_add(sha256('one'), 'SESSION', :csp1, (select account from delivery.account where login = 'csp1'),
	:credential, null, null, null, null, '1 hour') as one \gset
select is(t.who(sha256('one')), 'SESSION csp1 ', 'a token is whose it is');
select is(t.who('one'), 'BB007', 'its text itself is nothing');
select is((select count(*) from api.token where verifier = sha256('one')), 0::int8, 'nor is what is shown kept');
select is(t.who(sha256('one'), '{ACCESS}'), 'BB002', 'a class that may not is told so');
select is(t.who(sha256('one'), '{ACCESS,SESSION}'), 'SESSION csp1 ', 'one that may is not');
update api.token set expires_at = clock_timestamp() - interval '1 s' where token = :one;
select is(t.who(sha256('one')), 'BB007', 'one that ran out is nothing');
update api.token set expires_at = null where token = :one;
select is(t.who(sha256('one')), 'SESSION csp1 ', '(one without an end is)');
select delivery.credential_end(:credential, 'test');
select is(t.who(sha256('one')), 'BB007', 'it ends with the credential that it was got by');
select is(t.who(:'session'), 'BB007', 'the session too');
insert into oauth.client (csp, client_id, name, redirect_uris, scopes)
values (:csp1, 'client-1', 'One', '{https://a.example/}', '{FB=4}') returning client \gset
select api.token_add(sha256('two'), 'CLIENT', :csp1, null, null, :client, null, 'FB=34_35', null, '1 hour');
update oauth.client set ended_at = clock_timestamp() where client = :client;
select is(t.who(sha256('two')), 'BB007', 'and one of a program with that');
select * from finish();
rollback;
