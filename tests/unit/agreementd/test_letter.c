#include "letter.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "sys/digest.h"

static char folder[] = "/tmp/busbar-letter-XXXXXX";
static struct keys *keys;
static struct conf conf;
static struct mailbox box;
static char salt[32] = "thirty-two bytes that are a salt";

static int
set_up(void **state)
{
	struct keys *sealing;
	struct err e = { 0 };

	(void)state;
	if (mkdtemp(folder) == NULL || !secret_start(&e) || !keys_make(folder, &e) ||
	    (keys = keys_open_mail(folder, &e)) == NULL ||
	    (sealing = keys_open(folder, &e)) == NULL ||
	    !mailbox_seal(&box, sealing, "agreement.email", STR("ann@mail.example"), &e))
		return -1;
	keys_free(&sealing);
	conf_presets(&conf);
	str_copy(conf.mail_bounce, sizeof conf.mail_bounce, STR("bounce@hub.example"));
	str_copy(conf.mail_from, sizeof conf.mail_from, STR("no-reply@hub.example"));
	str_copy(conf.portal_url, sizeof conf.portal_url, STR("https://hub.example"));
	return 0;
}

static int
clear(void **state)
{
	static const char *const names[] = { "pii", "index", "push", "audit", "link" };
	char path[64];

	(void)state;
	keys_free(&keys);
	for (size_t i = 0; i < nitems(names); i++) {
		snprintf(path, sizeof path, "%s/%s.key", folder, names[i]);
		unlink(path);
	}
	return rmdir(folder);
}

static struct claimed
claimed(const char *kind)
{
	return (struct claimed){ .mail = 17,
		.hub_now = 1795703246,
		.token = STR("t"),
		.kind = str_of(kind),
		.language = STR("EN"),
		.args = STR("{}"),
		.facts = STR("{\"csp\":\"Sunny\",\"months\":\"12\",\"kinds\":\"interval\"}"),
		.recipient_sealed = { box.sealed, box.sealed_len },
		.recipient_place = { box.place, box.place_len },
		.salt = { salt, sizeof salt },
		.verp = STR("0123456789abcdef0123"),
		.attempts = 1,
		.opt_out = true };
}

static void
expect_hash(const char *hash, const char *text)
{
	unsigned char sha256[DIGEST_BYTES];
	char hex[DIGEST_HEX];

	digest_of(text, strlen(text), sha256);
	code_hex(hex, sha256, sizeof sha256);
	assert_string_equal(hash, hex);
}

static void
an_invitation_has_a_link_a_code_and_a_way_out(void **state)
{
	struct claimed c = claimed("invitation");
	struct err e = { 0 };
	struct letter *l = letter_new(&conf, keys, &c, &e);
	char text[80];

	(void)state;
	assert_non_null(l);
	assert_string_equal(l->to, "ann@mail.example");
	assert_string_equal(l->envelope, "bounce+0123456789abcdef0123@hub.example");
	assert_int_equal(l->links, 3);
	assert_string_equal(l->link[0].purpose, "DECIDE");
	assert_string_equal(l->link[1].purpose, "CODE");
	assert_string_equal(l->link[2].purpose, "OPT_OUT");
	assert_true(str_starts(str_of(l->link_url), "https://hub.example/a/"));
	assert_int_equal(strlen(strrchr(l->link_url, '/') + 1), 43);
	expect_hash(l->link[0].hash, strrchr(l->link_url, '/') + 1);
	assert_int_equal(strlen(l->code), 6);
	snprintf(text, sizeof text, "%s:%s", strrchr(l->link_url, '/') + 1, l->code);
	expect_hash(l->link[1].hash, text);
	expect_hash(l->link[2].hash, strrchr(l->opt_out_url, '/') + 1);
	assert_string_equal(l->mail.unsubscribe, l->opt_out_url);
	assert_true(str_has(l->mail.text, str_of(l->link_url)));
	assert_true(str_has(l->mail.html, str_of(l->opt_out_url)));
	letter_free(&l);
}

/* After a crash it goes again: the reader sees the same mail, and the same link works. */
static void
a_mail_that_goes_again_is_the_same(void **state)
{
	struct claimed c = claimed("invitation");
	struct err e = { 0 };
	struct letter *one = letter_new(&conf, keys, &c, &e),
		      *two = letter_new(&conf, keys, &c, &e);

	(void)state;
	assert_string_equal(one->message_id, two->message_id);
	assert_string_equal(one->link_url, two->link_url);
	assert_string_equal(one->code, two->code);
	assert_true(str_starts(str_of(one->message_id), "17."));
	assert_true(str_ends(str_of(one->message_id), "@hub.example"));
	letter_free(&two);
	salt[0] ^= 1;
	two = letter_new(&conf, keys, &c, &e);
	salt[0] ^= 1;
	assert_string_not_equal(one->message_id, two->message_id);
	assert_string_not_equal(one->link_url, two->link_url);
	letter_free(&one);
	letter_free(&two);
}

static void
what_must_go_has_no_way_out_and_third_parties_have_their_own_words(void **state)
{
	struct claimed c = claimed("affirmed");
	struct err e = { 0 };
	struct letter *l;

	(void)state;
	c.opt_out = false;
	l = letter_new(&conf, keys, &c, &e);
	assert_null(l->mail.unsubscribe);
	assert_int_equal(l->links, 1);
	assert_true(str_has(l->mail.text, STR("You have said yes")));
	letter_free(&l);
	c.to_csp = true;
	l = letter_new(&conf, keys, &c, &e);
	assert_int_equal(l->links, 0);
	assert_true(str_has(l->mail.text, STR("The customer has said yes")));
	letter_free(&l);
}

static void
what_cannot_be_sent_says_why(void **state)
{
	struct claimed c = claimed("flyer");
	struct err e = { 0 };

	(void)state;
	assert_null(letter_new(&conf, keys, &c, &e));
	assert_string_equal(e.text, "there is no mail of kind \"flyer\"");
	c = claimed("invitation");
	c.recipient_place.len--;
	assert_null(letter_new(&conf, keys, &c, &e));
	assert_string_equal(
	    e.text, "its mailbox was not sealed by this pii.key for that place");
	c = claimed("invitation");
	c.recipient_sealed.len = 0;
	assert_null(letter_new(&conf, keys, &c, &e));
	assert_string_equal(e.text, "it has no mailbox");
	c = claimed("invitation");
	c.facts = STR("{");
	assert_null(letter_new(&conf, keys, &c, &e));
}

/* 1, 2, 4 … minutes, at most 4 hours; jitter takes up to a fifth off. */
static void
pauses_grow_to_four_hours(void **state)
{
	static const struct {
		int32_t attempts;
		unsigned jitter;
		int64_t pause_s;
	} cases[] = { { 0, 0, 60 }, { 1, 0, 60 }, { 2, 0, 120 }, { 3, 0, 240 }, { 8, 0, 7680 },
		{ 9, 0, 14400 }, { 1000, 0, 14400 }, { 1, 500, 54 }, { 9, 999, 11523 },
		{ 1, 1500, 54 } };

	(void)state;
	for (size_t i = 0; i < nitems(cases); i++)
		assert_int_equal(
		    send_pause_s(cases[i].attempts, cases[i].jitter), cases[i].pause_s);
	assert_int_equal(send_away_ms(1), 1000);
	assert_int_equal(send_away_ms(4), 8000);
	assert_int_equal(send_away_ms(100), 60000);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_invitation_has_a_link_a_code_and_a_way_out),
		cmocka_unit_test(a_mail_that_goes_again_is_the_same),
		cmocka_unit_test(
		    what_must_go_has_no_way_out_and_third_parties_have_their_own_words),
		cmocka_unit_test(what_cannot_be_sent_says_why),
		cmocka_unit_test(pauses_grow_to_four_hours),
	};

	return cmocka_run_group_tests(tests, set_up, clear);
}
