/* Lines of busbar-push as dropd reads them, and the job as busbar-push does. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "job.h"
#include "said.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct job job;
	struct str line = { (const char *)data, size };
	struct err e = { 0 };
	struct said s;

	said_read(&s, line);
	assert(strlen(s.text) < sizeof s.text && strlen(s.reason) < sizeof s.reason);
	assert(str_utf8(str_of(s.text)) && memchr(s.text, '\n', strlen(s.text)) == NULL);
	assert(s.what == SAID_NONSENSE || size <= SAID_LINE_MOST);
	if (job_read(&job, line, &e)) {
		assert(job.files > 0 && job.files <= JOB_FILES_MOST);
		for (size_t i = 0; i < job.files; i++)
			assert(job.file[i].name[0] != '\0' &&
			       strpbrk(job.file[i].name, "/\r\n") == NULL);
		assert(strpbrk(job.host, "/\r\n@ ") == NULL);
		assert(strpbrk(job.login, "\r\n") == NULL && strpbrk(job.path, "\r\n") == NULL);
	} else {
		assert(e.code != ERR_NONE && e.text[0] != '\0');
	}
	return 0;
}
