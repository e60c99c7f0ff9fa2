/* The address in the reply to PASV; see passive.h. */
#include "passive.h"

#include <arpa/inet.h>
#include <stdio.h>

static bool
read_ipv4(struct str s, uint32_t *to)
{
	char text[INET_ADDRSTRLEN];
	struct in_addr at;

	if (!str_copy(text, sizeof text, s) || inet_pton(AF_INET, text, &at) != 1)
		return false;
	*to = ntohl(at.s_addr);
	return true;
}

static bool
read_one(struct external *x, struct str item)
{
	struct str network, address, bits;
	int64_t n;

	if (!str_cut(str_trim(item), '=', &network, &address) ||
	    !str_cut(network, '/', &network, &bits) || !str_int64(bits, &n) || n > 32)
		return false;
	x->mask = n == 0 ? 0 : UINT32_MAX << (32 - n);
	return read_ipv4(network, &x->network) && read_ipv4(address, &x->address) &&
	       (x->network & ~x->mask) == 0;
}

bool
externals_read(struct externals *x, struct str list, struct err *e)
{
	bool more = str_trim(list).len > 0;

	x->n = 0;
	while (more) {
		struct str item;

		more = str_cut(list, ',', &item, &list);
		if (x->n == EXTERNALS_MOST)
			return err(e, ERR_CONF, "ftps.external has more than %d items",
			    EXTERNALS_MOST);
		if (!read_one(&x->at[x->n++], item))
			return err(e, ERR_CONF,
			    "ftps.external has \"" STR_FMT
			    "\", expected NETWORK=ADDRESS as in 10.0.0.0/8=10.1.2.3",
			    STR_ARG(item));
	}
	return true;
}

uint32_t
externals_for(const struct externals *x, uint32_t client, uint32_t local)
{
	const struct external *best = NULL;

	for (size_t i = 0; i < x->n; i++) {
		const struct external *is = &x->at[i];

		if ((client & is->mask) == is->network &&
		    (best == NULL || is->mask > best->mask))
			best = is;
	}
	return best != NULL ? best->address : local;
}

void
passive_text(char to[PASSIVE_SIZE], uint32_t address, int port)
{
	snprintf(to, PASSIVE_SIZE, "(%u,%u,%u,%u,%d,%d)", address >> 24, address >> 16 & 255,
	    address >> 8 & 255, address & 255, port >> 8 & 255, port & 255);
}
