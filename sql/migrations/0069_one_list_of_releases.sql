-- The portal's page and /v1 have one list: api.release_events.
drop function if exists portal.releases(int4, int8, int4);
drop function if exists portal.ran_at(int8, int4, int4, int8);
drop function if exists api.release_body(audit.event, text[], int4);
