#include "text.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "base/json.h"
#include "sys/fetch.h"
#include "sys/secret.h"

enum { BODY_MOST = 4096, ANSWER_MOST = 4096, CONNECT_MS = 5000, TOTAL_MS = 15000 };

static bool
read_token(struct agreementd *d, struct err *e)
{
	char text[CONF_TEXT_SIZE];
	struct str line, rest;
	ssize_t n;

	if (d->conf.text_token[0] == '\0')
		return true;
	AUTO_FD fd = open(d->conf.text_token, O_RDONLY | O_CLOEXEC);
	n = fd < 0 ? -1 : read(fd, text, sizeof text);
	if (n < 0)
		return err_errno(e, ERR_CONF, "cannot read text.token %s", d->conf.text_token);
	str_cut((struct str){ text, (size_t)n }, '\n', &line, &rest);
	snprintf(d->text_header, sizeof d->text_header, "Authorization: Bearer " STR_FMT,
	    STR_ARG(line));
	secret_wipe(text, sizeof text);
	return true;
}

bool
text_open(struct agreementd *d, struct err *e)
{
	const struct conf *c = &d->conf;

	if (c->text_gateway[0] == '\0')
		return true;
	if (!str_starts(str_of(c->text_gateway), "https://"))
		return err(
		    e, ERR_CONF, "text.gateway is \"%s\", expected https://…", c->text_gateway);
	d->text_rules = (struct fetch_rules){ .ca = c->text_ca,
		.connect_ms = CONNECT_MS,
		.total_ms = TOTAL_MS,
		.answer_most = ANSWER_MOST };
	return fetch_start(e) && read_token(d, e) &&
	       egress_rules_read(
		   &d->text_rules.egress, "text", c->text_ports, c->text_private_networks, e);
}

bool
text_number(char to[TEXT_NUMBER_SIZE], struct str phone)
{
	char digits[15 + 1]; /* E.164 has no longer one */
	size_t n = 0;

	for (size_t i = 0; i < phone.len; i++)
		if (phone.at[i] >= '0' && phone.at[i] <= '9') {
			if (n == sizeof digits - 1)
				return false;
			digits[n++] = phone.at[i];
		}
	digits[n] = '\0';
	snprintf(to, TEXT_NUMBER_SIZE, "+%s%s", n == 10 ? "1" : "", digits);
	return n >= 10;
}

static enum smtp_got
said(const struct fetch_got *got, char reply[SMTP_REPLY_SIZE])
{
	if (got->result != FETCH_ANSWERED) {
		str_copy(reply, SMTP_REPLY_SIZE, str_of(got->says));
		return SMTP_LATER;
	}
	snprintf(reply, SMTP_REPLY_SIZE, "the gateway answers %d", got->status);
	return got->status / 100 == 2			      ? SMTP_ACCEPTED
	       : got->status / 100 == 4 && got->status != 429 ? SMTP_REFUSED
							      : SMTP_LATER;
}

bool
text_send(struct task *t, const struct agreementd *d, struct str phone, struct str words,
    enum smtp_got *got, char reply[SMTP_REPLY_SIZE], struct err *e)
{
	AUTO(fetch_got) answer = { .result = FETCH_OURS };
	AUTO_PTR(fetch) f = NULL;
	AUTO(buf) body = BUF(BODY_MOST);
	struct json j = json_to(&body);
	const char *headers[] = { d->text_header };
	char number[TEXT_NUMBER_SIZE];
	struct fetch_ask ask;

	*got = SMTP_REFUSED;
	if (d->conf.text_gateway[0] == '\0' || !text_number(number, phone)) {
		str_copy(reply, SMTP_REPLY_SIZE,
		    d->conf.text_gateway[0] == '\0' ? STR("text.gateway is not set")
						    : STR("that is no phone number"));
		return true;
	}
	json_open(&j, NULL);
	json_text(&j, "to", str_of(number));
	json_text(&j, "text", words);
	json_end(&j);
	ask = (struct fetch_ask){ .url = str_of(d->conf.text_gateway),
		.type = "application/json",
		.body = buf_view(&body),
		.headers = headers,
		.header_count = d->text_header[0] == '\0' ? 0 : 1 };
	f = fetch_new(&d->text_rules, e);
	if (f == NULL || !fetch_post(t, f, &ask, &answer, e))
		return false;
	*got = said(&answer, reply);
	return true;
}
