/* Mails to a server of the test's own, which answers from a script and keeps what it was told.
 */
#include "sys/smtp.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

enum { TALK_MOST = 256 * 1024 };

static struct server {
	int listener;
	int port;
	const char *ehlo, *mail, *rcpt, *data, *end; /* answers */
	bool hangs_up;				     /* instead of an answer to the mail */
	unsigned connections;
	struct buf told;
} server;

static void
say(int fd, const char *line)
{
	char text[300];
	int n = snprintf(text, sizeof text, "%s\r\n", line);

	assert_int_equal(write(fd, text, (size_t)n), n);
}

static bool
hear(FILE *in, char *line, size_t size)
{
	if (fgets(line, (int)size, in) == NULL)
		return false;
	buf_c(&server.told, line);
	return true;
}

static bool
one_mail(FILE *in, int fd)
{
	char line[2000];

	say(fd, server.data);
	if (server.data[0] != '3')
		return true;
	while (hear(in, line, sizeof line))
		if (strcmp(line, ".\r\n") == 0) {
			if (server.hangs_up)
				return false;
			say(fd, server.end);
			return true;
		}
	return false;
}

static void
talk(int fd)
{
	FILE *in = fdopen(dup(fd), "r");
	char line[2000];
	bool more = true;

	say(fd, "220 test");
	while (more && hear(in, line, sizeof line)) {
		if (strncmp(line, "EHLO", 4) == 0)
			say(fd, server.ehlo);
		else if (strncmp(line, "MAIL", 4) == 0)
			say(fd, server.mail);
		else if (strncmp(line, "RCPT", 4) == 0)
			say(fd, server.rcpt);
		else if (strncmp(line, "DATA", 4) == 0)
			more = one_mail(in, fd);
		else
			say(fd, strncmp(line, "QUIT", 4) == 0 ? "221 bye" : "500 what");
	}
	fclose(in);
}

static void *
serve(void *arg)
{
	int fd;

	(void)arg;
	while ((fd = accept(server.listener, NULL, NULL)) >= 0) {
		server.connections++;
		talk(fd);
		close(fd);
	}
	return NULL;
}

static int
start(void **state)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof at;
	static pthread_t thread;

	(void)state;
	server.listener = socket(AF_INET, SOCK_STREAM, 0);
	if (bind(server.listener, (struct sockaddr *)&at, sizeof at) != 0 ||
	    listen(server.listener, 8) != 0 ||
	    getsockname(server.listener, (struct sockaddr *)&at, &len) != 0)
		return -1;
	server.port = ntohs(at.sin_port);
	server.told = (struct buf)BUF(TALK_MOST);
	return pthread_create(&thread, NULL, serve, NULL) != 0 || pthread_detach(thread) != 0;
}

static int
usual(void **state)
{
	(void)state;
	server.ehlo = "250-test\r\n250 8BITMIME";
	server.mail = server.rcpt = "250 fine";
	server.data = "354 go on";
	server.end = "250 2.0.0 kept as 17";
	server.hangs_up = false;
	server.connections = 0;
	buf_reset(&server.told);
	return 0;
}

static struct smtp_relay
relay(void)
{
	return (struct smtp_relay){ .host = "127.0.0.1",
		.port = server.port,
		.ca = "",
		.hello = "hub.example",
		.user = "",
		.password = "" };
}

static struct smtp_mail
mail(void)
{
	return (struct smtp_mail){ .envelope_from = "bounce+17@hub.example",
		.to = "ann@mail.example",
		.from = "no-reply@hub.example",
		.from_name = "Busbar",
		.subject = "Plain",
		.message_id = "17.abc@hub.example",
		.date_s = 1795703246, /* 2026-11-26T14:27:26Z */
		.text = STR("Text with ñ.\n.dot\n"),
		.html = STR("<p>HTML with ñ.</p>\n") };
}

static enum smtp_got
sent(const struct smtp_mail *m, char reply[SMTP_REPLY_SIZE])
{
	struct smtp_relay r = relay();
	struct err e = { 0 };
	struct smtp *s = smtp_new(&r, &e);
	enum smtp_got got;

	assert_non_null(s);
	got = smtp_send(s, m, reply);
	smtp_free(&s);
	return got;
}

static bool
told(const char *text)
{
	return str_has(buf_view(&server.told), str_of(text));
}

static void
a_mail_is_two_parts_with_the_headers_that_it_needs(void **state)
{
	struct smtp_mail m = mail();
	char reply[SMTP_REPLY_SIZE];

	(void)state;
	m.subject = "Año nuevo: una línea que es más larga que una palabra codificada";
	m.unsubscribe = "https://hub.example/o/x";
	assert_int_equal(sent(&m, reply), SMTP_ACCEPTED);
	assert_string_equal(reply, "250 2.0.0 kept as 17");
	assert_true(told("EHLO hub.example\r\n"));
	assert_true(told("MAIL FROM:<bounce+17@hub.example>"));
	assert_true(told("RCPT TO:<ann@mail.example>"));
	assert_true(told("Date: Thu, 26 Nov 2026 14:27:26 +0000\r\n"));
	assert_true(told("From: \"Busbar\" <no-reply@hub.example>\r\n"));
	assert_true(told("To: <ann@mail.example>\r\n"));
	assert_true(told("Message-ID: <17.abc@hub.example>\r\n"));
	assert_true(told("List-Unsubscribe: <https://hub.example/o/x>\r\n"));
	assert_true(told("List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"));
	assert_true(told("Auto-Submitted: auto-generated\r\n"));
	assert_true(told("Content-Type: multipart/alternative; boundary="));
	assert_true(told("Content-Type: text/plain; charset=utf-8\r\n"));
	assert_true(told("Content-Type: text/html; charset=utf-8\r\n"));
	assert_true(
	    told("Text with =C3=B1.\r\n..dot\r\n")); /* quoted-printable; a dot is two */
	assert_true(told("HTML with =C3=B1."));
	/* python3: base64.b64encode of the first 42 bytes, then of the rest */
	assert_true(told("Subject: =?UTF-8?B?"
			 "QcOxbyBudWV2bzogdW5hIGzDrW5lYSBxdWUgZXMgbcOhcyBsYXJnYSBx?=\r\n "
			 "=?UTF-8?B?dWUgdW5hIHBhbGFicmEgY29kaWZpY2FkYQ==?=\r\n"));
}

static const struct {
	const char *mail, *rcpt, *data, *end, *reply;
	bool hangs_up;
	enum smtp_got got;
} answers[] = {
	{ "250 x", "250 x", "354 x", "250 x", "250 x", false, SMTP_ACCEPTED },
	{ "250 x", "550 5.1.1 <ann@mail.example> is nobody", "354 x", "250 x",
	    "550 5.1.1 <…> is nobody", false, SMTP_REFUSED },
	{ "250 x", "451 4.7.1 later", "354 x", "250 x", "451 4.7.1 later", false, SMTP_LATER },
	{ "250 x", "250 x", "554 5.7.1 no", "250 x", "554 5.7.1 no", false, SMTP_REFUSED },
	{ "250 x", "250 x", "354 x", "552 5.3.4 too big", "552 5.3.4 too big", false,
	    SMTP_REFUSED },
	{ "250 x", "250 x", "354 x", "452 4.3.1 full", "452 4.3.1 full", false, SMTP_LATER },
	/* the connection ended before the answer: it may have been taken, it is tried again */
	{ "250 x", "250 x", "354 x", "", NULL, true, SMTP_LATER },
	/* what is said before the recipient is about us, not about the mail */
	{ "553 5.7.1 who are you", "250 x", "354 x", "250 x", "553 5.7.1 who are you", false,
	    SMTP_AWAY },
	{ "421 4.3.2 closing", "250 x", "354 x", "250 x", "421 4.3.2 closing", false,
	    SMTP_AWAY },
};

static void
answers_mean_what_they_say(void **state)
{
	struct smtp_mail m = mail();
	char reply[SMTP_REPLY_SIZE];

	for (size_t i = 0; i < nitems(answers); i++) {
		usual(state);
		server.mail = answers[i].mail;
		server.rcpt = answers[i].rcpt;
		server.data = answers[i].data;
		server.end = answers[i].end;
		server.hangs_up = answers[i].hangs_up;
		print_message("%zu\n", i);
		assert_int_equal(sent(&m, reply), answers[i].got);
		if (answers[i].reply != NULL)
			assert_string_equal(reply, answers[i].reply);
		assert_true(reply[0] != '\0');
	}
}

static void
a_connection_is_kept_and_made_again_when_it_ended(void **state)
{
	struct smtp_relay r = relay();
	struct smtp_mail m = mail();
	char reply[SMTP_REPLY_SIZE];
	struct err e = { 0 };
	struct smtp *s = smtp_new(&r, &e);

	(void)state;
	assert_int_equal(smtp_send(s, &m, reply), SMTP_ACCEPTED);
	assert_int_equal(smtp_send(s, &m, reply), SMTP_ACCEPTED);
	assert_int_equal(server.connections, 1);
	server.hangs_up = true;
	assert_int_equal(smtp_send(s, &m, reply), SMTP_LATER);
	server.hangs_up = false;
	assert_int_equal(smtp_send(s, &m, reply), SMTP_ACCEPTED);
	smtp_stop(s);
	assert_int_equal(smtp_send(s, &m, reply), SMTP_AWAY);
	smtp_free(&s);
}

/* A header that holds a second one, or a mailbox that is two, never gets to a server. */
static void
nothing_can_be_slipped_in(void **state)
{
	struct smtp_mail bad[] = { mail(), mail(), mail(), mail(), mail(), mail(), mail(),
		mail() };
	char reply[SMTP_REPLY_SIZE];

	(void)state;
	bad[0].subject = "x\r\nBcc: eve@evil.example";
	bad[1].subject = "x\nBcc: eve@evil.example";
	bad[2].from_name = "x\r\nBcc: eve";
	bad[3].message_id = "x>\r\nBcc: eve";
	bad[4].unsubscribe = "https://x\r\nBcc: eve";
	bad[5].to = "ann@mail.example>\r\nRCPT TO:<eve@evil.example";
	bad[6].to = "ann@mail.example, eve@evil.example";
	bad[7].to = "ann@mail.example\r\nBcc: eve@evil.example";
	for (size_t i = 0; i < nitems(bad); i++)
		assert_int_equal(sent(&bad[i], reply), SMTP_REFUSED);
	assert_int_equal(server.connections, 0);
}

static void
tls_is_left_out_on_loopback_only(void **state)
{
	static const char *const there[] = { "127.0.0.1", "127.1.2.3", "::1", "localhost" };
	static const char *const elsewhere[] = { "mail.example", "10.0.0.1",
		"localhost.example" };
	struct smtp_relay r = relay();
	struct err e = { 0 };
	struct smtp *s;

	(void)state;
	for (size_t i = 0; i < nitems(there); i++)
		assert_true(smtp_loopback(there[i]));
	for (size_t i = 0; i < nitems(elsewhere); i++) {
		r.host = elsewhere[i];
		assert_null(smtp_new(&r, &e));
		assert_int_equal(e.code, ERR_CONF);
	}
	assert_string_equal(e.text, "the mail relay localhost.example is not on this machine, "
				    "so TLS cannot be left out");
	/* a server without TLS gets no mail when TLS is wanted */
	r = relay();
	r.tls = true;
	s = smtp_new(&r, &e);
	{
		struct smtp_mail m = mail();
		char reply[SMTP_REPLY_SIZE];

		assert_int_equal(smtp_send(s, &m, reply), SMTP_AWAY);
		assert_false(told("MAIL FROM"));
	}
	smtp_free(&s);
}

static void
nobody_there_is_away(void **state)
{
	struct smtp_relay r = relay();
	struct smtp_mail m = mail();
	char reply[SMTP_REPLY_SIZE];
	struct err e = { 0 };
	struct smtp *s;

	(void)state;
	r.port = 1;
	s = smtp_new(&r, &e);
	assert_int_equal(smtp_send(s, &m, reply), SMTP_AWAY);
	assert_true(strstr(reply, "connect") != NULL);
	smtp_free(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(
		    a_mail_is_two_parts_with_the_headers_that_it_needs, usual),
		cmocka_unit_test_setup(answers_mean_what_they_say, usual),
		cmocka_unit_test_setup(
		    a_connection_is_kept_and_made_again_when_it_ended, usual),
		cmocka_unit_test_setup(nothing_can_be_slipped_in, usual),
		cmocka_unit_test_setup(tls_is_left_out_on_loopback_only, usual),
		cmocka_unit_test_setup(nobody_there_is_away, usual),
	};

	return cmocka_run_group_tests(tests, start, NULL);
}
