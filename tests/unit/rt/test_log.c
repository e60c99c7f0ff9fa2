/* The log: lines compared exactly, with a clock that the test moves. */
#include "rt_test.h"

#include <errno.h>

#include "rt/log.h"

static int64_t now_ms;
static int in, out;

static int64_t
test_clock(void)
{
	return now_ms;
}

/* What was written since the last call. */
static const char *
written(void)
{
	static char text[64 * 1024];
	ssize_t n = read(in, text, sizeof text - 1);

	text[n < 0 ? 0 : n] = 0;
	return text;
}

static int
log_begin(void **state)
{
	int fd[2];

	(void)state;
	assert_int_equal(pipe2(fd, O_CLOEXEC | O_NONBLOCK), 0);
	in = fd[0];
	out = fd[1];
	now_ms = INT64_C(1795249689007); /* 2026-11-21T08:28:09.007Z */
	log_to(out, test_clock);
	log_start("ingestd", LOG_INFO_);
	return 0;
}

static int
log_end(void **state)
{
	(void)state;
	log_to(STDERR_FILENO, NULL);
	close(in);
	close(out);
	return 0;
}

static void
a_line_has_level_time_process_event_and_values(void **state)
{
	(void)state;
	log_info(NULL, "file.loaded", "file=%d rows=%s", 17, "96");
	assert_string_equal(
	    written(), "<6>2026-11-21T08:28:09.007Z ingestd file.loaded file=17 rows=96\n");
	now_ms += 993;
	log_error(NULL, "store.full", "%s", "");
	assert_string_equal(written(), "<3>2026-11-21T08:28:10.000Z ingestd store.full\n");
	log_warn(NULL, "file.late", "hours=%d", 3);
	assert_string_equal(
	    written(), "<4>2026-11-21T08:28:10.000Z ingestd file.late hours=3\n");
	log_debug(NULL, "file.seen", "a=%d", 1); /* less than what is asked for */
	assert_string_equal(written(), "");
	log_start("cli", LOG_DEBUG_);
	log_debug(NULL, "file.seen", "a=%d", 1);
	assert_string_equal(written(), "<7>2026-11-21T08:28:10.000Z cli file.seen a=1\n");
	log_start("cli", LOG_ERROR_);
	log_warn(NULL, "file.late", "hours=%d", 3);
	assert_string_equal(written(), "");
}

static bool
label_body(struct task *t, void *arg, struct err *e)
{
	(void)arg, (void)e;
	task_label(t, "req=%s party=%s", "7f3", "on\ncor");
	log_info(t, "login.ok", "way=%s", "cert");
	assert_string_equal(written(),
	    "<6>2026-11-21T08:28:09.007Z ingestd login.ok req=7f3 party=on\\ncor way=cert\n");
	task_label(t, "%s", "");
	log_info(t, "login.ok", "way=%s", "cert");
	assert_string_equal(
	    written(), "<6>2026-11-21T08:28:09.007Z ingestd login.ok way=cert\n");
	return true;
}

static void
the_label_of_the_task_comes_before_the_values(void **state)
{
	(void)state;
	in_loop(label_body, NULL);
}

static void
no_value_can_break_a_line(void **state)
{
	(void)state;
	log_info(NULL, "x", "a=%s", "1\n<3>2026-11-21T08:28:09.007Z ingestd forged");
	assert_string_equal(written(),
	    "<6>2026-11-21T08:28:09.007Z ingestd x a=1\\n<3>2026-11-21T08:28:09.007Z ingestd "
	    "forged\n");
	log_info(NULL, "x", "a=%s", "\x01\t\r\x1b[31m\x7f");
	assert_string_equal(
	    written(), "<6>2026-11-21T08:28:09.007Z ingestd x a=\\x01\\t\\r\\x1b[31m\\x7f\n");
}

static const struct {
	const char *s;
	size_t len; /* 0: up to the NUL */
	const char *is;
} texts[] = {
	{ "plain-1.lse", 0, "plain-1.lse" },
	{ "", 0, "\"\"" },
	{ "two words", 0, "\"two words\"" },
	{ "a=b", 0, "\"a=b\"" },
	{ "say \"no\"", 0, "\"say \\\"no\\\"\"" },
	{ "C:\\x", 0, "\"C:\\\\x\"" },
	{ "a\nb\tc\rd", 0, "\"a\\nb\\tc\\rd\"" },
	{ "\x1b]0;x\x07", 0, "\"\\x1b]0;x\\x07\"" },
	{ "a\0b", 3, "\"a\\x00b\"" },
	{ "Ni\xc3\xb1o", 0, "Ni\xc3\xb1o" },
	{ "\xe2\x82\xac 5", 0, "\"\xe2\x82\xac 5\"" },
	{ "\xf0\x9f\x94\x8c", 0, "\xf0\x9f\x94\x8c" },
	{ "Ni\xf1o", 0, "\"Ni\\xf1o\"" },	      /* Latin-1 */
	{ "\xc3\xb1\xff", 0, "\"\\xc3\\xb1\\xff\"" }, /* one bad byte: none is trusted */
	{ "\xc2\x9b"
	  "31m",
	    0, "\"\\x9b31m\"" }, /* CSI in one character */
	{ "\xc2\xa0", 0, "\xc2\xa0" },
};

static void
log_text_makes_any_value_safe(void **state)
{
	char to[LOG_TEXT_SIZE];

	(void)state;
	for (size_t i = 0; i < nitems(texts); i++) {
		struct str s = { texts[i].s, texts[i].len ? texts[i].len : strlen(texts[i].s) };

		assert_string_equal(log_text(to, s), texts[i].is);
	}
}

static void
log_text_cuts_what_is_too_long_at_a_character(void **state)
{
	char to[LOG_TEXT_SIZE], is[LOG_TEXT_SIZE + 8], s[1200];

	(void)state;
	memset(s, 'x', 251);
	assert_int_equal(strlen(log_text(to, (struct str){ s, 251 })), 251); /* just fits */
	for (size_t len = 252; len < 1200; len += 79) {
		memset(s, 'x', len);
		memset(is, 'x', 251);
		memcpy(is + 251, "\xe2\x80\xa6", 4);
		assert_string_equal(log_text(to, (struct str){ s, len }), is);
	}
	s[0] = ' ';
	memset(is, 'x', 251);
	memcpy(is, "\" ", 2);
	memcpy(is + 251, "\xe2\x80\xa6\"", 5);
	assert_string_equal(log_text(to, (struct str){ s, 1000 }), is);
	for (size_t i = 0; i < 600; i++) /* two bytes each: 125 of them fit */
		memcpy(s + 2 * i, "\xc3\xb1", 2);
	for (size_t i = 0; i < 125; i++)
		memcpy(is + 2 * i, "\xc3\xb1", 2);
	memcpy(is + 250, "\xe2\x80\xa6", 4);
	assert_string_equal(log_text(to, (struct str){ s, 1200 }), is);
}

static void
ids_and_addresses_are_masked(void **state)
{
	static const struct {
		const char *id, *is;
	} ids[] = {
		{ "10443720000000001", "1044\xe2\x80\xa6" "0001" },
		{ "1008901023812345678901", "1008\xe2\x80\xa6" "8901" },
		{ "957877905", "957\xe2\x80\xa6" "905" },
		{ "123456", "12\xe2\x80\xa6" "56" },
		{ "12", "\xe2\x80\xa6" },
		{ "", "\xe2\x80\xa6" },
		{ "\n\"3456789 \x1b", "??3\xe2\x80\xa6" "9??" },
	}, mails[] = {
		{ "jane.doe@example.com", "j\xe2\x80\xa6@e\xe2\x80\xa6" },
		{ "j@e", "j\xe2\x80\xa6@e\xe2\x80\xa6" },
		{ "nobody", "n\xe2\x80\xa6" },
		{ "@host", "\xe2\x80\xa6@h\xe2\x80\xa6" },
		{ "a@", "a\xe2\x80\xa6@\xe2\x80\xa6" },
		{ "", "\xe2\x80\xa6" },
		{ "\n@\xc3\xb1.mx", "?\xe2\x80\xa6@?\xe2\x80\xa6" },
	};
	char to[LOG_ID_SIZE];

	(void)state;
	for (size_t i = 0; i < nitems(ids); i++)
		assert_string_equal(log_id(to, str_of(ids[i].id)), ids[i].is);
	for (size_t i = 0; i < nitems(mails); i++)
		assert_string_equal(log_mail(to, str_of(mails[i].id)), mails[i].is);
}

static void
a_line_is_cut_at_a_thousand_bytes(void **state)
{
	static const char head[] = "<6>2026-11-21T08:28:09.007Z ingestd x a=";
	char value[1200], is[1300];
	size_t h = sizeof head - 1;

	(void)state;
	memset(value, 'v', sizeof value);
	value[999 - h] = 0; /* the longest that is not cut: 999 bytes and the line's end */
	log_info(NULL, "x", "a=%s", value);
	snprintf(is, sizeof is, "%s%s\n", head, value);
	assert_string_equal(written(), is);
	for (size_t len = 1000 - h; len < 1190; len += 48) {
		memset(value, 'v', sizeof value);
		value[len] = 0;
		log_info(NULL, "x", "a=%s", value);
		snprintf(is, sizeof is, "%s%.*s\xe2\x80\xa6\n", head, (int)(996 - h), value);
		assert_int_equal(strlen(is), 1000);
		assert_string_equal(written(), is);
	}
	value[0] = 'v'; /* a character of two bytes across the cut goes as a whole */
	for (size_t i = 1; i + 2 < sizeof value; i += 2)
		memcpy(value + i, "\xc3\xb1", 3);
	log_info(NULL, "x", "a=%s", value);
	snprintf(is, sizeof is, "%s%.*s\xe2\x80\xa6\n", head, (int)((996 - h - 1) / 2 * 2 + 1),
	    value);
	assert_string_equal(written(), is);
}

static unsigned
count(const char *text, const char *part)
{
	unsigned n = 0;

	for (; (text = strstr(text, part)) != NULL; text++)
		n++;
	return n;
}

static void
a_flood_is_counted_and_told_once(void **state)
{
	const char *text;

	(void)state;
	for (int i = 0; i < 60; i++) {
		log_info(NULL, "flood", "i=%d", i);
		if (i < 10)
			log_info(NULL, "other", "i=%d", i); /* is not part of it */
	}
	text = written();
	assert_int_equal(count(text, " flood i="), 50);
	assert_int_equal(count(text, " other i="), 10);
	assert_int_equal(count(text, "suppressed"), 0);
	now_ms += 992; /* 09.999: the same second */
	log_info(NULL, "flood", "i=%d", 60);
	assert_string_equal(written(), "");
	now_ms += 1;
	log_info(NULL, "third", "i=%d", 0); /* any line tells what the second before hid */
	assert_string_equal(written(),
	    "<4>2026-11-21T08:28:10.000Z ingestd log.suppressed suppressed=flood lines=11\n"
	    "<6>2026-11-21T08:28:10.000Z ingestd third i=0\n");
	log_info(NULL, "flood", "i=%d", 61);
	assert_string_equal(written(), "<6>2026-11-21T08:28:10.000Z ingestd flood i=61\n");
	now_ms += 1000;
	log_info(NULL, "third", "i=%d", 1); /* told once */
	assert_string_equal(written(), "<6>2026-11-21T08:28:11.000Z ingestd third i=1\n");
}

static void
the_end_of_the_process_tells_what_was_hidden(void **state)
{
	(void)state;
	for (int i = 0; i < 51; i++)
		log_info(NULL, "flood", "i=%d", i);
	written();
	log_flush();
	assert_string_equal(written(),
	    "<4>2026-11-21T08:28:09.007Z ingestd log.suppressed suppressed=flood lines=1\n");
	log_flush();
	assert_string_equal(written(), "");
}

static void
more_kinds_of_events_than_are_counted_are_still_told(void **state)
{
	char event[16];

	(void)state;
	for (int i = 0; i < 200; i++) {
		snprintf(event, sizeof event, "event.%d", i);
		log_info(NULL, event, "i=%d", i);
	}
	assert_int_equal(count(written(), "\n"), 200);
}

static void
logging_leaves_errno_alone(void **state)
{
	(void)state;
	errno = ENOSPC;
	log_info(NULL, "x", "why=%m");
	assert_int_equal(errno, ENOSPC);
	assert_string_equal(
	    written(), "<6>2026-11-21T08:28:09.007Z ingestd x why=No space left on device\n");
	log_to(-1, test_clock); /* nowhere to write to */
	log_info(NULL, "x", "a=%d", 1);
	assert_int_equal(errno, ENOSPC);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, log_begin, log_end)
	const struct CMUnitTest tests[] = {
		T(a_line_has_level_time_process_event_and_values),
		T(the_label_of_the_task_comes_before_the_values),
		T(no_value_can_break_a_line),
		T(log_text_makes_any_value_safe),
		T(log_text_cuts_what_is_too_long_at_a_character),
		T(ids_and_addresses_are_masked),
		T(a_line_is_cut_at_a_thousand_bytes),
		T(a_flood_is_counted_and_told_once),
		T(the_end_of_the_process_tells_what_was_hidden),
		T(more_kinds_of_events_than_are_counted_are_still_told),
		T(logging_leaves_errno_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
