/*
 * A client of HTTPS that fetches one file again and again over connections that stay, and tells
 * what the server spent on it; see ftps_load.c, whose sister it is.
 *
 *   https_load [-s PIDS] [-d PIDS] [-k TOKEN] -p PORT CLIENTS SECONDS PATH
 *
 * SECONDS 0: once. Prints "wall= cpu= db= done= failed= bytes=" on one line.
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
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "meter.h"

enum { ROOM_BYTES = 256 * 1024, CLIENTS_MOST = 512, WAIT_S = 60, AFTER_MS = 150 };

static struct {
	int port;
	double until;
	char request[1024];
	size_t request_len;
	SSL_CTX *ctx;
} my;
static atomic_long done, failed, bytes;

static void
rest(long ms)
{
	nanosleep(&(struct timespec){ .tv_nsec = ms * 1000000 }, NULL);
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

	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &(int){ 1 }, sizeof(int));
	SSL_set_fd(ssl, fd);
	SSL_set_read_ahead(ssl, 1);
	SSL_set_default_read_buffer_len(ssl, 4 * 17 * 1024);
	SSL_set_tlsext_host_name(ssl, "localhost");
	if (connect(fd, (struct sockaddr *)&at, sizeof at) == 0 && SSL_connect(ssl) == 1)
		return ssl;
	SSL_free(ssl);
	close(fd);
	return NULL;
}

/* Length of the body by the header; -1 when it is not a 200 with one. */
static long
body_length(const char *head)
{
	const char *at = strcasestr(head, "\r\ncontent-length:");

	return strncmp(head, "HTTP/1.1 200", 12) == 0 && at != NULL ? strtol(at + 17, NULL, 10)
								    : -1;
}

static bool
fetch(SSL *ssl, char *room)
{
	size_t have = 0;
	char *end = NULL;
	long body, left;
	int n;

	if (SSL_write(ssl, my.request, (int)my.request_len) != (int)my.request_len)
		return false;
	while (end == NULL) {
		n = SSL_read(ssl, room + have, (int)(ROOM_BYTES - 1 - have));
		if (n <= 0)
			return false;
		have += (size_t)n;
		room[have] = '\0';
		end = memmem(room, have, "\r\n\r\n", 4);
	}
	body = body_length(room);
	left = body - (long)(have - (size_t)(end + 4 - room));
	if (body < 0) {
		if (atomic_load(&failed) == 0)
			fprintf(stderr, "https_load: %.*s\n", (int)strcspn(room, "\r"), room);
		return false;
	}
	for (; left > 0; left -= n) {
		n = SSL_read(ssl, room, left < ROOM_BYTES ? (int)left : ROOM_BYTES);
		if (n <= 0)
			return false;
	}
	atomic_fetch_add(&bytes, body);
	return left == 0;
}

static void *
client(void *arg)
{
	char *room = malloc(ROOM_BYTES);
	SSL *ssl = NULL;

	(void)arg;
	do {
		bool ok;

		if (ssl == NULL)
			ssl = open_connection();
		ok = ssl != NULL && room != NULL && fetch(ssl, room);
		atomic_fetch_add(ok ? &done : &failed, 1);
		if (!ok && ssl != NULL) {
			close(SSL_get_fd(ssl));
			SSL_free(ssl);
			ssl = NULL;
		}
		if (!ok)
			rest(10);
	} while (now_s() < my.until);
	if (ssl != NULL) {
		close(SSL_get_fd(ssl));
		SSL_free(ssl);
	}
	free(room);
	return NULL;
}

int
main(int argc, char **argv)
{
	static pthread_t threads[CLIENTS_MOST];
	struct roots server = { 0 }, database = { 0 };
	const char *token = NULL;
	double cpu, db, from, wall;
	int c, n;

	while ((c = getopt(argc, argv, "+s:d:k:p:")) != -1) {
		if (c == 's')
			server = roots_of(optarg);
		else if (c == 'd')
			database = roots_of(optarg);
		else if (c == 'k')
			token = optarg;
		else if (c == 'p')
			my.port = (int)strtol(optarg, NULL, 10);
		else
			return 64;
	}
	n = argc - optind == 3 ? (int)strtol(argv[optind], NULL, 10) : 0;
	if (n < 1 || n > CLIENTS_MOST)
		return 64;
	signal(SIGPIPE, SIG_IGN);
	my.ctx = SSL_CTX_new(TLS_client_method());
	SSL_CTX_set_cipher_list(my.ctx, "ECDHE+AESGCM");
	my.request_len = (size_t)snprintf(my.request, sizeof my.request,
	    "GET %s HTTP/1.1\r\nHost: localhost\r\n%s%s%s\r\n", argv[optind + 2],
	    token != NULL ? "Authorization: Bearer " : "", token != NULL ? token : "",
	    token != NULL ? "\r\n" : "");
	cpu = roots_cpu_s(&server);
	db = roots_cpu_s(&database);
	from = now_s();
	my.until = from + strtod(argv[optind + 1], NULL);
	for (int i = 0; i < n; i++)
		pthread_create(&threads[i], NULL, client, NULL);
	for (int i = 0; i < n; i++)
		pthread_join(threads[i], NULL);
	wall = now_s() - from;
	rest(AFTER_MS);
	printf("wall=%.4f cpu=%.4f db=%.4f done=%ld failed=%ld bytes=%ld\n", wall,
	    roots_cpu_s(&server) - cpu, roots_cpu_s(&database) - db, done, failed, bytes);
	return failed > 0;
}
