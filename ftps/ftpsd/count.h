/*
 * What the FTPS door counts: one struct a worker process, in memory that all of them share, so
 * that whoever is asked can tell the sum. Each process writes its own only, with plain stores
 * of eight bytes; a reader may be one event behind, never wrong by half.
 */
#ifndef FTPSD_COUNT_H
#define FTPSD_COUNT_H

#include "base/err.h"

/* X(member, gauge, help): a gauge goes down again. */
/* clang-format off */
#define COUNTS(X)                                                                              \
	X(sessions_now,    true,  "Control connections that are open")                         \
	X(sessions,        false, "Control connections taken")                                 \
	X(refused_full,    false, "Connections refused because of a limit on sessions")        \
	X(tls_failed,      false, "Handshakes of control connections that failed")             \
	X(logins,          false, "Logins that were accepted")                                 \
	X(logins_refused,  false, "Logins that were refused")                                  \
	X(logins_waiting,  false, "Logins put off by the defender or a limit of the account")  \
	X(transfers_now,   true,  "Transfers that run")                                        \
	X(files_sent,      false, "Files sent whole")                                          \
	X(bytes_sent,      false, "Bytes of files sent")                                       \
	X(files_received,  false, "Files received, with a receipt")                            \
	X(bytes_received,  false, "Bytes of files received")                                   \
	X(data_unresumed,  false, "Data connections that resumed no session of their control connection")
/* clang-format on */

struct counts {
#define X(member, gauge, help) uint64_t member;
	COUNTS(X)
#undef X
	uint64_t failed[ERR_CODES]; /* transfers that failed, by reason */
};

/* For n processes, zeroed, shared with those that are forked afterwards; NULL with e. */
struct counts *counts_shared(unsigned n, struct err *e);
void counts_sum(struct counts *to, const struct counts *all, unsigned n);
/* As metrics: busbar_ftpsd_*. */
void counts_write(struct buf *to, const struct counts *c);

#endif
