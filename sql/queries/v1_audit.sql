-- Statements of /v1 about the signed audit; sql/functions/audit_kit.sql says what each does.

--! v1_audit_checkpoint(old) one read
select size, note from audit.checkpoint_public($1::int8);

--! v1_audit_keys() rows read
select known_as from audit.keys();

--! v1_audit_witnesses() rows read
select known_as from audit.witnesses() where ended_at is null;

--! v1_audit_cosign(shown, size, root, name, signed_at, line) one
select audit.cosign($1::bytea, $2::int8, $3::bytea, $4::text, $5::timestamptz, $6::text);

--! v1_audit_proof(shown, what, number) one
select entry, line, size, note from audit.proof($1::bytea, $2::text, $3::int8);
