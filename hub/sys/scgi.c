/* The head of an SCGI request; see scgi.h. */
#include "sys/scgi.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum { LENGTH_DIGITS_MOST = 5 }; /* of a head of 64 KiB */

static const char *const names[SCGI_VARS] = {
#define X(name, id) [id] = name,
#include "sys/scgi_table.h"
#undef X
};

static int
find(struct str name)
{
	for (int i = 0; i < SCGI_VARS; i++)
		if (str_is(name, names[i]))
			return i;
	return -1;
}

/* No control characters: a value may go into a log, a header or a page. */
static bool
plain(struct str value)
{
	for (size_t i = 0; i < value.len; i++)
		if ((unsigned char)value.at[i] < ' ' || value.at[i] == 127)
			return false;
	return true;
}

static bool
pair(struct str *left, struct scgi *to, bool first, struct err *e)
{
	struct str name, value;
	char shown[40];
	int at;

	if (!str_cut(*left, '\0', &name, left) || !str_cut(*left, '\0', &value, left))
		return err(e, ERR_BAD_INPUT, "a request's head ends within a pair");
	at = find(name);
	str_plain(shown, sizeof shown, name);
	if (at < 0)
		return err(e, ERR_BAD_INPUT,
		    "a request has the variable \"%s\", which is none "
		    "of those that are known",
		    shown);
	if (to->var[at].at != NULL)
		return err(e, ERR_BAD_INPUT, "a request has %s twice", shown);
	if (first != (at == SCGI_CONTENT_LENGTH))
		return err(e, ERR_BAD_INPUT,
		    "a request's %s pair is %s, expected "
		    "CONTENT_LENGTH to come first",
		    first ? "first" : "later", shown);
	if (!plain(value))
		return err(e, ERR_BAD_INPUT, "a request has a control character in %s", shown);
	to->var[at] = value;
	return true;
}

bool
scgi_parse(struct str head, struct scgi *to, struct err *e)
{
	bool first = true;

	for (size_t i = 0; i < SCGI_VARS; i++)
		to->var[i] = (struct str){ NULL, 0 };
	while (head.len > 0) {
		if (!pair(&head, to, first, e))
			return false;
		first = false;
	}
	if (!str_int64(to->var[SCGI_CONTENT_LENGTH], &to->body_bytes))
		return err(e, ERR_BAD_INPUT, "a request's CONTENT_LENGTH is not a number");
	if (!str_is(to->var[SCGI_VERSION], "1"))
		return err(e, ERR_BAD_INPUT, "a request's SCGI is not \"1\"");
	if (to->var[SCGI_METHOD].len == 0 || to->var[SCGI_URI].len == 0)
		return err(e, ERR_BAD_INPUT, "a request without a method or an address");
	return true;
}

/* "123:", without leading zeros. */
static enum io_got
read_length(struct task *t, struct stream *s, size_t *len, struct err *e)
{
	char c;

	*len = 0;
	for (int i = 0; i <= LENGTH_DIGITS_MOST; i++) {
		enum io_got got = stream_exactly(t, s, &c, 1, e);

		if (got == IO_END && i > 0)
			err(e, ERR_GONE, "a request ended in its length");
		if (got != IO_OK)
			return i > 0 ? IO_FAIL : got;
		if (c == ':' && i > 0)
			return IO_OK;
		if (c < '0' || c > '9' || (i == 1 && *len == 0))
			break;
		*len = *len * 10 + (size_t)(c - '0');
	}
	err(e, ERR_BAD_INPUT, "a request does not begin with its length");
	return IO_FAIL;
}

enum io_got
scgi_read(struct task *t, struct stream *s, struct scgi *to, struct err *e)
{
	size_t len;
	enum io_got got;

	*to = (struct scgi){ 0 };
	got = read_length(t, s, &len, e);
	if (got != IO_OK)
		return got;
	if (len == 0 || len > SCGI_HEAD_MOST) {
		err(e, ERR_TOO_BIG, "a request's head has %zu bytes, expected 1 to %d", len,
		    SCGI_HEAD_MOST);
		return IO_FAIL;
	}
	to->head = malloc(len + 1);
	if (to->head == NULL) {
		err(e, ERR_BUSY, "no memory for a request");
		return IO_FAIL;
	}
	got = stream_exactly(t, s, to->head, len + 1, e);
	if (got == IO_END)
		err(e, ERR_GONE, "a request ended before its head");
	if (got != IO_OK)
		return IO_FAIL;
	if (to->head[len] != ',') {
		err(e, ERR_BAD_INPUT, "a request's head does not end with a comma");
		return IO_FAIL;
	}
	return scgi_parse((struct str){ to->head, len }, to, e) ? IO_OK : IO_FAIL;
}

void
scgi_auto(struct scgi *s)
{
	free(s->head);
	*s = (struct scgi){ 0 };
}

bool
scgi_peer(int fd, uid_t uid, struct err *e)
{
	struct ucred is;
	socklen_t len = sizeof is;

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &is, &len) != 0)
		return err_errno(e, ERR_IO, "cannot tell who is at the socket");
	return is.uid == uid || is.uid == 0 ||
	       err(e, ERR_FORBIDDEN, "user %u is at the socket, expected nginx's, %u",
		   (unsigned)is.uid, (unsigned)uid);
}
