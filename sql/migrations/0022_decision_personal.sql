-- Source and agent of a decision stand beside its audit event (audit.personal), where they are erased.
alter table agreement.decision drop column source, drop column agent;
drop function if exists agreement.renewed(int8, text);
drop function if exists agreement.decision_keep(agreement.link, text, text, bytea, jsonb, inet, text);
