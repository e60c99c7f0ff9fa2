/*
 * A client of HTTPS for the API's bench: so many requests a second whatever comes back, or one
 * after the other; over connections that stay; and what the server spent on them. See
 * https_load.c, whose sister it is.
 *
 *   api_load [-s PIDS] [-d PIDS] [-k TOKEN] [-b FILE] [-r RATE] [-w BYTES] [-i] -p PORT CLIENTS
 *       SECONDS PATH
 *
 * PATH may be @FILE, which has one a line, taken in turn. -b: each is a POST of that file's
 * JSON. -i: connections are opened and nothing is asked; "idle= refused=" are printed. -r:
 * requests a second over all; a request's time then runs from the moment it was due, so that
 * what waits behind a slow one counts. -w: reads no more bytes a second. An answer of 429 or
 * 503 is a refusal; its time runs from when it was sent. SECONDS 0: once.
 *
 * Prints, times in ms: "wall= cpu= db= own=(its own CPU, in seconds) done= refused= failed=
 * bytes= p50= p95= p99= most= refused95= refused_most=".
 */
#include <arpa/inet.h>
#include <netinet/tcp.h>
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
	ROOM_BYTES = 64 * 1024,
	CLIENTS_MOST = 2048,
	PATHS_MOST = 65536,
	TIMES_MOST = 1 << 20,
	STACK_BYTES = 256 * 1024,
	WAIT_S = 60,
	AFTER_MS = 150
};

struct times {
	float ms[TIMES_MOST];
	atomic_int n;
};
static struct {
	int port;
	double from, until, rate;
	long slow; /* bytes a second; 0: as fast as they come */
	const char *token;
	char *body;
	bool idle;
	char *paths[PATHS_MOST];
	int n;
	SSL_CTX *ctx;
	pthread_barrier_t ready, begun; /* all are connected; the time runs */
} my;
static struct times good, refusals;
static atomic_long next_one, done, refused, failed, bytes;

struct answer {
	int status;
	long bytes;
	bool last; /* of its connection */
};

static void
rest(double s)
{
	struct timespec t = { (time_t)s, (long)((s - (double)(time_t)s) * 1e9) };

	if (s > 0)
		nanosleep(&t, NULL);
}

static void
add(struct times *t, double s)
{
	int i = atomic_fetch_add(&t->n, 1);

	if (i < TIMES_MOST)
		t->ms[i] = (float)(s * 1000);
}

static int
by_ms(const void *a, const void *b)
{
	float x = *(const float *)a, y = *(const float *)b;

	return (x > y) - (x < y);
}

static double
part_of(struct times *t, double share)
{
	int n = atomic_load(&t->n) < TIMES_MOST ? atomic_load(&t->n) : TIMES_MOST;
	int i = (int)((double)n * share);

	return n == 0 ? 0 : t->ms[i < n ? i : n - 1];
}

static SSL *
open_connection(void)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
		.sin_port = htons((uint16_t)my.port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct timeval wait = { .tv_sec = WAIT_S };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	SSL *ssl = SSL_new(my.ctx);

	if (my.slow > 0)
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &(int){ 16 * 1024 }, sizeof(int));
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &(int){ 1 }, sizeof(int));
	SSL_set_fd(ssl, fd);
	SSL_set_tlsext_host_name(ssl, "localhost");
	if (connect(fd, (struct sockaddr *)&at, sizeof at) == 0 && SSL_connect(ssl) == 1)
		return ssl;
	SSL_free(ssl);
	close(fd);
	return NULL;
}

static void
close_connection(SSL **ssl)
{
	if (*ssl == NULL)
		return;
	close(SSL_get_fd(*ssl));
	SSL_free(*ssl);
	*ssl = NULL;
}

static bool
ask(SSL *ssl, const char *path)
{
	char head[4096];
	size_t body = my.body != NULL ? strlen(my.body) : 0;
	int n = snprintf(head, sizeof head, "%s %s HTTP/1.1\r\nHost: localhost\r\n",
	    my.body != NULL ? "POST" : "GET", path);

	if (my.token != NULL)
		n += snprintf(head + n, sizeof head - (size_t)n, "Authorization: Bearer %s\r\n",
		    my.token);
	if (my.body != NULL)
		n += snprintf(head + n, sizeof head - (size_t)n,
		    "Content-Type: application/json\r\nContent-Length: %zu\r\n", body);
	n += snprintf(head + n, sizeof head - (size_t)n, "\r\n");
	return n < (int)sizeof head && SSL_write(ssl, head, n) == n &&
	       (body == 0 || SSL_write(ssl, my.body, (int)body) == (int)body);
}

/* Reads an answer to its last byte. */
static bool
take(SSL *ssl, char *room, struct answer *a)
{
	size_t have = 0;
	char *end = NULL;
	const char *at;
	long left;
	int n;

	while (end == NULL) {
		n = SSL_read(ssl, room + have, (int)(ROOM_BYTES - 1 - have));
		if (n <= 0)
			return false;
		have += (size_t)n;
		room[have] = '\0';
		end = memmem(room, have, "\r\n\r\n", 4);
	}
	at = strcasestr(room, "\r\ncontent-length:");
	if (at == NULL || at > end || strncmp(room, "HTTP/1.1 ", 9) != 0)
		return false;
	a->status = (int)strtol(room + 9, NULL, 10);
	a->bytes = strtol(at + 17, NULL, 10);
	*end = '\0';
	a->last = strcasestr(room, "\r\nconnection: close") != NULL;
	left = a->bytes - (long)(have - (size_t)(end + 4 - room));
	for (; left > 0; left -= n) {
		int most = my.slow > 0 ? 1024 : ROOM_BYTES;

		n = SSL_read(ssl, room, left < most ? (int)left : most);
		if (n <= 0)
			return false;
		if (my.slow > 0) {
			rest((double)n / (double)my.slow);
			if (now_s() >= my.until)
				return false;
		}
	}
	return left == 0;
}

/* One request; false: the connection is of no use any more. */
static bool
one(SSL *ssl, char *room, const char *path, double due)
{
	double sent = now_s();
	struct answer a = { 0 };

	if (ssl == NULL || !ask(ssl, path) || !take(ssl, room, &a)) {
		if (my.slow == 0)
			atomic_fetch_add(&failed, 1);
		return false;
	}
	if (a.status == 200) {
		atomic_fetch_add(&done, 1);
		atomic_fetch_add(&bytes, a.bytes);
		add(&good, now_s() - (my.rate > 0 ? due : sent));
	} else if (a.status == 503 || a.status == 429) {
		atomic_fetch_add(&refused, 1);
		add(&refusals, now_s() - sent);
	} else if (atomic_fetch_add(&failed, 1) == 0) {
		fprintf(stderr, "api_load: %s: %d %.300s\n", path, a.status, room);
	}
	return !a.last;
}

static void *
client(void *arg)
{
	char *room = malloc(ROOM_BYTES);
	SSL *ssl = open_connection();

	(void)arg;
	pthread_barrier_wait(&my.ready);
	pthread_barrier_wait(&my.begun);
	do {
		long k = atomic_fetch_add(&next_one, 1);
		double due = my.rate > 0 ? my.from + (double)k / my.rate : now_s();

		if (due >= my.until && my.until > my.from)
			break;
		rest(due - now_s());
		if (ssl == NULL)
			ssl = open_connection();
		if (room == NULL || !one(ssl, room, my.paths[k % my.n], due)) {
			close_connection(&ssl);
			rest(0.01);
		}
	} while (now_s() < my.until);
	close_connection(&ssl);
	free(room);
	return NULL;
}

/* Opens one connection after the other, and keeps them. */
static int
stay(int n, double seconds)
{
	static SSL *open[CLIENTS_MOST];
	int none = 0;

	my.until = now_s() + seconds;
	for (int i = 0; i < n; i++) {
		open[i] = open_connection();
		none += open[i] == NULL;
	}
	printf("idle=%d refused=%d\n", n - none, none);
	fflush(stdout);
	rest(my.until - now_s());
	for (int i = 0; i < n; i++)
		close_connection(&open[i]);
	return none > 0;
}

static char *
read_all(const char *path)
{
	FILE *f = fopen(path, "r");
	char *text = NULL;
	size_t size = 0;
	ssize_t n = f != NULL ? getdelim(&text, &size, '\0', f) : -1;

	if (f != NULL)
		fclose(f);
	return n > 0 ? text : NULL;
}

static bool
read_paths(const char *text)
{
	static char line[4096];
	FILE *f;

	if (text[0] == '/') {
		my.paths[my.n++] = strdup(text);
		return true;
	}
	f = fopen(text + 1, "r");
	while (f != NULL && my.n < PATHS_MOST && fgets(line, sizeof line, f) != NULL) {
		line[strcspn(line, "\n")] = '\0';
		my.paths[my.n++] = strdup(line);
	}
	if (f != NULL)
		fclose(f);
	return my.n > 0;
}

static double
seconds_of(struct timeval t)
{
	return (double)t.tv_sec + (double)t.tv_usec / 1e6;
}

static void
told(double wall, double cpu, double db)
{
	int n = atomic_load(&good.n), r = atomic_load(&refusals.n);
	struct rusage own;

	getrusage(RUSAGE_SELF, &own);
	qsort(good.ms, (size_t)(n < TIMES_MOST ? n : TIMES_MOST), sizeof good.ms[0], by_ms);
	qsort(refusals.ms, (size_t)(r < TIMES_MOST ? r : TIMES_MOST), sizeof good.ms[0], by_ms);
	printf("wall=%.4f cpu=%.4f db=%.4f own=%.4f done=%ld refused=%ld failed=%ld bytes=%ld "
	       "p50=%.2f "
	       "p95=%.2f p99=%.2f most=%.2f refused95=%.2f refused_most=%.2f\n",
	    wall, cpu, db, seconds_of(own.ru_utime) + seconds_of(own.ru_stime),
	    atomic_load(&done), atomic_load(&refused), atomic_load(&failed),
	    atomic_load(&bytes), part_of(&good, 0.5), part_of(&good, 0.95),
	    part_of(&good, 0.99), part_of(&good, 1), part_of(&refusals, 0.95),
	    part_of(&refusals, 1));
}

static int
run(int n, double seconds, const struct roots *server, const struct roots *database)
{
	static pthread_t threads[CLIENTS_MOST];
	pthread_attr_t small;
	double cpu, db, wall;

	pthread_attr_init(&small);
	pthread_attr_setstacksize(&small, STACK_BYTES);
	pthread_barrier_init(&my.ready, NULL, (unsigned)n + 1);
	pthread_barrier_init(&my.begun, NULL, (unsigned)n + 1);
	for (int i = 0; i < n; i++)
		if (pthread_create(&threads[i], &small, client, NULL) != 0)
			return 71;
	pthread_barrier_wait(&my.ready);
	cpu = roots_cpu_s(server);
	db = roots_cpu_s(database);
	my.from = now_s();
	my.until = my.from + seconds;
	pthread_barrier_wait(&my.begun);
	for (int i = 0; i < n; i++)
		pthread_join(threads[i], NULL);
	wall = now_s() - my.from;
	rest(AFTER_MS / 1000.0);
	told(wall, roots_cpu_s(server) - cpu, roots_cpu_s(database) - db);
	return atomic_load(&failed) > 0;
}

int
main(int argc, char **argv)
{
	struct roots server = { 0 }, database = { 0 };
	int c, n;

	while ((c = getopt(argc, argv, "+s:d:k:p:b:r:w:i")) != -1) {
		if (c == 's')
			server = roots_of(optarg);
		else if (c == 'd')
			database = roots_of(optarg);
		else if (c == 'k')
			my.token = optarg;
		else if (c == 'p')
			my.port = (int)strtol(optarg, NULL, 10);
		else if (c == 'b')
			my.body = read_all(optarg);
		else if (c == 'r')
			my.rate = strtod(optarg, NULL);
		else if (c == 'w')
			my.slow = strtol(optarg, NULL, 10);
		else if (c == 'i')
			my.idle = true;
		else
			return 64;
	}
	n = argc - optind == 3 ? (int)strtol(argv[optind], NULL, 10) : 0;
	if (n < 1 || n > CLIENTS_MOST || !read_paths(argv[optind + 2]))
		return 64;
	signal(SIGPIPE, SIG_IGN);
	my.ctx = SSL_CTX_new(TLS_client_method());
	SSL_CTX_set_cipher_list(my.ctx, "ECDHE+AESGCM");
	if (my.idle)
		return stay(n, strtod(argv[optind + 1], NULL));
	return run(n, strtod(argv[optind + 1], NULL), &server, &database);
}
