/*
 * A bad line: passes TCP connections on to a port of this machine, and cuts, stops, slices,
 * slows, delays or changes them at a byte. Netem is not everywhere, and cannot count bytes.
 *
 *   proxy [PORT [ADDRESS [OWN]]]   listens at ADDRESS (127.0.0.1), on port OWN or a free one,
 *                                  and prints "port N"
 *
 * A line on standard input is the plan of the next connection that comes, and is answered
 * "ready"; connections without a plan are passed on to PORT as they are. A plan is words:
 *
 *   to PORT            where it goes instead
 *   up | down          which way the words behind it mean: from the client, or to it
 *   cut BYTE rst|fin   what comes before BYTE (from 0) goes on; then both ends are reset, or
 * closed in order stall BYTE MS      the same, but nothing moves for MS, either way; then both
 * ends are reset slice BYTES        at most so many in a segment rate BYTES         at most so
 * many a second, one at a time delay MS           each read waits so long before it goes on
 *   flip BYTE          the lowest bit of that byte is turned over
 *
 * Each connection that ends is told as "end UP DOWN": how many bytes went on. It ends when
 * standard input does. Counting is by what was sent on, and a cut waits until the kernel has
 * delivered it, so the same plan has the same effect each time.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/sockios.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { PAIRS_MOST = 4096, PIECE = 65536, DELIVERY_MS = 3000, NEVER = -1 };
enum way { UP, DOWN, WAYS };
enum end { END_NONE, END_RST, END_FIN };

struct fault {
	int64_t cut, flip; /* NEVER */
	enum end by;
	int64_t stall_ms, delay_ms;
	size_t slice, rate;
};
struct plan {
	int port;
	struct fault way[WAYS];
};

struct flow { /* one way of a pair */
	char bytes[PIECE];
	size_t len, at;
	int64_t passed, not_before_ms;
	bool eof, told; /* the reader has seen the end; the writer has been told */
};
struct pair {
	int fd[WAYS]; /* where UP comes from: the client; where DOWN comes from: the server */
	struct plan plan;
	struct flow flow[WAYS];
	int64_t dead_ms; /* stalled until then; 0: not */
};

static struct pair *pairs[PAIRS_MOST];
static struct plan next;
static bool planned;
static int preset_port;

static int64_t
now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void
fail(const char *what)
{
	fprintf(stderr, "proxy: %s: %s\n", what, strerror(errno));
	exit(1);
}

static struct plan
plan_none(void)
{
	const struct fault none = { .cut = NEVER, .flip = NEVER };

	return (struct plan){ .port = preset_port, .way = { none, none } };
}

/* ---- plans ---- */

static int64_t
number(char **rest)
{
	char *word = strtok_r(NULL, " \n", rest), *after = NULL;
	long long n = word == NULL ? -1 : strtoll(word, &after, 10);

	if (word == NULL || *after != '\0' || n < 0) {
		fprintf(stderr, "proxy: a number is missing in the plan\n");
		exit(64);
	}
	return n;
}

static void
plan_word(struct plan *p, enum way *way, const char *word, char **rest)
{
	struct fault *f = &p->way[*way];
	const char *by;

	if (strcmp(word, "to") == 0) {
		p->port = (int)number(rest);
	} else if (strcmp(word, "up") == 0 || strcmp(word, "down") == 0) {
		*way = word[0] == 'u' ? UP : DOWN;
	} else if (strcmp(word, "cut") == 0) {
		f->cut = number(rest);
		by = strtok_r(NULL, " \n", rest);
		f->by = by != NULL && strcmp(by, "fin") == 0 ? END_FIN : END_RST;
	} else if (strcmp(word, "stall") == 0) {
		f->cut = number(rest);
		f->stall_ms = number(rest);
		f->by = END_RST;
	} else if (strcmp(word, "slice") == 0) {
		f->slice = (size_t)number(rest);
	} else if (strcmp(word, "rate") == 0) {
		f->rate = (size_t)number(rest);
	} else if (strcmp(word, "delay") == 0) {
		f->delay_ms = number(rest);
	} else if (strcmp(word, "flip") == 0) {
		f->flip = number(rest);
	} else {
		fprintf(stderr, "proxy: no such word of a plan: %s\n", word);
		exit(64);
	}
}

/* False at the end of standard input. */
static bool
plan_read(void)
{
	char line[400], *rest = NULL;
	enum way way = UP;

	if (fgets(line, sizeof line, stdin) == NULL)
		return false;
	next = plan_none();
	planned = true;
	for (char *word = strtok_r(line, " \n", &rest); word != NULL;
	     word = strtok_r(NULL, " \n", &rest))
		plan_word(&next, &way, word, &rest);
	puts("ready");
	fflush(stdout);
	return true;
}

/* ---- connections ---- */

static int
reach(int port)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
		.sin_port = htons((uint16_t)port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd >= 0 && connect(fd, (struct sockaddr *)&to, sizeof to) != 0) {
		close(fd);
		fd = -1;
	}
	return fd;
}

static void
prepare(int fd)
{
	const int on = 1;

	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
	fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
}

static void
reset_and_close(int fd)
{
	const struct linger now = { .l_onoff = 1, .l_linger = 0 };

	setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
	close(fd);
}

static void
take(int listener)
{
	int client = accept4(listener, NULL, NULL, SOCK_CLOEXEC), server;
	struct plan p = planned ? next : plan_none();
	size_t i = 0;

	if (client < 0)
		return;
	planned = false;
	while (i < PAIRS_MOST && pairs[i] != NULL)
		i++;
	server = i < PAIRS_MOST ? reach(p.port) : -1;
	if (server < 0) {
		reset_and_close(client);
		puts("end 0 0");
		fflush(stdout);
		return;
	}
	pairs[i] = calloc(1, sizeof *pairs[i]);
	if (pairs[i] == NULL)
		fail("calloc");
	pairs[i]->fd[UP] = client;
	pairs[i]->fd[DOWN] = server;
	pairs[i]->plan = p;
	prepare(client);
	prepare(server);
}

static void
drop(size_t i, enum end by)
{
	struct pair *p = pairs[i];

	for (enum way w = UP; w < WAYS; w++) {
		if (by == END_RST)
			reset_and_close(p->fd[w]);
		else
			close(p->fd[w]);
	}
	printf(
	    "end %lld %lld\n", (long long)p->flow[UP].passed, (long long)p->flow[DOWN].passed);
	fflush(stdout);
	free(p);
	pairs[i] = NULL;
}

/* A reset throws away what its receiver has not got yet, so that goes first. */
static void
deliver(int fd)
{
	const struct timespec step = { .tv_nsec = 200 * 1000 };
	int64_t until = now_ms() + DELIVERY_MS;
	int waiting = 0;

	while (ioctl(fd, SIOCOUTQ, &waiting) == 0 && waiting > 0 && now_ms() < until)
		nanosleep(&step, NULL);
}

/* ---- one way ---- */

/* Reads what there is; false when the connection is broken. */
static bool
fill(struct pair *p, enum way w)
{
	struct flow *f = &p->flow[w];
	struct fault *x = &p->plan.way[w];
	ssize_t n = recv(p->fd[w], f->bytes, sizeof f->bytes, 0);

	if (n < 0)
		return errno == EAGAIN || errno == EINTR;
	f->eof = n == 0;
	f->at = 0;
	f->len = (size_t)n;
	if (x->flip != NEVER && x->flip >= f->passed && x->flip < f->passed + n)
		f->bytes[x->flip - f->passed] ^= 1;
	if (x->delay_ms > 0)
		f->not_before_ms = now_ms() + x->delay_ms;
	return true;
}

/* Sends what may go now; false when the connection is broken. */
static bool
pass(struct pair *p, enum way w)
{
	struct flow *f = &p->flow[w];
	struct fault *x = &p->plan.way[w];
	int to = p->fd[w == UP ? DOWN : UP];
	size_t most = f->len - f->at;
	ssize_t n;

	if (x->slice > 0 && most > x->slice)
		most = x->slice;
	if (x->rate > 0)
		most = most > 0;
	if (x->cut != NEVER && (int64_t)most > x->cut - f->passed)
		most = (size_t)(x->cut - f->passed);
	if (most == 0)
		return true;
	n = send(to, f->bytes + f->at, most, MSG_NOSIGNAL);
	if (n < 0)
		return errno == EAGAIN || errno == EINTR;
	f->at += (size_t)n;
	f->passed += n;
	if (x->rate > 0)
		f->not_before_ms = now_ms() + 1000 / (int64_t)x->rate;
	return true;
}

static bool
is_cut(const struct pair *p, enum way w)
{
	return p->plan.way[w].cut != NEVER && p->flow[w].passed >= p->plan.way[w].cut;
}

static void
strike(size_t i, enum way w)
{
	struct pair *p = pairs[i];
	struct fault *x = &p->plan.way[w];

	deliver(p->fd[w == UP ? DOWN : UP]);
	if (x->stall_ms > 0)
		p->dead_ms = now_ms() + x->stall_ms;
	else
		drop(i, x->by);
}

/* All that can be done for a connection now. */
static void
serve(size_t i, const short got[WAYS])
{
	struct pair *p = pairs[i];

	if (p->dead_ms > 0) {
		if (now_ms() >= p->dead_ms)
			drop(i, END_RST);
		return;
	}
	for (enum way w = UP; w < WAYS; w++) {
		struct flow *f = &p->flow[w];

		if (is_cut(p, w)) {
			strike(i, w);
			return;
		}
		if (f->at == f->len && !f->eof && got[w] != 0 && !fill(p, w)) {
			drop(i, END_RST);
			return;
		}
		if (f->at < f->len && now_ms() >= f->not_before_ms && !pass(p, w)) {
			drop(i, END_RST);
			return;
		}
		if (is_cut(p, w)) {
			strike(i, w);
			return;
		}
		if (f->eof && !f->told && f->at == f->len) {
			shutdown(p->fd[w == UP ? DOWN : UP], SHUT_WR);
			f->told = true;
		}
	}
	if (p->flow[UP].told && p->flow[DOWN].told)
		drop(i, END_FIN);
}

/* ---- the loop ---- */

static struct pollfd fds[2 + 2 * PAIRS_MOST];

/* What a pair waits for; the time it must be looked at is put into *at_ms. */
static void
wants(const struct pair *p, struct pollfd to[WAYS], int64_t *at_ms)
{
	int64_t now = now_ms();

	to[UP] = (struct pollfd){ .fd = p->fd[UP] };
	to[DOWN] = (struct pollfd){ .fd = p->fd[DOWN] };
	if (p->dead_ms > 0) {
		to[UP].fd = to[DOWN].fd = -1;
		*at_ms = p->dead_ms < *at_ms ? p->dead_ms : *at_ms;
		return;
	}
	for (enum way w = UP; w < WAYS; w++) {
		const struct flow *f = &p->flow[w];
		enum way other = w == UP ? DOWN : UP;

		if (f->at == f->len) {
			if (!f->eof)
				to[w].events |= POLLIN;
		} else if (now < f->not_before_ms) {
			*at_ms = f->not_before_ms < *at_ms ? f->not_before_ms : *at_ms;
		} else {
			to[other].events |= POLLOUT;
		}
	}
	for (enum way w = UP; w < WAYS; w++)
		if (to[w].events == 0) /* a hang-up that cannot be acted on would spin */
			to[w].fd = -1;
}

static void
turn(int listener)
{
	static size_t index[2 + 2 * PAIRS_MOST];
	int64_t at_ms = now_ms() + 60000, left;
	nfds_t n = 2;

	fds[0] = (struct pollfd){ .fd = listener, .events = POLLIN };
	fds[1] = (struct pollfd){ .fd = STDIN_FILENO, .events = POLLIN };
	for (size_t i = 0; i < PAIRS_MOST; i++) {
		if (pairs[i] == NULL)
			continue;
		wants(pairs[i], &fds[n], &at_ms);
		index[n] = i;
		n += 2;
	}
	left = at_ms - now_ms();
	if (poll(fds, n, left < 0 ? 0 : (int)left) < 0 && errno != EINTR)
		fail("poll");
	for (nfds_t k = 2; k < n; k += 2)
		serve(index[k], (const short[]){ fds[k].revents, fds[k + 1].revents });
	/* a plan before the connection it is for */
	if (fds[1].revents != 0 && !plan_read())
		exit(0);
	if (fds[0].revents != 0)
		take(listener);
}

int
main(int argc, char **argv)
{
	struct sockaddr_in here = { .sin_family = AF_INET };
	const char *address = argc > 2 ? argv[2] : "127.0.0.1";
	socklen_t len = sizeof here;
	const int on = 1;
	int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	preset_port = argc > 1 ? atoi(argv[1]) : 0;
	here.sin_port = htons((uint16_t)(argc > 3 ? atoi(argv[3]) : 0));
	if (listener < 0 || inet_pton(AF_INET, address, &here.sin_addr) != 1 ||
	    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0 ||
	    bind(listener, (struct sockaddr *)&here, sizeof here) != 0 ||
	    listen(listener, 1024) != 0 ||
	    getsockname(listener, (struct sockaddr *)&here, &len) != 0)
		fail("listen");
	setvbuf(stdin, NULL, _IONBF, 0); /* poll must see each line */
	printf("port %d\n", ntohs(here.sin_port));
	fflush(stdout);
	for (;;)
		turn(listener);
}
