/* Mailboxes: opened by who has the keys and the place, found by an index of their normal form.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "store/mailbox.h"

static char folder[] = "/tmp/mailbox-XXXXXX";

static int
begin(void **state)
{
	struct err e;

	assert_true(secret_start(&e));
	assert_non_null(mkdtemp(folder));
	assert_true(keys_make(folder, &e));
	*state = keys_open(folder, &e);
	return *state == NULL;
}

static int
end(void **state)
{
	struct keys *k = *state;
	char command[64];

	keys_free(&k);
	snprintf(command, sizeof command, "rm -r %s", folder);
	return system(command);
}

static void
a_mailbox_comes_back_as_it_was_written(void **state)
{
	struct mailbox m, other;
	char to[EMAIL_MOST + 1];
	struct err e;

	assert_true(
	    mailbox_seal(&m, *state, "agreement.email", STR(" Ada.M@Example.com "), &e));
	assert_true(mailbox_open(to, *state, (struct str){ m.sealed, m.sealed_len },
	    (struct str){ m.place, m.place_len }));
	assert_string_equal(to, "Ada.M@Example.com");
	assert_memory_equal(m.place, "agreement.email", 15);
	assert_memory_equal(m.place + 15, m.index, INDEX_BYTES);

	/* the same mailbox in another form, in another column */
	assert_true(
	    mailbox_seal(&other, *state, "csp_contact.email", STR("ada.m@example.COM"), &e));
	assert_memory_equal(other.index, m.index, INDEX_BYTES);
	assert_memory_equal(other.domain, m.domain, INDEX_BYTES);
	assert_false(mailbox_open(to, *state, (struct str){ m.sealed, m.sealed_len },
	    (struct str){ other.place, other.place_len }));

	/* another mailbox of the same domain */
	assert_true(mailbox_seal(&other, *state, "agreement.email", STR("bo@example.com"), &e));
	assert_memory_not_equal(other.index, m.index, INDEX_BYTES);
	assert_memory_equal(other.domain, m.domain, INDEX_BYTES);
	assert_memory_not_equal(other.domain, other.index, INDEX_BYTES);
}

static void
what_is_no_mailbox_is_refused_without_quoting_it(void **state)
{
	struct mailbox m;
	struct err e;

	assert_false(mailbox_seal(&m, *state, "agreement.email", STR("Ada Merriweather"), &e));
	assert_int_equal(e.code, ERR_BAD_INPUT);
	assert_string_equal(e.text,
	    "the e-mail address has 16 bytes, expected one mailbox such "
	    "as name@example.com, in ASCII");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_mailbox_comes_back_as_it_was_written),
		cmocka_unit_test(what_is_no_mailbox_is_refused_without_quoting_it),
	};
	return cmocka_run_group_tests(tests, begin, end);
}
