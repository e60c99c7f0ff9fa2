#include "sys/egress.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

enum { PORT_MOST = 65535, NETWORK_SIZE = 64 };

/* ---- special-purpose ranges ---- */

struct range {
	const char *network;
	const char *what;
};

/* RFC 6890 and what was registered since. */
static const struct range special_4[] = {
	{ "0.0.0.0/8", "this network" },
	{ "10.0.0.0/8", "a private network" },
	{ "100.64.0.0/10", "a provider's shared network" },
	{ "127.0.0.0/8", "this machine" },
	{ "169.254.0.0/16", "link-local" },
	{ "172.16.0.0/12", "a private network" },
	{ "192.0.0.0/24", "protocol assignments" },
	{ "192.0.2.0/24", "for documentation" },
	{ "192.31.196.0/24", "AS112" },
	{ "192.52.193.0/24", "AMT" },
	{ "192.88.99.0/24", "6to4 relays" },
	{ "192.168.0.0/16", "a private network" },
	{ "192.175.48.0/24", "AS112" },
	{ "198.18.0.0/15", "for benchmarks" },
	{ "198.51.100.0/24", "for documentation" },
	{ "203.0.113.0/24", "for documentation" },
	{ "224.0.0.0/4", "multicast" },
	{ "240.0.0.0/4", "reserved" },
};

static const struct range special_6[] = {
	{ "2001::/23", "protocol assignments (Teredo, ORCHID, benchmarks)" },
	{ "2001:db8::/32", "for documentation" },
	{ "2002::/16", "6to4" },
	{ "2620:4f:8000::/48", "AS112" },
	{ "3fff::/20", "for documentation" },
};

static const char global_6[] = "2000::/3", nat64[] = "64:ff9b::/96", mapped[] = "::ffff:0:0/96";

static bool
network_read(struct egress_network *n, struct str text)
{
	char address[NETWORK_SIZE];
	struct str head, tail;
	int64_t bits;

	if (!str_cut(text, '/', &head, &tail) || !str_int64(tail, &bits) ||
	    !str_copy(address, sizeof address, head))
		return false;
	memset(n, 0, sizeof *n);
	n->family = memchr(head.at, ':', head.len) != NULL ? AF_INET6 : AF_INET;
	n->bits = (int)bits;
	return inet_pton(n->family, address, n->at) == 1 &&
	       bits <= (n->family == AF_INET6 ? 128 : 32);
}

static bool
within(const struct egress_network *n, int family, const unsigned char *at)
{
	int whole = n->bits / 8, rest = n->bits % 8;

	if (n->family != family || memcmp(n->at, at, (size_t)whole) != 0)
		return false;
	return rest == 0 || ((n->at[whole] ^ at[whole]) & (0xff << (8 - rest)) & 0xff) == 0;
}

static bool
within_text(const char *network, int family, const unsigned char *at)
{
	struct egress_network n;

	return network_read(&n, str_of(network)) && within(&n, family, at);
}

static const char *
special(const struct range *r, size_t count, int family, const unsigned char *at)
{
	for (size_t i = 0; i < count; i++)
		if (within_text(r[i].network, family, at))
			return r[i].what;
	return NULL;
}

static const char *
not_public(int family, const unsigned char *at)
{
	const char *what;

	if (family == AF_INET)
		return special(special_4, nitems(special_4), family, at);
	what = special(special_6, nitems(special_6), family, at);
	if (what != NULL)
		return what;
	if (within_text(mapped, family, at))
		return "an IPv4 address in IPv6's clothes";
	if (within_text(nat64, family, at))
		return "NAT64";
	return within_text(global_6, family, at) ? NULL : "not a public IPv6 address";
}

static bool
allowed_here(const struct egress_rules *r, int family, const unsigned char *at)
{
	for (size_t i = 0; i < r->networks; i++)
		if (within(&r->network[i], family, at))
			/* a translator's network is no way round the rules of what is behind */
			return family == AF_INET || !within_text(nat64, family, at) ||
			       not_public(AF_INET, at + 12) == NULL ||
			       allowed_here(r, AF_INET, at + 12);
	return false;
}

bool
egress_address_ok(const struct egress_rules *r, const struct sockaddr *a, struct err *e)
{
	char text[INET6_ADDRSTRLEN] = "?";
	const unsigned char *at;
	const char *what;

	if (a->sa_family == AF_INET)
		at = (const unsigned char *)&((const struct sockaddr_in *)(const void *)a)
			 ->sin_addr;
	else if (a->sa_family == AF_INET6)
		at = ((const struct sockaddr_in6 *)(const void *)a)->sin6_addr.s6_addr;
	else
		return err(e, ERR_FORBIDDEN, "an address of family %d", a->sa_family);
	what = not_public(a->sa_family, at);
	if (what == NULL || allowed_here(r, a->sa_family, at))
		return true;
	inet_ntop(a->sa_family, at, text, sizeof text);
	return err(
	    e, ERR_FORBIDDEN, "%s is %s: only public addresses are connected to", text, what);
}

bool
egress_host_inside(const struct egress_rules *r, const char *host, struct err *e)
{
	struct sockaddr_in four = { .sin_family = AF_INET };
	struct sockaddr_in6 six = { .sin6_family = AF_INET6 };

	if (inet_pton(AF_INET, host, &four.sin_addr) == 1)
		return !egress_address_ok(r, (const struct sockaddr *)(const void *)&four, e);
	return inet_pton(AF_INET6, host, &six.sin6_addr) == 1 &&
	       !egress_address_ok(r, (const struct sockaddr *)(const void *)&six, e);
}

/* ---- rules ---- */

static bool
port_read(struct str text, int *port)
{
	int64_t n;

	if (!str_int64(text, &n) || n < 1 || n > PORT_MOST)
		return false;
	*port = (int)n;
	return true;
}

static bool
ports_add(struct egress_rules *r, struct str word, struct err *e)
{
	struct str first, last;
	bool range = str_cut(word, '-', &first, &last);

	if (r->ports == EGRESS_PORTS_MOST)
		return err(e, ERR_CONF, "more than %d ports", EGRESS_PORTS_MOST);
	if (!port_read(first, &r->port[r->ports].first) ||
	    !port_read(range ? last : first, &r->port[r->ports].last) ||
	    r->port[r->ports].first > r->port[r->ports].last)
		return err(e, ERR_CONF, "port \"" STR_FMT "\", expected 22 or 8000-8100",
		    STR_ARG(word));
	r->ports++;
	return true;
}

static bool
networks_add(struct egress_rules *r, struct str word, struct err *e)
{
	if (r->networks == EGRESS_NETWORKS_MOST)
		return err(e, ERR_CONF, "more than %d networks", EGRESS_NETWORKS_MOST);
	if (!network_read(&r->network[r->networks], word))
		return err(e, ERR_CONF, "network \"" STR_FMT "\", expected 10.1.0.0/16",
		    STR_ARG(word));
	r->networks++;
	return true;
}

static bool
each_word(struct egress_rules *r, const char *text,
    bool (*add)(struct egress_rules *r, struct str word, struct err *e), struct err *e)
{
	struct str rest = str_trim(str_of(text)), word;

	while (rest.len > 0) {
		str_cut(rest, ' ', &word, &rest);
		rest = str_trim(rest);
		if (str_ends(word, ","))
			word.len--;
		if (!add(r, word, e))
			return false;
	}
	return true;
}

bool
egress_rules_read(struct egress_rules *r, const char *section, const char *ports,
    const char *networks, struct err *e)
{
	memset(r, 0, sizeof *r);
	r->section = section;
	return (each_word(r, ports, ports_add, e) || err_at(e, "%s.ports", section)) &&
	       (each_word(r, networks, networks_add, e) ||
		   err_at(e, "%s.private_networks", section));
}

bool
egress_port_ok(const struct egress_rules *r, int port, struct err *e)
{
	for (size_t i = 0; i < r->ports; i++)
		if (port >= r->port[i].first && port <= r->port[i].last)
			return true;
	return err(e, ERR_FORBIDDEN, "port %d is not one that is connected to (%s.ports)", port,
	    r->section);
}

bool
egress_find(struct egress_place *to, const struct egress_rules *r, const char *host, int port,
    egress_lookup *lookup, struct err *e)
{
	struct addrinfo want = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV };
	struct addrinfo *found = NULL;
	char service[8];
	bool ok;
	int rc;

	if (!egress_host_ok(str_of(host), e) || !egress_port_ok(r, port, e))
		return false;
	snprintf(service, sizeof service, "%d", port);
	rc = lookup(host, service, &want, &found);
	if (rc != 0 || found == NULL)
		return err(e, ERR_UNAVAILABLE, "%s is not found: %s", host,
		    rc != 0 ? gai_strerror(rc) : "no address");
	ok = true;
	for (struct addrinfo *a = found; ok && a != NULL; a = a->ai_next)
		ok = egress_address_ok(r, a->ai_addr, e) || err_at(e, "%s", host);
	if (ok && found->ai_addrlen <= sizeof to->at) {
		memcpy(&to->at, found->ai_addr, found->ai_addrlen);
		to->len = found->ai_addrlen;
		ok = getnameinfo(found->ai_addr, found->ai_addrlen, to->text, sizeof to->text,
			 NULL, 0, NI_NUMERICHOST) == 0 ||
		     err(e, ERR_BUG, "an address that cannot be written");
	}
	if (found != NULL && lookup == getaddrinfo)
		freeaddrinfo(found);
	return ok;
}
