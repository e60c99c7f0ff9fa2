/* A mailbox, sealed for a column. See mailbox.h. */
#include "store/mailbox.h"

#include <string.h>

bool
mailbox_seal(struct mailbox *m, const struct keys *k, const char *column, struct str address,
    struct err *e)
{
	char normal[EMAIL_MOST + 1];
	size_t len = strlen(column);
	struct str name, domain;

	address = str_trim(address);
	if (!email_ok(address) || !normal_form("email", address, normal, sizeof normal))
		return err(e, ERR_BAD_INPUT,
		    "the e-mail address has %zu bytes, expected one mailbox such as "
		    "name@example.com, in ASCII",
		    address.len);
	if (len + INDEX_BYTES > sizeof m->place)
		return err(e, ERR_BUG, "the name of the column %s is too long", column);
	blind_index(k, m->index, "email", str_of(normal));
	str_cut(str_of(normal), '@', &name, &domain);
	blind_index(k, m->domain, "domain", domain);
	memcpy(m->place, column, len);
	memcpy(m->place + len, m->index, INDEX_BYTES);
	m->place_len = len + INDEX_BYTES;
	m->sealed_len = seal(k, m->sealed, address, (struct str){ m->place, m->place_len });
	return true;
}

bool
mailbox_open(char to[EMAIL_MOST + 1], const struct keys *k, struct str sealed, struct str place)
{
	char room[EMAIL_MOST + SEAL_EXTRA];
	size_t len;

	if (sealed.len > sizeof room || !unseal(k, room, &len, sealed, place) ||
	    len > EMAIL_MOST)
		return false;
	memcpy(to, room, len);
	to[len] = '\0';
	secret_wipe(room, sizeof room);
	return true;
}

struct str
mailbox_name_place(char to[MAILBOX_NAME_PLACE], const void *index)
{
	memcpy(to, MAILBOX_NAME_COLUMN, sizeof MAILBOX_NAME_COLUMN - 1);
	memcpy(to + sizeof MAILBOX_NAME_COLUMN - 1, index, INDEX_BYTES);
	return (struct str){ to, MAILBOX_NAME_PLACE };
}

size_t
mailbox_name_seal(char *to, const struct keys *k, struct str name, const struct mailbox *beside)
{
	char place[MAILBOX_NAME_PLACE];

	return seal(k, to, name, mailbox_name_place(place, beside->index));
}
