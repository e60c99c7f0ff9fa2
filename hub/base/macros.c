/* What the cleanup macros of macros.h need out of line. */
#include <errno.h>
#include <unistd.h>

#include "base/macros.h"

void
fd_auto(int *fd)
{
	int kept = errno;

	if (*fd >= 0)
		(void)close(*fd);
	*fd = -1;
	errno = kept;
}
