"""Whom each page of the portal is for, by hand: 98_pages.sh holds busbar-portald's own table and its answers against it.

A line: method, address, then "anybody" or kinds of parties, each with the least role where it takes one (csp.admin)."""
RULES = """
GET  /                                  anybody
GET  /companies                         anybody
GET  /status                            anybody
GET  /scoreboard                        anybody
GET  /help                              anybody
GET  /help/{guide}                      anybody
GET  /privacy                           anybody
GET  /sign-in                           anybody
POST /sign-in                           anybody
POST /sign-out                          anybody
GET  /sign-up                           anybody
POST /sign-up                           anybody
GET  /forgot                            anybody
POST /forgot                            anybody
GET  /code                              anybody
POST /code                              anybody
GET  /home                              customer
POST /home                              customer
GET  /use                               customer
GET  /download                          customer
GET  /reads                             customer
GET  /account                           customer csp rep tdu regulator operator
POST /account                           customer csp rep tdu regulator operator
GET  /csp                               csp
GET  /csp/agreements                    csp
GET  /csp/agreements/{agreement}        csp
POST /csp/agreements/{agreement}        csp.member
GET  /csp/invite                        csp.member
POST /csp/invite                        csp.member
GET  /csp/invite/file                   csp.member
POST /csp/invite/file                   csp.member
GET  /csp/funnel                        csp
GET  /account/password                  customer csp rep tdu regulator operator
POST /account/password                  customer csp rep tdu regulator operator
GET  /account/factor                    customer csp rep tdu regulator operator
POST /account/factor                    customer csp rep tdu regulator operator
GET  /a/{token}                         anybody
POST /a/{token}                         anybody
GET  /o/{token}                         anybody
POST /o/{token}                         anybody
GET  /c/{token}                         anybody
POST /c/{token}                         anybody
GET  /oauth/authorize                   anybody
GET  /DataCustodian/oauth/authorize     anybody
GET  /DataCustodian/{utility}/oauth/authorize  anybody
GET  /myAuthorization                   anybody
GET  /consent/{token}                   anybody
POST /consent/{token}                   anybody
GET  /demo-third-party                  anybody
GET  /connect/{client}                  anybody
GET  /share/{party}                     anybody
GET  /shared                            anybody
GET  /s/{tag}/{name}                    anybody
"""


def rules():
    """(method, address) -> {} for anybody, or kind -> least role."""
    found = {}
    for line in RULES.strip().splitlines():
        method, address, *who = line.split()
        found[method, address] = {} if who == ["anybody"] else {
            kind: role or "reader" for kind, _, role in (w.partition(".") for w in who)}
    return found
