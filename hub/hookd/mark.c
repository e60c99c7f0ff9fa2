#include "mark.h"

#include <stdio.h>
#include <string.h>

#include "base/code.h"
#include "sys/digest.h"
#include "sys/secret.h"

enum { PAUSE_FIRST_S = 5, PAUSE_MOST_S = 3600, ANSWER_SAYS = 200 };

/* ---- signatures ---- */

static void
add_v1(char line[MARK_SIZE], struct str secret, struct str stamp, struct str body)
{
	unsigned char mac[SECRET_HMAC_BYTES];
	char hex[2 * SECRET_HMAC_BYTES + 1];
	size_t len = strlen(line);

	secret_hmac(mac, secret, stamp, body);
	code_hex(hex, mac, sizeof mac);
	snprintf(line + len, MARK_SIZE - len, ",v1=%s", hex);
}

static size_t
own_headers(char lines[MARK_LINES][MARK_SIZE], struct str secret, struct str next,
    int64_t now_s, struct str body)
{
	char stamp[24];

	snprintf(stamp, sizeof stamp, "%lld.", (long long)now_s);
	snprintf(lines[0], MARK_SIZE, "Busbar-Signature: t=%lld", (long long)now_s);
	add_v1(lines[0], secret, str_of(stamp), body);
	if (next.len > 0)
		add_v1(lines[0], next, str_of(stamp), body);
	return 1;
}

static size_t
utility_headers(char lines[MARK_LINES][MARK_SIZE], struct str secret,
    const unsigned char salt[MARK_SALT_BYTES], struct str body)
{
	char salt_hex[2 * MARK_SALT_BYTES + 1], hex[DIGEST_HEX];
	AUTO_PTR(digest) d = digest_new();
	unsigned char hash[DIGEST_BYTES];

	code_hex(salt_hex, salt, MARK_SALT_BYTES);
	digest_add(d, secret.at, secret.len);
	digest_add(d, ".", 1);
	digest_add(d, salt_hex, strlen(salt_hex));
	digest_add(d, ".", 1);
	digest_add(d, body.at, body.len);
	digest_end(d, hash);
	code_hex(hex, hash, sizeof hash);
	snprintf(lines[0], MARK_SIZE, "X-UtilityAPI-Webhook-Salt: %s", salt_hex);
	snprintf(lines[1], MARK_SIZE, "X-UtilityAPI-Webhook-Signature: %s", hex);
	return 2;
}

size_t
mark_headers(char lines[MARK_LINES][MARK_SIZE], enum hook_family f, struct str secret,
    struct str next, int64_t now_s, const unsigned char salt[MARK_SALT_BYTES], struct str body)
{
	switch (f) {
	case HOOK_BUSBAR:
		return own_headers(lines, secret, next, now_s, body);
	case HOOK_UTILITYAPI:
		return utility_headers(lines, secret, salt, body);
	default:
		return 0;
	}
}

/* ---- pauses ---- */

int64_t
mark_pause_s(enum hook_family f, int32_t attempts, unsigned jitter)
{
	int64_t pause_s = PAUSE_FIRST_S;

	if (f == HOOK_UTILITYAPI)
		return PAUSE_MOST_S;
	for (int32_t i = 1; i < attempts && pause_s < PAUSE_MOST_S; i++)
		pause_s *= 2;
	if (pause_s > PAUSE_MOST_S)
		pause_s = PAUSE_MOST_S;
	return pause_s - pause_s * (int64_t)(jitter % 1000) / 5000;
}

/* ---- answers ---- */

/* The challenge itself, or {"challenge":"…"} and nothing else in it: a server that sends back
 * whatever it gets proves nothing. */
static bool
answers(struct str answer, struct str challenge)
{
	static const char head[] = "{\"challenge\":\"", tail[] = "\"}";
	AUTO(buf) b = BUF(4096);
	struct str s;

	for (size_t i = 0; i < answer.len; i++)
		if (strchr(" \t\r\n", answer.at[i]) == NULL)
			buf_byte(&b, answer.at[i]);
	s = buf_view(&b);
	if (!buf_ok(&b))
		return false;
	if (str_eq(s, challenge))
		return true;
	return s.len == sizeof head - 1 + challenge.len + sizeof tail - 1 &&
	       str_starts(s, head) && str_ends(s, tail) &&
	       memcmp(s.at + sizeof head - 1, challenge.at, challenge.len) == 0;
}

static void
say_answer(struct verdict *v, const struct fetch_got *got)
{
	char plain[ANSWER_SAYS + 1];

	str_plain(plain, sizeof plain, str_trim(buf_view(&got->answer)));
	snprintf(v->says, sizeof v->says, "%s", plain);
}

void
mark_judge(struct verdict *v, const struct fetch_got *got, struct str challenge)
{
	*v = (struct verdict){ .result = fetch_result_name(got->result) };
	if (got->result != FETCH_ANSWERED) {
		str_copy(v->says, sizeof v->says, str_of(got->says));
		return;
	}
	say_answer(v, got);
	if (got->status >= 300 && got->status < 400) {
		v->result = "redirect";
	} else if (got->status < 200 || got->status >= 300) {
		v->result = "status";
	} else if (challenge.len > 0 && !answers(buf_view(&got->answer), challenge)) {
		v->result = "challenge";
	} else {
		v->good = true;
	}
}
