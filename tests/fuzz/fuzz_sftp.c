/*
 * Packets of an SFTP client, against a box in memory that keeps one part and one file: nothing
 * a client sends may break the door, every reply is a whole packet, and what is open is closed
 * at the end.
 */
#include <assert.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/code.h"
#include "box_stand_in.h"
#include "session.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

/* A fuzzer cannot guess random handles: here they are 0, 1, 2, … */
static void
plain_handles(struct sftp *s)
{
	for (size_t i = 0; i < FILES_MOST; i++) {
		memset(s->files[i].id, 0, ID_BYTES);
		s->files[i].id[ID_BYTES - 1] = (unsigned char)i;
	}
}

static void
whole_replies(struct str out)
{
	while (out.len > 0) {
		uint32_t len;

		assert(out.len >= 5);
		len = get_be32(out.at);
		assert(len >= 5 && len <= out.len - 4 && len <= PACKET_MOST);
		out.at += 4 + len;
		out.len -= 4 + len;
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	static struct sftp s;
	struct str left = { (const char *)bytes, size };
	struct err e = { 0 };

	s = (struct sftp){ .out = BUF(REPLIES_MOST) };
	box_entries = 600;
	box_bytes = "/dev/zero";
	box_stand_in_reset();
	while (left.len >= 4) {
		uint32_t len = get_be32(left.at);
		char *packet;
		bool on;

		left = (struct str){ left.at + 4, left.len - 4 };
		if (len == 0 || len > left.len)
			break;
		packet = malloc(len); /* of its own, so that a read behind it is seen */
		assert(packet != NULL);
		memcpy(packet, left.at, len);
		on = sftp_take(NULL, &s, (struct str){ packet, len }, &e);
		free(packet);
		left = (struct str){ left.at + len, left.len - len };
		assert(box_touched_s >= 0 && box_touched_s <= UINT32_MAX);
		whole_replies(buf_view(&s.out));
		buf_reset(&s.out);
		plain_handles(&s);
		if (!on)
			break;
	}
	sftp_end(NULL, &s);
	assert(box_puts_open == 0);
	return 0;
}
