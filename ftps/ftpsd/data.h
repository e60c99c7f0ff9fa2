/*
 * Data connections: passive only, TLS only. One struct data is one EPSV/PASV: a listener, then
 * one connection, one transfer, the end. The order is
 *
 *	data_listen      at EPSV or PASV; the port goes into the reply
 *	data_accept      at RETR, STOR, MLSD ...: the peer's TCP connection
 *	(reply 150)      many clients shake hands only when they have seen it
 *	data_secure      TLS, and the account's rule about the session that it resumes
 *	data_send | data_write..., data_finish | data_receive
 *	(reply 226)
 *	data_close
 *
 * Nothing may be made (no part, no file) before data_secure() has said true. Another task of
 * the session may meanwhile call data_abort() and the functions that read counters.
 */
#ifndef FTPSD_DATA_H
#define FTPSD_DATA_H

#include "store/box.h"
#include "sys/tls.h"

enum {
	DATA_PIECE_BYTES = 256 * 1024, /* of a file, at a time */
	DATA_STRANGERS_MOST = 16,      /* connections from elsewhere before giving up */
	DATA_DRAIN_MS = 100	       /* data_close() waits for the peer's end */
};

struct data_rules { /* of the process; must outlive the struct data made with it */
	int port_from, port_to;
	/* Take connections from any address where the session rule is REQUIRE, which then
	 * proves who it is (for load balancers that change addresses). */
	bool any_address;
	uint32_t accept_ms;	 /* until the peer has connected */
	uint32_t shake_ms;	 /* until TLS stands */
	uint32_t stall_ms;	 /* without a byte moving */
	int64_t rate_least;	 /* bytes a second over rate_window_ms; 0: any */
	uint32_t rate_window_ms; /* e.g. 60000 */
};

enum data_phase { DATA_LISTENING, DATA_CONNECTED, DATA_SECURED, DATA_MOVING, DATA_DONE };

struct data;

/* Listens on a random free port of the range, on the address that the control connection came
 * to. `control` is the TLS stream of a context with `binds`; it must outlive d. Does not wait.
 * ERR_BUSY when all ports are taken. */
struct data *data_listen(
    const struct data_rules *r, struct stream *control, enum box_tls rule, struct err *e);
int data_port(const struct data *d);

/* Waits for the peer. Connections from other addresses than the control connection's are
 * closed. ERR_TIMEOUT; ERR_FORBIDDEN when only others came; ERR_CANCELLED after data_abort().
 * All failures are a 425. */
bool data_accept(struct task *t, struct data *d, struct err *e);
/* TLS. ERR_FORBIDDEN when the rule is REQUIRE and no session of this control connection was
 * resumed: the text says which it was and names the setting (a 522). A fresh ticket goes out
 * with the next reply on the control connection. */
bool data_secure(struct task *t, struct data *d, struct err *e);
/* Which session it resumed; for the log (under PREFER and OFF too). */
enum tls_bound data_bound(const struct data *d);

/* fd from offset up to size (of the file); says goodbye to the peer. ERR_GONE (426),
 * ERR_TIMEOUT (426: stalled or too slow), ERR_CANCELLED (426), ERR_IO (451: the file). */
bool data_send(
    struct task *t, struct data *d, int fd, int64_t offset, int64_t size, struct err *e);
/* Asked between the pieces of data_send(), which its false ends with its error; may wait. */
typedef bool data_may(struct task *t, void *arg, struct err *e);
void data_watch(struct data *d, data_may *may, void *arg);
/* The same for what is made while sending (listings): some data_write(), then data_finish().
 * Small writes are gathered to full records. */
bool data_write(struct task *t, struct data *d, const void *from, size_t len, struct err *e);
bool data_finish(struct task *t, struct data *d, struct err *e);

/* Gives all that comes to take(), in pieces of up to DATA_PIECE_BYTES, until the peer's
 * orderly end, and answers it. take() may wait; its false ends the transfer with its error. A
 * connection that ends without close_notify is ERR_GONE: what had come was taken, is not the
 * whole file, and stays a part. */
typedef bool data_take(struct task *t, void *arg, const void *bytes, size_t len, struct err *e);
bool data_receive(struct task *t, struct data *d, data_take *take, void *arg, struct err *e);

/* From another task of the same loop; waiting functions then fail at once with ERR_CANCELLED.
 * The connection ends without goodbye, so the peer knows that it is not whole. */
void data_abort(struct data *d);
bool data_aborted(const struct data *d);

/* For STAT. */
enum data_phase data_phase(const struct data *d);
int64_t data_bytes(const struct data *d); /* of the file or listing, so far */
int64_t data_ms(
    const struct data *d, struct task *t); /* since the first could move; does not wait */

/* Closes all. With a task, waits up to DATA_DRAIN_MS for the peer's end, so that no reset
 * overtakes the last bytes; t NULL: at once. No task may be inside d any more. */
void data_close(struct task *t, struct data **d);
void data_free(struct data **d); /* for AUTO_PTR(data): at once */

#endif
