#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/macros.h"

static void
a_descriptor_is_closed_at_the_end_of_its_block(void **state)
{
	int number;

	(void)state;
	{
		AUTO_FD fd = open("/dev/null", O_RDONLY | O_CLOEXEC);

		assert_true(fd >= 0);
		number = fd;
		errno = ENOTTY;
	}
	assert_int_equal(errno, ENOTTY);
	assert_int_equal(fcntl(number, F_GETFD), -1);
	assert_int_equal(errno, EBADF);
}

static void
no_descriptor_is_left_alone(void **state)
{
	int fd = -1;

	(void)state;
	errno = 0;
	fd_auto(&fd);
	assert_int_equal(fd, -1);
	assert_int_equal(errno, 0);
}

static void
an_array_knows_its_length(void **state)
{
	int cells[7];

	(void)state;
	assert_int_equal(nitems(cells), 7);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_descriptor_is_closed_at_the_end_of_its_block),
		cmocka_unit_test(no_descriptor_is_left_alone),
		cmocka_unit_test(an_array_knows_its_length),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
