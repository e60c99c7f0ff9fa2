/* Small files and first lines. */
#include "cli/whole.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "sys/secret.h"

static bool
read_fd(struct buf *to, int fd, bool line, struct err *e)
{
	char piece[1024];
	ssize_t got;

	do {
		got = read(fd, piece, sizeof piece);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return err_errno(e, ERR_IO, "reading");
		buf_add(to, piece, (size_t)got);
	} while (got != 0 && buf_ok(to) && !(line && memchr(piece, '\n', (size_t)got) != NULL));
	secret_wipe(piece, sizeof piece);
	return buf_ok(to) || err(e, ERR_TOO_BIG, "there is more of it than the hub takes");
}

bool
whole_file(struct buf *to, struct str path, struct err *e)
{
	AUTO_FD fd = open(path.at, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return err_errno(e, ERR_BAD_INPUT, "opening " STR_FMT, STR_ARG(path));
	return read_fd(to, fd, false, e) || err_at(e, STR_FMT, STR_ARG(path));
}

bool
whole_line(struct buf *keep, struct str *line, struct err *e)
{
	struct str rest;

	if (!read_fd(keep, STDIN_FILENO, true, e))
		return err_at(e, "standard input");
	str_cut(buf_view(keep), '\n', line, &rest);
	*line = str_trim(*line);
	return line->len > 0 || err(e, ERR_BAD_INPUT, "standard input is empty");
}
