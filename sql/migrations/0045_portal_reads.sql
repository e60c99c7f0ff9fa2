-- Releases of many premises at once, by whose they are: a customer's page looks into those of few parties.
create index event_bulk on audit.event (party, event) where premise is null and kind = 'reads.released';
