/*
 * Where the hub may go when a partner names a server: the address rules. A partner writes a
 * URL, the hub connects to it from inside our network, so what it names must be a public
 * address and a port that we expect. A name is looked up once; if any of its addresses is not
 * public the whole name is refused (a name that answers with two, one of them inside, waits
 * for us to try the second), and the connection goes to the address that was checked, never to
 * a second look-up.
 *
 * Public is what IANA's special-purpose registries (IPv4 and IPv6, 2024-11) do not take out:
 * of IPv6 only 2000::/3 less its special ranges. Networks of the operator's own choice can be
 * allowed all the same (push.private_networks, hook.private_networks): tests need 127.0.0.0/8.
 */
#ifndef SYS_EGRESS_H
#define SYS_EGRESS_H

#include <sys/socket.h>

#include "base/err.h"

enum egress_kind { EGRESS_SFTP, EGRESS_FTPS, EGRESS_HTTPS, EGRESS_KINDS };
enum { EGRESS_HOST_SIZE = 254, EGRESS_PATH_SIZE = 256, EGRESS_LOGIN_SIZE = 128 };

/* sftp://, ftpes:// (FTPS, AUTH TLS), ftps:// (FTPS, TLS from the first byte), https://;
 * [login@]host[:port][/path]. A path "/x" is absolute, "/~/x" below where the login begins. No
 * password, no query, no fragment, no percent sign; the host is a DNS name, an IPv4 address
 * of four plain numbers, or an IPv6 address in brackets. */
struct egress_url {
	enum egress_kind kind;
	bool implicit; /* FTPS: TLS from the first byte */
	int port;
	char login[EGRESS_LOGIN_SIZE]; /* "" when not given */
	char host[EGRESS_HOST_SIZE];   /* lower case, IPv6 without brackets */
	char
	    path[EGRESS_PATH_SIZE]; /* without a slash at its end; "" is where the login begins,
				       "/" the root */
};
bool egress_url_read(struct egress_url *u, struct str url, struct err *e);
const char *egress_kind_name(enum egress_kind k); /* "SFTP", "FTPS", "HTTPS" */
bool egress_kind_read(struct str name, enum egress_kind *k);
/* A path as it stands in egress_url: names of printable UTF-8, no "." or "..", no empty ones.
 */
bool egress_path_ok(struct str path, struct err *e);
/* The host part alone. */
bool egress_host_ok(struct str host, struct err *e);

enum { EGRESS_PORTS_MOST = 32, EGRESS_NETWORKS_MOST = 32 };
struct egress_network {
	int family, bits;
	unsigned char at[16];
};
struct egress_rules {
	const char *section; /* of the settings they come from: "push" */
	size_t ports, networks;
	struct {
		int first, last;
	} port[EGRESS_PORTS_MOST];
	struct egress_network network[EGRESS_NETWORKS_MOST];
};
/* "21 22 443 8000-8100" and "10.1.0.0/16 fd00::/8"; ERR_CONF says what is wrong. `section` must
 * outlive the rules. */
bool egress_rules_read(struct egress_rules *r, const char *section, const char *ports,
    const char *networks, struct err *e);
bool egress_port_ok(const struct egress_rules *r, int port, struct err *e);
bool egress_address_ok(const struct egress_rules *r, const struct sockaddr *a, struct err *e);
/* Whether a host is written as an address that is not allowed, which e says then. What a name
 * leads to is looked at when it is connected to. */
bool egress_host_inside(const struct egress_rules *r, const char *host, struct err *e);

struct egress_place {
	struct sockaddr_storage at;
	socklen_t len;
	char text[64]; /* the address as a number */
};
/* getaddrinfo() but in tests. */
struct addrinfo;
typedef int egress_lookup(
    const char *host, const char *port, const struct addrinfo *want, struct addrinfo **found);
/* Looks the host up, once; ERR_FORBIDDEN when it or its port is not allowed, ERR_UNAVAILABLE
 * when there is no such name now. Blocks. */
bool egress_find(struct egress_place *to, const struct egress_rules *r, const char *host,
    int port, egress_lookup *lookup, struct err *e);

#endif
