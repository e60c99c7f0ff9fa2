/* Packets in, replies out; see serve.h. */
#include "serve.h"

#include <stdlib.h>
#include <string.h>

#include "base/code.h"

enum {
	LENGTH_BYTES = 4,
	/* behind the longest beginning of a packet there is room for another */
	INPUT_MOST = 2 * (PACKET_MOST + LENGTH_BYTES),
	SEND_FROM_BYTES = 256 * 1024,
	/* without a database a request fails then; the end of a large upload takes its time */
	REQUEST_MS = 300000
};

struct input {
	size_t first, len;
	char at[INPUT_MOST];
};

static bool
send_replies(struct task *t, struct sftp *s, struct stream *out, int64_t idle_ms, struct err *e)
{
	if (s->out.len == 0)
		return true;
	task_deadline(t, 0);
	task_deadline(t, (uint64_t)idle_ms);
	if (!stream_write(t, out, s->out.at, s->out.len, e))
		return false;
	task_deadline(t, 0);
	buf_reset(&s->out);
	return true;
}

/* The next whole packet; false when there is none yet, or with e when there cannot be one. */
static bool
next_packet(struct input *in, struct str *packet, struct err *e)
{
	uint32_t len;

	if (in->len < LENGTH_BYTES)
		return false;
	len = get_be32(in->at + in->first);
	if (len == 0 || len > PACKET_MOST)
		return err(e, ERR_BAD_INPUT, "a packet says it has %u bytes, expected 1 to %d",
		    len, PACKET_MOST);
	if (in->len - LENGTH_BYTES < len)
		return false;
	*packet = (struct str){ in->at + in->first + LENGTH_BYTES, len };
	in->first += LENGTH_BYTES + len;
	in->len -= LENGTH_BYTES + len;
	return true;
}

static enum io_got
more(struct task *t, struct input *in, struct stream *from, int64_t idle_ms, struct err *e)
{
	enum io_got got;
	size_t n = 0;

	if (in->first > 0)
		memmove(in->at, in->at + in->first, in->len);
	in->first = 0;
	task_deadline(t, 0);
	task_deadline(t, (uint64_t)idle_ms);
	got = stream_read(t, from, in->at + in->len, INPUT_MOST - in->len, &n, e);
	task_deadline(t, 0);
	in->len += n;
	return got;
}

static bool
answer_all(struct task *t, struct sftp *s, struct input *in, struct stream *out,
    int64_t idle_ms, struct err *e)
{
	struct str packet;

	while (next_packet(in, &packet, e)) {
		task_deadline(t, 0);
		task_deadline(t, REQUEST_MS);
		if (!sftp_take(t, s, packet, e))
			return false;
		if (s->out.len >= SEND_FROM_BYTES && !send_replies(t, s, out, idle_ms, e))
			return false;
	}
	return e->code == ERR_NONE && send_replies(t, s, out, idle_ms, e);
}

bool
sftp_serve(struct task *t, struct sftp *s, struct stream *in, struct stream *out,
    int64_t idle_ms, struct err *e)
{
	struct input *input = malloc(sizeof *input);
	enum io_got got = IO_OK;
	bool ok;

	err_clear(e);
	ok = input != NULL || err(e, ERR_BUSY, "no memory for a session");
	if (ok)
		input->first = input->len = 0;
	while (ok && got == IO_OK) {
		ok = answer_all(t, s, input, out, idle_ms, e);
		if (ok)
			got = more(t, input, in, idle_ms, e);
	}
	if (ok && got == IO_END && input->len > 0)
		ok = err(e, ERR_GONE, "the client went away in the middle of a packet");
	free(input);
	return ok && got == IO_END;
}
