/*
 * Signed notes. Expected values: the example key, text and note of the Go reference
 * implementation (golang.org/x/mod/sumdb/note); Ed25519 is deterministic, so ours must be equal
 * byte for byte. Checkpoints: the form of C2SP tlog-checkpoint.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/code.h"
#include "tree/note.h"

#define VKEY	 "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
#define SEED_B64 "AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz" /* behind the type, 0x01 */
#define TEXT                                                         \
	"If you think cryptography is the answer to your problem,\n" \
	"then you don't know what your problem is.\n"
#define SIGNATURE                                                                              \
	"\xe2\x80\x94 PeterNeumann "                                                           \
	"x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6Ry" \
	"yBwJnAM=\n"

static unsigned char seed[SIGN_SEED_BYTES];
static struct note_key key;

static int
set_up(void **state)
{
	unsigned char typed[1 + SIGN_SEED_BYTES], public_key[SIGN_PUBLIC_BYTES];
	struct err e = { 0 };
	size_t len;

	(void)state;
	if (!code_unb64(typed, sizeof typed, &len, STR(SEED_B64)) || len != sizeof typed)
		return 1;
	memcpy(seed, typed + 1, sizeof seed);
	sign_public(public_key, seed);
	return note_key_make(&key, NOTE_LOG, "PeterNeumann", public_key, &e) ? 0 : 1;
}

static void
the_published_key_and_note_are_made(void **state)
{
	AUTO(buf) b = BUF(1000);

	(void)state;
	note_key_write(&b, &key);
	assert_true(str_is(buf_view(&b), VKEY));
	buf_reset(&b);
	note_sign(&b, &key, seed, STR(TEXT));
	assert_true(str_is(buf_view(&b), SIGNATURE));
}

static void
the_published_note_is_read(void **state)
{
	struct note_key k;
	struct err e = { 0 };
	struct str text;

	(void)state;
	assert_true(note_key_read(&k, STR(VKEY), &e));
	assert_true(note_open(STR(TEXT "\n" SIGNATURE), &k, 1, &text, &e));
	assert_true(str_is(text, TEXT));
	/* with those of others before and behind it, of whatever form */
	assert_true(note_open(STR(TEXT "\n\xe2\x80\x94 w.example/1 AAAA\n" SIGNATURE
				       "\xe2\x80\x94 w.example/2 zzzzzzzzzz\n"),
	    &k, 1, &text, &e));
}

/* One changed byte anywhere, one byte less anywhere: never accepted. */
static void
no_byte_can_be_changed(void **state)
{
	static const char note[] = TEXT "\n" SIGNATURE;
	char changed[sizeof note];
	struct err e = { 0 };
	struct str text;

	(void)state;
	for (size_t i = 0; i < sizeof note - 1; i++) {
		for (unsigned bit = 0; bit < 8; bit++) {
			memcpy(changed, note, sizeof note);
			changed[i] = (char)(changed[i] ^ (1 << bit));
			assert_false(note_open(
			    (struct str){ changed, sizeof note - 1 }, &key, 1, &text, &e));
		}
		memcpy(changed, note, i);
		memcpy(changed + i, note + i + 1, sizeof note - 1 - i);
		assert_false(
		    note_open((struct str){ changed, sizeof note - 2 }, &key, 1, &text, &e));
		assert_false(note_open((struct str){ note, i }, &key, 1, &text, &e));
	}
	for (size_t i = 0; i < sizeof VKEY - 1; i++) {
		struct note_key k;

		memcpy(changed, VKEY, sizeof VKEY);
		changed[i] = (char)(changed[i] ^ 1);
		assert_false(note_key_read(&k, str_of(changed), &e));
		assert_false(note_key_read(&k, (struct str){ VKEY, i }, &e));
	}
}

/* The log's line is passed over; of the witness's no bit can be another. */
static void
a_witness_signs_too(void **state)
{
	unsigned char public_key[SIGN_PUBLIC_BYTES];
	AUTO(buf) note = BUF(4000);
	struct note_key witness;
	struct err e = { 0 };
	struct str line;
	uint64_t time;
	size_t at;

	(void)state;
	sign_public(public_key, seed);
	assert_true(note_key_make(&witness, NOTE_WITNESS, "w.example/1", public_key, &e));
	buf_c(&note, TEXT "\n" SIGNATURE);
	assert_true(note_cosigned(buf_view(&note), &witness, &time, NULL, &e));
	assert_int_equal(time, 0);
	at = note.len;
	note_cosign(&note, &witness, seed, 1679315147, STR(TEXT));
	assert_true(note_cosigned(buf_view(&note), &witness, &time, &line, &e));
	assert_int_equal(time, 1679315147);
	assert_int_equal(line.len, note.len - at - 1);
	for (size_t i = 0; i < note.len; i++) {
		bool ok;

		note.at[i] ^= 1;
		ok = note_cosigned(buf_view(&note), &witness, &time, NULL, &e);
		/* of the log's own line it says nothing */
		if (i < sizeof TEXT - 1 || i >= at)
			assert_false(ok && time == 1679315147);
		note.at[i] ^= 1;
	}
}

static void
checkpoints_have_one_form(void **state)
{
	static const struct {
		const char *text;
		bool good;
	} cases[] = {
		{ "example.com/log\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n",
		    true },
		{ "example.com/log\n0\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n", true },
		{ "example.com/log\n007\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n",
		    false },
		{ "example.com/log\n+7\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n",
		    false },
		{ "example.com/log\n7\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2J=\n", false },
		{ "example.com/log\n7\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I\n", false },
		{ "example.com/log\n7\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\nmore\n",
		    false },
		{ "a log\n7\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n", false },
		{ "\n7\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n", false },
		{ "example.com/log\n7\n", false },
	};
	AUTO(buf) b = BUF(1000);
	struct checkpoint c;
	struct err e = { 0 };

	(void)state;
	for (size_t i = 0; i < nitems(cases); i++)
		assert_int_equal(checkpoint_read(&c, str_of(cases[i].text), &e), cases[i].good);
	assert_true(checkpoint_read(&c, str_of(cases[0].text), &e));
	assert_int_equal(c.size, 20852163);
	checkpoint_write(&b, "example.com/log", c.size, &c.root);
	assert_true(str_is(buf_view(&b), cases[0].text));
}

static void
a_checkpoint_is_of_the_keys_log(void **state)
{
	static const char *const origins[] = { "PeterNeumann", "example.com/log" };
	struct hash root = { { 1 } };
	struct checkpoint c;
	struct err e = { 0 };

	(void)state;
	for (size_t i = 0; i < nitems(origins); i++) {
		AUTO(buf) b = BUF(1000);
		size_t len;

		checkpoint_write(&b, origins[i], 5, &root);
		len = b.len;
		buf_byte(&b, '\n');
		note_sign(&b, &key, seed, (struct str){ b.at, len });
		assert_int_equal(checkpoint_open(&c, buf_view(&b), &key, 1, &e), i == 0);
	}
	assert_string_equal(e.text, "it is of another log than the key");
}

static void
notes_follow_each_other(void **state)
{
	struct str rest = STR(TEXT "\n" SIGNATURE SIGNATURE "a\n\n" SIGNATURE), note;

	(void)state;
	assert_true(note_next(&rest, &note));
	assert_true(str_is(note, TEXT "\n" SIGNATURE SIGNATURE));
	assert_true(note_next(&rest, &note));
	assert_true(str_is(note, "a\n\n" SIGNATURE));
	assert_false(note_next(&rest, &note));
}

static void
a_receipt_is_its_words_and_nothing_else(void **state)
{
	/* words that look like the end of a receipt */
	static const char *const bodies[] = { "{}", "{\"a\": \"\\\",\\\"key\\\":\\\"\"}",
		"{\"x\":1,\"key\":\"PeterNeumann\",\"signature\":\"AAAA\"}" };
	struct err e = { 0 };
	struct str body;

	(void)state;
	for (size_t i = 0; i < nitems(bodies); i++) {
		AUTO(buf) b = BUF(2000);

		receipt_sign(&b, &key, seed, str_of(bodies[i]));
		assert_true(receipt_open(buf_view(&b), &key, 1, &body, &e));
		assert_true(str_is(body, bodies[i]));
		for (size_t k = 0; k < b.len; k++) {
			b.at[k] = (char)(b.at[k] ^ 2);
			assert_false(receipt_open(buf_view(&b), &key, 1, &body, &e));
			b.at[k] = (char)(b.at[k] ^ 2);
			assert_false(receipt_open((struct str){ b.at, k }, &key, 1, &body, &e));
		}
	}
	assert_false(receipt_open(STR("{\"receipt\":{}}"), &key, 1, &body, &e));
	assert_string_equal(e.text, "that is no receipt, or not all of it");
}

/* What was signed as one thing is not taken for the other. */
static void
a_receipt_is_no_checkpoint(void **state)
{
	AUTO(buf) b = BUF(2000);
	AUTO(buf) note = BUF(2000);
	struct err e = { 0 };
	struct str text = STR("busbar consent receipt\n{}\n"), body;
	unsigned char blob[NOTE_ID + SIGN_BYTES];
	char b64[code_b64_size(NOTE_ID + SIGN_BYTES)];

	(void)state;
	receipt_sign(&b, &key, seed, STR("{}"));
	assert_true(receipt_open(buf_view(&b), &key, 1, &body, &e));
	memcpy(blob, key.id, NOTE_ID);
	sign_make(blob + NOTE_ID, seed, text);
	code_b64(b64, blob, sizeof blob);
	assert_true(str_has(buf_view(&b), str_of(b64)));
	buf_fmt(&note, STR_FMT "\n\xe2\x80\x94 PeterNeumann %s\n", STR_ARG(text), b64);
	assert_false(checkpoint_open(&(struct checkpoint){ 0 }, buf_view(&note), &key, 1, &e));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_published_key_and_note_are_made),
		cmocka_unit_test(the_published_note_is_read),
		cmocka_unit_test(no_byte_can_be_changed),
		cmocka_unit_test(a_witness_signs_too),
		cmocka_unit_test(checkpoints_have_one_form),
		cmocka_unit_test(a_checkpoint_is_of_the_keys_log),
		cmocka_unit_test(notes_follow_each_other),
		cmocka_unit_test(a_receipt_is_its_words_and_nothing_else),
		cmocka_unit_test(a_receipt_is_no_checkpoint),
	};

	return cmocka_run_group_tests(tests, set_up, NULL);
}
