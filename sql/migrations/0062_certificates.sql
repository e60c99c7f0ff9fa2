-- Until when the certificate holds that a door showed a prober; null: it speaks no TLS, or it was not reached.
alter table report.probe add column certificate_until timestamptz;
