#include "talk.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { LINE_SIZE = 512, WORD_SIZE = 32 };

static const char *const reasons[] = {
	[PUSH_OURS] = "ours",
	[PUSH_ADDRESS] = "address",
	[PUSH_CONNECT] = "connect",
	[PUSH_PIN] = "pin",
	[PUSH_LOGIN] = "login",
	[PUSH_SPACE] = "space",
	[PUSH_STALL] = "stall",
	[PUSH_RESET] = "reset",
	[PUSH_REMOTE] = "remote",
};

/* What servers say goes in here: control characters must not make a line of their own. */
void
talk_say(int fd, const char *fmt, ...)
{
	char text[LINE_SIZE], line[LINE_SIZE];
	va_list args;
	size_t len;

	va_start(args, fmt);
	vsnprintf(text, sizeof text, fmt, args);
	va_end(args);
	str_plain(line, sizeof line - 1, str_of(text));
	len = strlen(line);
	line[len++] = '\n';
	for (size_t at = 0; at < len;) {
		ssize_t n = send(fd, line + at, len - at, MSG_NOSIGNAL);

		if (n < 0 && errno != EINTR)
			return;
		at += n > 0 ? (size_t)n : 0;
	}
}

void
talk_failed(int fd, enum push_reason why, const char *text)
{
	talk_say(fd, "failed %s %s", reasons[why], text);
}

enum talk_word
talk_ask(int fd)
{
	char word[WORD_SIZE];
	size_t len = 0;
	ssize_t n;

	talk_say(fd, "uploaded");
	while (len < sizeof word - 1) {
		n = read(fd, word + len, 1);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return TALK_GONE;
		if (word[len] == '\n')
			break;
		len++;
	}
	word[len] = '\0';
	if (strcmp(word, "publish") == 0)
		return TALK_PUBLISH;
	return strcmp(word, "withdraw") == 0 ? TALK_WITHDRAW : TALK_GONE;
}
