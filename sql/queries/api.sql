-- Statements of busbar-apid for all of its families. `shown` is what a caller has shown: 32 bytes.

-- Whose token that is; BB007: nobody's (any more). Asking twice does no harm.
--! api_who(shown) one read
select class as class_, kind, code, login, party, account
from api.who($1::bytea);
