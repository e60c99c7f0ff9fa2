/* Evidence is a file that the operator keeps; the hub keeps its name and digest. See radar.h.
 */
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "cli/radar.h"
#include "sys/digest.h"

bool
evidence_read(struct evidence *x, struct str path, struct err *e)
{
	AUTO_FD fd = open(path.at, O_RDONLY | O_CLOEXEC); /* an argument ends with a NUL */
	AUTO_PTR(digest) d = digest_new();
	const char *slash = strrchr(path.at, '/');
	char block[4096];
	ssize_t n;

	if (fd < 0)
		return err_errno(e, ERR_BAD_INPUT, "cannot open %s", path.at);
	while ((n = read(fd, block, sizeof block)) > 0)
		digest_add(d, block, (size_t)n);
	if (n < 0)
		return err_errno(e, ERR_BAD_INPUT, "cannot read %s", path.at);
	digest_end(d, x->sha256);
	if (!str_copy(x->name, sizeof x->name, str_of(slash != NULL ? slash + 1 : path.at)))
		return err(e, ERR_BAD_INPUT,
		    "the name of the evidence's file is longer than 100 bytes");
	return true;
}
