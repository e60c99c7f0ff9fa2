#include "sys/digest.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "base/code.h"

/* FIPS 180-2 appendix B and the empty message */
static const struct {
	const char *text, *hex;
} known[] = {
	{ "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" },
	{ "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" },
	{ "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
	    "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1" },
};

static void
check(const unsigned char sha256[DIGEST_BYTES], const char *hex)
{
	char text[DIGEST_HEX];

	code_hex(text, sha256, DIGEST_BYTES);
	assert_string_equal(text, hex);
}

static void
known_answers_come_out_in_one_call_and_byte_by_byte(void **state)
{
	AUTO_PTR(digest) d = digest_new();

	(void)state;
	for (size_t i = 0; i < nitems(known); i++) {
		unsigned char sha256[DIGEST_BYTES];
		size_t len = strlen(known[i].text);

		digest_of(known[i].text, len, sha256);
		check(sha256, known[i].hex);
		for (size_t k = 0; k < len; k++)
			digest_add(d, known[i].text + k, 1);
		digest_end(d, sha256); /* and starts anew: the next round shows it */
		check(sha256, known[i].hex);
	}
}

static void
a_million_letters_in_uneven_pieces(void **state)
{
	AUTO_PTR(digest) d = digest_new();
	unsigned char sha256[DIGEST_BYTES];
	char piece[997];
	size_t left = 1000000;

	(void)state;
	memset(piece, 'a', sizeof piece);
	while (left > 0) {
		size_t n = left < sizeof piece ? left : sizeof piece;

		digest_add(d, piece, n);
		left -= n;
	}
	digest_end(d, sha256);
	check(sha256, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

/* RFC 8439, 2.5.2 */
static void
a_tag_in_one_piece_and_in_many(void **state)
{
	static const char text[] = "Cryptographic Forum Research Group";
	unsigned char key[TAG_KEY_BYTES], is[TAG_BYTES];

	(void)state;
	assert_true(code_unhex(key, sizeof key,
	    STR("85d6be7857556d337f4452fe42d506a80103808afb0db2fd4abff6af4149f51b")));
	for (size_t piece = 1; piece < sizeof text; piece++) {
		AUTO_PTR(tag) g = tag_new(key);
		char hex[2 * TAG_BYTES + 1];

		for (size_t at = 0; at < strlen(text); at += piece)
			tag_add(g, text + at,
			    strlen(text) - at < piece ? strlen(text) - at : piece);
		tag_end(g, is);
		code_hex(hex, is, TAG_BYTES);
		assert_string_equal(hex, "a8061dc1305136c6c22b8baf0c0127a9");
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_answers_come_out_in_one_call_and_byte_by_byte),
		cmocka_unit_test(a_million_letters_in_uneven_pieces),
		cmocka_unit_test(a_tag_in_one_piece_and_in_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
