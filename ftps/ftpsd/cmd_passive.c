/* Data connections announced: EPSV and PASV. */
#include <netinet/in.h>
#include <sys/socket.h>

#include "commands.h"

/* One at a time: the port of one that was not used is free again. */
static bool
announce(struct session *s, struct err *e)
{
	data_close(NULL, &s->data);
	s->data = data_listen(&s->door->rules, s->control, s->box.data_tls, e);
	return s->data != NULL;
}

/* 1 IPv4, 2 IPv6 (RFC 2428) */
static int
family_of(const struct session *s)
{
	struct sockaddr_storage at;
	socklen_t len = sizeof at;

	return getsockname(stream_descriptor(s->control), (struct sockaddr *)&at, &len) == 0 &&
		       at.ss_family == AF_INET6
		   ? 2
		   : 1;
}

bool
cmd_epsv(struct task *t, struct session *s, struct str arg, struct err *e)
{
	int family = family_of(s);
	int64_t wanted;

	if (str_ieq(arg, STR("ALL"))) {
		s->epsv_all = true;
		return say(t, s, 200, "Only EPSV from now on.");
	}
	if (arg.len > 0 && (!str_int64(arg, &wanted) || wanted != family))
		return say(t, s, 522, "Network protocol not supported, use (%d)", family);
	if (!announce(s, e))
		return say_err(t, s, 425, e);
	return say(t, s, 229, "Connect to (|||%d|)", data_port(s->data));
}

static uint32_t
ipv4_of(int fd, int (*ask)(int, struct sockaddr *, socklen_t *))
{
	struct sockaddr_storage at;
	socklen_t len = sizeof at;

	if (ask(fd, (struct sockaddr *)&at, &len) != 0 || at.ss_family != AF_INET)
		return 0;
	return ntohl(((struct sockaddr_in *)&at)->sin_addr.s_addr);
}

bool
cmd_pasv(struct task *t, struct session *s, struct str arg, struct err *e)
{
	int fd = stream_descriptor(s->control);
	char text[PASSIVE_SIZE];

	(void)arg;
	if (s->epsv_all)
		return say(t, s, 503, "EPSV ALL was sent: only EPSV from there on.");
	if (family_of(s) != 1)
		return say(t, s, 425, "PASV knows IPv4 only: use EPSV.");
	if (!announce(s, e))
		return say_err(t, s, 425, e);
	passive_text(text,
	    externals_for(
		&s->door->externals, ipv4_of(fd, getpeername), ipv4_of(fd, getsockname)),
	    data_port(s->data));
	return say(t, s, 227, "Connect to %s", text);
}
