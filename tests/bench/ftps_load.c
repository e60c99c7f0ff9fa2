/*
 * A client of explicit FTPS that makes work for any server and tells what the server spent on
 * it. Blocking, a thread a session, OpenSSL: it costs less than the server it measures. Stands
 * alone, beside the hub's code.
 *
 *   ftps_load [-t 1.2|1.3] [-s PIDS] [-d PIDS] -p PORT -u LOGIN -w PASSWORD WHAT...
 *
 *   get PATH             a file, in a session that was open before
 *   put PATH BYTES
 *   gets FOLDER N        FOLDER/f0000 and on, one after the other in one session
 *   puts FOLDER N BYTES
 *   many N PATTERN       PATTERN (with %d for 0 and on) each in a session of its own, at once
 *   login N SECONDS      N clients log in and out
 *   shake N SECONDS      N clients connect, AUTH TLS, hang up
 *   idle N               N sessions that do nothing: memory, and how fast others' NOOP is
 *
 * -s: root processes of the server, -d: of its database. Prints name=value pairs on one line:
 * wall, cpu (server), db (database), client (our own CPU) in seconds, and counts. Data sessions
 * resume the newest session of their control connection.
 */
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "meter.h"

enum {
	PIECE_BYTES = 256 * 1024,
	LINE_MOST = 1024,
	THREADS_MOST = 256,
	IDLE_MOST = 4096,
	NOOPS = 200,
	OPENERS = 4,
	WAIT_S = 60,
	AFTER_MS = 150
};

static struct {
	int port, min, max;
	const char *login, *password;
	struct roots server, database;
	SSL_CTX *ctx;
	unsigned char noise[PIECE_BYTES];
} my = { .min = TLS1_2_VERSION, .max = TLS1_3_VERSION };

static struct {
	atomic_long done, failed, bytes, resumed, full, unclean;
} count;

struct session {
	int fd;
	SSL *ssl;
	SSL_SESSION *newest;
	char in[LINE_MOST];
	size_t have;
	char last[LINE_MOST]; /* the last line of a reply, or why there is none */
};

static void
die(const char *what, const char *why)
{
	fprintf(stderr, "ftps_load: %s: %s\n", what, why);
	exit(1);
}

/* ---- control connection ---- */

static bool
fails(struct session *s, const char *what)
{
	unsigned long code = ERR_peek_last_error();

	snprintf(s->last, sizeof s->last, "%.200s: %.200s", what,
	    code != 0 ? ERR_reason_error_string(code) : "the peer went away");
	return false;
}

static int
connect_to(int port)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
		.sin_port = htons((uint16_t)port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct timeval wait = { .tv_sec = WAIT_S };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || connect(fd, (struct sockaddr *)&at, sizeof at) != 0) {
		close(fd);
		return -1;
	}
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &(int){ 1 }, sizeof(int));
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof wait);
	return fd;
}

/* Each session that the control connection is given; servers may take one but once. */
static int
given(SSL *ssl, SSL_SESSION *session)
{
	struct session *s = SSL_get_app_data(ssl);

	if (s == NULL)
		return 0;
	SSL_SESSION_free(s->newest);
	s->newest = session;
	return 1;
}

/* Resumes a copy: OpenSSL makes one useless when the server gives a ticket in its place. */
static SSL *
secure(int fd, SSL_SESSION *resume)
{
	SSL *ssl = SSL_new(my.ctx);

	ERR_clear_error();
	SSL_set_fd(ssl, fd);
	if (resume != NULL) {
		SSL_SESSION *copy = SSL_SESSION_dup(resume);

		SSL_set_session(ssl, copy);
		SSL_SESSION_free(copy);
	}
	return ssl;
}

static bool
fill(struct session *s)
{
	ssize_t n;

	if (s->have == sizeof s->in)
		return fails(s, "a reply is too long");
	ERR_clear_error();
	n = s->ssl != NULL ? SSL_read(s->ssl, s->in + s->have, (int)(sizeof s->in - s->have))
			   : recv(s->fd, s->in + s->have, sizeof s->in - s->have, 0);
	if (n <= 0)
		return fails(s, "no reply");
	s->have += (size_t)n;
	return true;
}

/* The code of the next reply, of however many lines; 0 when there is none. */
static int
hear(struct session *s)
{
	for (;;) {
		char *end = memchr(s->in, '\n', s->have);
		size_t len;
		bool last;

		if (end == NULL) {
			if (!fill(s))
				return 0;
			continue;
		}
		len = (size_t)(end - s->in);
		memcpy(s->last, s->in, len);
		s->last[len] = '\0';
		s->have -= len + 1;
		memmove(s->in, end + 1, s->have);
		last = len > 3 && s->last[3] == ' ' && strspn(s->last, "0123456789") == 3;
		if (last)
			return (int)strtol(s->last, NULL, 10);
	}
}

static bool
say(struct session *s, const char *verb, const char *word)
{
	char line[LINE_MOST];
	int len =
	    snprintf(line, sizeof line, "%s%s%s\r\n", verb, *word != '\0' ? " " : "", word);

	ERR_clear_error();
	if ((s->ssl != NULL ? SSL_write(s->ssl, line, len)
			    : (int)send(s->fd, line, (size_t)len, MSG_NOSIGNAL)) == len)
		return true;
	return fails(s, verb);
}

static bool
ask(struct session *s, const char *verb, const char *word, int expected)
{
	return say(s, verb, word) && hear(s) == expected;
}

static void
hang_up(struct session *s)
{
	if (s->ssl != NULL) {
		SSL_set_app_data(s->ssl, NULL);
		SSL_free(s->ssl);
	}
	SSL_SESSION_free(s->newest);
	if (s->fd >= 0)
		close(s->fd);
	*s = (struct session){ .fd = -1 };
}

static bool
shake(struct session *s)
{
	*s = (struct session){ .fd = connect_to(my.port) };
	if (s->fd < 0)
		return fails(s, "cannot connect");
	if (hear(s) != 220 || !ask(s, "AUTH", "TLS", 234))
		return false;
	s->ssl = secure(s->fd, NULL);
	SSL_set_app_data(s->ssl, s);
	return SSL_connect(s->ssl) == 1 || fails(s, "handshake");
}

static bool
enter(struct session *s)
{
	int code;

	if (!shake(s) || !ask(s, "PBSZ", "0", 200) || !ask(s, "PROT", "P", 200) ||
	    !say(s, "USER", my.login))
		return false;
	code = hear(s);
	if (code == 331)
		code = say(s, "PASS", my.password) ? hear(s) : 0;
	return code == 230 && ask(s, "TYPE", "I", 200);
}

static void
leave(struct session *s)
{
	if (ask(s, "QUIT", "", 221))
		SSL_shutdown(s->ssl);
	hang_up(s);
}

/* ---- data connections ---- */

struct data {
	int fd;
	SSL *ssl;
};

static bool
data_open(struct session *s, const char *verb, const char *path, struct data *d)
{
	const char *at;
	int code;

	d->fd = -1;
	d->ssl = NULL;
	if (!ask(s, "EPSV", "", 229) || (at = strstr(s->last, "|||")) == NULL)
		return false;
	d->fd = connect_to((int)strtol(at + 3, NULL, 10));
	if (d->fd < 0)
		return fails(s, "cannot connect for data");
	if (!say(s, verb, path))
		return false;
	code = hear(s);
	if (code != 150 && code != 125)
		return false;
	d->ssl = secure(d->fd, s->newest);
	SSL_set_read_ahead(d->ssl, 1);
	SSL_set_default_read_buffer_len(d->ssl, 4 * 17 * 1024);
	if (SSL_connect(d->ssl) != 1)
		return fails(s, "data handshake");
	atomic_fetch_add(SSL_session_reused(d->ssl) ? &count.resumed : &count.full, 1);
	return true;
}

static void
data_close(struct data *d)
{
	SSL_free(d->ssl);
	if (d->fd >= 0)
		close(d->fd);
}

/* Reads to the end; the bytes are not looked at. */
static int64_t
drain(struct data *d, char *to)
{
	int64_t all = 0;
	int n;

	while ((n = SSL_read(d->ssl, to, PIECE_BYTES)) > 0)
		all += n;
	if (SSL_get_error(d->ssl, n) != SSL_ERROR_ZERO_RETURN)
		atomic_fetch_add(&count.unclean, 1);
	return all;
}

static bool
get(struct session *s, const char *path, char *room)
{
	struct data d;
	bool ok = data_open(s, "RETR", path, &d);

	if (ok) {
		atomic_fetch_add(&count.bytes, drain(&d, room));
		SSL_shutdown(d.ssl);
	}
	data_close(&d);
	return ok && hear(s) == 226;
}

/* No two pieces of a run, and no two runs, hold the same bytes. */
static bool
pour(struct data *d, int64_t bytes, char *room)
{
	static atomic_ullong piece;

	memcpy(room, my.noise, PIECE_BYTES);
	while (bytes > 0) {
		int n = bytes < PIECE_BYTES ? (int)bytes : PIECE_BYTES;
		unsigned long long mark = atomic_fetch_add(&piece, 1);

		memcpy(room, &mark, sizeof mark);
		if (SSL_write(d->ssl, room, n) != n)
			return false;
		bytes -= n;
		atomic_fetch_add(&count.bytes, n);
	}
	return true;
}

static bool
put(struct session *s, const char *path, int64_t bytes, char *room)
{
	struct data d;
	bool ok = data_open(s, "STOR", path, &d);

	if (ok) {
		ok = pour(&d, bytes, room) || fails(s, "upload");
		SSL_shutdown(d.ssl);
		shutdown(d.fd, SHUT_WR);
		drain(&d, room); /* some say goodbye, all close */
	}
	data_close(&d);
	return ok && hear(s) == 226;
}

/* ---- the clock ---- */

static struct {
	double wall, cpu, db, client;
} clock_at;

static double
own_cpu_s(void)
{
	struct rusage u;

	getrusage(RUSAGE_SELF, &u);
	return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) +
	       (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}

static void
rest(long ms)
{
	nanosleep(
	    &(struct timespec){ .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000 }, NULL);
}

static void
begin(void)
{
	memset(&count, 0, sizeof count);
	rest(AFTER_MS); /* what the logins left to do */
	clock_at.cpu = roots_cpu_s(&my.server);
	clock_at.db = roots_cpu_s(&my.database);
	clock_at.client = own_cpu_s();
	clock_at.wall = now_s();
}

static void
end(void)
{
	clock_at.wall = now_s() - clock_at.wall;
	clock_at.client = own_cpu_s() - clock_at.client;
	rest(AFTER_MS); /* what a server does behind the client's back belongs to the work */
	printf("wall=%.4f cpu=%.4f db=%.4f client=%.4f done=%ld failed=%ld bytes=%ld "
	       "resumed=%ld full=%ld unclean=%ld\n",
	    clock_at.wall, roots_cpu_s(&my.server) - clock_at.cpu,
	    roots_cpu_s(&my.database) - clock_at.db, clock_at.client, count.done, count.failed,
	    count.bytes, count.resumed, count.full, count.unclean);
}

/* ---- what is measured ---- */

static void
one_session(char *const *a, int n, char *room)
{
	bool puts = strncmp(a[0], "put", 3) == 0, several = a[0][3] == 's';
	long times = several ? strtol(a[2], NULL, 10) : 1;
	int64_t bytes = puts ? strtoll(a[n - 1], NULL, 10) : 0;
	char path[LINE_MOST];
	struct session s;

	if (!enter(&s))
		die("login", s.last);
	begin();
	for (long i = 0; i < times; i++) {
		if (several)
			snprintf(path, sizeof path, "%s/f%04ld", a[1], i);
		if (!(puts ? put(&s, several ? path : a[1], bytes, room)
			   : get(&s, several ? path : a[1], room)))
			die(several ? path : a[1], s.last);
		atomic_fetch_add(&count.done, 1);
	}
	end();
	leave(&s);
}

struct worker {
	pthread_t thread;
	struct session s;
	char path[LINE_MOST];
	void (*work)(struct worker *);
	double until;
};
static pthread_barrier_t ready, go;

static void *
run_worker(void *arg)
{
	struct worker *w = arg;

	w->work(w);
	return NULL;
}

static void
spawn(struct worker *w, void (*work)(struct worker *))
{
	w->work = work;
	if (pthread_create(&w->thread, NULL, run_worker, w) != 0)
		die("cannot start a thread", "");
}

static void
work_get(struct worker *w)
{
	char *room = malloc(PIECE_BYTES);

	if (room == NULL || !enter(&w->s))
		die("login", w->s.last);
	pthread_barrier_wait(&ready);
	pthread_barrier_wait(&go);
	if (!get(&w->s, w->path, room))
		die(w->path, w->s.last);
	atomic_fetch_add(&count.done, 1);
	pthread_barrier_wait(&ready);
	leave(&w->s);
	free(room);
}

static void
many(struct worker *w, int n, const char *pattern)
{
	const char *cut = strstr(pattern, "%d");

	if (cut == NULL)
		die(pattern, "no %d in it");
	pthread_barrier_init(&ready, NULL, (unsigned)n + 1);
	pthread_barrier_init(&go, NULL, (unsigned)n + 1);
	for (int i = 0; i < n; i++) {
		snprintf(w[i].path, sizeof w[i].path, "%.*s%d%s", (int)(cut - pattern), pattern,
		    i, cut + 2);
		spawn(&w[i], work_get);
	}
	pthread_barrier_wait(&ready);
	begin();
	pthread_barrier_wait(&go);
	pthread_barrier_wait(&ready);
	end();
	for (int i = 0; i < n; i++)
		pthread_join(w[i].thread, NULL);
}

static void
work_rate(struct worker *w)
{
	bool whole = w->path[0] == 'l';

	while (now_s() < w->until) {
		bool ok = whole ? enter(&w->s) : shake(&w->s);

		if (atomic_fetch_add(ok ? &count.done : &count.failed, 1) == 0 && !ok)
			fprintf(stderr, "ftps_load: %s\n", w->s.last);
		if (ok && whole)
			leave(&w->s);
		else
			hang_up(&w->s);
	}
}

static void
rate(struct worker *w, int n, const char *what, double seconds)
{
	begin();
	for (int i = 0; i < n; i++) {
		snprintf(w[i].path, sizeof w[i].path, "%s", what);
		w[i].until = now_s() + seconds;
		spawn(&w[i], work_rate);
	}
	for (int i = 0; i < n; i++)
		pthread_join(w[i].thread, NULL);
	end();
}

static struct session idlers[IDLE_MOST];
static atomic_int next_idler;
static int idlers_wanted;

static void
work_idle(struct worker *w)
{
	int i;

	(void)w;
	while ((i = atomic_fetch_add(&next_idler, 1)) < idlers_wanted)
		if (!enter(&idlers[i]))
			die("login", idlers[i].last);
}

static int
by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void
idle(struct worker *w, int n)
{
	struct memory before, after;
	double took[NOOPS], from = now_s(), opened;

	if (n < 1 || n > IDLE_MOST)
		die("idle", "1 to 4096 sessions");
	before = roots_memory(&my.server);
	idlers_wanted = n;
	for (int i = 0; i < OPENERS; i++)
		spawn(&w[i], work_idle);
	for (int i = 0; i < OPENERS; i++)
		pthread_join(w[i].thread, NULL);
	opened = now_s() - from;
	rest(500);
	after = roots_memory(&my.server);
	for (int i = 0; i < NOOPS; i++) {
		struct session *s = &idlers[(i * 37) % n];

		from = now_s();
		if (!ask(s, "NOOP", "", 200))
			die("NOOP", s->last);
		took[i] = now_s() - from;
	}
	qsort(took, NOOPS, sizeof took[0], by_size);
	printf("sessions=%d opened=%.2f pss_kb=%.1f tables_kb=%.1f processes=%ld noop_us=%.0f "
	       "noop_p99_us=%.0f base_kb=%ld\n",
	    n, opened, (double)(after.pss_kb - before.pss_kb) / n,
	    (double)(after.tables_kb - before.tables_kb) / n,
	    after.processes - before.processes, took[NOOPS / 2] * 1e6,
	    took[NOOPS * 99 / 100] * 1e6, before.pss_kb);
	for (int i = 0; i < n; i++)
		hang_up(&idlers[i]);
}

/* ---- beginning ---- */

static void
prepare(void)
{
	struct rlimit files;

	signal(SIGPIPE, SIG_IGN);
	getrlimit(RLIMIT_NOFILE, &files);
	files.rlim_cur = files.rlim_max;
	setrlimit(RLIMIT_NOFILE, &files);
	my.ctx = SSL_CTX_new(TLS_client_method());
	SSL_CTX_set_min_proto_version(my.ctx, my.min);
	SSL_CTX_set_max_proto_version(my.ctx, my.max);
	SSL_CTX_set_session_cache_mode(
	    my.ctx, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
	SSL_CTX_sess_set_new_cb(my.ctx, given);
	SSL_CTX_set_cipher_list(my.ctx, "ECDHE+AESGCM");
	for (uint64_t i = 0, x = 88172645463325252U ^ (uint64_t)getpid(); i < PIECE_BYTES;
	     i++) {
		x ^= x << 13, x ^= x >> 7, x ^= x << 17;
		my.noise[i] = (unsigned char)x;
	}
}

static void
run(char *const *a, int n)
{
	static struct worker w[THREADS_MOST];
	static char room[PIECE_BYTES];
	int k = n > 1 ? (int)strtol(a[1], NULL, 10) : 0;

	if ((n == 2 && strcmp(a[0], "get") == 0) || (n == 3 && strcmp(a[0], "put") == 0) ||
	    (n == 3 && strcmp(a[0], "gets") == 0) || (n == 4 && strcmp(a[0], "puts") == 0))
		one_session(a, n, room);
	else if (n == 2 && strcmp(a[0], "idle") == 0)
		idle(w, k);
	else if (n == 3 && k > 0 && k <= THREADS_MOST && strcmp(a[0], "many") == 0)
		many(w, k, a[2]);
	else if (n == 3 && k > 0 && k <= THREADS_MOST &&
		 (strcmp(a[0], "login") == 0 || strcmp(a[0], "shake") == 0))
		rate(w, k, a[0], strtod(a[2], NULL));
	else
		die("what is to be done?", "see the head of ftps_load.c");
}

int
main(int argc, char **argv)
{
	int c;

	while ((c = getopt(argc, argv, "+t:s:d:p:u:w:")) != -1) {
		if (c == 't')
			my.min = my.max =
			    strcmp(optarg, "1.2") == 0 ? TLS1_2_VERSION : TLS1_3_VERSION;
		else if (c == 's')
			my.server = roots_of(optarg);
		else if (c == 'd')
			my.database = roots_of(optarg);
		else if (c == 'p')
			my.port = (int)strtol(optarg, NULL, 10);
		else if (c == 'u')
			my.login = optarg;
		else if (c == 'w')
			my.password = optarg;
		else
			return 64;
	}
	prepare();
	run(argv + optind, argc - optind);
	return count.failed > 0;
}
