/* Gives up, for good, everything but computing, memory, and reading and writing open
 * descriptors. */
#ifndef SYS_SANDBOX_H
#define SYS_SANDBOX_H

#include "base/err.h"

/* seccomp: read, write, close, lseek and fstat of what is open, anonymous memory, exit; any
 * other call kills the process (SIGSYS). memory_most_bytes limits the address space. */
bool sandbox_compute_only(int64_t memory_most_bytes, struct err *e);

/* For a process that serves a stranger: no new sockets but Unix ones, no programs, no tracing
 * of others; those calls fail with EPERM, in all of its threads. What is open stays open. */
bool sandbox_no_network(struct err *e);
/* The same for one that strangers connect to: no programs, no tracing; sockets stay. */
bool sandbox_no_programs(struct err *e);
/* Both in one: with what stays. No tracing, no namespaces, no kernel keys in any case. */
bool sandbox_shut(bool network, bool programs, struct err *e);

#endif
