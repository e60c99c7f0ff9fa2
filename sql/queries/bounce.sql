-- The one statement of busbar-bounce.

--! mail_bounced(verp, permanent, says) one
select mail.bounced($1::text, $2::bool, $3::text) as became;
